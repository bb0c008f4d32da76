/** Puts the parts of execution details together: rows in, wire shape out. */
import { nodeId, type ExecutionId, type NodeExecution } from '@bridle/pipeline';
import type { ExecutionDetails } from '@bridle/protocol';
import type { Database } from '../store/database.ts';
import { findExecutionRow, listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { listExecutionStands, type ExecutionStand } from '../store/execution-stands.ts';
import { executionGraph } from './wire/execution-graph.ts';
import { executionSummary } from './wire/execution-summary.ts';

/** Which graph is wanted beside the summary. */
export type GraphWish =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'stage';
      readonly stageNodeId?: string;
      readonly stageNodeExecutionId?: string;
      /** Where the stage runs another pipeline: the stage of that one; absent = all of it. */
      readonly childStageNodeId?: string;
      readonly childStageNodeExecutionId?: string;
    };

/** What the answer is made of, for its entity tag. With the graph of a stage comes that of the pipeline which the stage runs. */
export async function detailsMadeOf(db: Database, stand: ExecutionStand, wish: GraphWish): Promise<unknown> {
  const children = wish.kind === 'stage' ? await childStands(db, stand.id, wish) : [];
  return [wish, [stand, ...children].map(({ id, version, notes }) => [id, version, notes])];
}

async function childStands(
  db: Database,
  id: ExecutionId,
  { stageNodeId, stageNodeExecutionId }: Extract<GraphWish, { kind: 'stage' }>,
): Promise<readonly ExecutionStand[]> {
  const wished = new Set<string | undefined>([stageNodeId, stageNodeExecutionId]);
  const stages = (await listNodeExecutions(db, id)).filter((node) => wished.has(node.nodeId) || wished.has(node.id));
  return await listExecutionStands(
    db,
    stages.flatMap(({ childExecutionId }) => childExecutionId ?? []),
  );
}

/** `undefined` when the execution is not there. */
export async function findExecutionDetails(
  db: Database,
  id: ExecutionId,
  wish: GraphWish,
): Promise<ExecutionDetails | undefined> {
  const row = await findExecutionRow(db, id);
  return row === undefined ? undefined : await executionDetails(db, row, wish);
}

export async function executionDetails(db: Database, row: ExecutionRow, wish: GraphWish): Promise<ExecutionDetails> {
  const pipelineExecutionSummary = executionSummary(row, row.plan);
  if (wish.kind === 'none') return { pipelineExecutionSummary };
  const nodes = await listNodeExecutions(db, row.id);
  const graph = executionGraph(row, nodes, wish.kind === 'whole' ? undefined : stageOf(wish));
  const childGraph = wish.kind === 'stage' ? await childOf(db, nodes, graph?.rootNodeId, wish) : undefined;
  return {
    pipelineExecutionSummary,
    ...(graph === undefined ? {} : { executionGraph: graph }),
    ...(childGraph === undefined ? {} : { childGraph }),
  };
}

async function childOf(
  db: Database,
  nodes: readonly NodeExecution[],
  stageId: string | undefined,
  { childStageNodeId, childStageNodeExecutionId }: Extract<GraphWish, { kind: 'stage' }>,
): Promise<ExecutionDetails['childGraph']> {
  const child = nodes.find(({ id }) => id === stageId)?.childExecutionId;
  const row = child === undefined ? undefined : await findExecutionRow(db, child);
  if (row === undefined) return undefined;
  const isOfStage = childStageNodeId !== undefined || childStageNodeExecutionId !== undefined;
  const of = stageOf({
    kind: 'stage',
    ...(childStageNodeId === undefined ? {} : { stageNodeId: childStageNodeId }),
    ...(childStageNodeExecutionId === undefined ? {} : { stageNodeExecutionId: childStageNodeExecutionId }),
  });
  const graph = executionGraph(row, await listNodeExecutions(db, row.id), isOfStage ? of : undefined);
  return {
    pipelineExecutionSummary: executionSummary(row, row.plan),
    ...(graph === undefined ? {} : { executionGraph: graph }),
  };
}

function stageOf(wish: Extract<GraphWish, { kind: 'stage' }>): Parameters<typeof executionGraph>[2] {
  const { stageNodeId, stageNodeExecutionId } = wish;
  return {
    ...(stageNodeId === undefined ? {} : { nodeId: nodeId(stageNodeId) }),
    ...(stageNodeExecutionId === undefined ? {} : { nodeExecutionId: stageNodeExecutionId }),
  };
}
