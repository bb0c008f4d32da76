/**
 * Fills the tables of an empty schema with the rows of a backup, in one transaction.
 *
 * - L1 Foreign keys are taken away for the time of it and put back at its end: rows come in any order, and a backup whose rows
 *   do not fit together is not taken.
 * - L2 What migrations have put into tables is replaced: the backup has those rows too.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Client, escapeIdentifier } from 'pg';
import { CONNECT_TIMEOUT_MS } from '../store/database.ts';
import { BackupError } from './backup-error.ts';
import type { BackupManifest, TableOfBackup } from './manifest.ts';

const decompress = promisify(gunzip);
/** Of one statement. A row alone may be larger. */
const INSERT_BYTES = 4 * 1_048_576;
const INSERT_ROWS_MAX = 5_000;

export class DatabaseLoad {
  readonly #client: Client;
  /** Type of each column, by table. */
  readonly #types = new Map<string, ReadonlyMap<string, string>>();
  #foreignKeys: readonly { readonly table: string; readonly name: string; readonly definition: string }[] = [];

  private constructor(client: Client) {
    this.#client = client;
  }

  static async begin(url: string, tables: readonly TableOfBackup[]): Promise<DatabaseLoad> {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'bridle-restore',
      keepAlive: true,
    });
    client.on('error', () => undefined); // the statement under way fails as well
    await client.connect();
    const load = new DatabaseLoad(client);
    try {
      await load.#prepare(tables);
    } catch (error) {
      await client.end();
      throw error;
    }
    return load;
  }

  /** Takes one compressed part of a table. */
  async add(table: TableOfBackup, part: Buffer): Promise<number> {
    const lines = (await decompress(part)).toString('utf8').split('\n');
    let batch: (string | null)[][] = [];
    let bytes = 0;
    let count = 0;
    for (const line of lines) {
      if (line === '') continue;
      batch.push(JSON.parse(line) as (string | null)[]);
      bytes += line.length;
      count += 1;
      if (bytes < INSERT_BYTES && batch.length < INSERT_ROWS_MAX) continue;
      await this.#insert(table, batch);
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) await this.#insert(table, batch);
    return count;
  }

  /** Counters, foreign keys (L1), commit. */
  async finish({ sequences }: BackupManifest): Promise<void> {
    for (const { table, column, last, isCalled } of sequences) {
      await this.#client.query('select setval(pg_get_serial_sequence($1, $2), $3::bigint, $4)', [
        escapeIdentifier(table),
        column,
        last,
        isCalled,
      ]);
    }
    for (const { table, name, definition } of this.#foreignKeys) {
      await this.#client.query(`alter table ${table} add constraint ${escapeIdentifier(name)} ${definition}`);
    }
    await this.#client.query('commit');
    // Until then PostgreSQL answers nothing from an index alone.
    await this.#client.query('vacuum (analyze)');
    await this.#client.end();
  }

  /** Nothing of it stays. */
  async giveUp(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async #prepare(tables: readonly TableOfBackup[]): Promise<void> {
    await this.#client.query('begin');
    await this.#client.query(
      `set local statement_timeout = 0; set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local timezone = 'UTC'`,
    );
    const columns = await this.#client.query<{ table: string; column: string; type: string }>(
      `select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`,
    );
    for (const { table, column, type } of columns.rows) {
      this.#types.set(table, new Map([...(this.#types.get(table) ?? []), [column, type]]));
    }
    for (const { name, columns: named } of tables) {
      const known = this.#types.get(name);
      const strange = known === undefined ? name : named.find((column) => !known.has(column));
      if (strange === undefined) continue;
      const what = known === undefined ? name : `${name} with the column ${strange}`;
      throw new BackupError(
        'BACKUP_INVALID',
        `This backup has the table ${what}, which is not one of Bridle's.`,
        'It was made of a database that others use too: give Bridle one of its own, or a schema of its own.',
      );
    }
    const keys = await this.#client.query<{ table: string; name: string; definition: string }>(
      `select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
       where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0`,
    );
    this.#foreignKeys = keys.rows;
    for (const { table, name } of keys.rows) {
      await this.#client.query(`alter table ${table} drop constraint ${escapeIdentifier(name)}`);
    }
    const filled: string[] = [];
    for (const { name } of tables) {
      const table = escapeIdentifier(name);
      const { rowCount } = await this.#client.query(`select 1 from ${table} limit 1`);
      if (rowCount !== 0) filled.push(table);
    }
    // L2. Not of empty ones: the audit log refuses even that.
    if (filled.length > 0) await this.#client.query(`truncate ${filled.join(', ')}`);
  }

  async #insert({ name, columns }: TableOfBackup, rows: readonly (readonly (string | null)[])[]): Promise<void> {
    const types = this.#types.get(name);
    const casts = columns.map((column, index) => `v.c${String(index)}::${types?.get(column) ?? 'text'}`);
    const arrays = columns.map((_, index) => `$${String(index + 1)}::text[]`);
    const aliases = columns.map((_, index) => `c${String(index)}`);
    await this.#client.query(
      `insert into ${escapeIdentifier(name)} (${columns.map((column) => escapeIdentifier(column)).join(', ')}) overriding system value
       select ${casts.join(', ')} from unnest(${arrays.join(', ')}) as v (${aliases.join(', ')})`,
      columns.map((_, index) => rows.map((row) => row[index] ?? null)),
    );
  }
}

/** What a database has before a restore: nothing, or something. */
export async function isDatabaseEmpty(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined); // the statement under way fails as well
  await client.connect();
  try {
    const { rows } = await client.query<{ empty: boolean }>(
      `select not exists (select from pg_class where relnamespace = current_schema()::regnamespace) as empty`,
    );
    return rows[0]?.empty === true;
  } finally {
    await client.end();
  }
}
