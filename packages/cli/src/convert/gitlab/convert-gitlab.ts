/** A `.gitlab-ci.yml`. */
import type { ConvertedSource, PipelineDraft, StageDraft, VariableDraft } from '../draft.ts';
import { toIdentifier, toName } from '../identifiers.ts';
import { Ledger } from '../ledger.ts';
import { isLate, splitVariables, type SplitVariables } from '../late-variables.ts';
import { toLevels } from '../levels.ts';
import type { ConvertOptions } from '../result.ts';
import { refuse, START, type SourceEntry, type SourceMap } from '../source.ts';
import { describe, flagOf, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import { PUSHED_BRANCH, PUSHED_TAG, type TriggerDraft } from '../triggers.ts';
import type { Yaml } from '../yaml-value.ts';
import { cloneFields, convertJob } from './job.ts';
import { order } from './order.ts';
import { DEFAULT_KEYS, Resolver } from './resolve.ts';
import { conditionOf, decide, type Rule } from './rules.ts';
import { expand, type VariableScope } from './variables.ts';

/** Keys of the file that name no job. */
const GLOBAL: readonly string[] = [
  'stages',
  'types',
  'variables',
  'default',
  'include',
  'workflow',
  'spec',
  ...DEFAULT_KEYS,
];

export function convertGitlab(documents: readonly SourceMap[], options: ConvertOptions): ConvertedSource {
  const root = documents.at(-1);
  if (root === undefined) return refuse('ROOT_KEY_MISSING', START, 'The text is empty.');
  const ledger = new Ledger();
  for (const head of documents.slice(0, -1))
    ledger.report(
      'manual',
      head,
      'spec',
      'Inputs of an included file have no values here.',
      'Write the values into the file first.',
    );
  const entries = [...root.entries.values()].filter(({ key }) => !GLOBAL.includes(key));
  const jobEntries = entries.filter(({ key, value }) => !key.startsWith('.') && mapOf(value) !== undefined);
  if (!jobEntries.some(({ value }) => isJob(mapOf(value))))
    return refuse(
      'ROOT_KEY_MISSING',
      root.place,
      'A pipeline of GitLab CI has jobs with a script; this text has none.',
      'Name the system it is written for with --from.',
    );
  reportIncludes(root, ledger);

  const asked = new Map<string, VariableDraft>();
  const globals = mapOf(ledger.take(root, 'variables'));
  const scope: Omit<VariableScope, 'stage'> = {
    pipeline: new Set(globals?.entries.keys() ?? []),
    ledger,
    askFor: (name, value) => {
      const notes = [
        value === undefined
          ? `TODO: ${name} is set in no file; give it a value, or make it a Secret.`
          : 'TODO: the default branch of the repository.',
      ];
      asked.set(name, { name, type: 'String', value: value ?? '<+input>', notes });
    },
  };
  const { early, late } = readGlobals(globals, scope);
  const lateNames = new Set(late.map(({ name }) => name));
  const ofJobs = { ...scope, pipeline: new Set([...scope.pipeline].filter((name) => !lateNames.has(name))) };

  const resolver = new Resolver(root, ledger);
  for (const entry of jobEntries) ledger.takeEntry(root, entry.key);
  const read = jobEntries.flatMap((entry) => {
    const map = resolver.job(entry);
    return map === undefined ? [] : [{ entry, map }];
  });
  const jobs = order(root, read, ledger);
  const outer = workflowCondition(root, ofJobs);
  const codebase: Record<string, Yaml> = {};
  Object.assign(codebase, defined(cloneFields((name) => textOf(globals?.entries.get(name)?.value))));
  const hasArtifacts = new Set(
    jobs
      .filter(({ map }) => mapOf(map.entries.get('artifacts')?.value)?.entries.has('paths') === true)
      .map(({ identifier }) => identifier),
  );
  const stages: StageDraft[] = [];
  for (const job of jobs) {
    const made = convertJob(job, ofJobs, outer, late, (identifier) => hasArtifacts.has(identifier));
    for (const [key, value] of Object.entries(defined(made.codebase))) codebase[key] ??= value;
    stages.push(...made.stages);
  }
  const placed = optionalLast(stages);
  const levels = toLevels(placed);
  if (levels.kind === 'cycle')
    return refuse('STRUCTURE_INVALID', root.place, `The jobs ${levels.keys.join(', ')} need each other.`);

  const title = textOf(ledger.take(mapOf(ledger.take(root, 'workflow')), 'name')) ?? options.name ?? 'pipeline';
  const isTitle = !title.includes('$');
  for (const entry of resolver.replaced())
    ledger.dropped(entry, `${entry.key}: ${describe(entry.value)}`, 'Whatever extends it says something else.');
  for (const entry of entries.filter((candidate) => candidate.key.startsWith('.') && !ledger.isRead(candidate))) {
    ledger.report('dropped', root, entry.key, 'Nothing in the file uses it.');
  }
  ledger.close(root);
  const draft: PipelineDraft = {
    identifier: toIdentifier(isTitle ? title : (options.name ?? 'pipeline'), 'pipeline'),
    name: toName(isTitle ? title : (options.name ?? 'pipeline'), 'pipeline'),
    variables: [...early, ...asked.values()],
    codebase,
    stages: placed,
  };
  ledger.emulated(
    { place: START },
    'pushes and merge requests',
    'GitLab runs the file by itself; here custom webhook triggers do, which its webhooks call.',
    'Remove the triggers that should start nothing.',
  );
  return { kind: 'converted', draft, triggers: triggers(), ledger };
}

function isJob(map: SourceMap | undefined): boolean {
  return ['script', 'trigger', 'extends', 'run'].some((key) => map?.entries.has(key) === true);
}

function defined(map: Readonly<Record<string, Yaml | undefined>>): Readonly<Record<string, Yaml>> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, Yaml] => entry[1] !== undefined));
}

function reportIncludes(root: SourceMap, ledger: Ledger): void {
  const entry = ledger.takeEntry(root, 'include');
  for (const item of itemsOf(entry?.value)) {
    ledger.takeWhole(item);
    ledger.manual(
      item,
      `include: ${describe(item)}`,
      'Only this file is converted.',
      'Convert the merged file, which the pipeline editor of GitLab shows.',
    );
  }
}

/** Variables that tell of the clone, and those that use them, are variables of each stage. */
function readGlobals(globals: SourceMap | undefined, scope: Omit<VariableScope, 'stage'>): SplitVariables {
  const entries = scope.ledger.takeAll(globals);
  const ofStages = new Set<string>();
  for (;;) {
    // Only the last reading is told of.
    const read = entries.map((entry) => readGlobal(entry, { ...scope, ledger: new Ledger() }, ofStages));
    const found = read.filter(({ name, value }) => !ofStages.has(name) && isLate(value, ofStages));
    if (found.length === 0)
      return splitVariables(
        entries.map((entry) => readGlobal(entry, scope, ofStages)),
        ofStages,
      );
    for (const { name } of found) ofStages.add(name);
  }
}

/** A value, or a map that asks for one. */
function readGlobal(
  { key, value, place }: SourceEntry,
  scope: Omit<VariableScope, 'stage'>,
  ofStages: ReadonlySet<string>,
): VariableDraft {
  const map = mapOf(value);
  const inner: VariableScope = {
    ...scope,
    pipeline: new Set([...scope.pipeline].filter((name) => name !== key && !ofStages.has(name))),
    stage: new Set([...ofStages].filter((name) => name !== key)),
  };
  if (map === undefined)
    return { name: key, type: 'String', value: expand(textOf(value) ?? '', value, `variable ${key}`, inner) };
  const initial = textOf(scope.ledger.take(map, 'value')) ?? '';
  const description = textOf(scope.ledger.take(map, 'description'));
  const options = textsOf(scope.ledger.take(map, 'options'));
  const expands = scope.ledger.takeEntry(map, 'expand');
  if (expands !== undefined)
    scope.ledger.converted(expands, `expand: ${textOf(expands.value) ?? ''}`, 'The value stands as it is written.');
  if (description === undefined && options.length === 0)
    return {
      name: key,
      type: 'String',
      value: flagOf(expands?.value) === false ? initial : expand(initial, { place }, `variable ${key}`, inner),
    };
  scope.ledger.converted({ place }, `variable ${key}`, 'It is asked for at the start.');
  const choices = options.length === 0 ? '' : `.allowedValues(${options.map(argument).join(',')})`;
  const chain = `<+input>${initial === '' ? '' : `.default(${argument(initial)})`}${choices}`;
  return { name: key, type: 'String', value: chain, ...(description === undefined ? {} : { description }) };
}

function argument(text: string): string {
  return /[,()]/.test(text) ? String.raw`\'${text}\'` : text;
}

/** `workflow: rules`: a condition of every stage. */
function workflowCondition(root: SourceMap, scope: Omit<VariableScope, 'stage'>): string | undefined {
  const { ledger } = scope;
  const workflow = mapOf(ledger.take(root, 'workflow'));
  ledger.report('dropped', workflow, 'auto_cancel', 'A newer execution does not end an older one.');
  const entry = ledger.takeEntry(workflow, 'rules');
  if (entry === undefined) return undefined;
  ledger.emulated(
    entry,
    'rules of the workflow',
    'They are a condition of every stage: a run in which none holds skips everything.',
  );
  const rules = itemsOf(entry.value).flatMap((item): readonly Rule[] => {
    const rule = mapOf(item);
    const when = ledger.takeEntry(rule, 'when');
    if (when !== undefined) ledger.converted(when, `when: ${textOf(when.value) ?? ''}`, 'It is part of the condition.');
    const test = ledger.takeEntry(rule, 'if');
    for (const key of ['changes', 'exists'])
      ledger.report('manual', rule, key, 'It is not known before the run begins, and counts as if it held.');
    ledger.report(
      'manual',
      rule,
      'variables',
      'Variables that only a rule sets have nothing that corresponds to them.',
    );
    ledger.report('dropped', rule, 'auto_cancel', 'A newer execution does not end an older one.');
    const word = textOf(when?.value) ?? 'always';
    if (test === undefined) return [{ when: word }];
    return [{ when: word, condition: conditionOf(textOf(test.value) ?? '', test, { ...scope, stage: new Set() }, []) }];
  });
  return decide(rules, (when) => when !== 'never');
}

/** What a person may start or not comes last: nothing waits for it but what needs it. */
function optionalLast(stages: readonly StageDraft[]): readonly StageDraft[] {
  const optional = stages.filter(
    ({ type, steps }) => type === 'Approval' && (steps[0]?.[0]?.failureStrategies ?? []).length > 0,
  );
  if (optional.length === 0) return stages;
  const approvals = new Set(optional.map(({ key }) => key));
  const byPerson = new Set(
    stages.filter(({ needs }) => needs.some((need) => approvals.has(need))).map(({ key }) => key),
  );
  // Jobs of later stages do not wait for a manual job.
  const relaxed = stages.map((stage) =>
    approvals.has(stage.key) || byPerson.has(stage.key)
      ? stage
      : { ...stage, needs: stage.needs.filter((need) => !byPerson.has(need)) },
  );
  const automatic = relaxed.filter(({ key }) => !approvals.has(key) && !byPerson.has(key)).map(({ key }) => key);
  return relaxed.map((stage) =>
    approvals.has(stage.key)
      ? { ...stage, needs: [...stage.needs.filter((need) => !byPerson.has(need)), ...automatic] }
      : stage,
  );
}

function triggers(): readonly TriggerDraft[] {
  const header = 'X-Gitlab-Event';
  return [
    {
      kind: 'webhook',
      name: 'push',
      header,
      events: ['Push Hook'],
      conditions: [{ path: 'checkout_sha', operator: 'NotEquals', value: '' }],
      build: PUSHED_BRANCH,
    },
    {
      kind: 'webhook',
      name: 'tag',
      header,
      events: ['Tag Push Hook'],
      conditions: [{ path: 'checkout_sha', operator: 'NotEquals', value: '' }],
      build: PUSHED_TAG,
    },
    {
      kind: 'webhook',
      name: 'merge_request',
      header,
      events: ['Merge Request Hook'],
      conditions: [{ path: 'object_attributes.action', operator: 'In', value: 'open, reopen, update' }],
      build: { type: 'PR', spec: { number: '<+trigger.payload.object_attributes.iid>' } },
    },
  ];
}
