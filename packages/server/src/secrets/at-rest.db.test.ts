/** S7: no plaintext in the data directory or the WAL; a rotation brings 10,000 secrets under a new key while they are used. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { insertAccount } from '../store/installation.ts';
import { countByKey } from '../store/sealed-values.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { sealValue, secretPlace } from './envelope.ts';
import { KeyRing, masterKeyId } from './key-ring.ts';
import { rewrapAll } from './rewrap.ts';
import { loadSealingKeys } from './sealing-keys.ts';
import { createSecrets, type Secrets } from './secrets.ts';

const owner = { accountId: 'acct' };
const OLD = randomBytes(32);
const NEW = randomBytes(32);
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await insertAccount(database.db, owner.accountId, 'Account');
});

afterEach(async () => {
  await database.close();
});

async function secretsUnder(ring: KeyRing): Promise<Secrets> {
  return createSecrets({ db: database.db, ring, sealing: await loadSealingKeys(database.db, ring) });
}

function document(identifier: string, value: string): { readonly document: unknown } {
  return { document: { type: 'SecretText', identifier, description: 'plain-marker-7e57', spec: { value } } };
}

async function valueOf(secrets: Secrets, identifier: string): Promise<string | undefined> {
  const key = { owner, identifier };
  const found = (await secrets.resolve(owner.accountId, [key])).get(key);
  return found?.kind === 'text' ? found.plaintext.toString() : found?.kind;
}

it('keeps no plaintext on disk: not in tables, not in the WAL', async () => {
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const secrets = await secretsUnder(new KeyRing({ current: NEW, old: [] }));
  expect((await secrets.create(owner, document('one', canary))).kind).toBe('saved');
  expect((await secrets.change({ owner, identifier: 'one' }, document('one', `${canary}2`))).kind).toBe('saved');
  const file = { document: { type: 'SecretFile', identifier: 'two' }, file: Buffer.from(canary) };
  expect((await secrets.create(owner, file)).kind).toBe('saved');
  expect(await valueOf(secrets, 'one')).toBe(`${canary}2`);
  await sql`checkpoint`.execute(database.db);
  const shown = await sql<{ data_directory: string }>`show data_directory`.execute(database.db);
  const directory = shown.rows[0]?.data_directory ?? '';
  const forms = [canary, Buffer.from(canary).toString('hex'), Buffer.from(canary).toString('base64')];
  expect(
    filesWith(
      directory,
      forms.map((form) => Buffer.from(form)),
    ),
  ).toEqual([]);
  // What is no secret is found, in a table and in the WAL: the search can fail.
  const places = filesWith(directory, [Buffer.from('plain-marker-7e57')]);
  expect(places.some((path) => path.includes('pg_wal'))).toBe(true);
  expect(places.some((path) => path.includes('base'))).toBe(true);
});

function filesWith(directory: string, needles: readonly Buffer[]): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = bytesOf(path);
      return needles.some((needle) => bytes.includes(needle));
    });
}

/** Empty for a file that is gone by now: other tests make and drop databases beside this one's, and WAL segments are recycled. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

it('rotates 10,000 secrets while they are read and saved', { timeout: 60_000 }, async () => {
  const { db } = database;
  const before = new KeyRing({ current: OLD, old: [] });
  const sealing = await loadSealingKeys(db, before);
  await insertMany(before, 10_000);
  // The server that runs meanwhile finds the new key when it meets it.
  const running = createSecrets({
    db,
    ring: new KeyRing({ current: OLD, old: [] }, () => ({ current: NEW, old: [OLD] })),
    sealing,
  });
  const during = new KeyRing({ current: NEW, old: [OLD] });
  let isOver = false;
  const rotation = rewrapAll(db, during).finally(() => {
    isOver = true;
  });
  const saved = new Set<number>();
  let reads = 0;
  while (!isOver) {
    const index = (reads * 7_919) % 10_000;
    const value = await valueOf(running, `s${String(index)}`);
    expect(value).toBe(saved.has(index) ? `new ${String(index)}` : `value ${String(index)}`);
    const identifier = `s${String(index)}`;
    if (reads % 3 === 0) {
      expect((await running.change({ owner, identifier }, document(identifier, `new ${String(index)}`))).kind).toBe(
        'saved',
      );
      saved.add(index);
    }
    reads += 1;
  }
  expect((await rotation).damaged).toEqual([]);
  expect(reads).toBeGreaterThan(10);
  // What the running server saved under the old key before it met the new one is brought along by the next turn.
  await rewrapAll(db, during);
  expect([...(await countByKey(db))]).toEqual([[masterKeyId(NEW), 10_001]]);
  const after = new KeyRing({ current: NEW, old: [] });
  const later = createSecrets({ db, ring: after, sealing: await loadSealingKeys(db, after) });
  expect(later.sealKey).toBe(sealing.publicKey);
  for (const index of [0, 4_242, 9_999, ...saved]) {
    const expected = saved.has(index) ? `new ${String(index)}` : `value ${String(index)}`;
    expect(await valueOf(later, `s${String(index)}`)).toBe(expected);
  }
});

it('leaves what it cannot read alone, and says so', async () => {
  const { db } = database;
  const lost = await secretsUnder(new KeyRing({ current: OLD, old: [] }));
  await lost.create(owner, document('lost', 'x'));
  const secrets = createSecrets({
    db,
    ring: new KeyRing({ current: NEW, old: [] }),
    sealing: { publicKey: '', open: () => undefined },
  });
  await secrets.create(owner, document('mine', 'y'));
  const result = await rewrapAll(db, new KeyRing({ current: NEW, old: [] }));
  expect([...result.unreadable]).toEqual([[masterKeyId(OLD), 2]]);
  expect(await valueOf(secrets, 'lost')).toBe('unreadable');
  // A row that was copied over another one does not open there.
  await sql`update secrets s set (key_id, wrapped_key, content) =
    (select key_id, wrapped_key, content from secrets where identifier = 'lost') where identifier = 'mine'`.execute(db);
  const both = new KeyRing({ current: NEW, old: [OLD] });
  const rotated = await rewrapAll(db, both);
  expect([rotated.rewrapped, rotated.damaged.map(({ identifier }) => identifier)]).toEqual([2, ['mine']]);
  expect(
    await valueOf(createSecrets({ db, ring: both, sealing: { publicKey: '', open: () => undefined } }), 'mine'),
  ).toBe('unreadable');
});

it('makes one key pair for all replicas that start at once', async () => {
  const ring = new KeyRing({ current: NEW, old: [] });
  const pairs = await Promise.all([1, 2, 3].map(() => loadSealingKeys(database.db, ring)));
  expect(new Set(pairs.map(({ publicKey }) => publicKey)).size).toBe(1);
});

/** As `create` would save them, without its statement for each. */
async function insertMany(ring: KeyRing, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    const identifier = `s${String(index)}`;
    const sealed = sealValue(ring, secretPlace({ owner, identifier }), Buffer.from(`value ${String(index)}`));
    return {
      account_id: owner.accountId,
      org_identifier: '',
      project_identifier: '',
      identifier,
      type: 'SecretText',
      name: identifier,
      value_type: 'Inline',
      key_id: sealed.keyId,
      wrapped_key: sealed.wrappedKey,
      content: sealed.content,
      created_at: 0,
      updated_at: 0,
    };
  });
  for (let start = 0; start < count; start += 1_000) {
    await database.db
      .insertInto('secrets')
      .values(rows.slice(start, start + 1_000))
      .execute();
  }
}
