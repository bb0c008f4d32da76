/** Holds what is expected against what came of a run. */
import { valueAfter } from '../engine/value-after.ts';
import type { Value } from '../expressions/values.ts';
import { mismatch, open, same, shown, UNWRITTEN, type Mismatch } from './mismatch.ts';
import { compareWritten, writtenText } from './compare.ts';
import { printDuration } from './durations.ts';
import { viewRun, countingRuns, type FinishedRun, type RunView } from './finished-run.ts';
import { isNamed, nameOf, type NamedKind, type RunPlace } from './names.ts';
import { attemptOf } from './node-runs.ts';
import { givenEnvironment, givenSpec } from './given-tasks.ts';
import type { Expectation, RollbackWord, TestCase } from './document.ts';

export function judge(expectations: readonly Expectation[], run: FinishedRun, test: TestCase): readonly Mismatch[] {
  const view = viewRun(run);
  return expectations.flatMap((expectation) => judgeOne(expectation, view, test) ?? []);
}

function judgeOne(expectation: Expectation, view: RunView, { secrets }: TestCase): Mismatch | undefined {
  switch (expectation.kind) {
    case 'status':
      return same(expectation, expectation.status, view.execution.status, failureOf(view));
    case 'nodeStatus':
      return judgeStatus(expectation, view);
    case 'allStatuses':
      return open(expectation, allStatuses(view, expectation.of));
    case 'skipped':
      return judgeNames(expectation, view, 'Skipped');
    case 'notRun':
      return judgeNames(expectation, view, 'NotStarted');
    case 'rollback':
      return judgeRollback(expectation, view);
    case 'attempts': {
      const counts = named(view, expectation.name.value).map(({ execution, node }) => attemptOf(execution, node));
      return same(expectation, expectation.count, Math.max(0, ...counts));
    }
    case 'turns': {
      const { value } = expectation.name;
      const loops = view.runs.filter((run) => run.isLoop && isNamed(value, run));
      return same(
        expectation,
        expectation.count,
        loops.reduce((sum, { node }) => sum + (node.iterations ?? 0), 0),
      );
    }
    case 'failure':
      return contains(expectation, expectation.text, failureOf(view) ?? '');
    case 'nodeFailure': {
      const messages = named(view, expectation.name.value).map(({ node }) => node.failure?.message ?? '');
      return contains(expectation, expectation.text, messages.filter((message) => message !== '').join('\n'));
    }
    case 'value':
      return judgeValue(expectation, view);
    case 'resolved':
    case 'environment': {
      const given = expectation.kind === 'resolved' ? givenSpec : givenEnvironment;
      return judgeGiven(expectation, given(view, named(view, expectation.name.value), secrets), view);
    }
    case 'duration':
      return judgeDuration(expectation, view.endedAt - view.startedAt);
    case 'refused':
      return mismatch(
        expectation,
        `refused: ${expectation.text ?? ''}`,
        `it ran, with the status ${view.execution.status}`,
      );
  }
}

type Of<Kind extends Expectation['kind']> = Extract<Expectation, { readonly kind: Kind }>;

function contains(expectation: Expectation, expected: string | undefined, actual: string): Mismatch | undefined {
  if (expected === undefined) return open(expectation, actual);
  if (expected === '' ? actual === '' : actual.includes(expected)) return undefined;
  const wanted = expected === '' ? 'no message' : `a message with "${expected}"`;
  return { ...mismatch(expectation, wanted, actual === '' ? 'no message' : `"${actual}"`), update: actual };
}

function failureOf({ execution }: RunView): string | undefined {
  const root = Object.values(execution.nodes).find(({ parentId }) => parentId === undefined);
  return root?.failure?.message;
}

/** What a name means; a whole way from the outside, such as that of a stage, means nothing further inside. */
function named({ runs }: RunView, name: string, of?: 'stage' | 'step'): readonly RunPlace[] {
  const found = countingRuns(runs.filter((run) => (of === undefined || ofKind(run.kind, of)) && isNamed(name, run)));
  if (name.includes('*')) return found;
  const whole = found.filter(({ segments }) => segments.length === name.split('.').length);
  return whole.length > 0 ? whole : found;
}

function ofKind(kind: NamedKind, of: 'stage' | 'step'): boolean {
  return of === 'stage' ? kind === 'stage' : kind !== 'stage';
}

function judgeStatus(expectation: Of<'nodeStatus'>, view: RunView): Mismatch | undefined {
  const { of, name, status } = expectation;
  const runs = named(view, name.value, of);
  const statuses = runs.length === 0 ? ['NotStarted'] : runs.map(({ node }) => node.status);
  if (statuses.every((actual) => actual === status)) return undefined;
  const [first = '', ...others] = new Set(statuses);
  const message = runs.map(({ node }) => node.failure?.message ?? '').find((text) => text !== '');
  const found = same(expectation, status, first, message);
  if (others.length === 0) return found;
  const each = runs.map((run) => `${run.node.status} (${nameOf(run)})`).join(', ');
  return mismatch(expectation, status ?? UNWRITTEN, each);
}

/** Of stages by their names in the plan; of steps as far as they ran. */
function allStatuses(view: RunView, of: 'stage' | 'step'): Value {
  const names = new Map<string, string>();
  for (const place of view.places) {
    if (place.kind !== of) continue;
    const runs = countingRuns(view.runs.filter((run) => isNamed(nameOf(place), run) && run.kind === of));
    const [status = 'NotStarted', ...others] = new Set(runs.map(({ node }) => node.status));
    if (others.length === 0) names.set(nameOf(place), status);
    else for (const run of runs) names.set(nameOf(run), run.node.status);
  }
  return Object.fromEntries(names);
}

function judgeNames(
  expectation: Of<'skipped' | 'notRun'>,
  view: RunView,
  wanted: 'Skipped' | 'NotStarted',
): Mismatch | undefined {
  const { names } = expectation;
  const found = outermost(view, wanted);
  if (names === undefined) return open(expectation, found);
  if (names.length === 0) {
    return found.length === 0 ? undefined : { ...mismatch(expectation, 'none', found.join(', ')), update: found };
  }
  const wrong = names.flatMap(({ value, place }) => {
    const runs = named(view, value);
    const statuses = runs.length === 0 ? ['NotStarted' as const] : runs.map(({ node }) => node.status);
    const other = statuses.find((status) => status !== wanted);
    return other === undefined ? [] : [{ value, place, other }];
  });
  const [first] = wrong;
  if (first === undefined) return undefined;
  const actual = wrong.map(({ value, other }) => `${value} ${other}`).join(', ');
  const right = names.map(({ value }) => value).filter((name) => wrong.every(({ value }) => value !== name));
  return {
    ...mismatch(expectation, wrong.map(({ value }) => `${value} ${wanted}`).join(', '), actual),
    place: first.place,
    update: right,
    updated: expectation.node,
  };
}

/** What is in a stage or group of that kind is not named beside it. */
function outermost({ places, runs }: RunView, wanted: 'Skipped' | 'NotStarted'): readonly string[] {
  const names: string[] = [];
  for (const place of places) {
    const name = nameOf(place);
    if (names.some((outer) => name.startsWith(`${outer}.`))) continue;
    const own = countingRuns(runs.filter((run) => isNamed(name, run) && run.segments.length === place.segments.length));
    const fits = own.length === 0 ? wanted === 'NotStarted' : own.every(({ node }) => node.status === wanted);
    // Rollback steps that were not needed are no news.
    if (fits && !place.fqns.some((fqn) => fqn.includes('.rollbackSteps.'))) names.push(name);
  }
  return names;
}

function judgeRollback(expectation: Of<'rollback'>, { execution }: RunView): Mismatch | undefined {
  const found = new Set<RollbackWord>();
  for (const { rollback } of Object.values(execution.nodes)) {
    if (rollback === undefined) continue;
    const { kind } = rollback;
    found.add(kind === 'stage' ? 'StageRollback' : kind === 'stepGroup' ? 'StepGroupRollback' : 'PipelineRollback');
  }
  if (found.size === 0) found.add('None');
  const actual = [...found].toSorted();
  const expected = [...new Set(expectation.words)].toSorted();
  if (expectation.words !== undefined && expected.join() === actual.join()) return undefined;
  const [only] = actual;
  const update = actual.length === 1 && only !== undefined ? only : actual;
  const written = expectation.words === undefined ? UNWRITTEN : expected.join(', ');
  return { ...mismatch(expectation, written, actual.join(', ')), update };
}

function judgeValue(expectation: Of<'value'>, { execution }: RunView): Mismatch | undefined {
  const { expression, node, isOpen } = expectation;
  const found = valueAfter(execution, expression.value);
  if (found.kind === 'error') {
    return mismatch(expectation, isOpen ? UNWRITTEN : writtenText(node), `no value: ${found.message}`);
  }
  if (!isOpen && compareWritten(node, found.value) === undefined) return undefined;
  const expected = isOpen ? UNWRITTEN : writtenText(node);
  return { ...mismatch(expectation, expected, shown(found.value)), update: found.value };
}

function judgeGiven(
  expectation: Of<'resolved' | 'environment'>,
  given: readonly { readonly run: RunPlace; readonly value: Value }[],
  view: RunView,
): Mismatch | undefined {
  const { node, isOpen, name } = expectation;
  const [first] = given;
  if (first === undefined) {
    const statuses = named(view, name.value).map(({ node: { status } }) => status);
    const why =
      statuses.length === 0 ? 'the step did not begin' : `the step was given nothing (${statuses.join(', ')})`;
    return mismatch(expectation, isOpen ? UNWRITTEN : writtenText(node), why);
  }
  if (isOpen) return open(expectation, first.value);
  for (const { run, value } of given) {
    const difference = compareWritten(node, value);
    if (difference === undefined) continue;
    const which = given.length === 1 ? '' : ` (${nameOf(run)})`;
    return {
      title: `${expectation.title}${difference.path === '' ? '' : `: ${difference.path}`}${which}`,
      place: difference.node,
      expected: writtenText(difference.node),
      actual: difference.actual === undefined ? 'it is not there' : shown(difference.actual),
      ...(difference.actual === undefined ? {} : { update: difference.actual }),
    };
  }
  return undefined;
}

function judgeDuration(expectation: Of<'duration'>, actualMs: number): Mismatch | undefined {
  const { atLeastMs, atMostMs, isOpen } = expectation;
  const isWithin = actualMs >= (atLeastMs ?? 0) && actualMs <= (atMostMs ?? Number.POSITIVE_INFINITY);
  if (isWithin && !isOpen) return undefined;
  const limits = [
    ...(atLeastMs === undefined ? [] : [`at least ${printDuration(atLeastMs)}`]),
    ...(atMostMs === undefined ? [] : [`at most ${printDuration(atMostMs)}`]),
  ];
  const expected = isOpen ? UNWRITTEN : atLeastMs === atMostMs ? printDuration(atLeastMs ?? 0) : limits.join(', ');
  const found = mismatch(expectation, expected, printDuration(actualMs));
  // Limits are their author's choice: an update does not make them an exact time.
  return expectation.node.kind === 'map' ? found : { ...found, update: printDuration(actualMs) };
}
