/** Secrets in requests: as JSON, as YAML, and with a file beside it. What is wrong is told without what was sent. */
import { hasRepeatedKey } from '@bridle/pipeline';
import { parseDocument } from 'yaml';
import type { SecretDocument } from '../secrets/secrets.ts';
import { RequestError } from './errors.ts';
import { wellFormed } from './request-bodies.ts';

/** `secret:` as YAML or JSON text. */
export function secretFromText(text: string): SecretDocument {
  const root = parse(text);
  if (root === UNREADABLE) throw refuse('body', 'is neither YAML nor JSON');
  return { document: isMap(root) ? wellFormed(root['secret'], text) : undefined };
}

const UNREADABLE = Symbol('unreadable');

function parse(text: string): unknown {
  try {
    const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
    return document.errors.length > 0 || hasRepeatedKey(document)
      ? UNREADABLE
      : (document.toJS({ maxAliasCount: 0 }) as unknown);
  } catch {
    // Aliases, or nested too deep for the reader.
    return UNREADABLE;
  }
}

/** `multipart/form-data` with the parts `spec` (the secret as JSON) and `file`. */
export async function secretFromForm(body: Buffer, contentType: string | undefined): Promise<SecretDocument> {
  let form: FormData;
  try {
    const headers = { 'content-type': contentType ?? '' };
    form = await new Response(new Uint8Array(body), { headers }).formData();
  } catch {
    throw refuse('body', 'is no multipart/form-data');
  }
  const spec = form.get('spec');
  const file = form.get('file');
  if (spec === null) throw refuse('spec', 'is missing: the secret as JSON');
  const given = secretFromText(typeof spec === 'string' ? spec : await spec.text());
  if (file === null) return given;
  const bytes = typeof file === 'string' ? Buffer.from(file) : new Uint8Array(await file.arrayBuffer());
  return { ...given, file: bytes };
}

function refuse(fieldId: string, error: string): RequestError {
  return new RequestError('INVALID_REQUEST', `${fieldId}: ${error}`, [{ fieldId, error }]);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
