import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const ID_BYTES = 16;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * A 22-character id of URL-safe base64, a pure hash of its parts: the same seed and path give the same id on every replay.
 * The parts are joined by NUL, which no identifier holds, so that `a, bc` and `ab, c` differ.
 */
export function deriveId(...parts: readonly string[]): string {
  const digest = sha256(utf8ToBytes(parts.join('\u0000')));
  let text = '';
  let bits = 0;
  let held = 0;
  for (let index = 0; index < ID_BYTES; index += 1) {
    held = (held << 8) | (digest[index] ?? 0);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET.charAt((held >> bits) & 63);
    }
    held &= (1 << bits) - 1;
  }
  return text + ALPHABET.charAt((held << (6 - bits)) & 63);
}
