/**
 * Every history of the simulation is a record: loops, rollbacks, retries, people, lost delegates and crashes. Replayed under its own
 * plan it goes the same way; with one step changed, the difference is told at that step.
 */
import { beforeAll, expect, test } from 'vitest';
import {
  printEnd,
  printEvent,
  printHeader,
  readRecordText,
  RECORD_KIND,
  RECORD_VERSION,
  replayRecord,
  type ExecutionRecord,
  type Plan,
  type PlanNode,
} from '@bridle/pipeline';
import { simulateSeed, type RecordedExecution } from './simulate.ts';

const FIRST_SEED = 1;
const SEEDS = 40;

interface History {
  readonly seed: string;
  readonly recorded: RecordedExecution;
}

let histories: readonly History[] = [];

beforeAll(async () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => String(FIRST_SEED + index));
  const found: History[] = [];
  for (const seed of seeds) {
    const { executions } = await simulateSeed(seed);
    found.push(...executions.map((recorded) => ({ seed, recorded })));
  }
  histories = found;
});

function recordOf({ header, createdAt, events, execution }: RecordedExecution): ExecutionRecord {
  const source = { yaml: '', documents: [], inputYaml: '', resolvedYaml: '' };
  const first = { record: RECORD_KIND, version: RECORD_VERSION, writtenBy: 'simulation', createdAt } as const;
  const lines = [printHeader({ ...first, execution: header, source }), ...events.map(printEvent), printEnd(execution)];
  const read = readRecordText(`${lines.join('\n')}\n`);
  if (read.kind === 'refused') throw new Error(read.reason);
  return read.record;
}

function withSpec(plan: Plan, node: PlanNode): Plan {
  return { ...plan, nodes: { ...plan.nodes, [node.id]: { ...node, spec: { another: 'one' } } as PlanNode } };
}

/** Steps whose spec is only resolved and handed on: the engine itself reads nothing in it. */
function isTask(node: PlanNode): boolean {
  return node.kind === 'step' && (node.stepType === 'ShellScript' || node.stepType === 'Run');
}

test('Y1 every history goes the same way again', () => {
  for (const { seed, recorded } of histories) {
    const replayed = replayRecord(recordOf(recorded), recorded.header.plan);
    expect(replayed, `seed ${seed}`).toEqual({
      kind: 'same',
      events: recorded.events.length,
      nodes: Object.keys(recorded.execution.nodes).length,
      status: recorded.execution.status,
    });
  }
});

test('Y2 a step with another command is told where it begins first, or nowhere', () => {
  const counts = { spec: 0, same: 0 };
  for (const { seed, recorded } of histories) {
    const { plan } = recorded.header;
    const steps = Object.values(plan.nodes).filter(isTask);
    const step = steps[Number(seed) % Math.max(1, steps.length)];
    if (step === undefined) continue;
    // What a retry from a stage took over of an earlier execution did not begin in this one.
    const hasBegun = Object.values(recorded.execution.nodes).some(
      ({ nodeId, stepParameters, createdAt }) =>
        nodeId === step.id && stepParameters !== undefined && createdAt >= recorded.createdAt,
    );
    const replayed = replayRecord(recordOf(recorded), withSpec(plan, step));
    const kind = replayed.kind === 'same' ? 'same' : replayed.difference.kind;
    expect(kind, `seed ${seed}`).toBe(hasBegun ? 'spec' : 'same');
    counts[hasBegun ? 'spec' : 'same'] += 1;
    if (replayed.kind === 'same') continue;
    // Loops around it give it a postfix.
    expect(replayed.difference.node.identifier.replace(/(_\d+)+$/, ''), `seed ${seed}`).toBe(step.identifier);
  }
  expect(counts.spec).toBeGreaterThan(10);
  expect(counts.same).toBeGreaterThan(0);
});
