/** `npm run screenshots:cli`: a picture of `bridle run` at work, light and dark, into docs/screenshots/. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './src/browser.ts';
import { CLI_FOLDER, openCli } from './src/cli.ts';
import { REPOSITORY } from './src/product.ts';
import { KEYS } from './src/terminal.ts';
import { THEMES } from './src/terminal-picture.ts';

const cache = await mkdtemp(join(tmpdir(), 'bridle-screenshots-'));
const browser = await launchBrowser();
const session = openCli(['run', 'showcase.yaml', '--parallel', '8'], {
  folder: CLI_FOLDER,
  environment: { BRIDLE_CACHE: cache },
  columns: 90,
  rows: 24,
});
try {
  await session.until(/3 of 6 {2}✓ 2 {2}✗ 1 {2}● 3/);
  // Some seconds look more like a build.
  await session.until(/Browser tests .*\b[6-9]s/);
  for (const [name, theme] of Object.entries(THEMES)) {
    const page = await browser.newPage({ deviceScaleFactor: 2 });
    await page.setContent(session.page('$ bridle run', theme));
    const path = join(REPOSITORY, 'docs/screenshots', `cli-run-${name}.png`);
    await page.locator('figure').screenshot({ path, omitBackground: true });
    await page.close();
  }
  session.type(KEYS.ctrlC);
  await session.exited;
} finally {
  await session.dispose();
  await browser.close();
  await rm(cache, { recursive: true, force: true });
}
