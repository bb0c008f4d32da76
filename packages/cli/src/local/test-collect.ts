/** A run whose log is counted and not kept. */
import { compilePipeline } from '@bridle/pipeline';
import { openRepository } from '../repository/repository.ts';
import { testFolder } from '../testing/test-folder.ts';
import { LocalSecrets } from './local-secrets.ts';
import { startLocalRun } from './start-local-run.ts';

export interface Collected {
  readonly exitCode: string;
  readonly lines: number;
  readonly isOrdered: boolean;
  readonly rssMax: number;
}

export async function startCollecting(yaml: string): Promise<Collected> {
  const repository = openRepository(testFolder({}));
  const compiled = compilePipeline({ yaml, inputYaml: '', documents: repository });
  if (compiled.kind !== 'compiled') throw new Error('it does not compile');
  let lines = 0;
  let isOrdered = true;
  let rssMax = 0;
  const run = await startLocalRun(
    {
      repository,
      pipeline: compiled.pipeline,
      plan: compiled.planOf('seed'),
      seed: 'seed',
      cause: { triggerType: 'MANUAL', triggeredBy: { uuid: 'local', identifier: 'local' } },
      notes: [],
      codebase: { root: repository.root, mode: 'copy' },
      executor: 'auto',
      parallel: 2,
      secrets: new LocalSecrets(new Map([['token', Buffer.from('hunter22')]])),
      people: { answers: [], approvesAll: false, canAsk: false },
      environment: { PATH: process.env['PATH'], BRIDLE_CACHE: testFolder({}) },
    },
    (event) => {
      if (event.type !== 'log') return undefined;
      isOrdered &&= event.line === lines;
      lines += 1;
      if (lines % 10_000 === 0) rssMax = Math.max(rssMax, process.memoryUsage.rss());
      // A terminal takes its time.
      return lines % 5_000 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined;
    },
  );
  const { status } = await run.ended;
  return { exitCode: status, lines, isOrdered, rssMax };
}
