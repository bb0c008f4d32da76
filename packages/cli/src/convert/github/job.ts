/** One job: a CI stage with its steps. */
import { IGNORE_FAILURE, type StageDraft, type StepDraft, type VariableDraft, type WhenDraft } from '../draft.ts';
import { toName } from '../identifiers.ts';
import { bothHold, quote } from '../jexl.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { flagOf, itemsOf, mapOf, textOf, textsOf, valueOf } from '../source-nodes.ts';
import { refuseInShell } from '../shell-text.ts';
import { readCondition } from './conditions.ts';
import { contextsOf, type Surroundings } from './contexts.ts';
import { fieldText, JobState, readVariables, type StepDefaults, type WorkflowState } from './job-state.ts';
import { readMatrix } from './matrix.ts';
import type { JobNames, WorkflowNames } from './names.ts';
import { readRunsOn } from './runs-on.ts';
import { readContainer, readServices } from './services.ts';
import { convertStep, minutes } from './steps.ts';

export interface JobSource {
  readonly entry: SourceEntry;
  readonly map: SourceMap;
  readonly names: JobNames;
}

export function convertJob(
  source: JobSource,
  workflow: WorkflowNames,
  outer: StepDefaults,
  state: WorkflowState,
  late: readonly VariableDraft[],
): StageDraft {
  const { map, names, entry } = source;
  const { ledger } = state;
  const notes: string[] = [];
  const { strategy, matrix, axes, turns, notes: matrixNotes } = readMatrix(map, ledger);
  notes.push(...matrixNotes);
  const runsOn = readRunsOn(map, axes, ledger);
  const around: Surroundings = {
    workflow,
    job: names,
    askFor: state.askFor,
    ...(matrix === undefined ? {} : { matrix }),
    ...(runsOn.os === undefined ? {} : { os: runsOn.os }),
  };
  const own = readVariables(mapOf(ledger.take(map, 'env')), 'env', contextsOf(around), ledger);
  const surroundings: Surroundings = {
    ...around,
    stageVariables: new Set([...late.map(({ name }) => name), ...own.names]),
  };
  const contexts = contextsOf(surroundings);
  const container = readContainer(map, contexts, ledger, notes);
  const job = new JobState(state, names, surroundings, readDefaults(map, outer, state), container.image);
  const services = readServices(map, names, contexts, ledger, notes);
  const steps = itemsOf(ledger.take(map, 'steps')).flatMap((item, index) =>
    item.kind === 'map' ? convertStep(item, index, job) : [],
  );
  const called = calledWorkflow(source, job);
  const timeoutNode = ledger.take(map, 'timeout-minutes');
  const timeoutText = fieldText(timeoutNode, 'timeout-minutes', contexts, ledger, notes) ?? '';
  reportRest(map, ledger);
  const all = [...services, ...steps, ...job.atEnd, ...called];
  return {
    key: names.key,
    identifier: names.identifier,
    name: nameOf(map, names, ledger),
    type: 'CI',
    needs: textsOf(ledger.take(map, 'needs')),
    place: entry.place,
    ...whenOf(map, surroundings, state, notes),
    ...(strategy === undefined ? {} : { strategy, turns }),
    ...(timeoutNode === undefined ? {} : minutes(timeoutText, timeoutNode, ledger, notes)),
    variables: [...late.filter(({ name }) => !own.names.has(name)), ...own.variables, ...container.variables],
    failureStrategies: failureOf(map, state),
    delegateSelectors: runsOn.delegateSelectors,
    ...(runsOn.platform === undefined ? {} : { platform: runsOn.platform }),
    clones: job.clones,
    sharedPaths: [],
    steps: (all.length === 0 ? [nothing(names)] : all).map((step) => [step]),
    notes: [...notes, ...job.notes],
  };
}

/** A stage has at least one step; a job may have none after its checkout is gone. */
function nothing(names: JobNames): StepDraft {
  return {
    identifier: names.identifiers.take('nothing', 'nothing'),
    name: 'nothing',
    type: 'Run',
    spec: { shell: 'Sh', command: 'true' },
  };
}

function nameOf(map: SourceMap, names: JobNames, ledger: WorkflowState['ledger']): string {
  const node = ledger.take(map, 'name');
  const text = textOf(node);
  if (node === undefined || text === undefined) return toName(names.key, names.identifier);
  const name = toName(text, names.identifier);
  if (name !== text)
    ledger.converted(node, `name: ${text}`, `It is called ${name}: names of stages take no other characters.`);
  return name;
}

function readDefaults(map: SourceMap, outer: StepDefaults, { ledger }: WorkflowState): StepDefaults {
  return { ...outer, ...defaultsOf(map, ledger) };
}

/** `defaults.run`, of a workflow or a job. */
export function defaultsOf(map: SourceMap, ledger: WorkflowState['ledger']): StepDefaults {
  const run = mapOf(ledger.take(mapOf(ledger.take(map, 'defaults')), 'run'));
  const [shell, folder] = [ledger.take(run, 'shell'), ledger.take(run, 'working-directory')];
  if (shell !== undefined)
    ledger.converted(shell, `shell: ${textOf(shell) ?? ''}`, 'Each step without a shell of its own has it.');
  return {
    ...(textOf(shell) === undefined ? {} : { shell: textOf(shell) ?? '' }),
    ...(textOf(folder) === undefined ? {} : { folder: textOf(folder) ?? '' }),
  };
}

function failureOf(map: SourceMap, { ledger }: WorkflowState): StageDraft['failureStrategies'] {
  const node = ledger.take(map, 'continue-on-error');
  if (node === undefined || flagOf(node) === false) return [];
  const what = `continue-on-error: ${textOf(node) ?? ''}`;
  if (flagOf(node) === undefined) {
    ledger.manual(node, what, 'A failure strategy has no condition of this kind: the failure of the stage counts.');
    return [];
  }
  ledger.emulated(node, what, 'A failure is ignored where it happens: the steps after it run too.');
  return [IGNORE_FAILURE];
}

function whenOf(
  map: SourceMap,
  surroundings: Surroundings,
  { ledger }: WorkflowState,
  notes: string[],
): { readonly when?: WhenDraft } {
  const node = ledger.take(map, 'if');
  const text = textOf(node);
  const read = text === undefined ? undefined : readCondition(text, contextsOf({ ...surroundings, isStage: true }));
  if (node !== undefined && read?.kind === 'none') {
    ledger.manual(node, `if: ${String(text)}`, read.why, 'The stage never runs until its condition is written.');
    notes.push(`TODO: write this as a condition, the stage never runs until then: ${String(text)}`);
    return { when: { status: 'Success', condition: 'false' } };
  }
  const when: WhenDraft = read?.kind === 'when' ? read.when : { status: 'Success' };
  if (node !== undefined && read?.kind === 'when') {
    ledger.converted(node, `if: ${String(text)}`, `It is when: ${when.status}, ${when.condition ?? 'always'}.`);
    for (const remark of read.remarks) ledger.emulated(node, `if: ${String(text)}`, remark);
  }
  return { when };
}

/** GitHub skips a job whose need was skipped; here a skipped stage counts as a success, so it is asked for. */
export function followSkips(stages: readonly StageDraft[]): readonly StageDraft[] {
  const byKey = new Map(stages.map((stage) => [stage.key, stage]));
  const maySkip = new Map<string, boolean>();
  const canSkip = (stage: StageDraft): boolean => {
    const known = maySkip.get(stage.key);
    if (known !== undefined) return known;
    maySkip.set(stage.key, false);
    const asks = stage.when?.condition !== undefined || stage.when?.status === 'Failure';
    const result = asks || (stage.when?.status === 'Success' && needsOf(stage).some(canSkip));
    maySkip.set(stage.key, result);
    return result;
  };
  const needsOf = (stage: StageDraft): readonly StageDraft[] => stage.needs.flatMap((key) => byKey.get(key) ?? []);
  return stages.map((stage) => {
    if (stage.when?.status !== 'Success') return stage;
    const skipping = needsOf(stage).filter((need) => canSkip(need));
    const asked = skipping.map(
      ({ identifier, strategy }) =>
        `<+pipeline.stages.${identifier}${strategy === undefined ? '' : '_0'}.status> != ${quote('SKIPPED')}`,
    );
    const condition = bothHold(asked.length === 0 ? undefined : asked.join(' && '), stage.when.condition);
    return { ...stage, when: { ...stage.when, ...(condition === undefined ? {} : { condition }) } };
  });
}

/** `uses` of a job: another workflow. */
function calledWorkflow({ map }: JobSource, job: JobState): readonly StepDraft[] {
  const { ledger } = job;
  const uses = ledger.takeEntry(map, 'uses');
  if (uses === undefined) return [];
  const given = ['with', 'secrets'].flatMap((key) => {
    const entry = ledger.takeEntry(map, key);
    if (entry === undefined) return [];
    ledger.takeWhole(entry.value);
    return [`TODO:   ${key}: ${textOf(entry.value) ?? JSON.stringify(valueOf(entry.value))}`];
  });
  const what = `uses: ${textOf(uses.value) ?? ''}`;
  ledger.manual(uses, what, 'Convert the workflow it calls, and start it by a stage of the type Pipeline.');
  const identifier = job.names.identifiers.take('call', 'call');
  const notes = [`TODO: a stage of the type Pipeline takes the place of ${what}`, ...given];
  return [{ identifier, name: 'call', type: 'Run', spec: { shell: 'Sh', command: refuseInShell(what) }, notes }];
}

function reportRest(map: SourceMap, ledger: WorkflowState['ledger']): void {
  const outputs = ledger.takeEntry(map, 'outputs');
  if (outputs !== undefined) {
    ledger.converted(outputs, 'outputs', 'Other stages name the outputs of the steps themselves.');
    for (const output of ledger.takeAll(mapOf(outputs.value)))
      ledger.converted(output, `output ${output.key}`, 'It is the output of its step.');
  }
  ledger.report('dropped', map, 'permissions', 'Steps get no token of the host of the repository.');
  ledger.report(
    'manual',
    map,
    'environment',
    'An environment of Bridle belongs to a Deployment stage.',
    'Put an Approval stage before it where a person must agree.',
  );
  ledger.report(
    'manual',
    map,
    'concurrency',
    'A stage does not cancel or wait for others by itself.',
    'A Queue step in a Custom stage lets one execution in at a time.',
  );
}
