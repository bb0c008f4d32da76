/** Files of users as text. */
import { readFileSync } from 'node:fs';

/** Without a byte order mark. @throws TypeError where the bytes are no UTF-8: read as such, and written back, they would be lost */
export function readUtf8(file: string | number): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
}

export function isNotUtf8(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}
