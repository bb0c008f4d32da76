/** `when` of steps and `trigger` of pipelines. */
import type { WhenDraft } from '../draft.ts';
import { BUILD_BRANCH, BUILD_TAG, BUILD_TYPE, inParentheses, isOneOf, quote } from '../jexl.ts';
import type { Ledger } from '../ledger.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { describe, mapOf, textsOf } from '../source-nodes.ts';

export interface ReadWhen {
  readonly when: WhenDraft;
  /** Events that the pipeline is for; empty = all. */
  readonly events: readonly string[];
}

/** `target` of a promotion, which a person gives. */
export const TARGET = 'DRONE_DEPLOY_TO';

const EVENTS: Readonly<Record<string, string>> = {
  push: `${BUILD_TYPE} == "branch"`,
  tag: `${BUILD_TYPE} == "tag"`,
  pull_request: `${BUILD_TYPE} == "PR"`,
  cron: '<+pipeline.triggerType> == "SCHEDULER_CRON"',
  custom: '<+pipeline.triggerType> == "MANUAL"',
  promote: '<+pipeline.triggerType> == "MANUAL"',
  rollback: '<+pipeline.triggerType> == "MANUAL"',
};

export function readWhen(
  entry: SourceEntry | undefined,
  isStage: boolean,
  ledger: Ledger,
  askFor: (name: string) => void,
  notes: string[],
): ReadWhen {
  const map = mapOf(entry?.value);
  if (entry === undefined || map === undefined) return { when: { status: 'Success' }, events: [] };
  const conditions: string[] = [];
  const add = (key: string, test: (name: string) => string, onlyInclude?: (text: string) => string): void => {
    const found = ledger.takeEntry(map, key);
    if (found === undefined) return;
    const text = constraint(found, test, ledger, onlyInclude);
    if (text === undefined) return;
    ledger.converted(found, `${key}: ${describe(found.value)}`, `It is the condition ${text}.`);
    conditions.push(text);
  };
  const branch = isStage ? BUILD_BRANCH : '<+codebase.branch>';
  add('branch', (name) => isOneOf(branch, [name]), isStage ? orPullRequest : undefined);
  add('event', (name) => EVENTS[name] ?? unknownEvent(name, entry, ledger, notes));
  add('ref', refTest);
  add('target', (name) => {
    askFor(TARGET);
    return isOneOf(`<+pipeline.variables.${TARGET}>`, [name]);
  });
  if (isStage && map.entries.has('branch'))
    ledger.emulated(
      entry,
      'branch of pull requests',
      'Their target branch is not known before the clone: every pull request counts.',
    );
  for (const key of ['repo', 'instance', 'cron', 'action', 'paths']) {
    if (!map.entries.has(key)) continue;
    ledger.report('manual', map, key, 'It is not known to conditions, and counts as if it held.');
    notes.push(`TODO: the condition on ${key} is missing.`);
  }
  const status = statusOf(map, ledger);
  const condition = conditions.length > 1 ? conditions.map(inParentheses).join(' && ') : conditions[0];
  const events = textsOf(included(mapOf(map.entries.get('event')?.value), map.entries.get('event')));
  return { when: { status, ...(condition === undefined ? {} : { condition }) }, events };
}

function included(map: SourceMap | undefined, entry: SourceEntry | undefined): SourceEntry['value'] | undefined {
  return map === undefined ? entry?.value : map.entries.get('include')?.value;
}

/** A name, a list, or `include` and `exclude`. */
function constraint(
  entry: SourceEntry,
  test: (name: string) => string,
  ledger: Ledger,
  onlyInclude: (text: string) => string = (text) => text,
): string | undefined {
  const map = mapOf(entry.value);
  const wanted = textsOf(map === undefined ? entry.value : ledger.take(map, 'include'));
  const refused = textsOf(ledger.take(map, 'exclude'));
  const parts = [
    ...(wanted.length === 0 ? [] : [onlyInclude(anyOf(wanted.map(test)))]),
    ...(refused.length === 0 ? [] : [`!(${anyOf(refused.map(test))})`]),
  ];
  return parts.length === 0 ? undefined : parts.map(inParentheses).join(' && ');
}

function anyOf(tests: readonly string[]): string {
  return tests.length === 1 ? (tests[0] ?? 'true') : tests.map(inParentheses).join(' || ');
}

function orPullRequest(text: string): string {
  return `${BUILD_TYPE} == "PR" || ${inParentheses(text)}`;
}

function unknownEvent(name: string, entry: SourceEntry, ledger: Ledger, notes: string[]): string {
  ledger.manual(entry, `event: ${name}`, 'There is no such kind of run: it never holds.');
  notes.push(`TODO: the event ${name} never holds here.`);
  return 'false';
}

function refTest(ref: string): string {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch !== undefined) return branch === '**' ? `${BUILD_TYPE} == "branch"` : isOneOf(BUILD_BRANCH, [branch]);
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  if (tag !== undefined) return tag === '**' ? `${BUILD_TYPE} == "tag"` : isOneOf(BUILD_TAG, [tag]);
  return ref.startsWith('refs/pull/') ? `${BUILD_TYPE} == "PR"` : `<+codebase.commitRef> == ${quote(ref)}`;
}

function statusOf(map: SourceMap, ledger: Ledger): WhenDraft['status'] {
  const entry = ledger.takeEntry(map, 'status');
  if (entry === undefined) return 'Success';
  const words = textsOf(entry.value);
  const status = words.includes('failure') ? (words.includes('success') ? 'All' : 'Failure') : 'Success';
  ledger.converted(entry, `status: ${words.join(', ')}`, `It is the status ${status}.`);
  return status;
}
