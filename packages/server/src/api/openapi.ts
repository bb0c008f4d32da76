/** The documentation, made of the schemas that validate: `/openapi.json`, and a page to read it at `/docs`. */
import swagger from '@fastify/swagger';
import reference from '@scalar/fastify-api-reference';
import type { App } from './app-types.ts';

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
  });
}

export async function serveDocumentation(app: App): Promise<void> {
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()));
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
      configuration: { url: '/openapi.json', withDefaultFonts: false, telemetry: false, title: 'Bridle API' },
    });
  });
}

const DOCUMENTATION_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
