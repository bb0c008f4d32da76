/** A program for tests: writes a record until it is killed, or cannot write any more. Its folder is its only argument. */
import { setImmediate } from 'node:timers/promises';
import { nodeExecutionId } from '@bridle/pipeline';
import { openRecord } from './open-record.ts';
import { lineOf, runForTest } from './test-run.ts';

const [, , folder = ''] = process.argv;
const { source, changes } = runForTest(`pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: Custom
        spec:
          execution:
            steps:
              - step: {identifier: a, name: a, type: ShellScript, spec: {shell: Bash, source: {type: Inline, spec: {script: a}}}}
`);
const record = openRecord(folder, folder, source);
const [started, begun] = changes;
const event = begun?.events[0];
if (started === undefined || begun === undefined || event?.kind !== 'taskStarted') throw new Error('The step begins.');
record.onCommitted([started, begun]);
for (let line = 0; record.problem === undefined; line += 1) {
  record.onCommitted([begun]);
  record.hear(lineOf(begun.execution, nodeExecutionId(event.nodeExecutionId), line, `line ${line}`));
  if (line % 10 === 0) await setImmediate();
  if (line === 1_000) process.stdout.write('going on\n');
}
record.close();
process.stdout.write(`${record.problem}\n`);
