/** How fast the program that people install starts: packed, unpacked and called as a fresh process each time. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchCase, PreparedCase } from '../bench-case.ts';
import type { Run } from '../samples.ts';
import { LINES, pipelineText } from './validate.ts';

const PROCESSES = 10;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PARSE_ONCE = fileURLToPath(new URL('../parse-once.ts', import.meta.url));
const run = promisify(execFile);

export const cliHelp: BenchCase = {
  name: 'cli-help',
  timed: 'bridle --help as it is installed, in a process of its own',
  floor: 'a process of Node that does nothing',
  target: '≤ 150 ms',
  prepare: () => prepareProgram(({ program }) => ({ measure: [program, '--help'], floor: ['--eval', '0'] })),
};

export const validateCold: BenchCase = {
  name: 'validate-cold',
  timed: `bridle validate of a pipeline of ${LINES} lines as it is installed, in a process of its own`,
  floor: 'a process that parses the same text by the YAML library alone',
  target: '≤ 300 ms',
  prepare: () =>
    prepareProgram(({ program, file }) => ({ measure: [program, 'validate', file], floor: [PARSE_ONCE, file] })),
};

interface Prepared {
  readonly program: string;
  /** A pipeline without faults. */
  readonly file: string;
}

async function prepareProgram(
  choose: (prepared: Prepared) => { readonly measure: readonly string[]; readonly floor: readonly string[] },
): Promise<PreparedCase> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-bench-cli-'));
  await run('npm', ['pack', '--workspace', 'bridle', '--pack-destination', folder, '--silent'], { cwd: ROOT });
  const [archive = ''] = await readdir(folder);
  await run('tar', ['-xzf', archive], { cwd: folder });
  const file = join(folder, 'pipeline.yaml');
  await writeFile(file, pipelineText());
  const { measure, floor } = choose({ program: join(folder, 'package/bin/bridle.mjs'), file });
  // The first process of each kind fills the cache of compiled code.
  await time(measure, 1);
  await time(floor, 1);
  return {
    measure: () => time(measure, PROCESSES),
    measureFloor: () => time(floor, PROCESSES),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function time(words: readonly string[], processes: number): Promise<Run> {
  const latencies: number[] = [];
  for (let index = 0; index < processes; index += 1) {
    const start = performance.now();
    await run(process.execPath, words);
    latencies.push(performance.now() - start);
  }
  return { latencies };
}
