/**
 * A pool for kysely whose statements are prepared: PostgreSQL parses and plans each text once per connection instead of at
 * every call, which is most of the cost of a small statement.
 */
import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/** Texts that are prepared; statements built in more shapes than that (lists of varying length) stay unprepared. */
const PREPARED_TEXTS_MAX = 500;

export function preparingPool(pool: Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= PREPARED_TEXTS_MAX) return known;
    const name = `bridle_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
    names.set(text, name);
    return name;
  };
  return {
    connect: async () => preparingClient(await pool.connect(), nameOf),
    end: () => pool.end(),
    options: pool.options,
  };
}

function preparingClient(client: PoolClient, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]): Promise<unknown> => {
    // Without parameters it is BEGIN, COMMIT and the like, or a script of several statements, which cannot be prepared.
    const name = values.length === 0 ? undefined : nameOf(text);
    return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
  };
  return { query: query as PostgresPoolClient['query'], release: (failure) => client.release(failure) };
}
