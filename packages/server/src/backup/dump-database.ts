/**
 * A whole database as text: every table of the schema, in one transaction that sees one moment.
 *
 * - S1 Each value is what PostgreSQL prints for it, and is read back by PostgreSQL's own rules: nothing is interpreted on the way,
 *   and another major version reads it.
 * - S2 Reading blocks nobody. What is deleted meanwhile is still seen.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Client, escapeIdentifier } from 'pg';
import { CONNECT_TIMEOUT_MS } from '../store/database.ts';
import type { SequenceOfBackup, TableOfBackup } from './manifest.ts';

const compress = promisify(gzip);
/** Of one part, before it is compressed; a row alone may be larger. */
const PART_BYTES = 8 * 1_048_576;
/** Of one round trip, by the size of the rows before. */
const FETCH_BYTES = 2 * 1_048_576;
const FETCH_ROWS_FIRST = 20;
const FETCH_ROWS_MAX = 5_000;
const GZIP_LEVEL = 3;
/** The migrator's own: made anew by a restore. */
const MIGRATOR_TABLES = ['kysely_migration', 'kysely_migration_lock'];

type Row = readonly (string | null)[];

/** One moment of a database. */
export class DatabaseSnapshot {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Opens the moment of now. */
  static async open(url: string): Promise<DatabaseSnapshot> {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'bridle-backup',
      keepAlive: true,
    });
    client.on('error', () => undefined); // the statement under way fails as well
    await client.connect();
    try {
      await client.query('begin isolation level repeatable read, read only');
      await client.query(
        `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local bytea_output = 'hex';
         set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local timezone = 'UTC'`,
      );
      // The snapshot is taken by the first statement that reads.
      await client.query('select count(*) from pg_class');
    } catch (error) {
      await client.end();
      throw error;
    }
    return new DatabaseSnapshot(client);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  /** The rows of any statement, each value as text. */
  async rows(statement: string): Promise<readonly Row[]> {
    const result = await this.#client.query<(string | null)[]>({
      text: statement,
      rowMode: 'array',
      types: { getTypeParser: () => (value: string) => value } as never,
    });
    return result.rows;
  }

  /** Names of the migrations of its schema, in order; none where there is no schema. */
  async migrations(): Promise<readonly string[]> {
    const [[exists]] = (await this.rows(`select to_regclass('kysely_migration') is not null`)) as [[string]];
    if (exists !== 't') return [];
    return (await this.rows('select name from kysely_migration order by name')).map(([name]) => name ?? '');
  }

  /** Every table with the columns that are not computed, without counts. */
  async tables(): Promise<readonly Omit<TableOfBackup, 'rows'>[]> {
    const rows = await this.rows(
      `select c.relname, json_agg(a.attname order by a.attnum)
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
       group by c.relname order by c.relname`,
    );
    return rows
      .filter(([name]) => !MIGRATOR_TABLES.includes(name ?? ''))
      .map(([name, columns]) => ({ name: name ?? '', columns: JSON.parse(columns ?? '[]') as string[] }));
  }

  /** The counters of identity columns: never behind the rows of the snapshot. */
  async sequences(): Promise<readonly SequenceOfBackup[]> {
    const columns = await this.rows(
      `select c.relname, a.attname, pg_get_serial_sequence(format('%I.%I', current_schema(), c.relname), a.attname)
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
         and not a.attisdropped and pg_get_serial_sequence(format('%I.%I', current_schema(), c.relname), a.attname) is not null
       order by 1, 2`,
    );
    const found: SequenceOfBackup[] = [];
    for (const [table, column, sequence] of columns) {
      const [state] = await this.rows(`select last_value, is_called from ${sequence ?? ''}`);
      found.push({
        table: table ?? '',
        column: column ?? '',
        last: state?.[0] ?? '1',
        isCalled: state?.[1] === 't',
      });
    }
    return found;
  }

  /** The rows of a table as compressed parts. @returns (at its end) how many rows there were */
  async *parts({ name, columns }: Omit<TableOfBackup, 'rows'>): AsyncGenerator<Buffer, number> {
    const list = columns.map((column) => `${escapeIdentifier(column)}::text`).join(', ');
    await this.#client.query(`declare rows no scroll cursor for select ${list} from ${escapeIdentifier(name)}`);
    let lines: string[] = [];
    let bytes = 0;
    let count = 0;
    for (let wanted = FETCH_ROWS_FIRST; ;) {
      const rows = await this.rows(`fetch forward ${String(wanted)} from rows`);
      const fetched = rows.map((row) => `${JSON.stringify(row)}\n`);
      const fetchedBytes = fetched.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
      lines.push(...fetched);
      bytes += fetchedBytes;
      count += rows.length;
      const isLast = rows.length < wanted;
      if (bytes >= PART_BYTES || (isLast && bytes > 0)) {
        yield await compress(lines.join(''), { level: GZIP_LEVEL });
        lines = [];
        bytes = 0;
      }
      if (isLast) break;
      const perRow = Math.max(1, fetchedBytes / rows.length);
      wanted = Math.min(FETCH_ROWS_MAX, Math.max(1, Math.floor(FETCH_BYTES / perRow)));
    }
    await this.#client.query('close rows');
    return count;
  }
}
