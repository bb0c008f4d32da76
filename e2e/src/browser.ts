/** A real browser: the Chromium that comes whole from the npm registry. */
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright, type Browser } from 'playwright-core';

/** `chromium.args` of the package would switch off web security and put everything into one process; these are ours. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await unpackChromium(), args: ARGUMENTS, headless: true });
}

/** The package unpacks into the temp folder and reuses what it finds there, whatever its version: so each version has its own. */
async function unpackChromium(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const version = manifest.dependencies['@sparticuz/chromium'] ?? 'unknown';
  const before = process.env['TMPDIR'];
  const folder = join(tmpdir(), `bridle-chromium-${version}`);
  await mkdir(folder, { recursive: true });
  process.env['TMPDIR'] = folder;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
