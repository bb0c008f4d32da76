/** What a step comes to in a test: as the first mock that fits says, else it succeeds at once. */
import type { TaskRequest } from '../engine/effects.ts';
import type { TaskOutcome } from '../engine/events.ts';
import type { Execution, FailureType } from '../engine/execution.ts';
import { FAILURE_TYPES } from '../engine/failures.ts';
import { isMap, member, memberList, memberText } from '../engine/spec-members.ts';
import type { Value } from '../expressions/values.ts';
import type { ErrorName } from '../language/node-parts.ts';
import { STEP_DEFINITIONS } from '../steps/step-definitions.ts';
import type { StepType } from '../steps/step-types.ts';
import { isNamed, segmentsOf, type Segment } from './names.ts';
import { isWhich } from './node-runs.ts';
import type { Mock, TestCase } from './document.ts';

/** What comes of a task; it is shaped as what a virtual run asks for. */
export type MockedEnd =
  | { readonly kind: 'completes'; readonly afterMs: number; readonly outcome: TaskOutcome }
  | { readonly kind: 'hangs' };

export interface MockedTask {
  readonly end: MockedEnd;
  /** Absent: no mock fits. */
  readonly mock?: Mock;
}

/** @param outside - the way to the execution, when a stage of another one started it */
export function performMocked(
  { mocks, isStrict }: Pick<TestCase, 'mocks' | 'isStrict'>,
  task: TaskRequest,
  execution: Execution,
  outside: readonly Segment[],
): MockedTask {
  const mock = findMock(mocks, task, execution, outside);
  if (mock !== undefined) return { mock, end: endOf(mock, task) };
  if (!isStrict) return { end: { kind: 'completes', afterMs: 0, outcome: { kind: 'succeeded', outputs: {} } } };
  const failure = failed('The test is strict, and no mock says what this step comes to.', ['CONFIGURATION_FAILURE']);
  return { end: { kind: 'completes', afterMs: 0, outcome: { kind: 'failed', outputs: {}, failure } } };
}

function findMock(
  mocks: readonly Mock[],
  { taskId, fqn }: TaskRequest,
  execution: Execution,
  outside: readonly Segment[],
): Mock | undefined {
  const node = execution.nodes[taskId];
  if (node === undefined) return undefined;
  const plan = execution.plan.nodes[node.nodeId];
  const place = {
    segments: [...outside, ...segmentsOf(execution, node)],
    fqns: [fqn, plan?.fqn ?? fqn].flatMap((address) => [address, address.replace(/\.script$/, '')]),
  };
  return mocks.find(
    (mock) => mock.subject.kind === 'step' && isNamed(mock.subject.name.value, place) && isWhich(mock, execution, node),
  );
}

function endOf(mock: Mock, { stepType, spec, name }: TaskRequest): MockedEnd {
  if (mock.status === 'Hangs') return { kind: 'hangs' };
  const { outputs, secretOutputs } = splitOutputs(mock, stepType, spec);
  const common = { outputs, ...(secretOutputs.length === 0 ? {} : { secretOutputs }) };
  const afterMs = mock.durationMs ?? 0;
  if (mock.status === 'Success') {
    return { kind: 'completes', afterMs, outcome: { kind: 'succeeded', exitCode: mock.exitCode ?? 0, ...common } };
  }
  const failure = failed(mock.message ?? `${name} failed, as the test says.`, mock.errors.map(failureTypeOf));
  return {
    kind: 'completes',
    afterMs,
    outcome: { kind: 'failed', exitCode: mock.exitCode ?? 1, ...common, failure },
  };
}

function failed(message: string, types: readonly FailureType[]): Extract<TaskOutcome, { kind: 'failed' }>['failure'] {
  return { message, types: types.length === 0 ? ['APPLICATION_ERROR'] : types };
}

/** The type of failure that a failure strategy knows by this name. */
export function failureTypeOf(error: ErrorName): FailureType {
  // Of those of a timeout the last one is the step's own.
  return FAILURE_TYPES[error].at(-1) ?? 'APPLICATION_ERROR';
}

/** Outputs of the step's type stay beside its output variables. */
function splitOutputs(
  { outputs }: Mock,
  stepType: StepType,
  spec: Value,
): { readonly outputs: Readonly<Record<string, Value>>; readonly secretOutputs: readonly string[] } {
  const own = new Set(STEP_DEFINITIONS[stepType].outputs);
  const values = Object.entries(outputs).map(([name, { value }]): [string, Value] => [name, value]);
  const variables = values.filter(([name]) => !own.has(name));
  const given = new Set(variables.map(([name]) => name));
  const secretOutputs = memberList(spec, 'outputVariables')
    .filter((variable) => isMap(variable) && memberText(variable, 'type') === 'Secret')
    .map((variable) => memberText(variable, 'name'))
    .filter((name) => given.has(name));
  return {
    outputs: {
      ...Object.fromEntries(values.filter(([name]) => own.has(name))),
      ...(variables.length === 0 ? {} : { outputVariables: Object.fromEntries(variables) }),
    },
    secretOutputs,
  };
}

/** The names a step of this spec may give out; `undefined` = whatever it likes. */
export function knownOutputs(stepType: StepType, spec: Value): readonly string[] | undefined {
  const definition = STEP_DEFINITIONS[stepType];
  if (!Object.hasOwn(definition.spec.properties, 'outputVariables')) return undefined;
  const declared = member(spec, 'outputVariables');
  // One expression may stand for the whole list.
  if (declared !== null && !Array.isArray(declared)) return undefined;
  return [
    ...definition.outputs,
    ...memberList(spec, 'outputVariables').map((variable) => memberText(variable, 'name')),
  ];
}
