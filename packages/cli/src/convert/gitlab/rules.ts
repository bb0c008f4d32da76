/** `rules`, and `only` and `except`: whether a job runs, by itself or when a person says so. */
import {
  BUILD_BRANCH,
  BUILD_TAG,
  BUILD_TYPE,
  bothHold,
  inParentheses,
  none,
  quote,
  truth,
  type Operand,
} from '../jexl.ts';
import type { WhenDraft } from '../draft.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../source.ts';
import { describe, flagOf, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import { toDuration } from '../durations.ts';
import { translateRule, type RuleNames } from './parse-rule.ts';
import { expressionFor, type VariableScope } from './variables.ts';

export interface ReadRules {
  readonly when: WhenDraft;
  /** A person starts it: always, or when the condition holds. */
  readonly manual?: { readonly condition?: string; readonly hasRules: boolean };
  /** How long it waits before it begins. */
  readonly delay?: string;
  readonly allowsFailure?: boolean;
  readonly notes: readonly string[];
}

export interface Rule {
  /** Absent: it always holds. */
  readonly condition?: string;
  readonly when: string;
  readonly allowsFailure?: boolean;
}

/** The variables of GitLab as conditions of a stage. */
function ruleNames(scope: VariableScope): RuleNames {
  return {
    variable: (name) => {
      const known = expressionFor(name, scope, true);
      if (known !== undefined || /^(?:CI|GITLAB)_/.test(name)) return known;
      scope.askFor(name);
      return `<+pipeline.variables.${name}>`;
    },
    special: (name, value) => special(name, value),
  };
}

function special(name: string, value: string | undefined): Operand | undefined {
  if (/^CI_MERGE_REQUEST_(?:ID|IID)$/.test(name))
    return value === undefined ? truth(`${BUILD_TYPE} == "PR"`) : undefined;
  if (name === 'CI_COMMIT_BRANCH' && value === undefined) return truth(`${BUILD_TYPE} == "branch"`);
  if (name === 'CI_COMMIT_TAG' && value === undefined) return truth(`${BUILD_TYPE} == "tag"`);
  if (name !== 'CI_PIPELINE_SOURCE') return undefined;
  return value === undefined ? truth('true') : pipelineSource(value);
}

function pipelineSource(value: string): Operand {
  switch (value) {
    case 'merge_request_event':
      return truth(`${BUILD_TYPE} == "PR"`);
    case 'push':
      return truth(`(<+pipeline.triggerType> != "MANUAL" && ${BUILD_TYPE} != "PR")`);
    case 'web':
      return truth('<+pipeline.triggerType> == "MANUAL"');
    case 'schedule':
      return truth('<+pipeline.triggerType> == "SCHEDULER_CRON"');
    case 'api':
    case 'trigger':
      return truth('<+pipeline.triggerType> == "WEBHOOK_CUSTOM"');
    default:
      return none(`There is no kind of run like ${value}.`);
  }
}

export function readRules(job: SourceMap, scope: VariableScope): ReadRules {
  const { ledger } = scope;
  const notes: string[] = [];
  const own = ledger.takeEntry(job, 'when');
  const startIn = ledger.takeEntry(job, 'start_in');
  const delay = startIn === undefined ? undefined : toDuration(textOf(startIn.value) ?? '', 's');
  if (startIn !== undefined && delay === undefined)
    ledger.manual(startIn, `start_in: ${describe(startIn.value)}`, 'It cannot be read as a duration: nothing waits.');
  else if (startIn !== undefined)
    ledger.converted(startIn, `start_in: ${describe(startIn.value)}`, `It waits ${String(delay)}.`);
  const entry = ledger.takeEntry(job, 'rules');
  const rules =
    entry === undefined
      ? oldRules(job, textOf(own?.value) ?? 'on_success', scope, notes)
      : newRules(entry, textOf(own?.value) ?? 'on_success', scope, notes);
  const at = entry ?? own;
  if (own !== undefined) ledger.converted(own, `when: ${textOf(own.value) ?? ''}`, meaningOf(textOf(own.value) ?? ''));
  const isManual = rules.some(({ when }) => when === 'manual');
  const runs = decide(rules, (when) => when !== 'never');
  const manual = isManual ? decide(rules, (when) => when === 'manual') : undefined;
  const allowance = allowanceOf(entry, rules, scope);
  if (at !== undefined && rules.some(({ when }) => !WORDS.includes(when)))
    ledger.manual(at, `when: ${rules.map(({ when }) => when).join(', ')}`, 'It is no word that GitLab documents.');
  return {
    when: { status: statusOf(rules, at, scope), ...(runs === undefined ? {} : { condition: runs }) },
    ...(isManual
      ? { manual: { hasRules: entry !== undefined, ...(manual === undefined ? {} : { condition: manual }) } }
      : {}),
    ...(delay === undefined ? {} : { delay }),
    ...(allowance === undefined ? {} : { allowsFailure: allowance }),
    notes,
  };
}

const WORDS = ['on_success', 'on_failure', 'always', 'never', 'manual', 'delayed'];

function meaningOf(when: string): string {
  if (when === 'manual') return 'An Approval stage before it asks a person.';
  if (when === 'delayed') return 'A stage before it waits.';
  return 'It is the status in when.';
}

/** The first rule that holds decides; where none does, the job does not run. `undefined` = it always holds. */
export function decide(rules: readonly Rule[], isWanted: (when: string) => boolean): string | undefined {
  let text = 'false';
  for (const { condition, when } of rules.toReversed()) {
    if (condition === 'false') continue;
    const wanted = isWanted(when);
    if (condition === undefined) text = wanted ? 'true' : 'false';
    else if (wanted) text = text === 'true' ? 'true' : either(condition, text);
    else
      text = text === 'false' ? 'false' : (bothHold(`!(${condition})`, text === 'true' ? undefined : text) ?? 'true');
  }
  return text === 'true' ? undefined : text;
}

function either(left: string, right: string): string {
  return right === 'false' ? left : `${inParentheses(left)} || ${inParentheses(right)}`;
}

function statusOf(rules: readonly Rule[], at: SourceEntry | undefined, { ledger }: VariableScope): WhenDraft['status'] {
  const words = new Set(rules.map(({ when }) => when).filter((when) => when !== 'never'));
  const [only] = words;
  if (words.size === 1 && only === 'always') return 'All';
  if (words.size === 1 && only === 'on_failure') return 'Failure';
  if (!words.has('always') && !words.has('on_failure')) return 'Success';
  if (at !== undefined)
    ledger.emulated(
      at,
      'rules with several kinds of when',
      'A stage has one status: it runs whatever came before (All).',
    );
  return 'All';
}

function newRules(entry: SourceEntry, otherwise: string, scope: VariableScope, notes: string[]): readonly Rule[] {
  scope.ledger.converted(entry, 'rules', 'They are one condition of the stage.');
  return itemsOf(entry.value).flatMap((item) => {
    if (item.kind === 'list') return itemsOf(item).flatMap((inner) => readRule(inner, otherwise, scope, notes));
    return readRule(item, otherwise, scope, notes);
  });
}

function readRule(item: SourceNode, otherwise: string, scope: VariableScope, notes: string[]): readonly Rule[] {
  const { ledger } = scope;
  const rule = mapOf(item);
  if (rule === undefined) return [];
  const when = textOf(ledger.take(rule, 'when')) ?? otherwise;
  const test = ledger.takeEntry(rule, 'if');
  for (const key of ['changes', 'exists']) {
    if (rule.entries.has(key)) notes.push(`TODO: a rule that asks for ${key} counts as if it held.`);
    ledger.report(
      'manual',
      rule,
      key,
      'Which files were changed or exist is not known before the stage begins: the rule counts as if it held.',
      'Ask in the first step.',
    );
  }
  ledger.report(
    'manual',
    rule,
    'variables',
    'Variables that only a rule sets have nothing that corresponds to them.',
    'Write the variable with an expression such as <+condition ? "a" : "b">.',
  );
  const allows = ledger.takeEntry(rule, 'allow_failure');
  if (allows !== undefined)
    ledger.converted(
      allows,
      `allow_failure: ${describe(allows.value)}`,
      'It counts for the stage when all of its rules agree.',
    );
  ledger.report('dropped', rule, 'interruptible', 'A newer execution does not end an older one.');
  ledger.report('manual', rule, 'needs', 'The order of stages does not depend on rules.');
  const flag = flagOf(allows?.value);
  const made = { when, ...(flag === undefined ? {} : { allowsFailure: flag }) };
  if (test === undefined) return [made];
  return [{ ...made, condition: conditionOf(textOf(test.value) ?? '', test, scope, notes) }];
}

/** `allow_failure` of rules counts when all rules by which the job runs say the same. */
function allowanceOf(
  entry: SourceEntry | undefined,
  rules: readonly Rule[],
  { ledger }: VariableScope,
): boolean | undefined {
  const flags = rules.filter(({ when }) => when !== 'never').map(({ allowsFailure }) => allowsFailure);
  const [first] = flags;
  if (entry === undefined || flags.every((flag) => flag === undefined)) return undefined;
  if (flags.every((flag) => flag === first)) return first;
  ledger.manual(
    entry,
    'allow_failure of some rules',
    'A failure strategy has no condition of this kind: every failure counts.',
  );
  return false;
}

export function conditionOf(text: string, at: SourceEntry, scope: VariableScope, notes: string[]): string {
  const made = translateRule(text, ruleNames(scope));
  if (made.kind === 'operand') {
    scope.ledger.converted(at, `if: ${text}`, `It is the condition ${made.text}.`);
    return made.text;
  }
  scope.ledger.manual(at, `if: ${text}`, made.why, 'The rule never holds until its condition is written.');
  notes.push(`TODO: write this as a condition, its rule never holds until then: ${text}`);
  return 'false';
}

/** `only` and `except`. */
function oldRules(job: SourceMap, when: string, scope: VariableScope, notes: string[]): readonly Rule[] {
  const [only, except] = ['only', 'except'].map((key) => scope.ledger.takeEntry(job, key));
  const wanted = only === undefined ? undefined : filter(only, scope, notes, '&&');
  const refused = except === undefined ? undefined : filter(except, scope, notes, '||');
  const condition = bothHold(wanted, refused === undefined ? undefined : `!(${refused})`);
  return condition === undefined ? [{ when }] : [{ when, condition }];
}

/** Refs and variables of `only` must hold both, of `except` one of them. */
function filter(entry: SourceEntry, scope: VariableScope, notes: string[], sign: '&&' | '||'): string {
  const map = mapOf(entry.value);
  const refs = textsOf(map === undefined ? entry.value : scope.ledger.take(map, 'refs'));
  const tests = scope.ledger.takeEntry(map, 'variables');
  const parts = [
    refs.map((ref) => refTest(ref, entry, scope, notes)),
    itemsOf(tests?.value).map((item) => conditionOf(textOf(item) ?? '', tests ?? entry, scope, notes)),
  ]
    .filter((list) => list.length > 0)
    .map((list) => (list.length === 1 ? (list[0] ?? 'true') : list.map(inParentheses).join(' || ')));
  for (const key of ['changes', 'kubernetes'])
    scope.ledger.report('manual', map, key, 'It is not known before the stage begins, and counts as if it held.');
  const text = parts.map(inParentheses).join(` ${sign} `);
  scope.ledger.converted(
    entry,
    `${entry.key}: ${describe(entry.value)}`,
    `It is the condition ${text === '' ? 'true' : text}.`,
  );
  return text === '' ? 'true' : text;
}

const REFS: Readonly<Record<string, string>> = {
  branches: `${BUILD_TYPE} == "branch"`,
  tags: `${BUILD_TYPE} == "tag"`,
  merge_requests: `${BUILD_TYPE} == "PR"`,
  pushes: `(<+pipeline.triggerType> != "MANUAL" && ${BUILD_TYPE} != "PR")`,
  schedules: '<+pipeline.triggerType> == "SCHEDULER_CRON"',
  web: '<+pipeline.triggerType> == "MANUAL"',
  triggers: '<+pipeline.triggerType> == "WEBHOOK_CUSTOM"',
  api: '<+pipeline.triggerType> == "WEBHOOK_CUSTOM"',
};
const OTHERS = ['chat', 'external', 'external_pull_requests', 'pipelines'];

function refTest(ref: string, at: SourceEntry, { ledger }: VariableScope, notes: string[]): string {
  if (Object.hasOwn(REFS, ref)) return REFS[ref] ?? 'true';
  if (OTHERS.includes(ref)) {
    ledger.manual(at, `${at.key}: ${ref}`, 'There is no such kind of run: it never holds.');
    notes.push(`TODO: ${at.key}: ${ref} never holds here.`);
    return 'false';
  }
  const plain = ref.replace(/@.*$/, '');
  const pattern = /^\/(.*)\/(i?)$/.exec(plain);
  const name = `(${BUILD_BRANCH} ?? ${BUILD_TAG})`;
  if (pattern === null) return `${name} == ${quote(plain)}`;
  return `${name} =~ ${quote(`(?s${pattern[2] ?? ''}).*(?:${pattern[1] ?? ''}).*`)}`;
}
