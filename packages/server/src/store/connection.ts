/** One way to run a statement over a pipelined connection or inside a kysely transaction. */
import { CompiledQuery } from 'kysely';
import type { PoolClient } from 'pg';
import type { Database, Transaction } from './database.ts';

/** A statement with a name is prepared once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Connection {
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * Statements are sent at once, in the order of the calls, and may be in flight together. Those of one turn of the event loop
 * leave in one write: a write wakes PostgreSQL, which costs more than most of the statements.
 */
export function onClient(client: PoolClient): Connection {
  const { stream } = client.connection;
  let isHeld = false;
  const holdWrites = (): void => {
    if (isHeld) return;
    isHeld = true;
    stream.cork();
    process.nextTick(() => {
      isHeld = false;
      stream.uncork();
    });
  };
  return {
    query: async <Row>(statement: Statement, values: readonly unknown[]) => {
      holdWrites();
      const result = await client.query({ name: statement.name, text: statement.text, values: [...values] });
      return result.rows as readonly Row[];
    },
  };
}

export function onDatabase(db: Database | Transaction): Connection {
  return {
    query: async <Row>(statement: Statement, values: readonly unknown[]) => {
      const result = await db.executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]));
      return result.rows;
    },
  };
}

/** PostgreSQL ended the transaction for reasons of concurrency: nothing was saved, and the same again may succeed. */
export function isTransientConflict(error: unknown): boolean {
  return isDatabaseError(error) && (error.code === '40P01' || error.code === '40001');
}

function isDatabaseError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
