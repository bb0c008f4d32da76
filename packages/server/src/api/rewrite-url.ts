import type { IncomingMessage } from 'node:http';

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+/;

/**
 * Every path is served bare and under `/gateway` (api.md §0.1), and the v1 surface under `/pipeline/api` too (§4.3): one
 * definition, one entry in the documentation.
 *
 * It also mends a content type that is none: Fastify refuses it before any parser runs, while the founding document's clients
 * may send anything.
 */
export function rewriteUrl(request: IncomingMessage): string {
  const type = request.headers['content-type'];
  if (type !== undefined && !MEDIA_TYPE.test(type)) request.headers['content-type'] = 'application/octet-stream';
  const url = request.url ?? '/';
  const bare = url.replace(/^\/gateway(?=[/?]|$)/, '');
  const path = bare.startsWith('/') ? bare : `/${bare}`;
  return path.replace(/^\/pipeline\/api(?=\/v1\/)/, '');
}
