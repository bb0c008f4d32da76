/** What came of a replay, for people. */
import type { Difference, ExecutionRecord, Replay } from '@bridle/pipeline';
import { formatDuration } from '@bridle/text';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';
import { plural } from '../validate/checked-file.ts';
import type { Present } from './compile-present.ts';

interface ReplayView {
  readonly record: ExecutionRecord;
  readonly present: Present;
  readonly style: Style;
  readonly symbols: Symbols;
}

export function describeReplay(replay: Replay, view: ReplayView): string {
  return replay.kind === 'same' ? describeSame(replay, view) : describeDifference(replay.difference, view);
}

function describeSame(
  replay: Extract<Replay, { kind: 'same' }>,
  { record, present, style, symbols }: ReplayView,
): string {
  const counts = `${plural(replay.events, 'event')}, ${plural(replay.nodes, 'node')}`;
  const lines = [style.green(`${symbols.success} The same path under ${present.shown}: ${replay.status} (${counts})`)];
  if (record.isTruncated) lines.push(style.faint('  The record breaks off: it was compared as far as it goes.'));
  return lines.join('\n');
}

function describeDifference(difference: Difference, { record, present, style, symbols }: ReplayView): string {
  const { node, then, now, why, event } = difference;
  const after = formatDuration(event.at - record.header.createdAt);
  const place = node.line === undefined || present.file === undefined ? undefined : `${present.file}:${node.line}`;
  const rows = [
    ['then', then],
    ['now', now],
    ...(why === undefined ? [] : [['why', why]]),
    ['when', `${event.description}, ${after} into the run (event ${event.sequence} of ${record.events.length})`],
    ...(place === undefined ? [] : [['where', style.cyan(place)]]),
  ];
  return [
    style.red(`${symbols.failure} Not the same path under ${present.shown}: ${nameOf(difference)}`),
    ...rows.map(([name = '', text = '']) => `  ${style.bold(name.padEnd(6))}${text}`),
  ].join('\n');
}

/** As in "the step lint_1 of build, attempt 2". */
function nameOf({ node }: Difference): string {
  const [, , stage] = node.fqn.split('.');
  const of = stage === undefined || node.kind === 'stage' || node.kind === 'pipeline' ? '' : ` of ${stage}`;
  const attempt = node.attempt === 0 ? '' : `, attempt ${node.attempt + 1}`;
  return `the ${KINDS.get(node.kind) ?? node.kind} ${node.identifier}${of}${attempt}`;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['stepGroup', 'step group'],
  ['strategy', 'loop'],
]);
