/** Starts what a route has been asked to run, and who is named for it. */
import { parsePipeline, type ExecutionCause, type ExecutionHeader, type ProjectScope } from '@bridle/pipeline';
import type { PlanExecutionResponse } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { DocumentSource } from '../intake/document-source.ts';
import { prepareExecution, type ExecutionOrder, type Starter } from '../intake/prepare-execution.ts';
import type { StartRequest } from '../executions/service.ts';
import { keepExecutionNotes, type ExecutionRow } from '../store/execution-rows.ts';
import type { ExecutionTexts } from '../store/execution-texts.ts';
import { findPipeline, type PipelineRow } from '../store/pipelines.ts';
import { callerOf } from './authentication.ts';
import { missingPermissions } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { cannotRun } from './diagnostics.ts';
import { invalidRequest, RequestError } from './errors.ts';
import { requireRoom } from './room-for-work.ts';
import { planExecutionResponse } from './wire/plan-execution.ts';

export interface RunOrder extends Omit<ExecutionOrder, 'pipeline' | 'starter'> {
  readonly moduleType: string;
  /** Instead of the text that is saved now. */
  readonly yaml?: string;
  readonly retained?: ExecutionHeader['retained'];
  /** What whoever starts it has to say; empty = nothing. */
  readonly notes?: string;
}

/** In the name of whoever asks for it. */
export async function startExecution(
  deps: ApiDependencies,
  request: FastifyRequest,
  scope: ProjectScope,
  pipelineIdentifier: string,
  { moduleType, yaml, retained, notes = '', ...order }: RunOrder,
): Promise<PlanExecutionResponse> {
  requireRoom(deps);
  const saved = await getPipeline(deps, scope, pipelineIdentifier);
  const pipeline = yaml === undefined ? saved : { ...saved, yaml };
  const starter = await starterOf(deps, request);
  const documents = new DocumentSource(deps.db, deps.storedContents.readText);
  const prepared = await prepareExecution(documents, { ...order, pipeline, starter });
  if (prepared.kind === 'refused') throw cannotRun(prepared.diagnostics, prepared.message, prepared.isInputFault);
  if (prepared.kind === 'denied') throw missingPermissions(prepared.message, prepared.questions);
  const start: StartRequest = { ...prepared.request, ...(retained === undefined ? {} : { retained }) };
  const started = await deps.executions.start(start);
  // It runs already: notes are no part of it.
  if (notes !== '') await keepExecutionNotes(deps.db, start.executionId, notes);
  return planExecutionResponse({
    ...started,
    planId: start.plan.rootId,
    scope,
    pipelineIdentifier,
    moduleType,
    cause: order.cause,
    // What its first step waits for is no matter of the start.
    status: started.status === 'QueuedExecutionConcurrencyReached' ? started.status : 'Running',
    ...(retained === undefined
      ? {}
      : { retryOf: { executionId: retained.executionId, rootExecutionId: retained.rootExecutionId } }),
  });
}

export async function starterOf(
  { authorizer }: Pick<ApiDependencies, 'authorizer'>,
  request: FastifyRequest,
): Promise<Starter> {
  const principal = callerOf(request);
  const { kind, userId: id } = principal;
  return { actor: { kind, id }, grants: await authorizer.grantsOf(principal) };
}

export async function getPipeline(
  { db }: ApiDependencies,
  scope: ProjectScope,
  identifier: string,
): Promise<PipelineRow> {
  const pipeline = await findPipeline(db, scope, identifier);
  if (pipeline !== undefined) return pipeline;
  throw invalidRequest(`Pipeline with the given ID: ${identifier} does not exist or has been deleted`);
}

export function manualCause(request: FastifyRequest): ExecutionCause {
  const { userId, name, email } = callerOf(request);
  return { triggerType: 'MANUAL', triggeredBy: { uuid: userId, identifier: name, email } };
}

/** The payload of a trigger stays with its reruns: the pipeline's expressions may need it. */
export function rerunCause(request: FastifyRequest, original: ExecutionRow): ExecutionCause {
  const { cause } = original;
  return {
    ...manualCause(request),
    ...(cause.trigger === undefined ? {} : { trigger: cause.trigger }),
    rerun: {
      previousExecutionId: original.id,
      previousTriggerType: cause.triggerType,
      rootExecutionId: cause.rerun?.rootExecutionId ?? original.id,
      rootTriggerType: cause.rerun?.rootTriggerType ?? cause.triggerType,
    },
  };
}

/** The inputs of a repetition: those given anew, else those it had. `yaml`: the pipeline that is going to run. */
export function repeatedInputs(original: Pick<ExecutionTexts, 'inputYaml'>, yaml: string, given: string): string {
  if (given.trim() === '' || given.trim() === original.inputYaml.trim()) return original.inputYaml;
  requireFreeInputs(yaml);
  return given;
}

/** Throws when the pipeline wants to run again with the inputs it had. */
export function requireFreeInputs(yaml: string): void {
  if (parsePipeline(yaml).pipeline?.fixedInputsOnRerun !== true) return;
  throw invalidRequest(
    'The pipeline says fixedInputsOnRerun: it runs again with the inputs it had. Send none, or start it anew.',
  );
}

/** Stages that a request must name. */
export function namedStages(identifiers: readonly string[]): readonly string[] {
  if (identifiers.length > 0) return identifiers;
  const error = 'names no stage';
  throw new RequestError('INVALID_REQUEST', `stageIdentifiers: ${error}`, [{ fieldId: 'stageIdentifiers', error }]);
}

/** The stages a selective execution ran; empty = all. */
export function selectedStages({ plan }: Pick<ExecutionRow, 'plan'>): readonly string[] {
  const root = plan.nodes[plan.rootId];
  return root?.kind === 'pipeline' ? (root.selectedStages ?? []) : [];
}

export function isInScope(row: Pick<ExecutionRow, 'scope'>, scope: ProjectScope): boolean {
  return (
    row.scope.accountId === scope.accountId &&
    row.scope.orgIdentifier === scope.orgIdentifier &&
    row.scope.projectIdentifier === scope.projectIdentifier
  );
}
