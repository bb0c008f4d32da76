/** Checks of saved pipelines (api.md §4.1). What was started is named by what it is about, so any replica can answer for it. */
import { checkPipeline, isBlocked, type Diagnostic, type ProjectScope } from '@bridle/pipeline';
import { PipelineValidation, PipelineValidationStarted, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { withDocuments } from '../intake/compile-documents.ts';
import { describeDiagnostics } from '../intake/describe-diagnostics.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { findPipelineVersion } from '../store/pipeline-versions.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml } from './diagnostics.ts';
import { invalidRequest, notFound } from './errors.ts';
import { getPipeline } from './pipeline-routes.ts';
import { readValidationId, validationId } from './validation-id.ts';

const PIPELINES = '/pipeline/api/pipelines';
const tags = ['Pipelines'];

export function pipelineValidationRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    `${PIPELINES}/validate-pipeline-with-schema`,
    {
      schema: {
        summary: 'Check a saved pipeline with its templates',
        tags,
        querystring: scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { yaml } = await getPipeline(deps, scope, request.query.pipelineIdentifier);
      const found = await check(deps, scope, yaml);
      if (typeof found === 'string') throw invalidRequest(found);
      if (isBlocked(found, 'run')) throw invalidYaml(found);
      return success(request, true);
    },
  );

  app.post(
    `${PIPELINES}/:pipelineIdentifier/validate`,
    {
      schema: {
        summary: 'Begin a check of a saved pipeline with its templates',
        tags,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: scopeQuery({}),
        response: answers(successOf(PipelineValidationStarted)),
      },
    },
    async (request) => {
      const row = await getPipeline(deps, scopeOf(request, request.query), request.params.pipelineIdentifier);
      return success(request, { uuid: validationId(row) });
    },
  );

  app.get(
    `${PIPELINES}/validate/:uuid`,
    {
      schema: {
        summary: 'What a check of a pipeline has found',
        tags,
        params: Type.Object({ uuid: Type.String() }),
        querystring: scopeQuery({}),
        response: answers(successOf(PipelineValidation)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { uuid } = request.params;
      const asked = readValidationId(uuid);
      if (asked === undefined) throw noValidation(uuid);
      const { identifier, version } = asked;
      await authorize(request, { permission: 'core_pipeline_view', scope, identifier });
      const row = await findPipelineVersion(deps.db, scope, identifier, version);
      if (row === undefined) throw noValidation(uuid);
      const found = await check(deps, scope, row.yaml);
      const problem =
        typeof found === 'string' ? found : isBlocked(found, 'run') ? describeDiagnostics(found, 'run') : null;
      return success(request, {
        status: problem === null ? ('SUCCESS' as const) : ('FAILURE' as const),
        policyEval: null,
        templateValidation: { valid: problem === null, exceptionMessage: problem },
      });
    },
  );
}

function noValidation(uuid: string): Error {
  return notFound(`There is no validation with the id ${uuid}.`);
}

/** A text = why it could not be checked. */
async function check(
  { db }: ApiDependencies,
  scope: ProjectScope,
  yaml: string,
): Promise<readonly Diagnostic[] | string> {
  const checked = await withDocuments(
    new DocumentSource(db),
    scope,
    (documents) => checkPipeline(yaml, documents),
    ({ needsDocuments }) => needsDocuments,
  );
  return 'kind' in checked ? checked.message : checked.diagnostics;
}
