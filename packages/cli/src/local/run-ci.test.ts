import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ciPipeline, runLocally } from './test-run.ts';

describe('tests and services', () => {
  test('JUnit reports of a step are summed up', async () => {
    const report =
      '<testsuite name="s"><testcase name="a" time="0.5"/><testcase name="b"><failure message="no hunter22"/></testcase><testcase name="c"><skipped/></testcase></testsuite>';
    const step = `- step:
    identifier: unit
    name: unit
    type: Run
    spec:
      shell: Sh
      command: ${JSON.stringify(`mkdir -p out; echo '${report}' > out/r.xml`)}
      reports: { type: JUnit, spec: { paths: [out/*.xml] } }`;
    const pipeline = ciPipeline(step);
    const { events, logs } = await runLocally(pipeline, { words: ['--secret', 'x=hunter22'] });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'tests',
        total: 3,
        failed: 1,
        skipped: 1,
        durationMs: 500,
        failures: [{ name: 's > b', message: 'no ********' }],
      }),
    );
    expect(logs).toContain('s.unit: Test reports: 3 tests, 1 failed, 1 skipped (1 files).');
  });

  test('a background service serves later steps of its stage, and is gone with it', async () => {
    const steps = [
      '- step: { identifier: service, name: service, type: Background, spec: { shell: Sh, command: "echo $$ > pid; while true; do echo ping > beat; if [ -f asked ]; then echo alive hunter22; touch answered; fi; sleep 0.05; done" } }',
      '- step: { identifier: use, name: use, type: Run, spec: { shell: Sh, command: "while [ ! -f beat ]; do sleep 0.02; done; cat beat; touch asked; while [ ! -f answered ]; do sleep 0.02; done; echo pid $(cat pid)" } }',
    ].join('\n');
    const pipeline = ciPipeline(steps);
    const { exitCode, logs } = await runLocally(pipeline, { words: ['--secret', 'x=hunter22'] });
    expect(exitCode).toBe(0);
    expect(logs).toContain('s.use: ping');
    // What it writes while others run is in its own log.
    expect(logs).toContain('s.service: alive ********');
    const pid = /pid (\d+)/.exec(logs.join('\n'))?.[1] ?? '';
    expect(pid).not.toBe('');
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test('artifacts are kept with the record', async () => {
    const { folder, exitCode } = await runLocally(
      ciPipeline(
        '- step: { identifier: make, name: make, type: Run, spec: { shell: Sh, command: "echo built > app.txt; echo app.txt >> $BRIDLE_ARTIFACTS" } }',
      ),
      { words: ['--record', 'kept'] },
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(join(folder, 'kept/artifacts/s/make/app.txt'), 'utf8')).toBe('built\n');
  });
});
