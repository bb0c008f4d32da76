/** `bridle execution watch`, `wait` and `events`: what happens in an execution, for people, scripts and machines. */
import { isFinal, isWaiting, type ExecutionNode, type PipelineExecutionSummary } from '@bridle/sdk';
import type { FinalStatus } from '@bridle/pipeline';
import { exitCodeOf, type ExitCode } from '../command-line/exit-codes.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { timeoutOf } from '../local/run-options.ts';
import { watchExecution } from '../watch/watch-execution.ts';
import { stageOf } from './find-node.ts';
import { findExecution, firstPage } from './target.ts';

export const watchCommand = inProject(
  async (connection, context, input) =>
    await watchExecution(connection, await findExecution(connection, input, context), context, input.options),
  firstPage,
);

type Goal =
  | { readonly kind: 'final' }
  | { readonly kind: 'approval' }
  | { readonly kind: 'stage'; readonly stage: string };

/** Ends with what the execution has come to; when it reached its goal before its end, with 0. */
export const waitCommand = inProject(async (connection, context, input) => {
  const goal = goalOf(input.options.text('for') ?? 'final');
  const timeoutMs = timeoutOf(input.options);
  const id = await findExecution(connection, input, context);
  const nodes = new Map<string, ExecutionNode>();
  const execution = await connection.harness.executions.wait(id, {
    until: (now) => isReached(goal, now, nodes),
    onProgress: (_, changed) => {
      for (const node of changed) nodes.set(node.uuid, node);
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    signal: context.signal,
  });
  const fields = input.options.fields();
  if (fields !== undefined) await printJson(context.terminal.out, execution, fields);
  else if (!context.terminal.isQuiet) await context.terminal.out.line(execution.status);
  return codeOf(goal, execution, nodes);
}, firstPage);

function goalOf(text: string): Goal {
  if (text === 'final' || text === 'approval') return { kind: text };
  const [, stage] = /^stage=(.+)$/.exec(text) ?? [];
  if (stage !== undefined) return { kind: 'stage', stage };
  throw new UsageError(`--for ${text} is nothing to wait for.`, 'Write final, approval, or stage=ID.');
}

function isReached(
  goal: Goal,
  execution: PipelineExecutionSummary,
  nodes: ReadonlyMap<string, ExecutionNode>,
): boolean {
  switch (goal.kind) {
    case 'final':
      return isFinal(execution.status);
    case 'approval':
      return [...nodes.values()].some(({ status }) => isWaiting(status));
    case 'stage': {
      const stage = stageNode(goal.stage, nodes);
      return stage !== undefined && isFinal(stage.status);
    }
  }
}

/** A goal that the execution ended without is not reached: its status says what came instead. */
function codeOf(goal: Goal, execution: PipelineExecutionSummary, nodes: ReadonlyMap<string, ExecutionNode>): ExitCode {
  if (goal.kind === 'stage') {
    const stage = stageNode(goal.stage, nodes);
    if (stage === undefined)
      throw new UsageError(`The execution ended (${execution.status}) without a stage "${goal.stage}".`, undefined, 5);
    return exitCodeOf(stage.status as FinalStatus);
  }
  if (!isFinal(execution.status)) return 0;
  return exitCodeOf(execution.status as FinalStatus);
}

function stageNode(identifier: string, nodes: ReadonlyMap<string, ExecutionNode>): ExecutionNode | undefined {
  return [...nodes.values()].find(
    ({ baseFqn, stepType }) =>
      stepType !== 'STRATEGY' && baseFqn === `pipeline.stages.${identifier}` && stageOf(baseFqn) === identifier,
  );
}
