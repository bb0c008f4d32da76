/**
 * What the owner of a home can do without being signed in: `npm run admin -- <command>`. Whoever can read the home and reach
 * the database administers the installation anyway.
 */
import { readGrants } from './auth/authorizer.ts';
import { isAdministrator } from './auth/decide.ts';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { forgetPassword } from './auth/sign-in.ts';
import { makeSignInCode } from './auth/browser-sessions.ts';
import { makeId } from './store/make-id.ts';
import { adminTokenPath, replaceAdminToken } from './intake/admin-token.ts';
import { masterKeyCheck } from './intake/first-start.ts';
import { ensureKeyFile, parseMasterKey, readKeyFile, readMasterKeys } from './secrets/key-files.ts';
import { KeyRing } from './secrets/key-ring.ts';
import { localUrl } from './settings.ts';
import { insertAuditEvent } from './store/audit-events.ts';
import { openDatabase, type Database } from './store/database.ts';
import {
  changeInstallationFact,
  findInstallationFact,
  keepInstallationFact,
  lockInstallation,
} from './store/installation.ts';
import { countByKey, giveUpValuesUnderOthers, listSecretsUnderOthers } from './store/sealed-values.ts';
import { findFirstAdmin, findUserByEmail, listUsers, type UserRow } from './store/users.ts';

const USAGE = `npm run admin -- <command>, or bridle admin <command>

  users                        who there is
  sign-in-link [EMAIL]         prints a link that signs in once, within the hour; without EMAIL the first administrator
  reset-password EMAIL         forgets the password, ends all sessions, and prints such a link to choose another one
  rotate-admin-token           puts a new token into the file admin-token of the home; the one before is good no more
  give-up-master-key [--yes]   when the master key is lost for good: goes on with a new one; --yes does it, else it is told
                               what would be lost`;

const LINK_LIFETIME_MS = 3_600_000;
const USERS_MAX = 1_000;

interface Context {
  readonly db: Database;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly say: (line: string) => void;
}

/** Answers with the exit code: 0 = done, 1 = not done, 2 = used wrongly. */
async function run(context: Context, [command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case 'users':
      return await listPeople(context);
    case 'sign-in-link':
      return await printLink(context, rest[0], false);
    case 'reset-password':
      if (rest[0] === undefined) break;
      return await printLink(context, rest[0], true);
    case 'rotate-admin-token':
      return await rotateAdminToken(context);
    case 'give-up-master-key':
      return await giveUpMasterKey(context, rest.includes('--yes'));
    default:
      break;
  }
  context.say(USAGE);
  return 2;
}

async function listPeople({ db, say }: Context): Promise<number> {
  const accountId = await accountOf(db);
  const { rows } = await listUsers(db, { accountId }, {}, 0, USERS_MAX);
  for (const { id, email, name, isDisabled } of rows) {
    const grants = await readGrants(db, { accountId, kind: 'USER', userId: id });
    const isAdmin = isAdministrator(grants, accountId);
    say([email, name, ...(isAdmin ? ['administrator'] : []), ...(isDisabled ? ['disabled'] : [])].join('  '));
  }
  return 0;
}

async function printLink(context: Context, email: string | undefined, isReset: boolean): Promise<number> {
  const { db, say } = context;
  const user = await findPerson(context, email);
  if (user === undefined) return 1;
  if (isReset) await forgetPassword(db, user);
  const code = await makeSignInCode(db, user, LINK_LIFETIME_MS);
  await record(db, user.accountId, 'USER', user.email);
  if (isReset) say(`The password of ${user.email} is forgotten, and they are signed out everywhere.`);
  say(`Signs in ${user.email} once, within the hour:`);
  say(`  ${publicUrl(context)}/login?code=${code}&to=/account`);
  return 0;
}

async function findPerson({ db, say }: Context, email: string | undefined): Promise<UserRow | undefined> {
  const accountId = await accountOf(db);
  if (email === undefined) {
    const admin = await findFirstAdmin(db, accountId);
    if (admin === undefined) say('There is no administrator any more. Name a user: npm run admin -- users');
    return admin;
  }
  const user = await findUserByEmail(db, accountId, email);
  if (user === undefined || user.isRemoved) say(`There is no user ${email}. Who there is: npm run admin -- users`);
  else if (user.isDisabled) say(`${user.email} is disabled. An administrator has to enable them first.`);
  else return user;
  return undefined;
}

async function rotateAdminToken(context: Context): Promise<number> {
  const { db, home, say } = context;
  const admin = await findPerson(context, undefined);
  if (admin === undefined) return 1;
  await db.transaction().execute(async (tx) => {
    await lockInstallation(tx);
    await replaceAdminToken(tx, admin, home);
  });
  await record(db, admin.accountId, 'TOKEN', 'admin-token');
  say(`A new token of ${admin.email} is in ${adminTokenPath(home)}; the one before is good no more.`);
  return 0;
}

async function giveUpMasterKey(context: Context, isSure: boolean): Promise<number> {
  const { db, env, home, say } = context;
  const given = env['BRIDLE_MASTER_KEY'];
  const old = (env['BRIDLE_OLD_MASTER_KEYS'] ?? '').split(',').filter((text) => text.trim() !== '');
  // Without --yes nothing is changed, so no key is made either: then there is none.
  const own = given ? { key: parseMasterKey(given, 'BRIDLE_MASTER_KEY'), isNew: false } : await ownKey(home, isSure);
  const keys =
    own === undefined
      ? undefined
      : readMasterKeys(home, {
          current: own.key,
          old: old.map((text) => parseMasterKey(text, 'BRIDLE_OLD_MASTER_KEYS')),
        });
  const ids = keys === undefined ? [] : new KeyRing(keys).ids;
  const [lost, counts, kept] = await Promise.all([
    listSecretsUnderOthers(db, ids),
    countByKey(db),
    findInstallationFact(db, 'master_key_check'),
  ]);
  const isRight = keys !== undefined && [keys.current, ...keys.old].some((key) => masterKeyCheck(key) === kept);
  if (isRight && [...counts.keys()].every((id) => ids.includes(id))) {
    say('Nothing is lost: the master key of this installation is here.');
    return 0;
  }
  for (const { owner, identifier } of lost) {
    const place = [owner.orgIdentifier, owner.projectIdentifier].filter((part) => part !== undefined).join('/');
    say(`  ${place === '' ? 'account' : place}: ${identifier}`);
  }
  if (!isSure || keys === undefined) {
    say(`Lost with the master key: ${count(lost.length)}. Everything else stays.`);
    say('If a backup of the key turns up, put it back instead. To go on without it: give-up-master-key --yes');
    return 1;
  }
  await db.transaction().execute(async (tx) => {
    await lockInstallation(tx);
    await giveUpValuesUnderOthers(tx, ids);
    const check = masterKeyCheck(keys.current);
    await keepInstallationFact(tx, 'master_key_check', check);
    await changeInstallationFact(tx, 'master_key_check', check);
  });
  await record(db, await accountOf(db), 'SECRET', 'master key');
  if (own?.isNew === true)
    say(`${join(home, 'keys', 'master.key')} holds a new master key. Back it up, and somewhere else.`);
  say(`Given up: ${count(lost.length)}. Save new values; until then, steps that use them fail and say so.`);
  return 0;
}

/** The key of the home; where there is none it is made, if that is wanted. */
async function ownKey(
  home: string,
  isMade: boolean,
): Promise<{ readonly key: Buffer; readonly isNew: boolean } | undefined> {
  if (isMade) return await ensureKeyFile(home);
  const key = readKeyFile(home);
  return key === undefined ? undefined : { key, isNew: false };
}

function count(secrets: number): string {
  return secrets === 1 ? 'the value of 1 secret' : `the values of ${String(secrets)} secrets`;
}

async function accountOf(db: Database): Promise<string> {
  const accountId = await findInstallationFact(db, 'account_id');
  if (accountId === undefined) throw new Error('This database is empty: Bridle was never started on it.');
  return accountId;
}

function publicUrl({ env }: Context): string {
  const own = localUrl(
    env['BRIDLE_HOST'] || '127.0.0.1',
    Number(env['BRIDLE_PORT'] || 7070),
    Boolean(env['BRIDLE_TLS_CERT_FILE']),
  );
  return env['BRIDLE_PUBLIC_URL']?.replace(/\/+$/, '') || own;
}

async function record(db: Database, accountId: string, type: string, identifier: string): Promise<void> {
  await insertAuditEvent(db, {
    id: makeId(),
    action: 'UPDATE',
    resource: { type, identifier },
    scope: { accountId },
    principal: { type: 'SYSTEM', id: 'npm run admin', name: userInfo().username },
    sourceIp: '',
    requestMethod: '',
    requestId: '',
  });
}

const { DATABASE_URL: url, BRIDLE_HOME: home } = process.env;
if (url === undefined || home === undefined)
  throw new Error('Start it by "npm run admin", which finds home and database.');
const database = openDatabase(url);
try {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  process.exitCode = await run({ db: database.db, env: process.env, home, say }, process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await database.close();
}
