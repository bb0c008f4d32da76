/** The web UI: the files of its build, and its one page for every address that is none of the API's. */
import staticFiles from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';

/** First parts of addresses that never answer with a page. `ng` is both: `/ng/api` is an API, `/ng/…` a page as Harness addresses it. */
const API_ROOTS: ReadonlySet<string> = new Set([
  'api',
  'authz',
  'bridle',
  'delegate',
  'docs',
  'gateway',
  'healthz',
  'log-service',
  'openapi.json',
  'pipeline',
  'readyz',
  'template',
  'v1',
]);

/** Files whose names hold a hash of their content. */
const HASHED = '/assets/';
const A_YEAR_MS = 365 * 86_400_000;

const NOT_BUILT = `Bridle runs, but its web UI has not been built.

Run "npm run build:web" in the folder of Bridle and start it again.
The API needs no build: /docs describes it.
`;

export type Address =
  | { readonly kind: 'api' }
  | { readonly kind: 'asset' | 'file'; readonly path: string }
  | { readonly kind: 'page' };

/** What lies at a path (decoded, without query). Only a file's name in the root may have an extension. */
export function classify(path: string): Address {
  const [root = '', second] = path.slice(1).split('/');
  if (API_ROOTS.has(root) || (root === 'ng' && second === 'api')) return { kind: 'api' };
  if (path.startsWith(HASHED)) return { kind: 'asset', path };
  if (second === undefined && /\.[a-z0-9]+$/i.test(root)) return { kind: 'file', path };
  return { kind: 'page' };
}

export async function registerStaticRoutes(app: App, { webRoot }: ApiDependencies): Promise<void> {
  const root = webRoot === undefined || !existsSync(join(webRoot, 'index.html')) ? undefined : webRoot;
  if (root !== undefined) await app.register(staticFiles, { root, serve: false, dotfiles: 'ignore' });
  app.get<{ Params: { readonly '*': string } }>(
    '/*',
    { config: { access: 'public' }, schema: { hide: true } },
    async (request, reply) => {
      // Only APIs are asked for through the gateway: a page there would look like an answer.
      if (isBelowGateway(request.originalUrl)) return reply.callNotFound();
      const address = classify(`/${request.params['*']}`);
      if (address.kind === 'api') return reply.callNotFound();
      if (root === undefined) return address.kind === 'page' ? sayNotBuilt(reply) : reply.callNotFound();
      switch (address.kind) {
        case 'asset':
          return reply.sendFile(address.path, { maxAge: A_YEAR_MS, immutable: true });
        case 'file':
          return reply.header('cache-control', 'no-cache').sendFile(address.path, { cacheControl: false });
        case 'page':
          return takesPages(request) ? sendPage(reply) : reply.callNotFound();
      }
    },
  );
}

/** The prefix is gone from `url` (rewrite-url.ts). */
function isBelowGateway(originalUrl: string): boolean {
  return /^\/gateway([/?]|$)/.test(originalUrl);
}

/** A script that asks for JSON at a wrong address is told so, not given a page. */
function takesPages({ headers: { accept = '*/*' } }: FastifyRequest): boolean {
  return accept.includes('text/html') || accept.includes('*/*');
}

/** Never kept without asking: it names the assets of the build that is there now. */
function sendPage(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
}

function sayNotBuilt(reply: FastifyReply): FastifyReply {
  return reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
}
