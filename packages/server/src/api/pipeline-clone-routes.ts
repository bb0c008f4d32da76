/** A pipeline under another name (api.md §4.1). */
import type { ProjectScope } from '@bridle/pipeline';
import { PipelineCloneRequest, PipelineSaveResponse, successOf } from '@bridle/protocol';
import { clonePipeline } from '../intake/clone-pipeline.ts';
import { answers, ownerQuery, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getPipeline, saved, savedBy } from './pipeline-routes.ts';
import { pipelineSaveResponse } from './wire/pipeline.ts';

export function pipelineCloneRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/pipelines/clone',
    {
      schema: {
        summary: 'Copy a pipeline under another identifier, into the same project or another',
        description:
          'Names inside of its text are left as they are: what it refers to must be there, too, before it runs.',
        tags: ['Pipelines'],
        querystring: ownerQuery({}),
        body: PipelineCloneRequest,
        response: answers(successOf(PipelineSaveResponse)),
      },
    },
    async (request, reply) => {
      const { sourceConfig, destinationConfig, cloneConfig } = request.body;
      const { inputSets = false, connectors, templates, triggers } = cloneConfig ?? {};
      if ([connectors, templates, triggers].includes(true))
        throw invalidRequest(
          'cloneConfig: only input sets are copied along; connectors, templates and triggers are not.',
        );
      const { accountId } = request;
      const from: ProjectScope = { accountId, ...placeOf(sourceConfig) };
      const to: ProjectScope = { accountId, ...placeOf(destinationConfig) };
      await authorize(request, {
        permission: 'core_pipeline_view',
        scope: from,
        identifier: sourceConfig.pipelineIdentifier,
      });
      await authorize(request, { permission: 'core_pipeline_edit', scope: to });
      const source = await getPipeline(deps, from, sourceConfig.pipelineIdentifier);
      const { pipelineIdentifier: identifier, pipelineName, description, tags } = destinationConfig;
      const target = {
        scope: to,
        identifier,
        name: pipelineName ?? identifier,
        ...(description === undefined || description === null ? {} : { description }),
        ...(tags === undefined || tags === null ? {} : { tags }),
      };
      const row = await deps.db.transaction().execute(async (tx) => {
        const result = await clonePipeline(tx, source, target, inputSets === true, savedBy(request));
        if (result.kind === 'brokenInputSet')
          throw invalidRequest(
            `The input set ${result.identifier} does not load any more, so it cannot be copied. Mend or delete it first.`,
          );
        return saved(result, to, identifier);
      });
      tellVersion(reply, row.version);
      return success(request, pipelineSaveResponse(row));
    },
  );
}

function placeOf({
  orgIdentifier,
  projectIdentifier,
}: Pick<ProjectScope, 'orgIdentifier' | 'projectIdentifier'>): Omit<ProjectScope, 'accountId'> {
  return { orgIdentifier, projectIdentifier };
}
