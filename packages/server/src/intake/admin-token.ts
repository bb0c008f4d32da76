/** The token that an installation begins with: in a file of its home, for whoever owns that (S18). */
import { join } from 'node:path';
import { readSecretFile, writeSecretFile } from '../auth/secret-files.ts';
import { checkToken, issueToken } from '../auth/tokens.ts';
import { revokeApiKeysNamed } from '../store/api-keys.ts';
import type { Transaction } from '../store/database.ts';
import type { UserRow } from '../store/users.ts';

const NAME = 'admin token of this installation';

export function adminTokenPath(home: string): string {
  return join(home, 'admin-token');
}

/** A file that is gone, or of another database, is none. */
export async function isAdminTokenGood(tx: Transaction, home: string): Promise<boolean> {
  const kept = await readSecretFile(adminTokenPath(home));
  return kept !== undefined && (await checkToken(tx, kept)).kind === 'valid';
}

/** Those of before stay good: other replicas have homes of their own. */
export async function makeAdminToken(tx: Transaction, admin: UserRow, home: string): Promise<string> {
  const token = await issueToken(tx, admin, NAME);
  // Before the commit: a token nobody has is worse than a file whose token never came to be, which the next start replaces.
  await writeSecretFile(adminTokenPath(home), token);
  return token;
}

/** Those of before are good no more: somebody may have found them. */
export async function replaceAdminToken(tx: Transaction, admin: UserRow, home: string): Promise<void> {
  await revokeApiKeysNamed(tx, admin.accountId, NAME);
  await makeAdminToken(tx, admin, home);
}
