/**
 * Takes the server's place in tests of the supervisor. It tells what it does in the file `STAND_IN_STORY`, one line each, and
 * behaves as the comma-separated words of `STAND_IN_SERVER` say.
 */
import { appendFileSync } from 'node:fs';

import pg from 'pg';

const { env } = process;
const words = new Set((env['STAND_IN_SERVER'] ?? '').split(','));
const tell = (line: string): void => appendFileSync(env['STAND_IN_STORY'] ?? '', `server ${line}\n`);

async function asksDatabase(): Promise<string> {
  if (!words.has('database')) return '';
  const client = new pg.Client(env['DATABASE_URL']);
  await client.connect();
  await client.query('create table if not exists starts (at timestamptz default now())');
  await client.query('insert into starts default values');
  const { rows } = await client.query<{ count: string }>('select count(*) from starts');
  await client.end();
  return ` database ${rows[0]?.count}`;
}

tell(`up ${process.pid}${await asksDatabase()}`);
setInterval(() => undefined, 60_000);
process.on('SIGTERM', () => {
  tell('asked to stop');
  if (words.has('stubborn')) return;
  void asksDatabase().then((database) => {
    tell(`down${database}`);
    process.exit(0);
  });
});
process.on('disconnect', () => {
  if (words.has('deaf')) return;
  tell('down, launcher gone');
  process.exit(0);
});

if (words.has('crash-at-start')) {
  console.error('the stand-in breaks');
  process.exit(3);
}
if (words.has('port-in-use')) {
  process.send?.({ kind: 'failed', code: 'PORT_IN_USE', message: 'listen EADDRINUSE' }, () => process.exit(1));
} else if (words.has('other-key')) {
  process.send?.({ kind: 'failed', code: 'MASTER_KEY_MISMATCH', message: 'Another key.' }, () => process.exit(1));
} else if (words.has('odd-message')) {
  process.send?.({ kind: 'ready' });
} else if (!words.has('silent')) {
  const ready = {
    kind: 'ready',
    url: `http://${env['BRIDLE_HOST']}:${env['BRIDLE_PORT']}`,
    firstStart: true,
    adminTokenPath: `${env['BRIDLE_HOME']}/admin-token`,
    delegateToken: 'the-delegate-token',
    webhookCurl: `curl http://x/${env['BRIDLE_ACCOUNT_ID']}`,
  };
  process.send?.(ready, () => {
    if (words.has('crash-after-ready')) process.exit(4);
  });
}
