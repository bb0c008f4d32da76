/** What is wrong with a test as it meets its pipeline: names of nothing, mocks of steps that nothing performs. */
import { findExpressions } from '../expressions/lexer.ts';
import { checkText } from '../expressions/check.ts';
import { Findings, type Diagnostic } from '../language/diagnostics.ts';
import { suggest } from '../language/suggest.ts';
import { DELEGATE_STEP_TYPES } from '../steps/step-types.ts';
import { isNamed, nameOf, type Named, type NamedKind, type PlanPlace } from './names.ts';
import { knownOutputs } from './perform-mocks.ts';
import type { Mock, Placed, Subject, TestCase } from './document.ts';

/**
 * @param places - what has a name in the plan
 * @param others - what has one beside: turns of loops and chained pipelines of the run, stages that were not chosen
 */
export function checkCase(
  test: TestCase,
  places: readonly PlanPlace[],
  others: readonly Named[],
): readonly Diagnostic[] {
  const findings = new Findings();
  const all: readonly Named[] = [...places, ...others];
  const check = (name: Placed<string>, kinds: readonly NamedKind[]): void =>
    checkName(name, kinds, all, places, findings);
  for (const mock of test.mocks) {
    check(mock.subject.name, kindsOf(mock.subject));
    checkMock(mock, places, findings);
  }
  for (const { subject } of test.answers) check(subject.name, kindsOf(subject));
  for (const { subject } of test.interrupts) if (subject !== undefined) check(subject.name, kindsOf(subject));
  for (const stage of test.stages ?? []) check(stage, ['stage']);
  for (const expectation of test.expect.list) {
    switch (expectation.kind) {
      case 'nodeStatus':
        check(expectation.name, expectation.of === 'stage' ? ['stage'] : ['step', 'stepGroup']);
        break;
      case 'skipped':
      case 'notRun':
        for (const name of expectation.names ?? []) check(name, EVERY_KIND);
        break;
      case 'attempts':
      case 'turns':
      case 'nodeFailure':
      case 'resolved':
        check(expectation.name, EVERY_KIND);
        break;
      case 'environment':
        check(expectation.name, ['step']);
        break;
      case 'value':
        checkExpression(expectation.expression, findings);
        break;
      default:
        break;
    }
  }
  return findings.list();
}

const EVERY_KIND: readonly NamedKind[] = ['stage', 'stepGroup', 'step'];

function kindsOf({ kind }: Subject): readonly NamedKind[] {
  return [kind];
}

const WORDS: Readonly<Record<NamedKind, string>> = { stage: 'stage', stepGroup: 'step group', step: 'step' };

function checkName(
  { value, place }: Placed<string>,
  kinds: readonly NamedKind[],
  all: readonly Named[],
  places: readonly PlanPlace[],
  findings: Findings,
): void {
  const named = all.filter((candidate) => isNamed(value, candidate));
  if (named.some(({ kind }) => kinds.includes(kind))) return;
  // What is in a chained pipeline is known only when that was started.
  if (isInChained(value, places)) return;
  const [other] = named;
  const wanted = kinds.length === EVERY_KIND.length ? 'stage or step' : WORDS[kinds[0] ?? 'step'];
  if (other !== undefined) {
    findings.add('TEST_NAME_UNKNOWN', 'run', place, `${value} is a ${WORDS[other.kind]}, and no ${wanted}.`);
    return;
  }
  const known = [...new Set(all.filter(({ kind }) => kinds.includes(kind)).map(nameOf))];
  findings.add(
    'TEST_NAME_UNKNOWN',
    'run',
    place,
    `The pipeline has no ${wanted} named ${value}.`,
    proposal(value, known),
  );
}

/** By the whole name first, then by what stands last in it. */
function proposal(name: string, known: readonly string[]): string | undefined {
  const last = (text: string): string => text.slice(text.lastIndexOf('.') + 1);
  const nearest =
    suggest(name, known) ?? known.find((candidate) => last(candidate) === suggest(last(name), known.map(last)));
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  return known.length === 0 || known.length > NAMES_SHOWN_MAX ? undefined : `There are ${known.join(', ')}.`;
}

const NAMES_SHOWN_MAX = 12;

function isInChained(name: string, places: readonly PlanPlace[]): boolean {
  const outer = name.split('.').slice(0, -1);
  return outer.some((_, index) =>
    places.some((place) => isChained(place) && isNamed(outer.slice(0, index + 1).join('.'), place)),
  );
}

function isChained({ plan }: PlanPlace): boolean {
  return plan.kind === 'stage' && plan.chain !== undefined;
}

function checkMock({ subject, outputs }: Mock, places: readonly PlanPlace[], findings: Findings): void {
  const { kind, name } = subject;
  const named = places.filter((place) => place.kind === kind && isNamed(name.value, place));
  const [first] = named;
  if (first === undefined) return;
  if (kind === 'stage') {
    if (named.some(isChained)) return;
    const message = `The stage ${name.value} runs steps of its own and is not mocked as a whole.`;
    findings.add('TEST_MOCK_MISPLACED', 'run', name.place, message, 'Mock its steps.');
    return;
  }
  const performed = named.filter(({ plan }) => isPerformed(plan));
  if (performed.length === 0 && first.plan.kind === 'step') {
    const { stepType } = first.plan;
    const hint = WAITS[stepType] ?? 'Bridle itself carries it out.';
    findings.add('TEST_MOCK_MISPLACED', 'run', name.place, `${name.value} is a ${stepType} and is not mocked.`, hint);
  }
  for (const [output, { place }] of Object.entries(outputs)) checkOutput(output, place, performed, findings);
}

const WAITS: Readonly<Record<string, string>> = {
  Wait: 'Virtual time passes: it takes no time to wait.',
  HarnessApproval: 'Say in answers what people do.',
};

function isPerformed(plan: PlanPlace['plan']): boolean {
  if (plan.kind !== 'step') return false;
  return plan.stepType === 'CustomApproval' || (DELEGATE_STEP_TYPES as readonly string[]).includes(plan.stepType);
}

function checkOutput(
  output: string,
  place: Placed<unknown>['place'],
  performed: readonly PlanPlace[],
  findings: Findings,
): void {
  const known: string[] = [];
  for (const { plan } of performed) {
    if (plan.kind !== 'step') continue;
    const names = knownOutputs(plan.stepType, plan.spec);
    if (names === undefined || names.includes(output)) return;
    known.push(...names);
  }
  if (performed.length === 0) return;
  const nearest = suggest(output, known);
  const hint =
    nearest === undefined
      ? `Its outputVariables name ${known.length === 0 ? 'none' : [...new Set(known)].join(', ')}.`
      : `Did you mean ${nearest}?`;
  findings.add('TEST_OUTPUT_UNKNOWN', 'run', place, `The step gives out no ${output}.`, hint);
}

function checkExpression({ value, place }: Placed<string>, findings: Findings): void {
  const [error] = checkText(value);
  if (error !== undefined) {
    findings.add('TEST_EXPRESSION_INVALID', 'run', place, `The expression cannot be read: ${error.message}.`);
  } else if (findExpressions(value).length === 0) {
    const hint = `Write <+${value.replace(/^<\+/, '')}>, in quotes.`;
    findings.add('TEST_EXPRESSION_INVALID', 'run', place, `${value} is no expression.`, hint);
  }
}
