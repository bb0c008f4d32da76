/** What starts, answers and ends things. */
import { isHarnessError } from '@bridle/sdk';
import { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { answerApproval, type ApprovalAction } from '../executions/control.ts';
import { inputsOf } from '../executions/execute.ts';
import { executionUrl } from '../executions/target.ts';
import { executionOf, EXECUTION } from './named-execution.ts';
import { schemaOf, type Arguments } from './schema.ts';
import { jsonText, type Tool, type ToolContext } from './tool.ts';

const runPipeline: Tool = {
  name: 'run_pipeline',
  title: 'Run a pipeline',
  description: 'Starts a pipeline and answers with the id of the execution. watch_execution follows it.',
  input: schemaOf(
    {
      pipeline: { type: 'string', description: 'its identifier' },
      inputs: { type: 'object', description: 'values by the names that get_pipeline tells' },
      input_sets: { type: 'array', items: { type: 'string' }, description: 'input sets, the later one wins' },
      stages: {
        type: 'array',
        items: { type: 'string' },
        description: 'only these stages, where the pipeline allows it',
      },
      notes: { type: 'string', description: 'why it is run' },
    },
    ['pipeline'],
  ),
  effect: 'changes',
  call: async (given, { connection, folder, signal }) => {
    const pipeline = given.need('pipeline');
    const stages = given.texts('stages');
    const inputSets = given.texts('input_sets');
    const words = new Map([
      ['input', pairsOf(given).map(([name, value]) => `${name}=${value}`)],
      ['stage', [...stages]],
    ]);
    const inputs = await inputsOf(connection, pipeline, { folder, signal }, { options: new Options(words) });
    const { planExecutionId } = await connection.harness.pipelines.execute(pipeline, {
      ...(inputs === undefined ? {} : { inputs }),
      ...(inputSets.length === 0 ? {} : { inputSets }),
      ...(stages.length === 0 ? {} : { stages }),
      notes: given.text('notes'),
      signal,
    });
    return jsonText({ execution: planExecutionId, page: executionUrl(connection, planExecutionId, pipeline) });
  },
};

/** Their values as texts: what they are is said by the pipeline. */
function pairsOf(given: Arguments): readonly (readonly [string, string])[] {
  return Object.entries(given.object('inputs') ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

function approvalTool(name: 'approve' | 'reject', action: ApprovalAction): Tool {
  return {
    name,
    title: name === 'approve' ? 'Approve' : 'Reject',
    description: `Answers the approval that an execution waits for, in the name of whoever is signed in: ${name}s it.`,
    input: schemaOf(
      {
        execution: EXECUTION,
        node: { type: 'string', description: 'STAGE.STEP, where several wait' },
        comment: { type: 'string', description: 'is kept with the answer' },
        inputs: { type: 'object', description: 'what the approval asks for, by name' },
      },
      ['execution'],
    ),
    effect: 'destroys',
    call: async (given, context) => {
      const id = await executionOf(given, context);
      const place = await answerApproval(context.connection, id, {
        action,
        place: given.text('node'),
        comments: given.text('comment') ?? '',
        inputs: Object.fromEntries(pairsOf(given)),
        signal: context.signal,
      });
      return `${place} is ${action === 'APPROVE' ? 'approved' : 'rejected'}.`;
    },
  };
}

const abort: Tool = {
  name: 'abort',
  title: 'Abort an execution',
  description: 'Ends an execution that is under way.',
  input: schemaOf({ execution: EXECUTION }, ['execution']),
  effect: 'destroys',
  call: async (given, context) => {
    const { harness, org, project } = context.connection;
    const id = await executionOf(given, context);
    await harness.executions.abort(id, { org, project, signal: context.signal });
    return `${id} is being aborted.`;
  },
};

const PIPELINE = { type: 'string', description: 'identifier of the pipeline' } as const;

export const listTriggers: Tool = {
  name: 'list_triggers',
  title: 'List triggers',
  description: 'The triggers of a pipeline, whether they are enabled, and what they did last.',
  input: schemaOf({ pipeline: PIPELINE }, ['pipeline']),
  effect: 'reads',
  call: async (given, { connection, signal }) => {
    const triggers = await connection.harness.triggers.list(given.need('pipeline'), { signal }).all();
    return jsonText(
      triggers.map(({ identifier, name, type, enabled, lastTriggerExecutionDetails: last }) => ({
        identifier,
        name,
        type,
        enabled,
        lastStatus: last?.lastExecutionStatus ?? null,
      })),
    );
  },
};

/** A decision takes milliseconds; this is for servers that are busy. */
const DECISION_MS_MAX = 60_000;

const fireTrigger: Tool = {
  name: 'fire_trigger',
  title: 'Fire a trigger',
  description: 'Calls the custom webhook of a trigger, and says which execution came of it, or why none did.',
  input: schemaOf(
    {
      pipeline: PIPELINE,
      trigger: { type: 'string', description: 'identifier of the trigger' },
      payload: { type: 'object', description: 'what the webhook is called with' },
      headers: { type: 'object', description: 'headers of the call, for triggers with conditions on them' },
    },
    ['pipeline', 'trigger'],
  ),
  effect: 'changes',
  call: (given, context) => fire(given, context),
};

async function fire(given: Arguments, { connection, signal }: ToolContext): Promise<string> {
  const headers = given.object('headers') ?? {};
  const event = await connection.harness.triggers.fireCustom(
    given.need('pipeline'),
    given.need('trigger'),
    given.object('payload') ?? {},
    { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])), signal },
  );
  try {
    const { planExecutionId } = await event.waitForExecution({ signal, timeoutMs: DECISION_MS_MAX });
    return jsonText({ event: event.eventCorrelationId, execution: planExecutionId });
  } catch (error) {
    if (!isHarnessError(error, 'triggerNotMatched')) throw error;
    const conditions = error.conditions.length === 0 ? '' : `\n${jsonText(error.conditions)}`;
    throw new UsageError(`It started nothing: ${error.status}: ${error.reasons[0] ?? ''}${conditions}`);
  }
}

export const CHANGE_TOOLS: readonly Tool[] = [
  runPipeline,
  approvalTool('approve', 'APPROVE'),
  approvalTool('reject', 'REJECT'),
  abort,
  fireTrigger,
];
