/**
 * `parse-once.ts FILE`: the floor of the case validate-cold, a fresh process that only parses. The code of earlier processes
 * is kept compiled, as the program measured beside it keeps its own.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { parse } from 'yaml';

enableCompileCache();
const [file = ''] = process.argv.slice(2);
if (parse(readFileSync(file, 'utf8')) === null) process.exitCode = 1;
