/** `on` of a workflow: events of the repository become triggers by custom webhook, schedules are schedules, what a person starts becomes inputs. */
import { objectToSchedule, type Schedule } from '@bridle/pipeline';
import type { VariableDraft } from '../draft.ts';
import { globToPattern, isGlob } from '../jexl.ts';
import type { Ledger } from '../ledger.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../source.ts';
import { flagOf, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import { PUSHED_BRANCH, PUSHED_TAG, type TriggerCondition, type TriggerDraft } from '../triggers.ts';

const HEADER = 'X-GitHub-Event';
const WEBHOOK = 'Let GitHub send its webhook, as application/json, to the address of the trigger.';

export interface ReadEvents {
  readonly triggers: readonly TriggerDraft[];
  readonly inputs: readonly VariableDraft[];
}

export function readEvents(root: SourceMap, ledger: Ledger): ReadEvents {
  const on = ledger.takeEntry(root, 'on');
  if (on === undefined) return { triggers: [], inputs: [] };
  const triggers: TriggerDraft[] = [];
  const inputs: VariableDraft[] = [];
  if (on.value.kind === 'map') {
    for (const event of ledger.takeAll(on.value)) {
      if (event.key === 'workflow_dispatch' || event.key === 'workflow_call') inputs.push(...readInputs(event, ledger));
      else triggers.push(...readEvent(event.key, event, ledger));
    }
  } else {
    for (const item of itemsOf(on.value)) {
      const name = textOf(item) ?? '';
      if (name === 'workflow_dispatch' || name === 'workflow_call') reportStart(name, item, ledger);
      else triggers.push(...readEvent(name, { key: name, place: item.place, value: item }, ledger));
    }
  }
  return { triggers, inputs };
}

function readEvent(name: string, event: SourceEntry, ledger: Ledger): readonly TriggerDraft[] {
  const filters = mapOf(event.value);
  switch (name) {
    case 'push':
      return push(event, filters, ledger);
    case 'pull_request':
    case 'pull_request_target':
      return pullRequest(name, event, filters, ledger);
    case 'release':
    case 'repository_dispatch':
    case 'issue_comment':
      return byAction(name, event, filters, ledger);
    case 'schedule':
      return itemsOf(event.value).flatMap((item, index) => schedule(event, item, index, ledger));
    default:
      ledger.takeWhole(event.value);
      ledger.manual(
        event,
        `on: ${name}`,
        'There is no trigger for it.',
        'Write a custom webhook trigger with a condition on the payload.',
      );
      return [];
  }
}

function push(event: SourceEntry, filters: SourceMap | undefined, ledger: Ledger): readonly TriggerDraft[] {
  const branches = refCondition(filters, 'branches', 'refs/heads/', event, ledger);
  const tags = refCondition(filters, 'tags', 'refs/tags/', event, ledger);
  reportPaths(filters, ledger);
  ledger.emulated(event, 'on: push', 'It is a custom webhook trigger.', WEBHOOK);
  const base = { kind: 'webhook' as const, header: HEADER, events: ['push'] };
  const alive: TriggerCondition = { path: 'deleted', operator: 'NotEquals', value: 'true' };
  const made: TriggerDraft[] = [];
  if (branches.length > 0 || tags.length === 0) {
    const of =
      branches.length > 0 ? branches : [{ path: 'ref', operator: 'StartsWith' as const, value: 'refs/heads/' }];
    made.push({ ...base, name: 'push', conditions: [alive, ...of], build: PUSHED_BRANCH });
  }
  if (tags.length > 0 || branches.length === 0) {
    const of = tags.length > 0 ? tags : [{ path: 'ref', operator: 'StartsWith' as const, value: 'refs/tags/' }];
    made.push({ ...base, name: 'tag', conditions: [alive, ...of], build: PUSHED_TAG });
  }
  return made;
}

function pullRequest(
  name: string,
  event: SourceEntry,
  filters: SourceMap | undefined,
  ledger: Ledger,
): readonly TriggerDraft[] {
  const types = textsOf(ledger.take(filters, 'types'));
  const branches = refCondition(filters, 'branches', '', event, ledger).map((condition) => ({
    ...condition,
    path: 'pull_request.base.ref',
  }));
  reportPaths(filters, ledger);
  ledger.emulated(event, `on: ${name}`, 'It is a custom webhook trigger.', WEBHOOK);
  const actions = types.length > 0 ? types : ['opened', 'synchronize', 'reopened'];
  const build = { type: 'PR', spec: { number: '<+trigger.payload.number>' } };
  const conditions: readonly TriggerCondition[] = [
    { path: 'action', operator: 'In', value: actions.join(', ') },
    ...branches,
  ];
  return [{ kind: 'webhook', name, header: HEADER, events: ['pull_request'], conditions, build }];
}

function byAction(
  name: string,
  event: SourceEntry,
  filters: SourceMap | undefined,
  ledger: Ledger,
): readonly TriggerDraft[] {
  const types = textsOf(ledger.take(filters, 'types'));
  ledger.emulated(event, `on: ${name}`, 'It is a custom webhook trigger.', WEBHOOK);
  const conditions: readonly TriggerCondition[] =
    types.length === 0 ? [] : [{ path: 'action', operator: 'In', value: types.join(', ') }];
  const build =
    name === 'release'
      ? { type: 'tag', spec: { tag: '<+trigger.payload.release.tag_name>' } }
      : { type: 'branch', spec: { branch: '<+trigger.payload.repository.default_branch>' } };
  return [{ kind: 'webhook', name, header: HEADER, events: [name], conditions, build }];
}

/** GitHub builds its default branch, which the workflow does not name. */
function schedule(event: SourceEntry, item: SourceNode, index: number, ledger: Ledger): readonly TriggerDraft[] {
  const expression = textOf(ledger.take(mapOf(item), 'cron'))?.trim() ?? '';
  const timezone = textOf(ledger.take(mapOf(item), 'timezone'))?.trim();
  const given: Schedule = { form: 'UNIX', expression, ...(timezone === undefined ? {} : { timezone }) };
  const at = { place: item.place };
  const what = `schedule: ${expression}`;
  const problem = objectToSchedule(given);
  if (problem !== undefined) {
    ledger.manual(at, what, `It is no schedule here: ${problem.message}`, 'Write a trigger of the type Scheduled.');
    return [];
  }
  ledger.emulated(
    at,
    what,
    'It is a scheduled trigger that builds the branch main.',
    'Write the name of the default branch into the trigger if it is another.',
  );
  const build = { type: 'branch', spec: { branch: 'main' } };
  const name = index === 0 ? event.key : `${event.key} ${String(index + 1)}`;
  return [{ kind: 'schedule', name, schedule: given, build }];
}

/** `branches`, `branches-ignore` and their like as conditions on a ref. */
function refCondition(
  filters: SourceMap | undefined,
  key: 'branches' | 'tags',
  prefix: string,
  event: SourceEntry,
  ledger: Ledger,
): readonly TriggerCondition[] {
  const taken = ledger.takeEntry(filters, key);
  const wanted = textsOf(taken?.value);
  const ignored = textsOf(ledger.take(filters, `${key}-ignore`));
  const refused = wanted.filter((pattern) => pattern.startsWith('!'));
  if (refused.length > 0 && taken !== undefined)
    ledger.manual(
      taken,
      `${key}: ${refused.join(', ')}`,
      'A pattern that takes others back is left out.',
      'Write the condition of the trigger by hand.',
    );
  if (taken !== undefined)
    ledger.converted(taken, `${key}: ${wanted.join(', ')}`, 'It is a condition on the payload of the trigger.');
  const kept = wanted.filter((pattern) => !refused.includes(pattern));
  if (kept.length > 0) return [oneOf(kept, prefix)];
  if (ignored.length === 0) return [];
  const isOnlyPrefix = prefix === '' ? [] : [{ path: 'ref', operator: 'StartsWith' as const, value: prefix }];
  if (!ignored.some(isGlob))
    return [
      ...isOnlyPrefix,
      { path: 'ref', operator: 'NotIn', value: ignored.map((name) => prefix + name).join(', ') },
    ];
  const patterns = ignored.map((name) => `${prefix}${globToPattern(name)}`).join(', ');
  ledger.emulated(
    event,
    `${key}-ignore: ${ignored.join(', ')}`,
    `It is a list of patterns that the ref must not match: ${patterns}.`,
  );
  return [...isOnlyPrefix, { path: 'ref', operator: 'NotIn', value: patterns }];
}

function oneOf(names: readonly string[], prefix: string): TriggerCondition {
  const [only = ''] = names;
  if (names.some(isGlob)) {
    const pattern = names.map(globToPattern).join('|');
    return { path: 'ref', operator: 'Regex', value: `${prefix}(${pattern})` };
  }
  if (names.length === 1) return { path: 'ref', operator: 'Equals', value: `${prefix}${only}` };
  return { path: 'ref', operator: 'In', value: names.map((name) => `${prefix}${name}`).join(', ') };
}

function reportPaths(filters: SourceMap | undefined, ledger: Ledger): void {
  for (const key of ['paths', 'paths-ignore'])
    ledger.report(
      'manual',
      filters,
      key,
      'A custom webhook does not say which files were changed.',
      'Compare with the base commit in the first step, or run always.',
    );
}

function reportStart(name: string, at: Pick<SourceEntry, 'place'>, ledger: Ledger): void {
  if (name === 'workflow_dispatch') ledger.converted(at, `on: ${name}`, 'Every pipeline can be started by a person.');
  else ledger.converted(at, `on: ${name}`, 'Every pipeline can be started by a stage of the type Pipeline.');
}

function readInputs(event: SourceEntry, ledger: Ledger): readonly VariableDraft[] {
  reportStart(event.key, event, ledger);
  const map = mapOf(event.value);
  ledger.report('manual', map, 'outputs', 'A chained stage names the outputs it takes itself.');
  ledger.report(
    'manual',
    map,
    'secrets',
    'Secrets are those of the project.',
    'Make sure that they are there under these names.',
  );
  return ledger.takeAll(mapOf(ledger.take(map, 'inputs'))).map((entry) => readInput(entry, ledger));
}

function readInput({ key, value, place }: SourceEntry, ledger: Ledger): VariableDraft {
  const input = mapOf(value);
  const kind = textOf(ledger.take(input, 'type')) ?? 'string';
  const initial = textOf(ledger.take(input, 'default'));
  const description = textOf(ledger.take(input, 'description'));
  const isRequired = flagOf(ledger.take(input, 'required')) === true;
  const choices = kind === 'boolean' ? ['true', 'false'] : textsOf(ledger.take(input, 'options'));
  ledger.converted(
    { place },
    `input ${key} (${kind})`,
    `It is the variable ${key} of the pipeline, which is asked for at the start.`,
  );
  const parts = [
    initial === undefined ? (kind === 'boolean' ? '.default(false)' : '') : `.default(${argument(initial)})`,
    choices.length === 0 ? '' : `.allowedValues(${choices.map(argument).join(',')})`,
  ];
  return {
    name: key,
    type: kind === 'number' ? 'Number' : 'String',
    value: `<+input>${parts.join('')}`,
    ...(description === undefined ? {} : { description }),
    ...(isRequired ? { required: true } : {}),
  };
}

/** As an argument of an input: a comma or a parenthesis would end it. */
function argument(text: string): string {
  return /[,()]/.test(text) ? String.raw`\'${text}\'` : text;
}
