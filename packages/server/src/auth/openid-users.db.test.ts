/** Whom a person of a provider becomes here. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { insertAccount } from '../store/installation.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { insertUser, removeUserFrom } from '../store/users.ts';
import { signInPerson, type OpenIdSignIn } from './openid-users.ts';
import type { OpenIdPerson, OpenIdSettings } from './openid.ts';

const SETTINGS: OpenIdSettings = {
  issuer: 'https://id.example.com',
  clientId: 'bridle',
  scopes: 'openid',
  name: 'Example',
  createsUsers: true,
  linksByEmail: true,
};
const PERSON: OpenIdPerson = {
  issuer: 'https://id.example.com',
  subject: 'ada-1',
  name: 'Ada',
  email: 'ada@example.com',
  isEmailVerified: true,
  groups: [],
};

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await insertAccount(database.db, 'acct', 'Account');
  for (const identifier of ['ops', 'builders', 'hand_made']) {
    await sql`insert into user_groups (account_id, org_identifier, project_identifier, identifier, name, description, created_at, updated_at)
      values ('acct', '', '', ${identifier}, ${identifier}, '', 0, 0)`.execute(database.db);
  }
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`delete from role_assignments`.execute(database.db);
  await sql`delete from users`.execute(database.db);
});

const signIn = (person: Partial<OpenIdPerson> = {}, settings: Partial<OpenIdSettings> = {}): Promise<OpenIdSignIn> =>
  signInPerson(database.db, 'acct', { ...SETTINGS, ...settings }, { ...PERSON, ...person });

async function groupsOf(): Promise<readonly string[]> {
  const { rows } = await sql<{ group_identifier: string }>`
    select group_identifier from user_group_members order by group_identifier`.execute(database.db);
  return rows.map(({ group_identifier }) => group_identifier);
}

const addUser = (): Promise<void> =>
  insertUser(database.db, { id: 'ada', accountId: 'acct', name: 'ada', email: 'Ada@example.com', isAdmin: true });

it('is made a user with the role of the setting, once', async () => {
  const first = await signIn({}, { role: '_account_viewer' });
  expect(first).toMatchObject({
    kind: 'signedIn',
    isNew: true,
    principal: { name: 'Ada', email: 'ada@example.com', by: 'session' },
  });
  const again = await signIn({ email: 'ada@elsewhere.test' });
  expect(again).toEqual({ ...first, isNew: false });
  const { rows } =
    await sql`select role_identifier, resource_group_identifier, principal_type from role_assignments`.execute(
      database.db,
    );
  expect(rows).toEqual([
    {
      role_identifier: '_account_viewer',
      resource_group_identifier: '_all_resources_including_child_scopes',
      principal_type: 'USER',
    },
  ]);
});

it('is nobody where users are not made, and without an address', async () => {
  expect(await signIn({}, { createsUsers: false })).toEqual({ kind: 'unknown' });
  expect(await signIn({ email: undefined })).toEqual({ kind: 'noEmail' });
});

it.each([
  ['has verified it, and the setting allows it', {}, {}, 'signedIn'],
  ['has not verified it', { isEmailVerified: false }, {}, 'taken'],
  ['has verified it, and the setting does not allow it', {}, { linksByEmail: false }, 'taken'],
])('gets the user of its address when the provider %s', async (_, person, settings, kind) => {
  await addUser();
  expect((await signIn(person, settings)).kind).toBe(kind);
});

it('of another provider is somebody else, whatever the subject', async () => {
  await signIn();
  expect(await signIn({ issuer: 'https://other.example.com', isEmailVerified: false })).toEqual({ kind: 'taken' });
  const other = await signIn({ issuer: 'https://other.example.com', email: 'ada@other.test' });
  expect(other).toMatchObject({ kind: 'signedIn', isNew: true });
});

it('who is disabled, or was taken out, does not come in', async () => {
  await signIn();
  await sql`update users set is_disabled = true`.execute(database.db);
  expect(await signIn()).toEqual({ kind: 'disabled' });
  await sql`delete from users`.execute(database.db);
  await addUser();
  await database.db.transaction().execute((tx) => removeUserFrom(tx, { accountId: 'acct' }, 'ada'));
  expect(await signIn()).toEqual({ kind: 'disabled' });
});

it('is in the groups that the provider says, of those that are mapped', async () => {
  const groups = {
    claim: 'groups',
    groups: new Map([
      ['Operators', 'ops'],
      ['Engineers', 'builders'],
      ['Ghosts', 'no_such_group'],
    ]),
  };
  const signedIn = await signIn({ groups: ['ops', 'no_such_group'] }, { groups });
  if (signedIn.kind !== 'signedIn') throw new Error(signedIn.kind);
  expect(await groupsOf()).toEqual(['ops']);
  await sql`insert into user_group_members values ('acct', '', '', 'hand_made', ${signedIn.principal.userId})`.execute(
    database.db,
  );
  await signIn({ groups: ['builders'] }, { groups });
  expect(await groupsOf()).toEqual(['builders', 'hand_made']);
  await signIn({ groups: [] }, { groups });
  expect(await groupsOf()).toEqual(['hand_made']);
});
