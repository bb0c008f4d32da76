/**
 * Starts the pipelines of chained stages.
 *
 * Invariants (cited by tests):
 * - C1 the execution has the id that was derived for it: a repeated start finds the first one.
 * - C3 it goes in the name of whom its parent goes, who must be allowed to run it and to use what it names.
 * - C2 it starts only while its parent waits for it: the request stays locked until the start is committed.
 */
import { printChildInputs, type Execution, type ExecutionCause, type Plan, type ProjectScope } from '@bridle/pipeline';
import type { Authorizer } from '../auth/authorizer.ts';
import { requestId, type ChildStart, type ChildStarter, type ChildStartResult } from '@bridle/runtime';
import type { ExecutionService, StartRequest } from '../executions/service.ts';
import { onDatabase } from '../store/connection.ts';
import type { Database } from '../store/database.ts';
import { listExecutionHeads } from '../store/execution-statements.ts';
import { findPipeline } from '../store/pipelines.ts';
import { lockWantedRequests } from '../store/request-statements.ts';
import { DocumentSource, type ReadStoredText } from './document-source.ts';
import { prepareExecution, type Starter } from './prepare-execution.ts';

export interface ChildStarterOptions {
  readonly db: Database;
  readonly executions: Pick<ExecutionService, 'startIn' | 'started'>;
  readonly authorizer: Pick<Authorizer, 'grantsOf'>;
  readonly readStoredText: ReadStoredText;
}

export function createChildStarter(options: ChildStarterOptions): ChildStarter {
  return { startChild: (start) => startChild(options, start) };
}

async function startChild(options: ChildStarterOptions, start: ChildStart): Promise<ChildStartResult> {
  const { db, executions } = options;
  const { childExecutionId, nodeExecutionId, parent } = start;
  if (await exists(db, start)) return { kind: 'started' };
  const prepared = await prepare(options, start);
  if (prepared.kind === 'refused') return prepared;
  const request: StartRequest = {
    ...prepared.request,
    executionId: childExecutionId,
    parent: { executionId: parent.id, nodeExecutionId, outputs: start.request.outputs },
  };
  const asked = requestId('startChild', nodeExecutionId);
  const begun = await db.transaction().execute(async (tx) => {
    const wanted = await lockWantedRequests(onDatabase(tx), [asked]);
    return wanted.has(asked) ? executions.startIn(tx, [request]) : [];
  });
  if (begun.length > 0) {
    executions.started(begun);
    return { kind: 'started' };
  }
  // The request was settled meanwhile: by another replica that started it, or because the stage was given up.
  return (await exists(db, start))
    ? { kind: 'started' }
    : { kind: 'refused', reason: 'The stage was given up before its pipeline started.' };
}

async function exists(db: Database, { childExecutionId }: ChildStart): Promise<boolean> {
  return (await listExecutionHeads(db, [childExecutionId])).length > 0;
}

type Refused = Extract<ChildStartResult, { readonly kind: 'refused' }>;
type Prepared = { readonly kind: 'prepared'; readonly request: StartRequest } | Refused;

async function prepare(
  { db, authorizer, readStoredText }: ChildStarterOptions,
  { parent, request }: ChildStart,
): Promise<Prepared> {
  const { orgIdentifier, projectIdentifier, pipelineIdentifier } = request;
  const { accountId } = parent.scope;
  const scope: ProjectScope = { accountId, orgIdentifier, projectIdentifier };
  const name = `${orgIdentifier}/${projectIdentifier}/${pipelineIdentifier}`;
  const pipeline = await findPipeline(db, scope, pipelineIdentifier);
  if (pipeline === undefined) {
    const reason = `There is no pipeline ${pipelineIdentifier} in the project ${orgIdentifier}/${projectIdentifier}.`;
    return { kind: 'refused', reason };
  }
  const prepared = await prepareExecution(new DocumentSource(db, readStoredText), {
    pipeline,
    cause: chainedCause(parent.cause),
    starter: await starterOf(authorizer, accountId, parent.actor),
    inputYaml: printChildInputs(request.inputs),
    inputSetReferences: request.inputSetReferences,
  });
  const refused = (why: string): Refused => ({ kind: 'refused', reason: `The pipeline ${name} ${why}` });
  if (prepared.kind === 'denied') return { ...refused(`may not be run. ${prepared.message}`), isDenied: true };
  if (prepared.kind === 'refused') return refused(`cannot run. ${prepared.message}`);
  const chained = chainedStage(prepared.request.plan);
  if (chained === undefined) return prepared;
  return refused(`cannot be chained: its stage ${chained} is of type Pipeline itself, and a chain has one link only.`);
}

async function starterOf(
  authorizer: ChildStarterOptions['authorizer'],
  accountId: string,
  actor: Execution['actor'],
): Promise<Starter | undefined> {
  if (actor === undefined) return undefined;
  return { actor, grants: await authorizer.grantsOf({ accountId, kind: actor.kind, userId: actor.id }) };
}

/** The same reason to run as the parent's; a rerun is the parent's, not the child's. */
function chainedCause({ rerun: _rerun, ...cause }: ExecutionCause): ExecutionCause {
  return cause;
}

function chainedStage(plan: Plan): string | undefined {
  for (const node of Object.values(plan.nodes)) {
    if (node.kind === 'stage' && node.stageType === 'Pipeline') return node.identifier;
  }
  return undefined;
}
