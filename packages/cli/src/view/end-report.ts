/**
 * The last word about a run, printed once: the tree with what is done collapsed, what failed and why, one line of summary.
 *
 * Invariants:
 * - R1 Every node that failed stands in the tree.
 * - R2 The last line is the summary, whatever else is printed.
 */
import type { RunWaitingEvent } from '@bridle/protocol';
import { formatDuration } from '@bridle/text';
import type { RunEnd } from '../local/local-run.ts';
import { indent, nameColumns, nameOf, nodeLine, plural, type Brush } from './node-line.ts';
import { logPieces, print, type Line } from './pieces.ts';
import { whySkipped } from './reasons.ts';
import { hasBroken, isBroken, pathOf, stepsOf, visible, type RunTree, type TreeNode } from './run-tree.ts';
import { lookOf, paintOf, symbolOf } from './status-look.ts';

export interface ReportOptions extends Brush {
  readonly isQuiet: boolean;
  /** The pipeline file, as its user named it. */
  readonly file?: string;
}

/** Failures that are told in full. */
const FAILURES_MAX = 3;
const TAIL_LINES = 20;
const MESSAGE_LINES_MAX = 20;
const FAILED_TESTS_MAX = 5;
const NAME_WIDTH_MAX = 36;

export function endReport(tree: RunTree, result: RunEnd, options: ReportOptions): readonly string[] {
  const parts = [
    options.isQuiet ? [] : finalTree(tree, options),
    ...failureReports(tree, options),
    result.neededPerson ? unanswered(tree, options) : [],
    [summaryLine(tree, result, options)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : [[], ...lines]))
    .map(print);
}

/** @param what - `folded`: what went well is one line for its stage */
export function finalTree(tree: RunTree, brush: Brush, what: 'folded' | 'all' = 'folded'): readonly Line[] {
  const from = what === 'all' ? wholeFrom : finalFrom;
  const shown = visible(tree.roots).flatMap((node) => from(node, 0, false));
  const nameWidth = Math.min(NAME_WIDTH_MAX, Math.max(0, ...shown.map(({ node, depth }) => nameColumns(node, depth))));
  return shown.map(({ node, depth }) => nodeLine(node, depth, nameWidth, brush));
}

interface Shown {
  readonly node: TreeNode;
  readonly depth: number;
}

function wholeFrom(node: TreeNode, depth: number): readonly Shown[] {
  return [{ node, depth }, ...visible(node.children).flatMap((child) => wholeFrom(child, depth + 1))];
}

/** @param isTurn - in a loop, where what was skipped is not worth a line per turn */
function finalFrom(node: TreeNode, depth: number, isTurn: boolean): readonly Shown[] {
  const children = visible(node.children);
  const isLoop = isTurn || node.state.kind === 'strategy';
  return [
    { node, depth },
    ...children
      .filter((child) => isWorthALine(child, node, isLoop))
      .flatMap((child) => finalFrom(child, depth + 1, isLoop)),
  ];
}

function isWorthALine(node: TreeNode, parent: TreeNode, isLoop: boolean): boolean {
  if (hasBroken(node)) return true;
  if (isLoop) return false;
  return hasBroken(parent) || hasReason(node);
}

function hasReason(node: TreeNode): boolean {
  const { state } = node;
  if (lookOf(state.status).phase === 'skipped') return whySkipped(state.when) !== undefined;
  return state.kind !== 'strategy' && visible(node.children).some(hasReason);
}

function failureReports(tree: RunTree, options: ReportOptions): readonly (readonly Line[])[] {
  const failures = visible(tree.roots).flatMap(failuresFrom);
  const told = failures.slice(0, FAILURES_MAX).map((node) => failureReport(node, options));
  const rest = failures.length - told.length;
  if (rest === 0) return told;
  return [...told, [[{ text: `${options.symbols.ellipsis} ${rest} more failed`, paint: options.style.faint }]]];
}

/** Where it failed, not what failed because of that. What was merely stopped has nothing to tell. */
function failuresFrom(node: TreeNode): readonly TreeNode[] {
  const below = visible(node.children).flatMap(failuresFrom);
  if (below.length > 0) return below;
  const { status } = node.state;
  return isBroken(node) && status !== 'Aborted' && status !== 'AbortedByFreeze' ? [node] : [];
}

function failureReport(node: TreeNode, { style, symbols, file }: ReportOptions): readonly Line[] {
  const { state, tail, tests } = node;
  const look = lookOf(state.status);
  const paint = paintOf(look, style);
  const facts = [
    ...(state.exitCode === undefined ? [] : [`exit code ${state.exitCode}`]),
    ...(state.attempt === 0 ? [] : [`attempt ${state.attempt + 1} of ${state.attempt + 1}`]),
    ...(state.line === 0 ? [] : [file === undefined ? `line ${state.line}` : `${file}:${state.line}`]),
  ];
  const path = pathOf(node).map(nameOf);
  const failedTests = tests?.failures.slice(0, FAILED_TESTS_MAX) ?? [];
  return [
    [
      { text: `${symbolOf(look, symbols)} `, paint },
      { text: path.join(` ${symbols.pathSeparator} `), paint: style.bold },
      { text: '  ' },
      { text: look.word, paint },
      ...(facts.length === 0 ? [] : [{ text: `  ${facts.join(', ')}`, paint: style.faint }]),
    ],
    ...messageLines(state.failure?.message ?? '').map((text): Line => [indent(1), { text }]),
    ...failedTests.map(({ name, message }): Line => [
      indent(1),
      { text: `${symbols.failure} `, paint: style.red },
      { text: message === '' ? name : `${name}: ${messageLines(message)[0] ?? ''}` },
    ]),
    ...(tail?.last(TAIL_LINES) ?? []).map((text): Line => [
      indent(1),
      { text: `${symbols.bar} `, paint: style.faint },
      ...logPieces(text, style),
    ]),
  ];
}

function messageLines(message: string): readonly string[] {
  return message
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MESSAGE_LINES_MAX);
}

/** Who was needed for what, and how to answer beforehand. */
function unanswered(tree: RunTree, { style, symbols }: ReportOptions): readonly Line[] {
  const asking = [...visible(tree.roots)];
  const lines: Line[] = [];
  for (let node = asking.shift(); node !== undefined; node = asking.shift()) {
    asking.unshift(...visible(node.children));
    if (node.asked === undefined || node.state.status !== 'Aborted') continue;
    const path = pathOf(node);
    const place = [path[0], ...path.slice(1).slice(-1)].map((each) => each?.state.identifier ?? '').join('.');
    lines.push([
      { text: `${symbols.warning} `, paint: style.yellow },
      { text: path.map(nameOf).join(` ${symbols.pathSeparator} `), paint: style.bold },
      { text: ` needs a person, and there is nobody to ask. Answer with ${ANSWER_OPTIONS[node.asked.for](place)}.` },
    ]);
  }
  return lines;
}

const ANSWER_OPTIONS: Readonly<Record<RunWaitingEvent['for'], (place: string) => string>> = {
  approval: (place) => `--approve ${place}, --reject ${place} or --yes`,
  intervention: (place) => `--intervene ${place}=ACTION`,
  input: (place) => `--approve ${place}:NAME=VALUE`,
};

function summaryLine(tree: RunTree, { status, durationMs }: RunEnd, { style, symbols }: ReportOptions): Line {
  const look = lookOf(status);
  const paint = paintOf(look, style);
  const facts = [describeSteps(tree), describeTests(tree)].filter((text) => text !== '');
  return [
    { text: `${symbolOf(look, symbols)} ${look.word}`, paint: (text) => style.bold(paint(text)) },
    { text: `  ${tree.execution?.pipeline.name ?? ''}` },
    { text: `  ${formatDuration(durationMs)}`, paint: style.faint },
    ...(facts.length === 0 ? [] : [{ text: `  ${facts.join('. ')}`, paint: style.faint }]),
  ];
}

function describeSteps(tree: RunTree): string {
  const steps = stepsOf(tree.roots).map(({ state }) => state.status);
  if (steps.length === 0) return '';
  const groups = [
    ['succeeded', steps.filter((status) => status === 'Success').length],
    ['failed and ignored', steps.filter((status) => status === 'IgnoreFailed').length],
    ['skipped', steps.filter((status) => lookOf(status).phase === 'skipped').length],
    ['aborted', steps.filter((status) => lookOf(status).symbol === 'stopped').length],
    ['expired', steps.filter((status) => status === 'Expired').length],
    ['failed', steps.filter((status) => ['Failed', 'Errored', 'ApprovalRejected'].includes(status)).length],
  ] as const;
  const named = groups.filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  return `${plural(steps.length, 'step')}${named.length === 0 ? '' : `: ${named.join(', ')}`}`;
}

function describeTests(tree: RunTree): string {
  const reports = stepsOf(tree.roots).flatMap(({ tests }) => (tests === undefined ? [] : [tests]));
  if (reports.length === 0) return '';
  const sum = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const failed = sum((report) => report.failed);
  const skipped = sum((report) => report.skipped);
  return [
    plural(
      sum((report) => report.total),
      'test',
    ),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ].join(', ');
}
