/**
 * Brings an installation into being: account, administrator, tokens and demo at the first start; at later starts it checks
 * that account and master key are those of the database, and makes up for token files that are gone.
 *
 * Several replicas may start at once: one of them does the work, under a lock.
 */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { ProjectScope } from '@bridle/pipeline';
import { makeSignInCode } from '../auth/browser-sessions.ts';
import { readSecretFile, writeSecretFile } from '../auth/secret-files.ts';
import { makeId } from '../store/make-id.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { PrincipalKey } from '../store/grants.ts';
import {
  changeInstallationFact,
  findAccount,
  insertAccount,
  keepInstallationFact,
  lockInstallation,
} from '../store/installation.ts';
import { insertOrganization } from '../store/organizations.ts';
import { insertProject } from '../store/projects.ts';
import { findTrigger } from '../store/triggers.ts';
import { insertRoleAssignment } from '../store/role-assignments.ts';
import { findFirstAdmin, insertUser, type UserRow } from '../store/users.ts';
import {
  DEMO_PIPELINE,
  DEMO_SCOPE,
  DEMO_TRIGGER,
  MYHOOK_TRIGGER_YAML,
  SHOWCASE_PIPELINE_YAML,
  TEST_PIPELINE_YAML,
} from './demo.ts';
import { adminTokenPath, isAdminTokenGood, makeAdminToken } from './admin-token.ts';
import { createPipeline } from './save-pipeline.ts';
import type { StartErrorCode } from '../store/start-error-codes.ts';
import { createTrigger } from './save-trigger.ts';

/** Thrown when this server does not belong to this database. */
export class InstallationMismatchError extends Error {
  override readonly name = 'InstallationMismatchError';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface InstallationSettings {
  readonly db: Database;
  readonly accountId: string;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** Keys that were current before: a rotation is under way, or was done. */
  readonly oldMasterKeys?: readonly Buffer[];
  /** Folder of `admin-token` and `delegate-token`. */
  readonly home: string;
  /** Whether a delegate could register with it. */
  readonly isDelegateToken: (token: string) => Promise<boolean>;
  /** Makes a delegate token of the account and returns its plain text. */
  readonly createDelegateToken: (accountId: string, name: string) => Promise<string>;
  /** What a new installation begins with besides account, organization and project. Default: the demo. */
  readonly seed?: Seed;
}

export type Seed = 'demo' | 'none';

export interface Installation {
  /** True when this start made it. */
  readonly isNew: boolean;
  readonly adminTokenPath: string;
  /** Plain text; only when this start made the installation. */
  readonly adminToken?: string;
  /** One-time code of a sign-in link: each start gives a new one, since the token is printed only once. */
  readonly signInCode?: string;
  readonly delegateToken: string;
  /** Whether the trigger of the demo is there. */
  readonly hasDemo: boolean;
}

export async function prepareInstallation(settings: InstallationSettings): Promise<Installation> {
  const { db, accountId, home, seed = 'demo' } = settings;
  const made = await db.transaction().execute(async (tx) => {
    await lockInstallation(tx);
    await checkBelonging(tx, settings);
    const isNew = (await findAccount(tx, accountId)) === undefined;
    const admin = isNew ? await makeAccount(tx, accountId) : await findFirstAdmin(tx, accountId);
    if (admin === undefined) return { isNew };
    const signInCode = await makeSignInCode(tx, admin);
    if (isNew && seed === 'demo') await makeDemo(tx, { accountId, ...DEMO_SCOPE }, { kind: 'USER', id: admin.id });
    if (!isNew && (await isAdminTokenGood(tx, home))) return { isNew, signInCode };
    const adminToken = await makeAdminToken(tx, admin, home);
    return isNew ? { isNew, adminToken, signInCode } : { isNew, signInCode };
  });
  const hasDemo = await isDemoThere(db, accountId);
  return { adminTokenPath: adminTokenPath(home), delegateToken: await ensureDelegateToken(settings), hasDemo, ...made };
}

async function isDemoThere(db: Database, accountId: string): Promise<boolean> {
  const scope = { accountId, ...DEMO_SCOPE };
  return (await findTrigger(db, { scope, pipelineIdentifier: DEMO_PIPELINE, identifier: DEMO_TRIGGER })) !== undefined;
}

async function checkBelonging(
  tx: Transaction,
  { accountId, masterKey, oldMasterKeys = [] }: InstallationSettings,
): Promise<void> {
  const keptAccount = await keepInstallationFact(tx, 'account_id', accountId);
  if (keptAccount !== accountId) {
    throw new InstallationMismatchError(
      'ACCOUNT_CHANGED',
      `This database belongs to the account ${keptAccount}, but BRIDLE_ACCOUNT_ID says ${accountId}. Start with the account of the database, or with another database.`,
    );
  }
  const check = masterKeyCheck(masterKey);
  const kept = await keepInstallationFact(tx, 'master_key_check', check);
  if (kept !== check && oldMasterKeys.some((key) => masterKeyCheck(key) === kept)) {
    await changeInstallationFact(tx, 'master_key_check', check);
  } else if (kept !== check) {
    throw new InstallationMismatchError(
      'MASTER_KEY_CHANGED',
      'The master key is not the one this database was made with, so its secrets could not be read. Start with the key of the first start (BRIDLE_MASTER_KEY, or keys/ in the home). Is it lost for good: bridle admin give-up-master-key.',
    );
  }
}

/** Says whether a key is that of the database, and nothing about it. */
export function masterKeyCheck(masterKey: Buffer): string {
  return createHmac('sha256', masterKey).update('bridle master key check').digest('hex');
}

async function makeAccount(tx: Transaction, accountId: string): Promise<UserRow> {
  const scope = { accountId, ...DEMO_SCOPE };
  const admin: UserRow = { id: makeId(), accountId, name: 'admin', email: 'admin@localhost', isAdmin: true };
  await insertAccount(tx, accountId, 'Bridle');
  await insertOrganization(tx, accountId, scope.orgIdentifier, scope.orgIdentifier);
  await insertProject(tx, scope, scope.projectIdentifier);
  await insertUser(tx, admin);
  await insertRoleAssignment(tx, {
    owner: { accountId },
    identifier: `role_assignment_${admin.id}`,
    roleIdentifier: '_account_admin',
    resourceGroupIdentifier: '_all_resources_including_child_scopes',
    principal: { type: 'USER', id: admin.id, scope: 'account' },
    isManaged: true,
    isDisabled: false,
  });
  return admin;
}

/** Ours to get right: a demo that cannot be saved is a bug, not a mistake of the user. */
async function makeDemo(db: Transaction, scope: ProjectScope, owner: PrincipalKey): Promise<void> {
  const results = [
    await createPipeline(db, scope, TEST_PIPELINE_YAML),
    await createPipeline(db, scope, SHOWCASE_PIPELINE_YAML),
    await createTrigger(db, { scope, pipelineIdentifier: DEMO_PIPELINE }, MYHOOK_TRIGGER_YAML, owner),
  ];
  const failed = results.find(({ kind }) => kind !== 'saved');
  if (failed !== undefined) throw new Error(`The demo could not be made: ${JSON.stringify(failed)}`);
}

async function ensureDelegateToken(settings: InstallationSettings): Promise<string> {
  const { home, accountId, isDelegateToken, createDelegateToken } = settings;
  const path = join(home, 'delegate-token');
  const kept = await readSecretFile(path);
  if (kept !== undefined && (await isDelegateToken(kept))) return kept;
  const token = await createDelegateToken(accountId, 'delegate of this installation');
  await writeSecretFile(path, token);
  return token;
}
