/** Build artifacts of an execution: what there is, and the files themselves. */
import { Type } from 'typebox';
import { answers, errorAnswers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { getExecution } from './execution-routes.ts';
import { executionAsPreferred, WAITS } from './waiting-answers.ts';

const tags = ['Artifacts'];
const config = { account: 'own' } as const;
const AccountQuery = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });

const ArtifactResponse = Type.Object({
  id: Type.String(),
  nodeExecutionId: Type.String({ description: 'The step that left it.' }),
  name: Type.String({ description: 'A relative path with forward slashes.' }),
  bytes: Type.Integer(),
  sha256: Type.String({ description: 'Of its content, in hexadecimal digits.' }),
  createdAt: Type.Integer(),
  expiresAt: Type.Integer({ description: 'From then on it is gone.' }),
});

export function artifactRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/executions/:planExecutionId/artifacts',
    {
      config,
      schema: {
        summary: 'The build artifacts of an execution',
        description: 'Files that its steps named in the file $BRIDLE_ARTIFACTS, by step and name.',
        tags,
        headers: WAITS,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: AccountQuery,
        response: answers(Type.Object({ artifacts: Type.Array(ArtifactResponse) })),
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      await executionAsPreferred(deps, request, reply, row);
      const artifacts = await deps.artifacts.list(row.id);
      return { artifacts: artifacts.map(({ executionId: _execution, ...artifact }) => artifact) };
    },
  );

  app.get(
    '/bridle/api/executions/:planExecutionId/artifacts/:artifactId/content',
    {
      config,
      schema: {
        summary: 'A build artifact, byte for byte',
        tags,
        produces: ['application/octet-stream'],
        response: errorAnswers,
        params: Type.Object({ planExecutionId: Type.String(), artifactId: Type.String() }),
        querystring: AccountQuery,
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      const found = await deps.artifacts.open(row.id, request.params.artifactId);
      if (found === undefined)
        throw notFound(`Execution ${row.id} has no artifact ${request.params.artifactId}, or it has expired.`);
      const { artifact, file } = found;
      return reply
        .type('application/octet-stream')
        .header('content-disposition', attachment(artifact.name))
        .header('content-length', String(file.bytes))
        .header('etag', `"${artifact.sha256}"`)
        .header('cache-control', 'private, no-store')
        .send(file.content);
    },
  );
}

/** The last part of the name, in the two spellings of RFC 6266. */
export function attachment(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const ascii = last.replaceAll(/[^\w.()+-]/g, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(last).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`;
}
