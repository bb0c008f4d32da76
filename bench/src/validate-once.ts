/**
 * `validate-once.ts validate|parse FILE`: what a fresh process of the case validate-cold does. The code of earlier processes
 * is kept compiled beside the file, as a command line tool keeps it in its cache.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';

const [what, file = ''] = process.argv.slice(2);
enableCompileCache(join(dirname(file), 'compiled'));
const text = readFileSync(file, 'utf8');
if (what === 'validate') {
  const { parsePipeline } = await import('@bridle/pipeline/parse-pipeline');
  if (parsePipeline(text).diagnostics.length > 0) process.exitCode = 1;
} else {
  const { parse } = await import('yaml');
  if (parse(text) === null) process.exitCode = 1;
}
