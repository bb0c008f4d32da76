/** The documentation, made of the schemas that validate: `/openapi.json`, and a page to read it at `/docs`. */
import swagger from '@fastify/swagger';
import reference from '@scalar/fastify-api-reference';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { Type } from 'typebox';
import type { App } from './app-types.ts';
import { addExamples, type OpenApiDocument } from './document-examples.ts';

/** Must be registered before the routes. */
export async function documentRoutes(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Bridle',
        version,
        description:
          'The HTTP API of Bridle. It speaks Harness NextGen: every path is served as it stands here and below `/gateway`.',
      },
      components: { securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } } },
      security: [{ apiKey: [] }],
    },
    transform: ({ schema, url, route }) => ({
      schema: { ...rawAnswer(schema), ...bodyOf(schema, route.config?.body) },
      url,
    }),
  });
}

/** What is not JSON is said by `produces`; errors are JSON all the same. */
function rawAnswer(schema: FastifySchema | undefined): FastifySchema {
  if (schema === undefined) return {};
  const { produces = [], ...rest } = schema;
  if (produces.length === 0) return schema;
  const content = Object.fromEntries(produces.map((type) => [type, { schema: Type.String() }]));
  const response = typeof schema.response === 'object' ? schema.response : {};
  return { ...rest, response: { 200: { description: 'As it is.', content }, ...response } };
}

/** What a body may be is a matter of the route (request-bodies.ts), which its schema does not say. */
function bodyOf(schema: FastifySchema | undefined, kind: FastifyContextConfig['body']): FastifySchema {
  if (kind === 'text') return { consumes: ['application/yaml', 'application/json', 'text/plain'] };
  const isPayload = kind === 'bytes' && schema?.tags?.includes('Webhooks') === true;
  if (!isPayload) return {};
  const body = Type.Unsafe<unknown>({ description: 'The payload: anything; JSON can be asked for its members.' });
  return { body, consumes: ['application/json', 'text/plain', '*/*'] };
}

export async function serveDocumentation(app: App): Promise<void> {
  let text: string | undefined;
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    text ??= JSON.stringify(addExamples(structuredClone(app.swagger()) as OpenApiDocument));
    return reply.type('application/json; charset=utf-8').send(text);
  });
  await app.register(async (pages) => {
    // The page runs one script of ours that makes its styles itself; nothing comes from elsewhere.
    pages.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', DOCUMENTATION_POLICY);
    });
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    await pages.register(reference, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        title: 'Bridle API',
        withDefaultFonts: false,
        telemetry: false,
        // These would lead out of this installation.
        showDeveloperTools: 'never',
        hideClientButton: true,
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    });
  });
}

const DOCUMENTATION_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
