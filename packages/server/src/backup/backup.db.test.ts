import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileKey } from '../files/file-key.ts';
import { openFiles } from '../files/open-files.ts';
import type { FileStore } from '../files/file-store.ts';
import { MIGRATIONS, migrateUpTo } from '../store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { DatabaseSnapshot } from './dump-database.ts';
import { makeBackup, type BackupRequest } from './make-backup.ts';
import type { BackupManifest } from './manifest.ts';
import { inspectBackup, restoreBackup } from './restore-backup.ts';

let folder: string;
let file: string;
let from: TestDatabase;
let to: TestDatabase;
let filesBefore: FileStore;
let filesAfter: FileStore;
let keptKeys: Map<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle backup-'));
  file = join(folder, 'backup.tar');
  [from, to] = await Promise.all([createTestDatabase(), createTestDatabase({ isEmpty: true })]);
  filesBefore = await openFiles({ kind: 'folder', path: join(folder, 'before') });
  filesAfter = await openFiles({ kind: 'folder', path: join(folder, 'after') });
  keptKeys = new Map();
});

afterEach(async () => {
  await Promise.all([from.close(), to.close()]);
  await rm(folder, { recursive: true, force: true });
});

const signal = new AbortController().signal;

function backUp(more: Partial<BackupRequest> = {}): Promise<BackupManifest> {
  return makeBackup({
    databaseUrl: from.url,
    path: file,
    signal,
    version: '1.2.3',
    files: { kind: 'folder', path: join(folder, 'before') },
    keys: new Map(),
    ...more,
  });
}

function restore(url = to.url): Promise<BackupManifest> {
  const keepKey = async (name: string, content: Buffer): Promise<void> => void keptKeys.set(name, content.toString());
  return restoreBackup({ databaseUrl: url, path: file, signal, files: filesAfter, keepKey });
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** All that a database holds, as text. */
async function contents(url: string): Promise<Readonly<Record<string, unknown>>> {
  const snapshot = await DatabaseSnapshot.open(url);
  try {
    const found: Record<string, unknown> = { sequences: await snapshot.sequences() };
    for (const { name, columns } of await snapshot.tables()) {
      const list = columns.map((column) => `"${column}"::text`).join(', ');
      found[name] = await snapshot.rows(
        `select ${list} from "${name}" order by ${columns.map((_, at) => at + 1).join(', ')}`,
      );
    }
    return found;
  } finally {
    await snapshot.close();
  }
}

const ACCOUNT = `insert into accounts (id, name, created_at) values ('acct', 'Ä "quoted" \\ and , {x}', 7)`;
const EXECUTION = (id: string): string => `
  insert into executions (id, account_id, org_identifier, project_identifier, pipeline_identifier, name, run_sequence, status,
    is_final, version, trigger_type, triggered_by, created_at, header, state, summary)
  values ('${id}', 'acct', 'default', 'p', 'x', E'line\\nbreak\\ttab', ${id.length}, 'Success', true, 1, 'MANUAL', 'me', 9007199254740991,
    '{"b": 1, "a": "\\u0000 zero",   "b": 2}', '{}', '{}')`;
/** Of everything that tables have: bytes, lists, JSON as it was written, counters, computed columns, references. */
const ODDITIES = [
  ACCOUNT,
  EXECUTION('e1'),
  EXECUTION('e22'),
  `insert into logs (key, account_id, execution_id, node_execution_id, created_at) values ('l', 'acct', 'e1', 'n', 1)`,
  `insert into log_chunks (log_key, byte_offset, first_line, content, line_times)
     select 'l', n, n, decode(repeat(lpad(to_hex(n % 256), 2, '0'), 3000), 'hex'), array[n, null, 3] from generate_series(0, 1500) n`,
  `insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, log_key, queued_at)
     select 't' || n, 'e22', 'acct', 'default', 'p', 'queued', '{}', array['a,b', '{', '"', ''], 'l', 1 from generate_series(1, 20) n`,
  `delete from delegate_tasks where id = 't20'`,
];

describe('a backup', () => {
  it('brings every row back as it was, counters and all', async () => {
    await run(from.url, ...ODDITIES);
    const before = await contents(from.url);
    const made = await backUp();
    expect(made).toMatchObject({ format: 1, version: '1.2.3', migrations: Object.keys(MIGRATIONS), hasKeys: false });
    await restore();
    expect(await contents(to.url)).toEqual(before);
    // Foreign keys are back, and a new row gets the next number.
    const orphan = (ODDITIES[4] ?? '').replace("'l'", "'nobody'");
    await expect(run(to.url, orphan)).rejects.toThrow('violates foreign key constraint');
    await run(to.url, (ODDITIES[5] ?? '').replaceAll("'t'", "'u'"));
    const position = await to.db
      .selectFrom('delegate_tasks')
      .select('position')
      .where('id', '=', 'u1')
      .executeTakeFirst();
    expect(position).toEqual({ position: 21 });
  });

  it('of an older schema is brought up to this one', async () => {
    const older = await createTestDatabase({ isEmpty: true });
    try {
      await migrateUpTo(older.url, Object.keys(MIGRATIONS).at(-2) ?? '');
      await run(older.url, ...ODDITIES);
      const made = await backUp({ databaseUrl: older.url });
      expect(made.migrations).toEqual(Object.keys(MIGRATIONS).slice(0, -1));
      await restore();
      expect(await to.db.selectFrom('executions').select('id').orderBy('id').execute()).toEqual([
        { id: 'e1' },
        { id: 'e22' },
      ]);
      // The schema is this program's: a backup of it goes back into the database it came from.
      const snapshot = await DatabaseSnapshot.open(to.url);
      expect(await snapshot.migrations()).toEqual(Object.keys(MIGRATIONS));
      await snapshot.close();
    } finally {
      await older.close();
    }
  });

  it('goes into a database whose owner is no superuser', async () => {
    await run(from.url, ...ODDITIES);
    await backUp();
    const role = `owner_${randomBytes(6).toString('hex')}`;
    await run(to.url, `create role ${role} login`, `alter schema public owner to ${role}`);
    try {
      const url = new URL(to.url);
      url.searchParams.set('user', role);
      await restore(url.href);
      expect(await contents(to.url)).toEqual(await contents(from.url));
    } finally {
      await run(to.url, `drop owned by ${role}`, `drop role ${role}`);
    }
  });

  it('shows one moment: what is written meanwhile is not in it', async () => {
    await run(from.url, ACCOUNT, EXECUTION('e1'));
    const snapshot = await DatabaseSnapshot.open(from.url);
    await run(from.url, EXECUTION('e22'), `update accounts set name = 'later'`);
    expect(await snapshot.rows('select id from executions')).toEqual([['e1']]);
    expect(await snapshot.rows('select name from accounts')).toEqual([['Ä "quoted" \\ and , {x}']]);
    await snapshot.close();
  });

  it('has the files that the database names, and no others', async () => {
    const [named, other] = [fileKey('artifacts', 'named'), fileKey('artifacts', 'other')];
    await filesBefore.put(named, Buffer.alloc(300_000, 'x'));
    await filesBefore.put(other, Buffer.from('nobody refers to it'));
    await run(from.url, ACCOUNT, EXECUTION('e1'), artifact('a', named), artifact('b', 'artifacts/lost'));
    const made = await backUp();
    expect(made.files).toEqual({ kind: 'folder', count: 1, missing: ['artifacts/lost'] });
    await restore();
    expect(await filesAfter.size(named)).toBe(300_000);
    expect(await filesAfter.size(other)).toBeUndefined();
    // Nothing that held on to the files is left.
    expect((await readdir(join(folder, 'before'))).toSorted()).toEqual(['.unfinished', 'artifacts']);
  });

  it('has the keys only where they are asked for', async () => {
    await run(from.url, ACCOUNT);
    await backUp({ keys: new Map([['master.key', Buffer.from('k\n')]]) });
    expect(await restore()).toMatchObject({ hasKeys: true });
    expect([...keptKeys]).toEqual([['master.key', 'k\n']]);
  });

  it('that was changed or cut off is refused before anything is made', async () => {
    await run(from.url, ...ODDITIES);
    await backUp();
    const whole = await readFile(file);
    const at = whole.indexOf('database/log_chunks');
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(at + 700) ^ 1, at + 700);
    for (const [bytes, why] of [
      [changed, 'database/log_chunks/000001.ndjson.gz is not what was written'],
      [whole.subarray(0, whole.length / 2), 'cannot be restored'],
      [Buffer.alloc(20_000, 'no tar'), 'cannot be restored'],
    ] as const) {
      await writeFile(file, bytes);
      await expect(restore()).rejects.toMatchObject({ code: 'BACKUP_INVALID', message: expect.stringContaining(why) });
    }
    const { rows } = await asked(to.url, `select relname from pg_class where relnamespace = 'public'::regnamespace`);
    expect(rows).toEqual([]);
  });

  it('of a newer release, and into a database that holds something, is refused', async () => {
    await run(from.url, ACCOUNT);
    await backUp();
    await expect(restore(from.url)).rejects.toMatchObject({ code: 'DATABASE_NOT_EMPTY' });
    await rm(file);
    await run(from.url, `insert into kysely_migration (name, timestamp) values ('9999-next', '')`);
    await expect(backUp()).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
    expect(await readdir(folder)).not.toContain('backup.tar');
  });

  it('appears whole or not at all', async () => {
    await run(from.url, ...ODDITIES);
    await expect(backUp({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect((await readdir(folder)).filter((name) => name.startsWith('backup'))).toEqual([]);
    await writeFile(file, 'of somebody else');
    await expect(backUp()).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(file, 'utf8')).toBe('of somebody else');
    expect((await readdir(folder)).filter((name) => name.startsWith('backup'))).toEqual(['backup.tar']);
    await rm(file);
    await backUp();
    expect(await inspectBackup(file)).toMatchObject({ version: '1.2.3' });
  });
});

function artifact(id: string, key: string): string {
  return `insert into artifacts (id, account_id, execution_id, node_execution_id, name, bytes, sha256, file_key, expires_at)
    values ('${id}', 'acct', 'e1', 'n', '${id}', 1, '', '${key}', 9007199254740991)`;
}

async function asked(url: string, statement: string): Promise<{ readonly rows: readonly unknown[] }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
