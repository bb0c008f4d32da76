/** `bridle execution get|inputs|outputs|graph|why`: one execution, looked at from its sides. */
import type { ExecutionNode } from '@bridle/sdk';
import { formatDuration } from '@bridle/text';
import { printJson } from '../command-line/json.ts';
import type { CommandContext } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { inProject } from '../connection/connect.ts';
import { finalTree } from '../view/end-report.ts';
import { print } from '../view/pieces.ts';
import { RunTree } from '../view/run-tree.ts';
import { printTable } from '../view/table.ts';
import { ServerEvents } from '../watch/run-events.ts';
import { findNode, namedNodes, placeOf } from './find-node.ts';
import { localTime, statusCell } from './list-executions.ts';
import { executionUrl, findExecution, firstPage } from './target.ts';

export const getExecution = inProject(async (connection, context, input) => {
  const { terminal, signal } = context;
  const id = await findExecution(connection, input, context);
  const { pipelineExecutionSummary: summary } = await connection.harness.executions.get(id, { signal });
  const fields = input.options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, summary, fields);
    return 0;
  }
  const { startTs, endTs, executionTriggerInfo, failureInfo, notes } = summary;
  const { triggeredBy, triggerType } = executionTriggerInfo;
  const rows = [
    ['pipeline', `${summary.name} (${summary.pipelineIdentifier}) #${summary.runSequence}`],
    ['status', statusCell(summary.status, terminal.out.style)],
    ...(startTs === undefined ? [] : [['started', localTime(startTs)]]),
    ...(startTs === undefined || endTs === undefined ? [] : [['took', formatDuration(endTs - startTs)]]),
    ['by', `${triggeredBy.identifier} (${triggerType})`],
    [
      'stages',
      `${summary.totalStagesCount}, ${summary.successfulStagesCount} succeeded, ${summary.failedStagesCount} failed`,
    ],
    ...(failureInfo === undefined || failureInfo.message === '' ? [] : [['failure', failureInfo.message]]),
    ...(notes === undefined || notes === '' ? [] : [['notes', notes]]),
    ['page', executionUrl(connection, id, summary.pipelineIdentifier)],
  ];
  await printTable(terminal, [id, ''], rows);
  return 0;
}, firstPage);

export const showInputs = inProject(async (connection, context, input) => {
  const id = await findExecution(connection, input, context);
  const { org, project } = connection;
  const found = await connection.harness.executions.inputs(id, { org, project, signal: context.signal });
  const fields = input.options.fields();
  if (fields !== undefined) await printJson(context.terminal.out, found, fields);
  else await printText(context, found.inputSetYaml, 'It was started without inputs.');
  return 0;
}, firstPage);

export const showOutputs = inProject(async (connection, context, input) => {
  const id = await findExecution(connection, input, context);
  const { executionGraph } = await connection.harness.executions.get(id, { signal: context.signal });
  const [, place] = input.arguments;
  const nodes = place === undefined ? namedNodes(executionGraph) : [findNode(executionGraph, place)];
  const outputs = Object.fromEntries(
    nodes.flatMap((node) => {
      const variables = outputsOf(node);
      return Object.keys(variables).length === 0 ? [] : [[placeOf(node), variables]];
    }),
  );
  const fields = input.options.fields();
  if (fields !== undefined) {
    await printJson(context.terminal.out, outputs, fields);
    return 0;
  }
  const rows = Object.entries(outputs).flatMap(([step, variables]) =>
    Object.entries(variables).map(([name, value]) => [step, name, textOf(value)]),
  );
  if (rows.length === 0) await context.terminal.err.line('No step has given anything.');
  await printTable(context.terminal, ['STEP', 'OUTPUT', 'VALUE'], rows);
  return 0;
}, firstPage);

export const showGraph = inProject(async (connection, context, input) => {
  const { terminal, signal } = context;
  const id = await findExecution(connection, input, context);
  const { pipelineExecutionSummary, executionGraph } = await connection.harness.executions.get(id, { signal });
  const fields = input.options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, executionGraph ?? {}, fields);
    return 0;
  }
  if (executionGraph === undefined) return 0;
  const events = new ServerEvents();
  events.place(executionGraph);
  const tree = new RunTree();
  for (const event of events.of(pipelineExecutionSummary, Object.values(executionGraph.nodeMap))) tree.apply(event);
  const brush = { style: terminal.out.style, symbols: terminal.symbols, nowMs: Date.now() };
  for (const line of finalTree(tree, brush, 'all')) await terminal.out.line(print(line));
  return 0;
}, firstPage);

export const why = inProject(async (connection, context, input) => {
  const id = await findExecution(connection, input, context);
  const { executionGraph } = await connection.harness.executions.get(id, { signal: context.signal });
  const node = findNode(executionGraph, input.arguments[1] ?? '');
  await tellWhy(node, context, input.options);
  return 0;
}, firstPage);

async function tellWhy(node: ExecutionNode, { terminal }: CommandContext, options: Options): Promise<void> {
  const { nodeRunInfo, status } = node;
  const fields = options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, { node: placeOf(node), status, condition: nodeRunInfo }, fields);
    return;
  }
  const { out } = terminal;
  const mark = statusCell(status, out.style);
  await out.line(`${placeOf(node)}  ${mark.paint?.(mark.text) ?? mark.text}`);
  if (nodeRunInfo === null) {
    await out.line(
      status === 'NotStarted'
        ? 'It has not been its turn yet.'
        : 'It has no condition of its own: it runs when its turn comes.',
    );
    return;
  }
  const { whenCondition, evaluatedCondition, expressions } = nodeRunInfo;
  await out.line(`${whenCondition}  ${evaluatedCondition ? out.style.green('true') : out.style.red('false')}`);
  await printTable(
    terminal,
    ['EXPRESSION', 'VALUE'],
    expressions.map(({ expression, expressionValue }) => [`  ${expression}`, expressionValue]),
  );
}

/** What scripts have exported, and what a step's kind gives by itself. */
function outputsOf({ outcomes }: ExecutionNode): Readonly<Record<string, unknown>> {
  const output = outcomes['output'];
  if (!isRecord(output)) return {};
  const variables = output['outputVariables'];
  return isRecord(variables) ? variables : output;
}

async function printText({ terminal }: CommandContext, text: string, none: string): Promise<void> {
  if (text.trim() === '') await terminal.err.line(none);
  else await terminal.out.write(text.endsWith('\n') ? text : `${text}\n`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
