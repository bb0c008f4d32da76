import { expect, test } from 'vitest';
import { createTestDatabase } from './test-database.ts';

test('a pipelined connection plans once, and by keys, from its first statement on', async () => {
  const database = await createTestDatabase();
  const settings = await database.pipelined(async (client) => {
    const result = await client.query<{ plans: string; scans: string }>({
      name: 'settings',
      text: "select current_setting('plan_cache_mode') as plans, current_setting('enable_seqscan') as scans",
    });
    return result.rows;
  });
  expect(settings).toEqual([{ plans: 'force_generic_plan', scans: 'off' }]);
  await database.close();
});
