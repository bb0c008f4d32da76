/** A run for tests of records: the pipeline of a text in a scenario's world, told as a local run tells it. */
import { compilePlan, executionId, type Execution, type ExecutionHeader, type RecordedSource } from '@bridle/pipeline';
import { runScenario, type ScenarioWorld } from '@bridle/pipeline/test-scenarios';
import type { RunEvent } from '@bridle/protocol';
import type { CommittedChange } from '@bridle/runtime';
import type { RunRecord } from './open-record.ts';

export interface TestRun {
  readonly source: RecordedSource;
  readonly changes: readonly CommittedChange[];
  readonly last: Execution;
}

export function runForTest(yaml: string, world: ScenarioWorld = {}, file?: string): TestRun {
  const compiled = compilePlan({ yaml, inputYaml: '', seed: 'seed' });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  const header: ExecutionHeader = {
    id: executionId('execution'),
    scope: { accountId: 'local', orgIdentifier: 'default', projectIdentifier: 'local' },
    pipelineIdentifier: compiled.pipeline.identifier,
    runSequence: 1,
    seed: 'seed',
    plan: compiled.plan,
    cause: { triggerType: 'MANUAL', triggeredBy: { uuid: 'local', identifier: 'you' } },
    executionUrl: '',
    defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
  };
  const { events, states, execution } = runScenario(header, world);
  const changes = events.map((event, index) => {
    const state = states[index];
    if (state === undefined) throw new Error('Every event has its state.');
    return { execution: state, events: [event], effects: [] };
  });
  const { resolvedYaml } = compiled;
  const source = { yaml, documents: [], inputYaml: '', resolvedYaml, ...(file === undefined ? {} : { file }) };
  return { source, changes, last: execution };
}

/** Tells it all, with two lines of log when a step begins. */
export function tellRecord(record: RunRecord, { changes }: TestRun): void {
  for (const change of changes) {
    record.onCommitted([change]);
    for (const event of change.events) {
      if (event.kind !== 'taskStarted') continue;
      record.hear(lineOf(change.execution, event.nodeExecutionId, 0, 'first'));
      record.hear(lineOf(change.execution, event.nodeExecutionId, 1, 'second'));
    }
  }
}

export function lineOf({ id }: Execution, node: string, line: number, text: string): RunEvent {
  return { type: 'log', time: new Date(0).toISOString(), planExecutionId: id, node, line, text };
}
