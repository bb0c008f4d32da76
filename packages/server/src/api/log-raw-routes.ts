/** The log of a step as it was stored: its exact bytes, where the other views show text. */
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { errorAnswers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getExecution, getNodeExecution } from './execution-routes.ts';

export function logRawRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/executions/:planExecutionId/nodes/:nodeExecutionId/log/raw',
    {
      config: { account: 'own' },
      schema: {
        summary: 'The log of a step, byte for byte',
        description:
          'What the step wrote, secrets masked: colours, carriage returns and bytes that are no UTF-8 included. Of a running step what there is so far.',
        tags: ['Logs'],
        produces: ['application/octet-stream'],
        response: errorAnswers,
        params: Type.Object({ planExecutionId: Type.String(), nodeExecutionId: Type.String() }),
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      const { logKey, nodeId } = await getNodeExecution(deps, row, request.params.nodeExecutionId);
      const step = row.plan.nodes[nodeId]?.identifier ?? 'step';
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${step}.log"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(logKey === undefined ? [] : deps.logs.readBytes(logKey), { objectMode: false }));
    },
  );
}
