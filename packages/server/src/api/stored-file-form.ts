/** The form of a stored file or folder, part by part; its content is kept as it comes. */
import { FILE_USAGES, IDENTIFIER_PATTERN } from '@bridle/protocol';
import { STORED_BYTES_MAX, type KeptContent, type StoredContents } from '../artifacts/stored-contents.ts';
import { RequestError } from './errors.ts';
import { readForm, readText } from './multipart.ts';

export interface StoredFileForm {
  readonly identifier: string;
  readonly name: string;
  readonly type: 'FILE' | 'FOLDER';
  readonly parentIdentifier: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fileUsage: string;
  readonly mimeType: string;
  readonly upload?: KeptContent;
}

const FIELD_BYTES_MAX = 16_384;
const PARTS_MAX = 32;
const DESCRIPTION_LENGTH_MAX = 1_024;
/** A name is one part of a path. */
const NAME = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u;
const IDENTIFIER = new RegExp(IDENTIFIER_PATTERN);

/** @throws RequestError; nothing that was kept stays then. */
export async function readStoredFileForm(
  contents: StoredContents,
  accountId: string,
  body: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): Promise<StoredFileForm> {
  const fields = new Map<string, string>();
  let upload: KeptContent | undefined;
  try {
    let parts = 0;
    for await (const part of readForm(body, contentType)) {
      parts += 1;
      if (parts > PARTS_MAX) throw refuse('body', `has more than ${String(PARTS_MAX)} parts`);
      if (part.name !== 'content') {
        fields.set(part.name, await readText(part, FIELD_BYTES_MAX));
        continue;
      }
      if (upload !== undefined) throw refuse('content', 'is given twice');
      const kept = await contents.keep(accountId, part.content);
      if (kept === 'tooLarge') throw refuse('content', `is larger than ${String(STORED_BYTES_MAX)} bytes`);
      upload = kept;
    }
    return formOf(fields, upload);
  } catch (error) {
    if (upload !== undefined) await contents.drop(upload.fileKey);
    throw error;
  }
}

function formOf(fields: ReadonlyMap<string, string>, upload: KeptContent | undefined): StoredFileForm {
  const field = (name: string): string => fields.get(name) ?? '';
  const name = field('name');
  if (!NAME.test(name)) throw refuse('name', 'is no name of a file: up to 255 characters without / and \\');
  const type = field('type');
  if (type !== 'FILE' && type !== 'FOLDER') throw refuse('type', 'is neither FILE nor FOLDER');
  if (type === 'FOLDER' && upload !== undefined) throw refuse('content', 'is not what a folder has');
  const identifier = field('identifier') || name.replaceAll(/[^0-9a-zA-Z_]/g, '_').replace(/^(?=\d)/, '_');
  if (!IDENTIFIER.test(identifier)) throw refuse('identifier', `does not match ${IDENTIFIER_PATTERN}`);
  const parentIdentifier = field('parentIdentifier');
  if (parentIdentifier === '') throw refuse('parentIdentifier', 'is missing: a folder, or Root');
  const fileUsage = field('fileUsage');
  if (fileUsage !== '' && !FILE_USAGES.some((usage) => usage === fileUsage))
    throw refuse('fileUsage', `is none of ${FILE_USAGES.join(', ')}`);
  const description = field('description');
  if (description.length > DESCRIPTION_LENGTH_MAX)
    throw refuse('description', `is longer than ${String(DESCRIPTION_LENGTH_MAX)} characters`);
  const mimeType = field('mimeType');
  if (!/^[\w.+/;= -]{0,128}$/.test(mimeType)) throw refuse('mimeType', 'is no type of media');
  return {
    identifier,
    name,
    type,
    parentIdentifier,
    description,
    tags: tagsOf(field('tags')),
    fileUsage,
    mimeType,
    ...(upload === undefined ? {} : { upload }),
  };
}

/** `[{"key": …, "value": …}]` as Harness's clients send it. */
function tagsOf(text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) throw refuse('tags', 'is no list of {"key", "value"} as JSON');
  return Object.fromEntries(
    list.map((tag: unknown) => {
      const { key, value = '' } = (typeof tag === 'object' && tag !== null ? tag : {}) as Readonly<
        Record<string, unknown>
      >;
      if (typeof key !== 'string' || typeof value !== 'string') throw refuse('tags', 'has one without a key');
      return [key, value];
    }),
  );
}

function refuse(fieldId: string, error: string): RequestError {
  return new RequestError('INVALID_REQUEST', `${fieldId}: ${error}`, [{ fieldId, error }]);
}
