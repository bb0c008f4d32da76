/** Names of rows that nobody can guess. */
import { randomBytes } from 'node:crypto';

const ID_BYTES = 16;

/** 22 characters of URL-safe base64. None begins with a dash: as a word on a command line that would be an option. */
export function makeId(): string {
  for (;;) {
    const id = randomBytes(ID_BYTES).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
