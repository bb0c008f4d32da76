/** A step with `uses`, and how its inputs are read. */
import type { StepDraft } from '../draft.ts';
import { refuseInShell } from '../shell-text.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { describe, textOf, valueOf } from '../source-nodes.ts';
import { fieldText, type JobState } from './job-state.ts';
import type { Contexts } from './translate.ts';

/** A step with `uses`, and what of it is the same for every action. */
export interface UsesStep {
  readonly state: JobState;
  readonly step: SourceMap;
  readonly uses: SourceEntry;
  /** Without the version. */
  readonly action: string;
  readonly version: string;
  readonly with: SourceMap | undefined;
  readonly contexts: Contexts;
  readonly identifier: string;
  /** The step as it will be, but for type and spec; who asks for it makes a step. */
  readonly frame: Omit<StepDraft, 'type' | 'spec'>;
  readonly notes: string[];
}

export function labelOf({ uses }: UsesStep): string {
  return `uses: ${textOf(uses.value) ?? ''}`;
}

export function input(step: UsesStep, name: string): string | undefined {
  const { ledger } = step.state;
  const node = ledger.take(step.with, name);
  const text = fieldText(node, `with ${name}`, step.contexts, ledger, step.notes);
  if (node !== undefined && /[\n,]/.test(text ?? ''))
    ledger.converted(node, `with ${name}: ${describe(node)}`, 'Its lines are taken one by one.');
  return text;
}

export function lines(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The action does not run here: the step stops the run, and its inputs stand beside it. */
export function unknown(step: UsesStep, why = 'Actions do not run here: write what it does as commands.'): StepDraft {
  const { state, uses } = step;
  const values = state.ledger.takeAll(step.with).map(({ key, value }) => {
    state.ledger.takeWhole(value);
    return `TODO:   ${key}: ${textOf(value) ?? JSON.stringify(valueOf(value))}`;
  });
  state.ledger.manual(uses, labelOf(step), why);
  const notes = [...step.notes, `TODO: ${labelOf(step)}: ${why}`, ...values];
  const spec = { shell: 'Sh', command: refuseInShell(labelOf(step)) };
  return { ...step.frame, type: 'Run', spec, notes };
}
