/** Calls of Harness's Git experience: Bridle keeps everything in its own store and has versions there instead. */
import { BranchList, RepositoryList, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { answers, errorAnswers, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { invalidRequest } from './errors.ts';

const PIPELINES = '/pipeline/api/pipelines';
const EXECUTIONS = `${PIPELINES}/execution`;
const INPUT_SETS = '/pipeline/api/inputSets';
const PipelineParams = Type.Object({ pipelineIdentifier: Type.String() });
const InputSetParams = Type.Object({ inputSetIdentifier: Type.String() });
const response = errorAnswers;

const REFUSED = [
  { method: 'POST', url: `${PIPELINES}/import`, what: 'Import a pipeline from Git' },
  { method: 'POST', url: `${PIPELINES}/import/:pipelineIdentifier`, what: 'Import a pipeline from Git' },
  { method: 'POST', url: `${PIPELINES}/move-config/:pipelineIdentifier`, what: 'Move a pipeline to Git' },
  {
    method: 'PUT',
    url: `${PIPELINES}/:pipelineIdentifier/update-git-metadata`,
    what: 'Change where in Git a pipeline is kept',
  },
  { method: 'POST', url: `${INPUT_SETS}/import/:inputSetIdentifier`, what: 'Import an input set from Git' },
  { method: 'POST', url: `${INPUT_SETS}/move-config/:inputSetIdentifier`, what: 'Move an input set to Git' },
] as const;

export function noGitStorageRoutes(app: App): void {
  for (const { method, url, what } of REFUSED) {
    app.route({
      method,
      url,
      // Whatever it says: it is not looked at.
      config: { body: 'bytes' },
      schema: {
        summary: `${what}: refused, there is no Git storage`,
        tags: ['Git storage'],
        ...(url.includes(':pipelineIdentifier') ? { params: PipelineParams } : {}),
        ...(url.includes(':inputSetIdentifier') ? { params: InputSetParams } : {}),
        querystring: scopeQuery({}),
        response,
      },
      handler: async () => {
        throw invalidRequest(
          `${what}: Bridle keeps pipelines and input sets in its own store (INLINE), with all their versions, and not in Git. Send the YAML itself.`,
        );
      },
    });
  }

  for (const url of [`${PIPELINES}/list-repos`, `${EXECUTIONS}/list-repositories`]) {
    app.get(
      url,
      {
        schema: {
          summary: 'Repositories that pipelines are kept in: none, there is no Git storage',
          tags: ['Git storage'],
          querystring: scopeQuery({ pipelineIdentifier: Type.Optional(Type.String()) }),
          response: answers(successOf(RepositoryList)),
        },
      },
      async (request) => success(request, { repositories: [] }),
    );
  }

  app.get(
    `${EXECUTIONS}/list-branches`,
    {
      schema: {
        summary: 'Branches that pipelines are kept in: none, there is no Git storage',
        tags: ['Git storage'],
        querystring: scopeQuery({
          pipelineIdentifier: Type.Optional(Type.String()),
          repoName: Type.Optional(Type.String()),
        }),
        response: answers(successOf(BranchList)),
      },
    },
    async (request) => success(request, { branches: [] }),
  );
}
