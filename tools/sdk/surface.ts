/**
 * Writes packages/sdk/api.d.ts, what the SDK declares to its users, or with `--check` says whether that is still so: nothing of
 * it changes by accident. The types of the wire are not in it: they lie beside it, in src/wire.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SURFACE = 'packages/sdk/api.d.ts';
const HEAD =
  '// What @bridle/sdk declares, file by file. Written by `npm run generate`; a difference is a change for its users.\n';

const wanted = declare();
const isStale = read() !== wanted;
if (process.argv.includes('--check') && isStale) {
  console.error(`sdk surface: ${SURFACE} is out of date. If the change is meant, run: npm run generate`);
  process.exitCode = 1;
} else {
  if (isStale) writeFileSync(SURFACE, wanted);
  console.log(`sdk surface: ${isStale ? 'wrote' : 'up to date:'} ${SURFACE}`);
}

function declare(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridle-sdk-surface-'));
  try {
    const flags = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rootDir', 'packages/sdk/src'];
    for (const project of ['packages/sdk', 'packages/sdk/tsconfig.testing.json']) {
      execFileSync('tsc', ['-p', project, ...flags, '--outDir', folder], {
        stdio: 'inherit',
        shell: process.platform === 'win32',
      });
    }
    const files = globSync('**/*.d.ts', { cwd: folder })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !file.startsWith('wire/'))
      .toSorted();
    return HEAD + files.map((file) => `\n// ${file}\n${readFileSync(join(folder, file), 'utf8')}`).join('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(): string | undefined {
  try {
    return readFileSync(SURFACE, 'utf8');
  } catch {
    return undefined;
  }
}
