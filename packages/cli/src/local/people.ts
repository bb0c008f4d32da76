/**
 * Who answers what a run asks of people: answers that were given beforehand, else whoever sits at the terminal.
 *
 * - A1 An answer given beforehand is used at every node it names; `--yes` approves what no other answer is for.
 * - A2 Where nobody can be asked, a question without an answer ends the run.
 */
import type { NodeExecutionId } from '@bridle/pipeline';
import type { RunWaitingEvent } from '@bridle/protocol';
import type { Decision } from './local-run.ts';

export interface GivenAnswers {
  readonly answers: readonly GivenAnswer[];
  /** `--yes`. */
  readonly approvesAll: boolean;
  /** Somebody listens to `waiting` events and decides. */
  readonly canAsk: boolean;
}

export type GivenAnswer =
  | {
      readonly kind: 'approve' | 'reject';
      readonly place: string;
      readonly inputs: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'intervene'; readonly place: string; readonly action: string };

/** Where a node stands, in the words of its user: `STAGE.STEP`, with loops' turns or without. */
export interface AskingNode {
  readonly identifiers: readonly string[];
}

export type Answer =
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'ask' }
  | { readonly kind: 'nobody' };

export function answerFor(waiting: RunWaitingEvent, { identifiers }: AskingNode, given: GivenAnswers): Answer {
  const node = waiting.node as NodeExecutionId;
  const mine = given.answers.filter(({ place }) => isMeant(place, identifiers));
  switch (waiting.for) {
    case 'approval': {
      const found = mine.find((answer) => answer.kind !== 'intervene');
      if (found === undefined && !given.approvesAll) break;
      const inputs = found?.inputs ?? {};
      const action = found?.kind === 'reject' ? 'REJECT' : 'APPROVE';
      return { kind: 'decision', decision: { kind: 'approval', node, action, comments: '', inputs } };
    }
    case 'intervention': {
      const found = mine.find((answer) => answer.kind === 'intervene');
      if (found === undefined) break;
      return { kind: 'decision', decision: { kind: 'intervention', node, action: found.action } };
    }
    case 'input': {
      const found = mine.find((answer) => answer.kind !== 'intervene');
      if (found?.kind === 'approve')
        return { kind: 'decision', decision: { kind: 'inputs', node, values: found.inputs } };
      if (given.approvesAll && (waiting.inputs ?? []).every(({ required }) => !required)) {
        return { kind: 'decision', decision: { kind: 'intervention', node, action: 'ProceedWithDefaultValues' } };
      }
      break;
    }
  }
  return given.canAsk ? { kind: 'ask' } : { kind: 'nobody' };
}

/** `step`, `stage.step`, or more of the way: the end counts, and what stands before it in order. */
function isMeant(place: string, identifiers: readonly string[]): boolean {
  const wanted = place.split('.');
  if (wanted.at(-1) !== identifiers.at(-1)) return false;
  let at = 0;
  for (const identifier of identifiers) if (identifier === wanted[at]) at += 1;
  return at >= wanted.length;
}
