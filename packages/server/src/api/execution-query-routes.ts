/** What is asked about one execution besides its details: notes, texts, its page, values of expressions (api.md §6.2). */
import { findExpressions, valueAfter, type Execution } from '@bridle/pipeline';
import {
  ExecutionMetadata,
  ExecutionMetadataDetails,
  ExecutionNotes,
  ExpressionEvaluation,
  successOf,
} from '@bridle/protocol';
import { Type } from 'typebox';
import { isPair, isScalar, isSeq, parseDocument, visit, type Document } from 'yaml';
import { recordAudit } from '../auth/audit.ts';
import { keepExecutionNotes } from '../store/execution-rows.ts';
import { findExecution } from '../store/execution-statements.ts';
import { answers, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';
import { EXECUTION_QUERY, getExecution, getExecutionTexts } from './execution-routes.ts';
import { executionAsPreferred, WAITS } from './waiting-answers.ts';
import { executionPageUrl } from './wire/urls.ts';

const EXECUTIONS = '/pipeline/api/pipelines/execution';
const Params = Type.Object({ planExecutionId: Type.String() });
const tags = ['Executions'];

/** Characters of the notes of one execution (P1). */
export const Notes = Type.String({ maxLength: 4_096 });

export function executionQueryRoutes(app: App, deps: ApiDependencies): void {
  noteRoutes(app, deps);
  textRoutes(app, deps);

  app.post(
    `${EXECUTIONS}/:planExecutionId/evaluateExpression`,
    {
      config: { body: 'text' },
      schema: {
        summary: 'What expressions come to at the end of an execution, or where it stands now',
        description: 'Seen from the pipeline. Secrets stay references.',
        tags,
        headers: WAITS,
        params: Params,
        querystring: EXECUTION_QUERY,
        body: Type.String({ description: 'A YAML text with `<+…>` in its values; JSON `{"yaml": …}` is taken, too.' }),
        response: answers(successOf(ExpressionEvaluation)),
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      const document = readText(request.body);
      await executionAsPreferred(deps, request, reply, row);
      const execution = await findExecution(deps.db, row.id);
      if (execution === undefined) throw notFound(`The execution ${row.id} is gone.`);
      return success(request, evaluate(document, execution));
    },
  );

  app.post(
    `${EXECUTIONS}/url`,
    {
      schema: {
        summary: 'The address of the page of an execution',
        tags,
        querystring: scopeQuery({
          planExecutionId: Type.String({ minLength: 1 }),
          pipelineIdentifier: Type.Optional(Type.String()),
        }),
        response: answers(successOf(Type.String())),
      },
    },
    async (request) => {
      const { scope, pipelineIdentifier, id } = await getExecution(
        deps,
        request,
        request.query.planExecutionId,
        request.query,
      );
      return success(request, executionPageUrl(deps.publicUrl(), scope, pipelineIdentifier, id));
    },
  );
}

function noteRoutes(app: App, deps: ApiDependencies): void {
  const url = `${EXECUTIONS}/:planExecutionId/notes`;
  const response = answers(successOf(ExecutionNotes));

  app.get(
    url,
    { schema: { summary: 'Notes of an execution', tags, params: Params, querystring: EXECUTION_QUERY, response } },
    async (request) => {
      const { notes = '' } = await getExecution(deps, request, request.params.planExecutionId, request.query);
      return success(request, { notes });
    },
  );

  app.put(
    url,
    {
      schema: {
        summary: 'Set the notes of an execution',
        tags,
        params: Params,
        querystring: Type.Object({
          ...EXECUTION_QUERY.properties,
          notes: { ...Notes, default: '', description: 'Empty = none any more.' },
        }),
        response,
      },
    },
    async (request) => {
      const { planExecutionId } = request.params;
      const row = await getExecution(deps, request, planExecutionId, request.query, 'core_pipeline_execute');
      const { notes } = request.query;
      await deps.db.transaction().execute(async (tx) => {
        await keepExecutionNotes(tx, row.id, notes);
        const resource = { type: 'PIPELINE_EXECUTION', identifier: row.id };
        await recordAudit(tx, request, { action: 'UPDATE', resource, scope: row.scope });
      });
      return success(request, { notes });
    },
  );
}

function textRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    `${EXECUTIONS}/:planExecutionId/metadata`,
    {
      schema: {
        summary: 'The text that an execution ran',
        tags,
        params: Params,
        querystring: EXECUTION_QUERY,
        response: answers(successOf(ExecutionMetadata)),
      },
    },
    async (request) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      const { pipelineYaml } = await getExecutionTexts(deps, row.id);
      return success(request, { executionId: row.id, executionYaml: pipelineYaml });
    },
  );

  app.get(
    `${EXECUTIONS}/:planExecutionId/metadata/details`,
    {
      schema: {
        summary: 'The texts that an execution was made of',
        tags,
        params: Params,
        querystring: EXECUTION_QUERY,
        response: answers(successOf(ExecutionMetadataDetails)),
      },
    },
    async (request) => {
      const { id, cause } = await getExecution(deps, request, request.params.planExecutionId, request.query);
      const { pipelineYaml, inputYaml, resolvedYaml } = await getExecutionTexts(deps, id);
      return success(request, {
        planExecutionId: id,
        executionYaml: pipelineYaml,
        inputYaml,
        resolvedYaml,
        triggerPayload: cause.trigger?.payload ?? null,
      });
    },
  );
}

/** Expressions that one call may ask for (P1). */
const EXPRESSIONS_MAX = 1_000;

function readText(body: string): Document {
  const document = parseDocument(body, { uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw invalidRequest(`The text is no YAML. ${error.message.split('\n')[0] ?? ''}`);
  if (document.contents === null) throw invalidRequest('Send a text with expressions, as `<+pipeline.name>`.');
  const wrapped: unknown = document.get('yaml', false);
  return typeof wrapped === 'string' && body.trimStart().startsWith('{') ? readText(wrapped) : document;
}

function evaluate(document: Document, execution: Execution): ExpressionEvaluation {
  const mapExpression: ExpressionEvaluation['mapExpression'] = {};
  let count = 0;
  visit(document, {
    Scalar(key, node, path) {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      const text = node.value;
      if (findExpressions(text).length === 0) return;
      count += 1;
      if (count > EXPRESSIONS_MAX)
        throw invalidRequest(`More than ${String(EXPRESSIONS_MAX)} values have expressions. Ask for fewer at a time.`);
      const resolved = valueAfter(execution, text);
      const where = placeOf(path, node);
      mapExpression[where === '' ? text : where] = {
        originalExpression: text,
        resolvedValue: resolved.kind === 'value' ? resolved.value : null,
        error: resolved.kind === 'value' ? null : resolved.message,
      };
      if (resolved.kind === 'value') node.value = resolved.value;
    },
  });
  return { mapExpression, compiledYaml: document.toString({ lineWidth: 0 }) };
}

/** Keys and places in lists, from the root on. */
function placeOf(path: readonly unknown[], node: unknown): string {
  const all = [...path, node];
  return all
    .flatMap((each, index) => {
      if (isPair(each) && isScalar(each.key)) return [String(each.key.value)];
      return isSeq(each) ? [String(each.items.indexOf(all[index + 1]))] : [];
    })
    .join('.');
}
