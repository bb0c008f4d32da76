/**
 * Names of kept files: parts joined by `/`, made of letters, digits, `_`, `-`, `.` and `~` only, none beginning with a dot.
 * Such a name means the same in a folder and in a bucket, and leads nowhere else (F3).
 */
import { createHash } from 'node:crypto';

declare const fileKeyBrand: unique symbol;
export type FileKey = string & { readonly [fileKeyBrand]: true };

/** S3's bound is 1,024 bytes; a bucket may have a prefix of its own. */
const KEY_LENGTH_MAX = 900;
/** File systems take 255 bytes; a folder store needs some for itself. */
const PART_LENGTH_MAX = 200;
/** Of a part that is too long: its beginning for people, its hash for the difference. */
const CUT_LENGTH = 120;
const KEY = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const PLAIN_CHARACTER = /^[A-Za-z0-9_-]$/;

/** A name is none: somebody built it without `fileKey`, or the database was tampered with. */
export class FileKeyError extends Error {
  override readonly name = 'FileKeyError';
}

/**
 * A key out of any texts, such as names that users chose: what a key cannot hold is written as `~` and hexadecimal digits.
 * Different texts give different keys.
 */
export function fileKey(...parts: readonly string[]): FileKey {
  return asFileKey(parts.map(encodePart).join('/'));
}

/** Checks a key that was made before, e.g. one out of the database. */
export function asFileKey(text: string): FileKey {
  const isKey =
    text.length <= KEY_LENGTH_MAX && KEY.test(text) && text.split('/').every((part) => part.length <= PART_LENGTH_MAX);
  if (!isKey) throw new FileKeyError(`This is not the key of a file: ${JSON.stringify(text.slice(0, 200))}`);
  return text as FileKey;
}

function encodePart(text: string): string {
  if (PLAIN.test(text) && text.length <= PART_LENGTH_MAX) return text;
  if (text === '') return '~';
  const encoded = Array.from(text, (character, index) => encodeCharacter(character, index === 0)).join('');
  if (encoded.length <= PART_LENGTH_MAX) return encoded;
  // No encoded character follows another `~` directly: a cut part is never the same as a whole one.
  return `${encoded.slice(0, CUT_LENGTH)}~~${createHash('sha256').update(text, 'utf16le').digest('hex')}`;
}

function encodeCharacter(character: string, isFirst: boolean): string {
  if (PLAIN_CHARACTER.test(character) || (character === '.' && !isFirst)) return character;
  // Half of a surrogate pair has no UTF-8.
  if (!character.isWellFormed()) return `~u${character.charCodeAt(0).toString(16)}`;
  return [...Buffer.from(character, 'utf8')].map((byte) => `~${byte.toString(16).padStart(2, '0')}`).join('');
}
