/** Programs of this machine that steps use, and the Node that runs it all. */
import { spawnSync } from 'node:child_process';
import { DockerHost } from '@bridle/executors';
import type { Environment } from '../home-settings.ts';
import { failed, ok, warning, type Check } from './check.ts';

const NODE_MAJOR = 24;
const PROGRAM_WITHIN_MS = 10_000;

export function checkNode(): Check {
  const { node } = process.versions;
  return Number(node.split('.')[0]) >= NODE_MAJOR
    ? ok('Node', node)
    : failed('Node', `${node} is too old`, `Bridle needs Node ${NODE_MAJOR} or newer.`);
}

export async function checkTools(environment: Environment): Promise<readonly Check[]> {
  return [
    checkProgram('git', ['--version'], 'Builds clone their codebase with it: install git.', environment),
    checkProgram('bash', ['--version'], 'Most scripts of steps are for bash: install it.', environment),
    checkProgram('sh', ['-c', 'echo found'], 'Steps with the shell Sh need it.', environment),
    await checkDocker(),
  ];
}

function checkProgram(name: string, words: readonly string[], hint: string, environment: Environment): Check {
  const { status, stdout, error } = spawnSync(name, words, {
    encoding: 'utf8',
    timeout: PROGRAM_WITHIN_MS,
    env: { PATH: environment['PATH'] ?? '', LC_ALL: 'C' },
  });
  if (error !== undefined || status !== 0) return warning(name, 'not found', hint);
  return ok(name, /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'found');
}

async function checkDocker(): Promise<Check> {
  const name = 'Docker';
  const engine = await new DockerHost({ mark: 'doctor' }).engine();
  return engine === undefined
    ? warning(
        name,
        'no engine answers',
        'Steps with an image need one. Start it, or set DOCKER_HOST; everything else works without.',
      )
    : ok(name, 'an engine answers');
}
