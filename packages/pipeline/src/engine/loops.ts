/**
 * Loops (pipelines.md §1.6): one node, run once per turn.
 *
 * - L1 the turns are decided once, when the loop begins, and are the same on every replay.
 * - L2 never more than `maxConcurrency` turns run at once; the others wait as `Queued`, first to last.
 * - L3 running turns are never cancelled because another failed; with `SkipQueued` those that wait are skipped.
 */
import type { Value } from '../expressions/values.ts';
import { STRATEGY_INSTANCES_MAX, type LateNumber, type Loop, type StrategyNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { resolveLeaf, resolveNumber, resolveValue, type Resolved } from './evaluation.ts';
import type { Iteration } from './execution.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { holdsBarrier } from './loop-barriers.ts';
import { createNode } from './nodes.ts';
import { isBroken, isFinal } from './status.ts';
import { valueText } from './value-text.ts';

export type Turn = Omit<Iteration, 'index' | 'total'>;

export function expandLoop(draft: Draft, id: NodeExecutionId, plan: StrategyNode): void {
  const decided = decideLoop(draft, id, plan);
  if (decided.kind === 'error') {
    failNode(draft, id, { status: 'Failed', failure: failureOf(decided.message) });
    return;
  }
  const { turns, slots } = decided.value;
  for (const child of createTurns(draft, id, plan, decided.value)) {
    labelTurn(draft, child, plan.loop);
    if (slots < turns.length) draft.update(child, { status: 'Queued' });
  }
  startTurns(draft, id, plan, { isHalted: false });
  draft.later({ kind: 'settle', id });
}

export interface DecidedLoop {
  readonly turns: readonly Turn[];
  /** How many of them may run at once. */
  readonly slots: number;
}

export function decideLoop(draft: Draft, id: NodeExecutionId, plan: StrategyNode): Resolved<DecidedLoop> {
  const turns = turnsOf(draft, id, plan);
  const slots = turns.kind === 'error' ? turns : slotsOf(draft, id, plan, turns.value.length);
  if (turns.kind === 'error' || slots.kind === 'error') {
    const message = turns.kind === 'error' ? turns.message : slots.kind === 'error' ? slots.message : '';
    return { kind: 'error', message: `The loop of ${plan.name} cannot start: ${message}` };
  }
  return { kind: 'value', value: { turns: turns.value, slots: slots.value } };
}

/** All turns of the loop, none of them begun. */
export function createTurns(
  draft: Draft,
  id: NodeExecutionId,
  plan: StrategyNode,
  { turns, slots }: DecidedLoop,
): readonly NodeExecutionId[] {
  const total = turns.length;
  const looped = draft.planNode(plan.children[0] as (typeof plan.children)[number]);
  const { loop = [] } = draft.get(id);
  const children = turns.map((turn, index) =>
    createNode(draft, looped, id, { loop: [...loop, index], iteration: { index, total, ...turn } }),
  );
  draft.update(id, { status: 'Running', children, iterations: total, slots });
  return children;
}

/** Gives free slots to the turns that wait; a loop that is halted, or skips after a failure, skips them. */
export function startTurns(
  draft: Draft,
  id: NodeExecutionId,
  plan: StrategyNode,
  { isHalted }: { readonly isHalted: boolean },
): void {
  const { children, slots, stopping } = draft.get(id);
  if (slots === undefined) return;
  const turns = children.map((child) => draft.get(child));
  const waiting = turns.filter(({ startedAt, status }) => startedAt === undefined && !isFinal(status));
  if (waiting.length === 0) return;
  if (isHalted || (plan.onFailure === 'SkipQueued' && turns.some(({ status }) => isBroken(status)))) {
    for (const turn of waiting) if (stopping === undefined) draft.end(turn.id, 'Skipped');
    return;
  }
  const running = turns.filter(({ startedAt, status }) => startedAt !== undefined && !isFinal(status)).length;
  for (const turn of waiting.slice(0, Math.max(0, slots - running))) {
    // Marked as taken before it is opened: the slot is gone.
    draft.update(turn.id, { startedAt: draft.at });
    draft.later({ kind: 'open', id: turn.id });
  }
}

function slotsOf(draft: Draft, id: NodeExecutionId, plan: StrategyNode, total: number): Resolved<number> {
  if (plan.maxConcurrency === undefined) return { kind: 'value', value: total };
  const slots = wholeNumber(draft, id, plan.maxConcurrency, 'maxConcurrency', 1);
  if (slots.kind === 'error' || slots.value >= total || !holdsBarrier(draft, plan)) return slots;
  return {
    kind: 'error',
    message: `Barrier Deadlock Detected: ${String(total)} turns meet at a barrier and only ${String(slots.value)} may run at once.`,
  };
}

function turnsOf(draft: Draft, id: NodeExecutionId, { loop }: StrategyNode): Resolved<readonly Turn[]> {
  const turns = unlimitedTurns(draft, id, loop);
  if (turns.kind === 'error') return turns;
  const count = turns.value.length;
  if (count === 0) return { kind: 'error', message: 'it has no turns; guard it with strategy.when where that may be.' };
  if (count <= STRATEGY_INSTANCES_MAX) return turns;
  return { kind: 'error', message: `it has ${String(count)} turns; the limit is ${String(STRATEGY_INSTANCES_MAX)}.` };
}

function unlimitedTurns(draft: Draft, id: NodeExecutionId, loop: Loop): Resolved<readonly Turn[]> {
  switch (loop.kind) {
    case 'matrix':
      return matrixTurns(draft, id, loop);
    case 'times': {
      const times = wholeNumber(draft, id, loop.times, 'The number of turns', 0);
      if (times.kind === 'error') return times;
      const count = Math.min(times.value, STRATEGY_INSTANCES_MAX + 1);
      return { kind: 'value', value: Array.from({ length: count }, (_, index) => ({ postfix: `_${String(index)}` })) };
    }
    case 'items':
      return itemTurns(draft, id, loop);
  }
}

function matrixTurns(
  draft: Draft,
  id: NodeExecutionId,
  { axes, exclude }: Extract<Loop, { kind: 'matrix' }>,
): Resolved<readonly Turn[]> {
  const left = listOf(draft, id, exclude, 'exclude');
  if (left.kind === 'error') return left;
  let combinations: readonly { readonly postfix: string; readonly matrix: Readonly<Record<string, Value>> }[] = [
    { postfix: '', matrix: {} },
  ];
  for (const { name, values } of axes) {
    const axis = listOf(draft, id, values, `The axis ${name}`);
    if (axis.kind === 'error') return axis;
    if (combinations.length * axis.value.length > STRATEGY_INSTANCES_MAX * 16) {
      return { kind: 'error', message: `its axes have more combinations than can be looked at.` };
    }
    combinations = combinations.flatMap(({ postfix, matrix }) =>
      axis.value.map((value, index) => ({
        postfix: `${postfix}_${String(index)}`,
        matrix: { ...matrix, [name]: value },
      })),
    );
  }
  return {
    kind: 'value',
    value: combinations.filter(({ matrix }) => !left.value.some((part) => covers(part, matrix))),
  };
}

/** A partial combination is left out where all of its keys are equal; texts and numbers that read alike are equal. */
function covers(part: Value, matrix: Readonly<Record<string, Value>>): boolean {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false;
  const entries = Object.entries(part as { readonly [key: string]: Value });
  return (
    entries.length > 0 &&
    entries.every(([key, value]) => Object.hasOwn(matrix, key) && valueText(matrix[key] ?? null) === valueText(value))
  );
}

function itemTurns(
  draft: Draft,
  id: NodeExecutionId,
  { items, start, end, partitionSize, unit }: Extract<Loop, { kind: 'items' }>,
): Resolved<readonly Turn[]> {
  const list = listOf(draft, id, items, 'items');
  if (list.kind === 'error') return list;
  const from = start === undefined ? undefined : wholeNumber(draft, id, start, 'start', 0);
  if (from?.kind === 'error') return from;
  const to = end === undefined ? undefined : wholeNumber(draft, id, end, 'end', 0);
  if (to?.kind === 'error') return to;
  const range = list.value.slice(from?.value ?? 0, to?.value);
  if (partitionSize === undefined) {
    return { kind: 'value', value: range.map((item, index) => ({ postfix: `_${String(index)}`, item })) };
  }
  const size = wholeNumber(draft, id, partitionSize, 'partitionSize', 1);
  if (size.kind === 'error') return size;
  const chunk = unit === 'Percentage' ? Math.max(1, Math.ceil((range.length * size.value) / 100)) : size.value;
  const turns: Turn[] = [];
  for (let at = 0; at < range.length; at += chunk) {
    turns.push({ postfix: `_${String(turns.length)}`, partition: range.slice(at, at + chunk) });
  }
  return { kind: 'value', value: turns };
}

/** A list, an expression that gives one, or texts joined by commas, as inputs with several choices are. */
function listOf(draft: Draft, id: NodeExecutionId, value: Value, what: string): Resolved<readonly Value[]> {
  const resolved = resolveValue(draft, id, value);
  if (resolved.kind === 'error') return { kind: 'error', message: `${what} cannot be resolved: ${resolved.message}` };
  const found = typeof resolved.value === 'string' ? readList(resolved.value) : resolved.value;
  if (Array.isArray(found)) return { kind: 'value', value: found as readonly Value[] };
  if (found === null) return { kind: 'value', value: [] };
  return { kind: 'error', message: `${what} is no list.` };
}

function readList(text: string): Value {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (trimmed.startsWith('[')) {
    try {
      return JSON.parse(trimmed) as Value;
    } catch {
      // Not JSON: a text that begins with a bracket.
    }
  }
  return trimmed.split(',').map((part) => part.trim());
}

function wholeNumber(
  draft: Draft,
  id: NodeExecutionId,
  number: LateNumber,
  what: string,
  least: number,
): Resolved<number> {
  const resolved = resolveNumber(draft, id, number, what);
  if (resolved.kind === 'error') return resolved;
  return Number.isInteger(resolved.value) && resolved.value >= least
    ? resolved
    : {
        kind: 'error',
        message: `${what} is ${String(resolved.value)}, which is not a whole number from ${String(least)}.`,
      };
}

/** `nodeName`, seen from the turn itself; one that cannot be resolved is shown as it is written. */
export function labelTurn(draft: Draft, id: NodeExecutionId, { nodeName }: Loop): void {
  const { iteration } = draft.get(id);
  if (nodeName === undefined || iteration === undefined) return;
  const resolved = resolveLeaf(draft, id, nodeName);
  const text = resolved.kind === 'value' ? valueText(resolved.value) : nodeName;
  draft.update(id, { iteration: { ...iteration, label: text } });
}
