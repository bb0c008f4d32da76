/** `bridle execution diff A B`: in what two executions differ. */
import type { ExecutionNode } from '@bridle/sdk';
import { formatDuration } from '@bridle/text';
import { parse } from 'yaml';
import { printJson } from '../command-line/json.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { printTable } from '../view/table.ts';
import { namedNodes, placeOf } from './find-node.ts';
import { findExecution, firstPage } from './target.ts';

interface Difference {
  readonly what: 'status' | 'pipeline' | 'input' | 'output' | 'step';
  readonly where: string;
  readonly a: string;
  readonly b: string;
}

const NONE = '-';
/** A value of a pipeline may be a whole script. */
const VALUE_LENGTH_MAX = 80;

export const diff = inProject(async (connection, context, input) => {
  const ids = [
    await findExecution(connection, input, context),
    await findExecution(connection, input, context, input.arguments[1] ?? ''),
  ] as const;
  const [a, b] = await Promise.all([
    look(connection, ids[0], context.signal),
    look(connection, ids[1], context.signal),
  ]);
  const differences = [
    ...(a.status === b.status ? [] : [{ what: 'status', where: '', a: a.status, b: b.status } as const]),
    ...compare('pipeline', a.pipeline, b.pipeline),
    ...compare('input', a.inputs, b.inputs),
    ...compare('step', a.steps, b.steps),
    ...compare('output', a.outputs, b.outputs),
  ];
  const fields = input.options.fields();
  if (fields !== undefined) {
    await printJson(context.terminal.out, differences, fields);
    return 0;
  }
  if (differences.length === 0) await context.terminal.err.line('They do not differ, but for their times.');
  await printTable(
    context.terminal,
    ['WHAT', 'WHERE', ...ids],
    differences.map(({ what, where, a: one, b: other }) => [what, where, cut(one), cut(other)]),
  );
  await printDurations(context.terminal, a, b);
  return 0;
}, firstPage);

interface Look {
  readonly status: string;
  readonly pipeline: ReadonlyMap<string, string>;
  readonly inputs: ReadonlyMap<string, string>;
  readonly steps: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  readonly durations: ReadonlyMap<string, number>;
}

async function look({ harness, org, project }: ProjectConnection, id: string, signal: AbortSignal): Promise<Look> {
  const [{ pipelineExecutionSummary, executionGraph }, inputs] = await Promise.all([
    harness.executions.get(id, { signal }),
    harness.executions.inputs(id, { org, project, signal }),
  ]);
  const nodes = namedNodes(executionGraph);
  return {
    status: pipelineExecutionSummary.status,
    pipeline: flatten(parse(inputs.resolvedYaml ?? '') as unknown),
    inputs: flatten(parse(inputs.inputSetYaml) as unknown),
    steps: new Map(nodes.map((node) => [placeOf(node), node.status])),
    outputs: new Map(
      nodes.flatMap((node) =>
        [...flatten(node.outcomes['output'])].map(([name, value]) => [`${placeOf(node)} ${name}`, value] as const),
      ),
    ),
    durations: new Map(nodes.flatMap(durationOf)),
  };
}

function durationOf(node: ExecutionNode): readonly (readonly [string, number])[] {
  const { startTs, endTs } = node;
  return startTs === null || endTs === null ? [] : [[placeOf(node), endTs - startTs]];
}

/** What has become slower or quicker by a half at least, and by a second: smaller changes are chance. */
async function printDurations(terminal: Parameters<typeof printTable>[0], a: Look, b: Look): Promise<void> {
  const rows = [...a.durations].flatMap(([place, before]) => {
    const now = b.durations.get(place);
    const isWorthIt = now !== undefined && Math.abs(now - before) >= 1_000 && Math.abs(now - before) * 2 >= before;
    return isWorthIt ? [['took', place, formatDuration(before), formatDuration(now)]] : [];
  });
  await printTable(terminal, ['', '', '', ''], rows);
}

function compare(
  what: Difference['what'],
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): readonly Difference[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names
    .map((where) => ({ what, where, a: a.get(where) ?? NONE, b: b.get(where) ?? NONE }))
    .filter((each) => each.a !== each.b);
}

/** Every leaf by its path; elements of lists by their identifier where they have one, so that an insertion is one difference. */
export function flatten(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object') return new Map([[path, String(value as string | number | boolean)]]);
  const entries = Array.isArray(value)
    ? value.map((each: unknown, index) => [nameOf(each) ?? String(index), each] as const)
    : Object.entries(value);
  return new Map(entries.flatMap(([name, each]) => [...flatten(each, path === '' ? name : `${path}.${name}`)]));
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { identifier, name } = value as { identifier?: unknown; name?: unknown };
  if (typeof identifier === 'string') return identifier;
  if (typeof name === 'string') return name;
  const [[, only] = []] = Object.keys(value).length === 1 ? Object.entries(value) : [];
  return only === undefined ? undefined : nameOf(only);
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > VALUE_LENGTH_MAX ? `${line.slice(0, VALUE_LENGTH_MAX)}…` : line;
}
