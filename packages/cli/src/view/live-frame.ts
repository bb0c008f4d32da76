/**
 * The live view as data: the lines for a tree of nodes on a screen of so many rows and columns.
 *
 * Invariants:
 * - V1 Never more lines than rows, no line wider than the columns.
 * - V2 What waits for a person and what has failed goes last when there is too little room; then what runs.
 */
import { fit, type Entry } from './fit.ts';
import { durationOf, formatTicking, indent, nameColumns, nodeLine, plural, type Brush } from './node-line.ts';
import { logPieces, printWithin, type Line } from './pieces.ts';
import { hasBroken, stepsOf, visible, type RunTree, type TreeNode } from './run-tree.ts';
import { isOver, lookOf, paintOf, symbolOf } from './status-look.ts';

export interface FrameOptions extends Brush {
  readonly columns: number;
  readonly rows: number;
  readonly isStopping: boolean;
}

/** Of each running step; fewer where rows are scarce. */
const TAIL_LINES_MAX = 6;
/** Running turns of a loop that are shown with what is in them. */
const TURNS_SHOWN_MAX = 3;
const BROKEN_TURNS_SHOWN_MAX = 3;
const MESSAGE_LINES_MAX = 5;
/** Names are filled up to the longest one, but not beyond. */
const NAME_WIDTH_MAX = 36;

/** Who stays when rows are scarce, the lower the longer; what is over goes the sooner the deeper it stands. */
const RANK = { person: 0, broken: 1, running: 2, progress: 3, tail: 4, queued: 7, over: 8, idle: 20, olderTail: 21 };
/** Last lines of each running step that are worth more than what is over. */
const TAIL_LINES_SURE = 3;
const RANKED_DEPTH_MAX = 10;
/** From so many rows on an empty one sets the last line apart, whatever else would have liked it. */
const ROWS_FOR_GAP = 12;

export const STOPPING_HINT = 'press Ctrl-C again to not wait';

export function liveFrame(tree: RunTree, options: FrameOptions): readonly string[] {
  const { columns, rows, symbols, style } = options;
  if (rows <= 0) return [];
  const footer = footerOf(tree, options);
  const body = bodyOf(tree, options);
  const hasRoom = rows >= ROWS_FOR_GAP || body.length + footer.length < rows;
  const gap = body.length > 0 && footer.length > 0 && hasRoom ? 1 : 0;
  const room = Math.max(0, rows - footer.length - gap);
  const more = (count: number): Line => [
    { text: `${symbols.ellipsis} ${plural(count, 'line')} more`, paint: style.faint },
  ];
  const lines: readonly Line[] = [...fit(body, room, more), ...(gap === 1 ? [[]] : []), ...footer];
  return lines.slice(-rows).map((line) => printWithin(line, columns, symbols.ellipsis));
}

function bodyOf(tree: RunTree, options: FrameOptions): readonly Entry[] {
  const nodes = visible(tree.roots);
  const shown = nodes.flatMap((node) => shownFrom(node, 0));
  const nameWidth = Math.min(
    NAME_WIDTH_MAX,
    Math.floor(options.columns / 2),
    Math.max(0, ...shown.map(({ node, depth }) => nameColumns(node, depth))),
  );
  return [
    ...tree.progress.map(({ text, done, total }) => ({
      line: progressLine(text, done, total, options),
      rank: RANK.progress,
      isCounted: true,
    })),
    ...shown.flatMap(({ node, depth }) => [
      { line: nodeLine(node, depth, nameWidth, options), rank: rankOf(node, depth), isCounted: true },
      ...below(node, depth, options),
    ]),
  ];
}

interface Shown {
  readonly node: TreeNode;
  readonly depth: number;
}

function shownFrom(node: TreeNode, depth: number): readonly Shown[] {
  return [{ node, depth }, ...shownChildren(node).flatMap((child) => shownFrom(child, depth + 1))];
}

/** What is done is one line; of what failed only the way to the failure stays. */
function shownChildren(node: TreeNode): readonly TreeNode[] {
  const children = visible(node.children);
  if (node.state.kind === 'strategy') return shownTurns(children);
  const { phase } = lookOf(node.state.status);
  if (phase === 'good' || phase === 'skipped') return [];
  return phase === 'broken' ? children.filter(hasBroken) : children;
}

function shownTurns(turns: readonly TreeNode[]): readonly TreeNode[] {
  const phases = new Map(turns.map((turn) => [turn, lookOf(turn.state.status).phase]));
  const broken = turns.filter((turn) => phases.get(turn) === 'broken').slice(0, BROKEN_TURNS_SHOWN_MAX);
  const waiting = turns.filter((turn) => phases.get(turn) === 'person').slice(0, TURNS_SHOWN_MAX);
  const running = turns
    .filter((turn) => phases.get(turn) === 'running')
    .slice(0, Math.max(0, TURNS_SHOWN_MAX - waiting.length));
  const chosen = new Set([...broken, ...waiting, ...running]);
  return turns.filter((turn) => chosen.has(turn));
}

/** What hangs below a node's line: the question it asks, or the last lines of its log. */
function below({ state, waiting, tail }: TreeNode, depth: number, { style, symbols }: FrameOptions): readonly Entry[] {
  if (waiting !== undefined) {
    const lines = waiting.message.trim().split('\n');
    const shown =
      lines.length > MESSAGE_LINES_MAX ? [...lines.slice(0, MESSAGE_LINES_MAX - 1), symbols.ellipsis] : lines;
    return shown
      .filter((text) => text !== '')
      .map((text) => ({
        line: [indent(depth + 1), { text: `${symbols.bar} `, paint: style.yellow }, { text }],
        rank: RANK.person,
        isCounted: true,
      }));
  }
  if (tail === undefined || isOver(lookOf(state.status))) return [];
  const lines = tail.last(TAIL_LINES_MAX);
  return lines.map((text, index) => ({
    line: [indent(depth + 1), { text: `${symbols.bar} `, paint: style.faint }, ...logPieces(text, style)],
    rank: tailRank(lines.length - 1 - index),
    isCounted: false,
  }));
}

/** The newest line of each step outlives the older ones of all. @param age - lines after it */
function tailRank(age: number): number {
  return age < TAIL_LINES_SURE ? RANK.tail + age : RANK.olderTail + age - TAIL_LINES_SURE;
}

/** A container is as important as the most important of what it holds, so that nothing is shown without its place. */
function rankOf(node: TreeNode, depth: number): number {
  const { phase } = lookOf(node.state.status);
  const isDone = phase === 'good' || phase === 'skipped';
  const own = isDone ? RANK.over + Math.min(depth, RANKED_DEPTH_MAX) : RANK[phase];
  return Math.min(own, ...shownChildren(node).map((child) => rankOf(child, depth + 1)));
}

export function progressLine(
  text: string,
  done: number | undefined,
  total: number | undefined,
  { style, symbols }: Pick<Brush, 'style' | 'symbols'>,
): Line {
  const amount = done === undefined ? undefined : total === undefined ? `${done}` : `${done} of ${total}`;
  return [
    { text: symbols.arrow, paint: style.cyan },
    { text: ` ${text}` },
    ...(amount === undefined ? [] : [{ text: `  ${amount}`, paint: style.faint }]),
  ];
}

function footerOf(tree: RunTree, options: FrameOptions): readonly Line[] {
  const { style, symbols, nowMs, isStopping } = options;
  const { execution } = tree;
  const lines: Line[] = [];
  if (execution !== undefined) {
    const look = lookOf(execution.status);
    const paint = paintOf(look, style);
    lines.push([
      { text: symbolOf(look, symbols), paint },
      { text: ' ' },
      { text: execution.pipeline.name, paint: style.bold },
      { text: '  ' },
      { text: look.word, paint },
      { text: `  ${elapsed(tree, nowMs)}`, paint: style.faint },
      ...counts(tree, options),
    ]);
  }
  if (isStopping) {
    lines.push([
      { text: `Stopping${symbols.ellipsis}`, paint: style.yellow },
      { text: ` ${STOPPING_HINT}`, paint: style.faint },
    ]);
  }
  return lines;
}

function elapsed(tree: RunTree, nowMs: number): string {
  const [root] = tree.roots;
  const whole = root?.state.kind === 'pipeline' ? durationOf(root, nowMs) : undefined;
  if (whole !== undefined) return whole;
  const starts = tree.roots.map(({ state }) => Date.parse(state.startedAt ?? state.time));
  const start = Math.min(nowMs, ...starts.filter((time) => !Number.isNaN(time)));
  return formatTicking(nowMs - start);
}

function counts(tree: RunTree, { style }: FrameOptions): Line {
  const steps = stepsOf(tree.roots);
  const phases = steps.map(({ state }) => lookOf(state.status).phase);
  const count = (phase: (typeof phases)[number]): number => phases.filter((each) => each === phase).length;
  const parts = [
    [count('good') + count('skipped'), 'done', style.faint],
    [count('broken'), 'failed', style.red],
    [count('running'), 'running', style.faint],
    [count('person'), 'waiting for you', style.yellow],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .flatMap(([amount, word, paint], index) => [
      { text: index === 0 ? '  ' : ', ' },
      { text: `${amount} ${word}`, paint },
    ]);
}
