/** What people do in a case: answers to what waits for them, and interrupts at set times. */
import {
  checkExecutionInputs,
  isFinal,
  isNamed,
  isWhich,
  listRunPlaces,
  segmentsOf,
  type Answer,
  type Execution,
  type RunPlace,
  type Segment,
  type TestCase,
  type TestInterrupt,
  type Value,
} from '@bridle/pipeline';
import {
  interruptObjection,
  textOfRefusal,
  type Actor,
  type PersonAnswer,
  type VirtualAct,
  type WaitingNode,
} from '@bridle/runtime';
import { STARTER } from './case-inputs.ts';

/** An answer as it was given to the run, with where it is written. */
export interface GivenAnswer {
  readonly answer: Answer;
  readonly given: PersonAnswer;
}

/**
 * Answers to one node: the first one that fits; of an approval, which may need several people, the first one of each of them.
 */
export function answersTo(
  { answers }: Pick<TestCase, 'answers'>,
  { kind, node }: WaitingNode,
  execution: Execution,
  outside: readonly Segment[],
): readonly GivenAnswer[] {
  const plan = execution.plan.nodes[node.nodeId];
  if (plan === undefined) return [];
  const place = { segments: [...outside, ...segmentsOf(execution, node)], fqns: [plan.fqn] };
  const fitting = answers.filter(
    ({ subject, ...which }) => isNamed(subject.name.value, place) && isWhich(which, execution, node),
  );
  const mine = fitting.filter(({ action }) => isFor(kind, action));
  const people = new Map(mine.toReversed().map((answer) => [answer.by, answer]));
  const wanted = kind === 'approval' ? mine.filter((answer) => people.get(answer.by) === answer) : mine.slice(0, 1);
  return wanted.map((answer) => ({ answer, given: toPersonAnswer(answer, kind, plan) }));
}

function isFor(kind: WaitingNode['kind'], action: Answer['action']): boolean {
  switch (action) {
    case undefined:
      return kind !== 'intervention';
    case 'Approve':
    case 'Reject':
      return kind === 'approval';
    case 'Submit':
    case 'ProceedWithDefaultValues':
      return kind === 'input';
    case 'Abort':
      return true;
    default:
      return kind === 'intervention';
  }
}

function toPersonAnswer(
  { action, afterMs, by, comments, inputs }: Answer,
  kind: WaitingNode['kind'],
  plan: Parameters<typeof executionInputsOf>[0],
): PersonAnswer {
  const common = { afterMs, ...(by === undefined ? {} : { by: actorOf(by) }) };
  if (action === 'Submit' || (action === undefined && kind === 'input')) {
    return { ...common, kind: 'inputs', inputs: executionInputsOf(plan, inputs) };
  }
  if (action === undefined || action === 'Approve' || action === 'Reject') {
    return {
      ...common,
      kind: 'approval',
      action: action === 'Reject' ? 'REJECT' : 'APPROVE',
      ...(comments === undefined ? {} : { comments }),
      approverInputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, textOf(value)])),
    };
  }
  return { ...common, kind: 'interrupt', type: action };
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** By their path, or by what stands last in it: `tag` for `variables.tag.value`. */
function executionInputsOf(
  { executionInputs = [] }: { readonly executionInputs?: Parameters<typeof checkExecutionInputs>[0] },
  inputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const paths = executionInputs.map(({ path }) => path.join('.'));
  const byPath = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const found = paths.filter((path) => path === name || path.replace(/\.value$/, '').endsWith(`.${name}`));
      return [found[0] ?? name, value];
    }),
  );
  return checkExecutionInputs(executionInputs, byPath).values;
}

export function actorOf(by: string): Actor {
  if (by === STARTER.userId) return STARTER;
  return { userId: by, name: by, email: by.includes('@') ? by : `${by}@example.com` };
}

/** What came of an interrupt: `undefined` = it counted. */
export type HearInterrupt = (objection: string | undefined) => void;

export function toAct(interrupt: TestInterrupt, index: number, hear: HearInterrupt = () => undefined): VirtualAct {
  const { action: type, afterMs, subject, by = 'somebody' } = interrupt;
  return {
    afterMs,
    make: (at, execution) => {
      const place = subject === undefined ? undefined : findRunning(execution, subject.name.value);
      if (subject !== undefined && place === undefined) {
        hear(`Nothing named ${subject.name.value} was running then.`);
        return undefined;
      }
      const about = place === undefined ? {} : { nodeExecutionId: place.node.id };
      const objection = textOfRefusal(interruptObjection(execution, { type, by: actorOf(by), ...about }));
      hear(objection);
      if (objection !== undefined) return undefined;
      const interruptId = `interrupt ${String(index + 1)}`;
      return { kind: 'interruptRequested', at, interrupt: { interruptId, type, at, by: actorOf(by), ...about } };
    },
  };
}

function findRunning(execution: Execution, name: string): RunPlace | undefined {
  return listRunPlaces(execution, () => undefined).find(
    (run) => !run.isLoop && !isFinal(run.node.status) && isNamed(name, run),
  );
}
