/** Executions: which there are, how they stand, what they print, and why something did not run. */
import { isFinal, isHarnessError, isWaiting, type ExecutionLogLine, type ExecutionStatus } from '@bridle/sdk';
import { stripAnsi } from '@bridle/text';
import { UsageError } from '../command-line/usage-error.ts';
import { findNode, namedNodes, placeOf } from '../executions/find-node.ts';
import { chosenNodes, known, placeOfWords } from '../executions/logs.ts';
import { skippedOf, summarise, summaryText } from '../executions/summary.ts';
import { waitingEvent } from '../watch/waiting.ts';
import { executionOf, EXECUTION } from './named-execution.ts';
import { schemaOf } from './schema.ts';
import { bounded, jsonText, type Tool, type ToolContext } from './tool.ts';

const LISTED = 20;
const LISTED_MAX = 200;
const WAIT_SECONDS = 60;
/** Programs that call tools give up after some minutes. */
const WAIT_SECONDS_MAX = 300;
const TAIL = 100;
const TAIL_MAX = 2_000;
const LOG_BYTES_MAX = 32_768;

const listExecutions: Tool = {
  name: 'list_executions',
  title: 'List executions',
  description: 'Executions of the project, newest first.',
  input: schemaOf({
    pipeline: { type: 'string', description: 'only of this pipeline' },
    status: { type: 'array', items: { type: 'string' }, description: 'only these: Success, Failed, Running, …' },
    since: { type: 'string', description: 'started no earlier than this: 7d, 2h, or a date' },
    limit: { type: 'integer', description: 'at most so many', minimum: 1, maximum: LISTED_MAX, default: LISTED },
  }),
  effect: 'reads',
  call: async (given, { connection, signal }) => {
    const limit = given.number('limit', LISTED);
    const pipeline = given.text('pipeline');
    const status = given.texts('status') as readonly ExecutionStatus[];
    const pages = connection.harness.executions.list({
      ...(pipeline === undefined ? {} : { pipelines: [pipeline] }),
      ...(status.length === 0 ? {} : { status }),
      since: given.text('since'),
      pageSize: Math.min(limit, 100),
      signal,
    });
    const found: object[] = [];
    for await (const { planExecutionId, pipelineIdentifier, runSequence, status: now, startTs, endTs } of pages) {
      found.push({
        execution: planExecutionId,
        pipeline: pipelineIdentifier,
        number: runSequence,
        status: now,
        started: startTs === undefined ? null : new Date(startTs).toISOString(),
        ended: endTs === undefined ? null : new Date(endTs).toISOString(),
      });
      if (found.length >= limit) break;
    }
    return bounded(jsonText(found), 'use limit');
  },
};

const getExecution: Tool = {
  name: 'get_execution',
  title: 'How an execution stands',
  description:
    'Status, steps that failed with the log lines around the error, and what was skipped and why: all of it within 16 KiB.',
  input: schemaOf({ execution: EXECUTION }, ['execution']),
  effect: 'reads',
  call: async (given, context) => {
    const id = await executionOf(given, context);
    const summary = await summarise(context.connection, id, { signal: context.signal });
    return [summaryText(summary), ...(await waitingFor(id, context))].join('\n');
  },
};

const watchExecution: Tool = {
  name: 'watch_execution',
  title: 'Wait for an execution',
  description:
    'Waits until an execution has ended, or waits for a person, or the seconds are over; then says how it stands, as get_execution does.',
  input: schemaOf(
    {
      execution: EXECUTION,
      seconds: {
        type: 'integer',
        description: 'how long to wait',
        minimum: 1,
        maximum: WAIT_SECONDS_MAX,
        default: WAIT_SECONDS,
      },
    },
    ['execution'],
  ),
  effect: 'reads',
  call: async (given, context) => {
    const { connection, signal } = context;
    const id = await executionOf(given, context);
    const seconds = given.number('seconds', WAIT_SECONDS);
    let head = '';
    try {
      await connection.harness.executions.wait(id, { until: 'waiting', timeoutMs: seconds * 1_000, signal });
    } catch (error) {
      if (!isHarnessError(error, 'waitTimeout')) throw error;
      head = `It is still under way after ${seconds} s.\n`;
    }
    const summary = await summarise(connection, id, { signal });
    return [`${head}${summaryText(summary)}`, ...(await waitingFor(id, context))].join('\n');
  },
};

/** What people are asked, in words; nothing where nobody is. */
async function waitingFor(id: string, { connection, signal }: ToolContext): Promise<readonly string[]> {
  const { pipelineExecutionSummary, executionGraph } = await connection.harness.executions.get(id, { signal });
  if (isFinal(pipelineExecutionSummary.status)) return [];
  const lines: string[] = [];
  const all = Object.values(executionGraph?.nodeMap ?? {});
  for (const node of namedNodes(executionGraph).filter(({ status }) => isWaiting(status))) {
    const event = await waitingEvent(connection.harness, id, node, all, signal);
    if (event === undefined) continue;
    const inputs = (event.inputs ?? []).map(({ name }) => name);
    const asked = inputs.length === 0 ? '' : ` Inputs: ${inputs.join(', ')}.`;
    lines.push(`${placeOf(node)} waits for ${event.for} (${event.choices.join(', ')}): ${event.message}${asked}`);
  }
  return lines.length === 0 ? [] : ['', ...lines];
}

const getLogs: Tool = {
  name: 'get_logs',
  title: 'Read logs',
  description: 'The last lines that the steps of an execution have printed, at most 32 KiB.',
  input: schemaOf(
    {
      execution: EXECUTION,
      place: { type: 'string', description: 'only this STAGE, or STAGE.STEP' },
      failed: { type: 'boolean', description: 'only steps that failed', default: false },
      tail: { type: 'integer', description: 'lines of each step', minimum: 1, maximum: TAIL_MAX, default: TAIL },
    },
    ['execution'],
  ),
  effect: 'reads',
  call: async (given, context) => {
    const { connection, signal } = context;
    const id = await executionOf(given, context);
    const place = given.text('place');
    const tail = given.number('tail', TAIL);
    const execution = connection.harness.executions.of(id);
    const { executionGraph } = await execution.details({ signal });
    const wanted = placeOfWords(place);
    const chosen = chosenNodes(executionGraph, wanted, given.isOn('failed'));
    if (chosen?.length === 0) {
      if (given.isOn('failed')) return 'No step that is meant has failed.';
      throw new UsageError(`The execution has no step "${place ?? ''}".`, known(executionGraph), 5);
    }
    const steps = new Map<string, ExecutionLogLine[]>();
    for await (const line of execution.logs({ ...wanted, signal })) {
      if (chosen?.includes(line.nodeExecutionId) === false) continue;
      const lines = steps.get(line.nodeExecutionId) ?? [];
      lines.push(line);
      if (lines.length > tail) lines.shift();
      steps.set(line.nodeExecutionId, lines);
    }
    if (steps.size === 0) return 'Nothing was printed.';
    const texts = [...steps.values()].map((lines) =>
      [`${lines[0]?.stage ?? ''}.${lines[0]?.step ?? ''}:`, ...lines.map(({ text }) => stripAnsi(text))].join('\n'),
    );
    return bounded(texts.join('\n\n'), 'ask for one place, or a shorter tail', LOG_BYTES_MAX);
  },
};

const whyNode: Tool = {
  name: 'why_node',
  title: 'Why something ran or was skipped',
  description:
    'The condition of a stage or step with the values that its expressions had; without a node, of everything that was skipped.',
  input: schemaOf({ execution: EXECUTION, node: { type: 'string', description: 'STAGE, STAGE.STEP, or STEP' } }, [
    'execution',
  ]),
  effect: 'reads',
  call: async (given, context) => {
    const { connection, signal } = context;
    const id = await executionOf(given, context);
    const { executionGraph } = await connection.harness.executions.get(id, { signal });
    const name = given.text('node');
    if (name === undefined) {
      const skipped = namedNodes(executionGraph).flatMap(skippedOf);
      return skipped.length === 0
        ? 'Nothing was skipped by a condition.'
        : bounded(jsonText(skipped), 'ask for one node');
    }
    const node = findNode(executionGraph, name);
    const { status, nodeRunInfo, failureInfo } = node;
    return bounded(
      jsonText({
        node: placeOf(node),
        status,
        condition: nodeRunInfo ?? (status === 'NotStarted' ? 'It has not been its turn yet.' : 'It has none.'),
        ...(failureInfo.message === '' ? {} : { failure: failureInfo.message }),
      }),
      'its page has the rest',
    );
  },
};

export const EXECUTION_TOOLS: readonly Tool[] = [listExecutions, getExecution, watchExecution, getLogs, whyNode];
