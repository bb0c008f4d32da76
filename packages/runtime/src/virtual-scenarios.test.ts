import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Execution, ExecutionHeader, FailureType, FinalStatus, TaskRequest } from '@bridle/pipeline';
import {
  behaviourOf,
  eventOfAct,
  nth,
  outcomeOf,
  printTree,
  readScenario,
  readSections,
  runScenario,
  STEP_MS,
  type Scenario,
  type ScenarioWorld,
  type StepBehaviour,
} from '@bridle/pipeline/test-scenarios';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VirtualChild } from './virtual-children.ts';
import type { TaskEnd } from './virtual-delegate.ts';
import { runVirtually, type VirtualRunOptions } from './virtual-run.ts';

const SCENARIOS = join(import.meta.dirname, '../../pipeline/src/engine/scenarios');

/** The world of a scenario as a virtual run sees it. Scenarios begin at the epoch. */
function virtualOptions(header: ExecutionHeader, world: ScenarioWorld): VirtualRunOptions {
  const started = new Map<string, number>();
  const admission = world.acts?.find(({ admit }) => admit === true);
  return {
    header,
    startAt: 0,
    perform: (task, execution) => taskEnd(world, task, execution),
    acts: (world.acts ?? [])
      .filter((act) => act !== admission)
      .map((act) => ({ afterMs: act.atMs, make: (at, execution) => eventOfAct(act, execution, at) })),
    startChild: ({ request: { pipelineIdentifier } }): VirtualChild => {
      const count = started.get(pipelineIdentifier) ?? 0;
      started.set(pipelineIdentifier, count + 1);
      const behaviour = nth(world.children?.[pipelineIdentifier], count) ?? {};
      const { refused, durationMs: afterMs = STEP_MS, status = 'Success' as FinalStatus, outputs = {} } = behaviour;
      return refused === undefined ? { kind: 'ends', afterMs, status, outputs } : { kind: 'refused', reason: refused };
    },
    ...(world.queues === undefined ? {} : { heldQueues: world.queues }),
    ...(world.isQueued === true ? { admittedAfterMs: admission?.atMs ?? Number.POSITIVE_INFINITY } : {}),
  };
}

function taskEnd(world: ScenarioWorld, task: TaskRequest, execution: Execution): TaskEnd {
  const behaviour = behaviourOf(world, execution, task);
  const { status, durationMs: afterMs = STEP_MS, stopMs: stopAfterMs = 0 } = behaviour;
  if (status === 'Unassignable') return { kind: 'isUnassignable', afterMs, reason: 'No delegate could take it.' };
  if (status === 'Lost') return { kind: 'isLost', afterMs, reason: 'The delegate died.', stopAfterMs };
  return { kind: 'completes', afterMs, outcome: outcomeOf(behaviour), stopAfterMs };
}

/** What every node came to, and when. */
function printTimes(execution: Execution): string {
  const lines = Object.values(execution.nodes).map(({ nodeId, attempt, loop = [], status, startedAt, endedAt }) => {
    const { fqn } = execution.plan.nodes[nodeId] ?? { fqn: '' };
    return `${fqn} ${loop.join('.')} ${String(attempt)}: ${String(startedAt)}-${String(endedAt)} ${status}\n`;
  });
  return lines.toSorted().join('');
}

const files = readdirSync(SCENARIOS).filter((name) => name.endsWith('.yml'));

const scenarioOf = (name: string): Scenario =>
  readScenario(readSections(readFileSync(join(SCENARIOS, name), 'utf8')).sections);

async function compare({ header, world }: Scenario): Promise<void> {
  const expected = runScenario(header, world).execution;
  const { root, stuck } = await runVirtually(virtualOptions(header, world));
  expect(printTree(root.execution)).toBe(printTree(expected));
  expect(stuck === undefined).toBe(expected.endedAt !== undefined);
  // X4: a retry that begins before what it keeps has ended is moved to after it; only scenarios do that.
  if (header.retained === undefined) expect(printTimes(root.execution)).toBe(printTimes(expected));
}

test.each(files)('V1 V2 the scenario %s runs as in its own world', (name) => compare(scenarioOf(name)));

const behaviours: fc.Arbitrary<StepBehaviour> = fc.record(
  {
    status: fc.constantFrom('Success', 'Success', 'Success', 'Failed', 'Failed', 'Lost', 'Unassignable', 'Cancelled'),
    durationMs: fc.oneof(fc.nat(5_000), fc.constantFrom(1_000, 60_000, 3_600_000)),
    stopMs: fc.oneof(fc.nat(2_000), fc.constant('never' as const)),
    failureTypes: fc.uniqueArray(fc.constantFrom<FailureType>('CONNECTIVITY', 'TIMEOUT_ERROR', 'AUTHENTICATION')),
  },
  { requiredKeys: [] },
);

test('V1 V2 other steps in the scenarios run as in their own world', async () => {
  // A person's act names a node that must be there; a custom approval that never hears its word goes on for ever.
  const scenarios = files
    .map(scenarioOf)
    .filter(
      ({ header, world }) =>
        (world.acts ?? []).every(({ node }) => node === undefined) &&
        Object.values(header.plan.nodes).every((node) => node.kind !== 'step' || node.stepType !== 'CustomApproval'),
    );
  const stepsOf = ({ header }: Scenario): readonly string[] =>
    Object.values(header.plan.nodes).flatMap(({ kind, fqn }) => (kind === 'step' ? [fqn] : []));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...scenarios),
      fc.infiniteStream(fc.array(behaviours, { minLength: 1, maxLength: 3 })),
      async (scenario, stream) => {
        const steps = Object.fromEntries(stepsOf(scenario).map((fqn) => [fqn, stream.next().value]));
        await compare({ ...scenario, world: { ...scenario.world, steps } });
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
