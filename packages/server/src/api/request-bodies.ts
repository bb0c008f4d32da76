/**
 * Bodies. Clients send YAML as `application/json`, JSON as `application/yaml` and both without a content type (api.md §0.3), so
 * the content type decides nothing: each route says what it reads, and the bytes are kept until then.
 */
import { parseDocument } from 'yaml';
import type { FastifyRequest } from 'fastify';
import type { App } from './app-types.ts';
import { RequestError } from './errors.ts';

/** A webhook's payload, or the largest definition. Routes that take more say so themselves. */
export const BODY_BYTES_MAX = 10 * 1_048_576;

/** Bodies that are YAML in place of JSON are written by hand; reading it is dear: by those who are known, and no long ones. */
const YAML_LENGTH_MAX = 262_144;

export function readBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('preValidation', async (request) => {
    const kind = request.routeOptions.config.body ?? 'json';
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    switch (kind) {
      case 'stream':
        break;
      case 'bytes':
        request.body = bytes;
        break;
      case 'text':
        request.body = bytes.toString('utf8');
        break;
      case 'json':
        request.body = parseJson(request, bytes.toString('utf8'));
        break;
    }
  });
}

/** No body reads as an empty object where a body is asked for: clients send either. */
function parseJson(request: FastifyRequest, text: string): unknown {
  if (text.trim() === '') return request.routeOptions.schema?.body === undefined ? undefined : {};
  try {
    const value: unknown = JSON.parse(text);
    // What a delegate reports of steps is mended where it is kept: refusing it would lose all of it.
    return request.routeOptions.url?.startsWith('/delegate/api/') === true ? value : wellFormed(value, text);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    const isYaml = request.principal !== undefined && (request.headers['content-type'] ?? '').includes('yaml');
    const read = isYaml ? readYaml(text) : undefined;
    if (read !== undefined) return wellFormed(read.value, text);
    throw new RequestError('INVALID_REQUEST', 'body: is not JSON', [{ fieldId: 'body', error: 'is not JSON' }]);
  }
}

/** Without aliases: they are what makes a small text large. */
function readYaml(text: string): { readonly value: unknown } | undefined {
  if (text.length > YAML_LENGTH_MAX) return undefined;
  try {
    // The library compares each key with all before it: of two the last counts, as in JSON.
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    return { value: document.toJS({ maxAliasCount: 0 }) };
  } catch {
    return undefined;
  }
}

/** Half of a pair of code units can be written in JSON, but stored nowhere. */
export function wellFormed(value: unknown, text: string): unknown {
  const isHalf = /\\u[dD][89a-fA-F]/.test(text) && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
  if (!isHalf) return value;
  const error = 'holds half of a character: a lone surrogate';
  throw new RequestError('INVALID_REQUEST', `body: ${error}`, [{ fieldId: 'body', error }]);
}
