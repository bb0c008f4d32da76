/** Whether a run would begin: its inputs, its connectors and the caller's rights, looked at before (api.md §5.2). Nothing is started. */
import { HARNESS_IMAGE, levelOf, needsOf, type ProjectScope, type Value } from '@bridle/pipeline';
import { PreflightCheck, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parse } from 'yaml';
import type { Question } from '../auth/decide.ts';
import { describeDenied } from '../auth/uses.ts';
import { makeId } from '../store/make-id.ts';
import { keyOf, type StoredKey } from '../connectors/scoped-reference.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { prepareExecution } from '../intake/prepare-execution.ts';
import { findConnectors } from '../store/connectors.ts';
import { findPreflightCheck, keepPreflightCheck } from '../store/preflight-checks.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { getPipeline, manualCause, starterOf } from './start-execution.ts';

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
  const starter = await starterOf(deps, request);
  const order = { pipeline, inputYaml: request.body, inputSetReferences, cause: manualCause(request), starter };
  const prepared = await prepareExecution(new DocumentSource(deps.db, deps.storedContents.readText), order);
  const inputs = inputProblems(prepared);
  const denied = prepared.kind === 'denied' ? prepared.questions : [];
  const connectors =
    prepared.kind === 'refused' ? [] : await connectorChecks(deps, scope, prepared.request.resolvedYaml, denied);
  const hasBrokenConnector = connectors.some(({ status }) => status === 'FAILURE');
  // A text that does not compile for another reason than its inputs is an error of the whole.
  const isBroken = prepared.kind === 'refused' && !prepared.isInputFault;
  const hasFailed = prepared.kind !== 'prepared' || hasBrokenConnector;
  return {
    pipelineInputWrapperResponse: {
      label: 'Verifying pipeline inputs',
      status: inputs.length > 0 ? 'FAILURE' : isBroken ? 'UNKNOWN' : 'SUCCESS',
      pipelineInputResponse: inputs,
    },
    connectorWrapperResponse: {
      label: 'Verifying connectors',
      status: hasBrokenConnector ? 'FAILURE' : prepared.kind === 'refused' ? 'UNKNOWN' : 'SUCCESS',
      checkResponses: connectors,
    },
    status: hasFailed ? 'FAILURE' : 'SUCCESS',
    errorInfo: isBroken || prepared.kind === 'denied' ? errorInfo(prepared.message) : null,
  };
}

type InputProblem = PreflightCheck['pipelineInputWrapperResponse']['pipelineInputResponse'][number];
type ConnectorCheck = PreflightCheck['connectorWrapperResponse']['checkResponses'][number];
type ErrorInfo = InputProblem['errorInfo'];

function inputProblems(prepared: Awaited<ReturnType<typeof prepareExecution>>): InputProblem[] {
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
  resolvedYaml: string,
  denied: readonly Question[],
): Promise<ConnectorCheck[]> {
  // As a step is looked through for what it refers to; here the whole text is.
  const spec = parse(resolvedYaml, { maxAliasCount: -1, uniqueKeys: false }) as Value;
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
    const missing = denied.find((question) => isAbout(question, key));
    const problem =
      connector === undefined
        ? `There is no connector ${reference}.`
        : missing === undefined
          ? connector.status?.message
          : `${describeDenied([missing])}.`;
    const isBuiltIn = connector === undefined && reference === HARNESS_IMAGE;
    const isUnfit = connector === undefined || missing !== undefined || connector.status?.status === 'FAILURE';
    const isBroken = !isBuiltIn && isUnfit;
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

function isAbout({ permission, scope, identifier }: Question, key: StoredKey): boolean {
  const isSame = identifier === key.identifier && levelOf(scope) === levelOf(key.owner);
  return permission === 'core_connector_access' && isSame;
}

function errorInfo(summary: string, hint?: string): ErrorInfo {
  return {
    summary,
    description: null,
    causes: [{ cause: summary }],
    resolution: hint === undefined ? [] : [{ resolution: hint }],
  };
}
