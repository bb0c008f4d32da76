/** One node in one line: symbol, name, status word, duration, and what there is to say about it. */
import { displayWidth, formatDuration } from '@bridle/text';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';
import { printable, type Line, type Piece } from './pieces.ts';
import { whySkipped } from './reasons.ts';
import { stepsOf, visible, type TreeNode } from './run-tree.ts';
import { isOver, lookOf, paintOf, symbolOf, type Phase } from './status-look.ts';

export interface Brush {
  readonly style: Style;
  readonly symbols: Symbols;
  /** Epoch milliseconds: what runs has lasted until now. */
  readonly nowMs: number;
}

const INDENT = '  ';

export function indent(depth: number): Piece {
  return { text: INDENT.repeat(depth) };
}

/** @param nameWidth - columns that names fill up, so that status words stand below each other */
export function nodeLine(node: TreeNode, depth: number, nameWidth: number, brush: Brush): Line {
  const { style, symbols } = brush;
  const { state } = node;
  const look = lookOf(state.status);
  const paint = paintOf(look, style);
  const gap = ' '.repeat(Math.max(0, nameWidth - nameColumns(node, depth)));
  const isAbsent = look.phase === 'skipped' || look.phase === 'idle';
  const name: Piece = {
    text: nameOf(node),
    ...(isAbsent ? { paint: style.faint } : depth === 0 ? { paint: style.bold } : {}),
  };
  const duration = durationOf(node, brush.nowMs);
  return [
    indent(depth),
    { text: symbolOf(look, symbols), paint },
    { text: ' ' },
    name,
    { text: `${gap}  ` },
    { text: look.word, paint: look.phase === 'person' ? (text) => style.bold(paint(text)) : paint },
    ...(duration === undefined ? [] : [{ text: `  ${duration}`, paint: style.faint }]),
    ...(state.attempt > 0 ? [{ text: `  attempt ${state.attempt + 1}`, paint: style.yellow }] : []),
    ...detail(node, brush),
  ];
}

/** Where the name ends, its indent counted in. */
export function nameColumns(node: TreeNode, depth: number): number {
  return depth * INDENT.length + displayWidth(nameOf(node));
}

export function nameOf({ state }: TreeNode): string {
  const { name, identifier, turn } = state;
  const shown = printable(name === '' ? identifier : name);
  if (turn === undefined || turn.label === '' || shown.includes(turn.label)) return shown;
  // What tells a turn from the others says more than its numbers, which its identifier ends with.
  const [numbers = ''] = /(?:_\d+)+$/.exec(identifier) ?? [];
  return `${shown.endsWith(numbers) ? shown.slice(0, shown.length - numbers.length) : shown} (${printable(turn.label)})`;
}

export function durationOf({ state }: TreeNode, nowMs: number): string | undefined {
  if (state.startedAt === undefined || lookOf(state.status).phase === 'skipped') return undefined;
  const start = Date.parse(state.startedAt);
  if (state.endedAt !== undefined) return formatDuration(Date.parse(state.endedAt) - start);
  // What ticks does so in whole seconds.
  return formatTicking(nowMs - start);
}

export function formatTicking(durationMs: number): string {
  return durationMs < 1000 ? '0s' : formatDuration(durationMs);
}

function detail(node: TreeNode, { style, symbols }: Brush): Line {
  const { state } = node;
  const look = lookOf(state.status);
  if (state.kind === 'strategy') return [{ text: '  ' }, ...turnCounts(node, style, symbols)];
  if (look.phase === 'skipped') {
    const reason = whySkipped(state.when);
    return reason === undefined ? [] : [{ text: `  ${reason}`, paint: style.faint }];
  }
  if (look.phase === 'broken' && state.kind === 'step' && state.failure !== undefined) {
    return [{ text: `  ${firstLine(state.failure.message)}`, paint: style.faint }];
  }
  if (isOver(look) && state.kind !== 'step') {
    const steps = stepsOf(node.children);
    return steps.length === 0 ? [] : [{ text: `  ${describeSteps(steps)}`, paint: style.faint }];
  }
  return [];
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

/** `4 steps, 1 skipped`. */
function describeSteps(steps: readonly TreeNode[]): string {
  const skipped = steps.filter(({ state }) => lookOf(state.status).phase === 'skipped').length;
  const ignored = steps.filter(({ state }) => state.status === 'IgnoreFailed').length;
  return [
    plural(steps.length, 'step'),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(ignored === 0 ? [] : [`${ignored} failed and ignored`]),
  ].join(', ');
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `7 of 9  ✓ 6  ✗ 1  ● 2`. */
function turnCounts(node: TreeNode, style: Style, symbols: Symbols): Line {
  const turns = visible(node.children);
  const counts = new Map<Phase, number>();
  for (const { state } of turns) {
    const { phase } = lookOf(state.status);
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  const of = (...phases: readonly Phase[]): number => phases.reduce((sum, phase) => sum + (counts.get(phase) ?? 0), 0);
  const total = Math.max(turns.length, ...turns.map(({ state }) => state.turn?.total ?? 0));
  const count = (text: string, paint: (text: string) => string, amount: number): Line =>
    amount === 0 ? [] : [{ text: '  ' }, { text: `${text} ${amount}`, paint }];
  return [
    { text: `${of('good', 'skipped', 'broken')} of ${total}` },
    ...count(symbols.success, style.green, of('good')),
    ...count(symbols.failure, style.red, of('broken')),
    ...count(symbols.running, style.blue, of('running', 'queued')),
    ...count(symbols.waiting, style.yellow, of('person')),
    ...count(symbols.skipped, style.faint, of('skipped')),
  ];
}
