/** What a step's outputs come to: kept as they are, but for steps whose outputs the engine itself has to understand. */
import type { Value } from '../expressions/values.ts';
import { readInstances } from '../plan/instances.ts';
import type { Draft } from './draft.ts';
import type { Failure, NodeExecution } from './execution.ts';
import { failureOf } from './failures.ts';
import { findAround } from './nodes.ts';
import { withSealedOutputs } from './secret-outputs.ts';
import { isMap, member, memberText } from './spec-members.ts';
import { valueText } from './value-text.ts';

export interface StepOutcomes {
  readonly outcomes: Readonly<Record<string, Value>>;
  readonly failure?: Failure;
}

export function readStepOutcomes(
  draft: Draft,
  node: NodeExecution,
  outputs: Readonly<Record<string, Value>>,
  secretOutputs?: readonly string[],
): StepOutcomes {
  const plan = draft.planNode(node.nodeId);
  if (plan.kind === 'step' && plan.stepType === 'FetchInstanceScript') return instancesOf(draft, node, outputs);
  return { outcomes: Object.keys(outputs).length === 0 ? {} : withSealedOutputs({ output: outputs }, secretOutputs) };
}

/** The instances become the step's and the stage's: `<+stage.output.hosts>`. */
function instancesOf(draft: Draft, node: NodeExecution, outputs: Readonly<Record<string, Value>>): StepOutcomes {
  const spec = node.stepParameters ?? null;
  const attributes = member(spec, 'attributes');
  const paths = isMap(attributes)
    ? Object.fromEntries(Object.entries(attributes).map(([name, path]) => [name, valueText(path)]))
    : {};
  const read = readInstances(memberText(outputs, 'instances'), memberText(spec, 'instancesListPath'), paths);
  if ('error' in read) return { outcomes: {}, failure: failureOf(read.error) };
  const output = { instances: read.instances, hosts: read.hosts };
  const stage = findAround(draft, node.id, 'stage');
  if (stage !== undefined) draft.update(stage.id, { outcomes: { ...stage.outcomes, output } });
  return { outcomes: { output } };
}
