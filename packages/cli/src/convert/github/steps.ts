/** Steps of a job: what all of them have alike, and commands. */
import { IGNORE_FAILURE, type StepDraft, type WhenDraft } from '../draft.ts';
import { toName } from '../identifiers.ts';
import type { Ledger } from '../ledger.ts';
import type { Place, SourceMap } from '../source.ts';
import { flagOf, isNothing, mapOf, textOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import { convertAction } from './actions.ts';
import { readCondition } from './conditions.ts';
import { firstWords } from './names.ts';
import { fieldText, translated, type JobState } from './job-state.ts';
import { prepareScript, shellOf } from './run-script.ts';
import type { Contexts } from './translate.ts';

type Frame = Omit<StepDraft, 'type' | 'spec'>;

export function convertStep(step: SourceMap, index: number, state: JobState): readonly StepDraft[] {
  const { ledger } = state;
  const notes: string[] = [];
  ledger.take(step, 'id');
  const identifier = state.names.stepIdentifiers[index] ?? `step_${String(index)}`;
  const uses = ledger.takeEntry(step, 'uses');
  if (uses === undefined) {
    const variables = stepVariables(step, state, notes);
    const contexts = state.contexts(variables);
    return [runStep(step, frameOf(step, identifier, contexts, state, notes), variables, contexts, state, notes)];
  }
  const contexts = state.contexts();
  let frame: Frame | undefined;
  const made = convertAction({
    ...actionOf(textOf(uses.value) ?? ''),
    state,
    step,
    uses,
    with: mapOf(ledger.take(step, 'with')),
    contexts,
    identifier,
    get frame() {
      return (frame ??= frameOf(step, identifier, contexts, state, notes));
    },
    notes,
  });
  if (frame === undefined) {
    for (const key of ['name', 'if', 'timeout-minutes', 'continue-on-error', 'env'])
      ledger.report('dropped', step, key, `${textOf(uses.value) ?? ''} is no step of its own here.`);
    return made;
  }
  if (!made.some(takesVariables)) {
    ledger.report('dropped', step, 'env', 'What takes the place of the action has no variables.');
    return made;
  }
  const variables = stepVariables(step, state, notes);
  return made.map((draft) => withVariables(draft, variables));
}

function frameOf(step: SourceMap, identifier: string, contexts: Contexts, state: JobState, notes: string[]): Frame {
  return {
    identifier,
    name: nameOf(step, state, identifier),
    ...timeoutOf(step, state, notes),
    ...conditionOf(step, contexts, state, notes),
    ...failureOf(step, state, notes),
  };
}

function actionOf(text: string): { readonly action: string; readonly version: string } {
  const at = text.lastIndexOf('@');
  return at === -1 ? { action: text, version: '' } : { action: text.slice(0, at), version: text.slice(at + 1) };
}

/** What takes an action's place sees the variables of its step where it has a use for them. */
function withVariables(draft: StepDraft, variables: ReadonlyMap<string, string>): StepDraft {
  if (variables.size === 0 || !takesVariables(draft)) return draft;
  return { ...draft, spec: { ...draft.spec, envVariables: Object.fromEntries(variables) } };
}

function takesVariables({ type }: StepDraft): boolean {
  return type === 'Run' || type === 'Plugin';
}

function stepVariables(step: SourceMap, state: JobState, notes: string[]): ReadonlyMap<string, string> {
  const entries = state.ledger.takeAll(mapOf(state.ledger.take(step, 'env')));
  return new Map(
    entries.map(({ key, value }) => [key, fieldText(value, `env ${key}`, state.contexts(), state.ledger, notes) ?? '']),
  );
}

function nameOf(step: SourceMap, state: JobState, identifier: string): string {
  const node = state.ledger.take(step, 'name');
  const text = textOf(node);
  if (node === undefined || text === undefined)
    return toName(firstWords(textOf(step.entries.get('run')?.value)) ?? identifier, identifier);
  const name = toName(text, identifier);
  if (name !== text)
    state.ledger.converted(node, `name: ${text}`, `It is called ${name}: names of steps take no other characters.`);
  return name;
}

function timeoutOf(step: SourceMap, state: JobState, notes: string[]): { readonly timeout?: string } {
  const node = state.ledger.take(step, 'timeout-minutes');
  const text = fieldText(node, 'timeout-minutes', state.contexts(), state.ledger, notes);
  return node === undefined ? {} : minutes(text ?? '', node, state.ledger, notes);
}

/** A timeout from `timeout-minutes`; one that is no number is left to a person. */
export function minutes(
  text: string,
  at: { readonly place: Place },
  ledger: Ledger,
  notes: string[],
): { readonly timeout?: string } {
  const seconds = Math.round(Number(text) * 60);
  const told = (timeout: string): { readonly timeout: string } => {
    ledger.converted(at, `timeout-minutes: ${text}`, `It is the timeout ${timeout}.`);
    return { timeout };
  };
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds > 0 && seconds * 1000 <= TIMEOUT_MS_MAX)
    return told(seconds % 60 === 0 ? `${String(seconds / 60)}m` : `${String(seconds)}s`);
  ledger.manual(at, `timeout-minutes: ${text}`, 'It is no number of minutes that Harness takes: there is no timeout.');
  notes.push(`TODO: the timeout, ${text} minutes.`);
  return {};
}

/** Harness's ceiling, 53 weeks. */
const TIMEOUT_MS_MAX = 53 * 7 * 24 * 60 * 60 * 1000;

function conditionOf(
  step: SourceMap,
  contexts: Contexts,
  state: JobState,
  notes: string[],
): { readonly when?: WhenDraft } {
  const node = state.ledger.take(step, 'if');
  const text = textOf(node);
  if (node === undefined || text === undefined) return {};
  const read = readCondition(text, contexts);
  if (read.kind === 'none') {
    state.ledger.manual(node, `if: ${text}`, read.why, 'The step never runs until its condition is written.');
    notes.push(`TODO: write this as a condition, the step never runs until then: ${text}`);
    return { when: { status: 'Success', condition: 'false' } };
  }
  state.ledger.converted(node, `if: ${text}`, `It is when: ${read.when.status}, ${read.when.condition ?? 'always'}.`);
  for (const remark of read.remarks) state.ledger.emulated(node, `if: ${text}`, remark);
  return { when: read.when };
}

function failureOf(step: SourceMap, state: JobState, notes: string[]): Pick<StepDraft, 'failureStrategies'> {
  const node = state.ledger.take(step, 'continue-on-error');
  if (node === undefined || flagOf(node) === false) return {};
  if (flagOf(node) === undefined) {
    state.ledger.manual(
      node,
      `continue-on-error: ${textOf(node) ?? ''}`,
      'A failure strategy has no condition of this kind.',
    );
    notes.push('TODO: its failure counts; add the failure strategy Ignore if it should not.');
    return {};
  }
  state.ledger.converted(node, 'continue-on-error: true', 'Its failure is ignored (failure strategy Ignore).');
  return { failureStrategies: [IGNORE_FAILURE] };
}

function runStep(
  step: SourceMap,
  frame: Frame,
  variables: ReadonlyMap<string, string>,
  contexts: Contexts,
  state: JobState,
  notes: string[],
): StepDraft {
  const { ledger } = state;
  const node = ledger.take(step, 'run');
  const at = node ?? step;
  if (isNothing(node)) ledger.manual(at, 'a step without run and uses', 'There is nothing to run.');
  const shellNode = ledger.take(step, 'shell');
  const { shell, problem } = shellOf(textOf(shellNode) ?? state.defaults.shell);
  if (shellNode !== undefined)
    ledger.converted(shellNode, `shell: ${textOf(shellNode) ?? ''}`, `The shell is ${shell}.`);
  if (problem !== undefined)
    ledger.emulated(shellNode ?? at, `shell: ${textOf(shellNode) ?? state.defaults.shell ?? ''}`, problem);
  const folderNode = ledger.take(step, 'working-directory');
  const folder = fieldText(folderNode, 'working-directory', contexts, ledger, notes) ?? state.defaults.folder;
  const script = (textOf(node) ?? '').replaceAll(/\$\{\{\s*github\.workspace\s*\}\}/g, '$$HARNESS_WORKSPACE');
  const text = translated(script, at, 'run', contexts, ledger, notes);
  const prepared = prepareScript(script, shell, folder);
  for (const how of prepared.emulated) ledger.emulated(at, `run of ${frame.name}`, how);
  for (const { what, why } of prepared.manual) {
    ledger.manual(at, `run of ${frame.name}: ${what}`, why);
    notes.push(`TODO: ${what}: ${why}`);
  }
  const command = [...prepared.before, text].join('\n');
  const spec: YamlMap = {
    image: state.image,
    shell,
    command: command.trim() === '' ? 'true' : command,
    envVariables: variables.size === 0 ? undefined : Object.fromEntries(variables),
  };
  return { ...frame, type: 'Run', spec, notes };
}
