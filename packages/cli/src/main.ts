import { GROUPS } from './commands/index.ts';
import { runCommandLine } from './command-line/run-command-line.ts';
import { VERSION } from './version.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), { groups: GROUPS, version: VERSION });
