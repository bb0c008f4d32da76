/** `<+INFRA_KEY>`: one text for what is deployed and where, the same on every run (pipelines.md §3.5). */
import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Value } from '../expressions/values.ts';

/** Characters of `<+INFRA_KEY_SHORT_ID>`. */
export const INFRA_KEY_SHORT_LENGTH = 6;

/** SHA-1 over the parts joined by `-`, in hexadecimal; a part that has no value counts for nothing. */
export function infraKey(parts: readonly Value[]): string {
  const texts = parts
    .filter((part) => part !== null && part !== '')
    .map((part) => (typeof part === 'object' ? JSON.stringify(part) : String(part)));
  return bytesToHex(sha1(utf8ToBytes(texts.join('-'))));
}
