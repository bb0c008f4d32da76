import { readFileSync } from 'node:fs';
import { GROUPS } from './commands/index.ts';
import { runCommandLine } from './command-line/run-command-line.ts';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
process.exitCode = await runCommandLine(process.argv.slice(2), { groups: GROUPS, version: manifest.version });
