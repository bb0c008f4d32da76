import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { MIGRATIONS, migrateToLatest, SchemaNewerError } from './migrate.ts';
import { createTestDatabase } from './test-database.ts';

test('migrators that start at once end at the same schema', async () => {
  const database = await createTestDatabase({ isEmpty: true });
  try {
    await Promise.all([migrateToLatest(database.url), migrateToLatest(database.url), migrateToLatest(database.url)]);
    const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(database.db);
    expect(applied.rows.map((row) => row.name)).toEqual(Object.keys(MIGRATIONS));
    await migrateToLatest(database.url);
    expect(await database.db.selectFrom('executions').select('id').execute()).toEqual([]);
  } finally {
    await database.close();
  }
});

test('a schema of a newer version is refused with its name', async () => {
  const database = await createTestDatabase();
  try {
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', ${new Date().toISOString()})`.execute(
      database.db,
    );
    const refusal = await migrateToLatest(database.url).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SchemaNewerError);
    expect(refusal).toMatchObject({ code: 'SCHEMA_NEWER', message: expect.stringContaining('9999-from-the-future') });
  } finally {
    await database.close();
  }
});

test('numbers that JavaScript cannot hold are refused, never rounded', async () => {
  const database = await createTestDatabase();
  try {
    const numbers = await sql<{
      one: number;
      many: number[];
    }>`select 9007199254740991::bigint as one, array[1, -2]::bigint[] as many`.execute(database.db);
    expect(numbers.rows).toEqual([{ one: 9_007_199_254_740_991, many: [1, -2] }]);
    await expect(sql`select 9007199254740993::bigint as one`.execute(database.db)).rejects.toThrow('9007199254740993');
    // The connection is still usable after that.
    await database.ping();
  } finally {
    await database.close();
  }
});
