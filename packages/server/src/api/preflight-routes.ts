/** Whether a run would begin: its inputs and its connectors, looked at before (api.md §5.2). Nothing is started. */
import { HARNESS_IMAGE, needsOf, type ProjectScope, type Value } from '@bridle/pipeline';
import { PreflightCheck, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parse } from 'yaml';
import { makeId } from '../auth/secrets.ts';
import { keyOf } from '../connectors/scoped-reference.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { prepareExecution, type PreparedExecution, type RefusedExecution } from '../intake/prepare-execution.ts';
import { findConnectors } from '../store/connectors.ts';
import { findPreflightCheck, keepPreflightCheck } from '../store/preflight-checks.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { getPipeline, manualCause } from './start-execution.ts';

const EXECUTE = '/pipeline/api/pipeline/execute';
const tags = ['Executions'];

export function preflightRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    `${EXECUTE}/preflightCheck`,
    {
      config: { body: 'text' },
      schema: {
        summary: 'Check the inputs and connectors of a run, without starting it',
        tags,
        querystring: scopeQuery({
          pipelineIdentifier: Type.String({ minLength: 1 }),
          inputSetIdentifiers: Type.Optional(Type.Array(Type.String())),
        }),
        body: Type.String({ description: 'Runtime inputs as YAML rooted at `pipeline:`; empty = none.' }),
        response: answers(
          successOf(Type.String({ description: 'Of the check, for the second call. Kept for a day.' })),
        ),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { pipelineIdentifier, inputSetIdentifiers = [] } = request.query;
      const result = await check(deps, request, scope, pipelineIdentifier, inputSetIdentifiers);
      const id = makeId();
      await keepPreflightCheck(deps.db, { id, scope, pipelineIdentifier, result });
      return success(request, id);
    },
  );

  app.get(
    `${EXECUTE}/getPreflightCheckResponse`,
    {
      schema: {
        summary: 'What a check before a run has found',
        tags,
        querystring: scopeQuery({ preflightCheckId: Type.String({ minLength: 1 }) }),
        response: answers(successOf(PreflightCheck)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { preflightCheckId } = request.query;
      const found = await findPreflightCheck(deps.db, scope, preflightCheckId);
      if (found === undefined) throw notFound(`There is no preflight check with the id ${preflightCheckId}.`);
      await authorize(request, { permission: 'core_pipeline_view', scope, identifier: found.pipelineIdentifier });
      return success(request, found.result as PreflightCheck);
    },
  );
}

async function check(
  deps: ApiDependencies,
  request: FastifyRequest<{ Body: string }>,
  scope: ProjectScope,
  pipelineIdentifier: string,
  inputSetReferences: readonly string[],
): Promise<PreflightCheck> {
  const pipeline = await getPipeline(deps, scope, pipelineIdentifier);
  const order = { pipeline, inputYaml: request.body, inputSetReferences, cause: manualCause(request) };
  const prepared = await prepareExecution(new DocumentSource(deps.db, deps.storedContents.readText), order);
  const inputs = inputProblems(prepared);
  const connectors = prepared.kind === 'prepared' ? await connectorChecks(deps, scope, prepared) : [];
  const hasBrokenConnector = connectors.some(({ status }) => status === 'FAILURE');
  // A text that does not compile for another reason than its inputs is an error of the whole.
  const isBroken = prepared.kind === 'refused' && !prepared.isInputFault;
  const hasFailed = prepared.kind === 'refused' || hasBrokenConnector;
  return {
    pipelineInputWrapperResponse: {
      label: 'Verifying pipeline inputs',
      status: inputs.length > 0 ? 'FAILURE' : isBroken ? 'UNKNOWN' : 'SUCCESS',
      pipelineInputResponse: inputs,
    },
    connectorWrapperResponse: {
      label: 'Verifying connectors',
      status: hasBrokenConnector ? 'FAILURE' : prepared.kind === 'prepared' ? 'SUCCESS' : 'UNKNOWN',
      checkResponses: connectors,
    },
    status: hasFailed ? 'FAILURE' : 'SUCCESS',
    errorInfo: isBroken ? errorInfo(prepared.message) : null,
  };
}

type InputProblem = PreflightCheck['pipelineInputWrapperResponse']['pipelineInputResponse'][number];
type ConnectorCheck = PreflightCheck['connectorWrapperResponse']['checkResponses'][number];
type ErrorInfo = InputProblem['errorInfo'];

function inputProblems(prepared: PreparedExecution | RefusedExecution): InputProblem[] {
  if (prepared.kind !== 'refused' || !prepared.isInputFault) return [];
  if (prepared.diagnostics.length === 0)
    return [{ fqn: 'pipeline', stageName: null, stepName: null, errorInfo: errorInfo(prepared.message) }];
  return prepared.diagnostics
    .filter(({ blocks }) => blocks !== 'nothing')
    .map(({ path, message, hint }) => ({
      fqn: path,
      stageName: null,
      stepName: null,
      errorInfo: errorInfo(message, hint),
    }));
}

/** Those that the text names outright: what an expression comes to is known when its step is reached. */
async function connectorChecks(
  { db }: ApiDependencies,
  scope: ProjectScope,
  { request }: PreparedExecution,
): Promise<ConnectorCheck[]> {
  // As a step is looked through for what it refers to; here the whole text is.
  const spec = parse(request.resolvedYaml, { maxAliasCount: -1 }) as Value;
  const uses = needsOf({ spec, stepType: 'Run' })?.connectors ?? [];
  const keys = uses.flatMap(({ reference, path }) => {
    const key = keyOf(scope, reference);
    return key === undefined ? [] : [{ key, reference, fqn: path.slice(1).join('.') }];
  });
  const found = await findConnectors(
    db,
    scope.accountId,
    keys.map(({ key }) => key),
  );
  return keys.map(({ key, reference, fqn }) => {
    const connector = found.get(key);
    const problem = connector === undefined ? `There is no connector ${reference}.` : connector.status?.message;
    const isBuiltIn = connector === undefined && reference === HARNESS_IMAGE;
    const isBroken = !isBuiltIn && (connector === undefined || connector.status?.status === 'FAILURE');
    return {
      connectorIdentifier: reference,
      connectorName: connector?.name ?? null,
      fqn,
      stageIdentifier: null,
      status: isBroken ? ('FAILURE' as const) : ('SUCCESS' as const),
      connectorErrorInfo: isBroken ? errorInfo(problem ?? `The last test of the connector ${reference} failed.`) : null,
    };
  });
}

function errorInfo(summary: string, hint?: string): ErrorInfo {
  return {
    summary,
    description: null,
    causes: [{ cause: summary }],
    resolution: hint === undefined ? [] : [{ resolution: hint }],
  };
}
