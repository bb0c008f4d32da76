/** JSON Schemas of documents, for editors. */
import { documentSchema, type DocumentKind, type JsonSchema } from '@bridle/pipeline';
import { successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';

/** The names that Harness's clients ask by. */
const KIND_OF_ENTITY = {
  Pipelines: 'pipeline',
  Template: 'template',
  InputSets: 'inputSet',
  OverlayInputSets: 'overlayInputSet',
  Triggers: 'trigger',
  Service: 'service',
  Environment: 'environment',
  Infrastructure: 'infrastructure',
} as const satisfies Readonly<Record<string, DocumentKind>>;

const ENTITY_TYPES = Object.keys(KIND_OF_ENTITY) as (keyof typeof KIND_OF_ENTITY)[];

export function schemaRoutes(app: App): void {
  const schemas = new Map<DocumentKind, JsonSchema>();
  for (const url of ['/pipeline/api/yaml-schema', '/ng/api/yaml-schema', '/template/api/yaml-schema']) {
    app.get(
      url,
      {
        config: { account: 'own' },
        schema: {
          summary: 'The JSON Schema of a kind of document',
          tags: ['Schemas'],
          querystring: Type.Object({
            entityType: Type.Enum(ENTITY_TYPES),
            accountIdentifier: Type.Optional(Type.String()),
            orgIdentifier: Type.Optional(Type.String()),
            projectIdentifier: Type.Optional(Type.String()),
            identifier: Type.Optional(Type.String()),
            scope: Type.Optional(Type.String()),
          }),
          response: answers(successOf(Type.Unsafe<JsonSchema>({ type: 'object', additionalProperties: true }))),
        },
      },
      async (request, reply) => {
        const kind = KIND_OF_ENTITY[request.query.entityType];
        const schema = schemas.get(kind) ?? documentSchema(kind);
        schemas.set(kind, schema);
        // It changes with releases only.
        reply.header('cache-control', 'private, max-age=300');
        return success(request, schema);
      },
    );
  }
}
