import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

function call(words: readonly string[], folder: string): ReturnType<typeof runBridle> {
  return runBridle([...words, '--data', join(folder, 'home')], { folder });
}

/** What depends on this machine. */
function plain(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(/[\d.]+ (?:B|KB|MB|GB|TB)\b/g, 'SIZE')
    .replaceAll(process.versions.node, 'NODE');
}

describe('where nothing runs', () => {
  it('status says so, and starts nothing', async () => {
    const folder = testFolder({});
    const { exitCode, out, err } = await call(['status'], folder);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
    expect(plain(out, folder)).toBe(`○ not running
  Bridle      0.1.0, Node NODE
  Home        FOLDER/home
  PostgreSQL  embedded
  Disk        SIZE in the home, SIZE free
`);
    const json = JSON.parse((await call(['status', '--json=isRunning,url,queue'], folder)).out) as unknown;
    expect(json).toEqual({ isRunning: false, url: null, queue: null });
  });

  it('down has nothing to do, open nothing to show, backup and upgrade nothing to read', async () => {
    const folder = testFolder({});
    expect(await call(['down'], folder)).toEqual({ exitCode: 0, out: '', err: `Nothing runs in ${folder}/home.\n` });
    expect(await call(['open'], folder)).toMatchObject({ exitCode: 5, err: expect.stringContaining('bridle up') });
    for (const words of [['backup', 'b.tar'], ['upgrade'], ['admin', 'users']])
      expect(await call(words, folder)).toMatchObject({ exitCode: 1, err: expect.stringContaining('HOME_EMPTY') });
  });
});

describe('used wrongly', () => {
  it.each([
    [['up', '--port', '70000'], 2, 'bridle: --port is not a port: "70000".'],
    [['up', '--pg', 'mysql://x'], 2, 'bridle: --pg is not the address of a PostgreSQL database.'],
    [['up', '--ephemeral'], 2, 'bridle: --ephemeral and --data exclude each other'],
    [['up', '--seed', 'much'], 2, 'Allowed choices are demo, none.'],
    [['down', '--timeout', 'soon'], 2, 'bridle: --timeout is not a number of seconds: soon'],
    [['backup', 'there.tar'], 2, 'bridle: there.tar is there already.'],
    [['backup', 'none/b.tar'], 5, 'bridle: There is no folder'],
    [['restore', 'none.tar'], 5, 'bridle: There is no file none.tar.'],
    [['restore', 'there.tar'], 1, 'BACKUP_INVALID'],
  ] as const)('%j', async (words, exitCode, err) => {
    const folder = testFolder({ 'there.tar': 'no backup' });
    expect(await call(words, folder)).toMatchObject({ exitCode, out: '', err: expect.stringContaining(err) });
  });
});

describe('doctor', () => {
  it('finds what is wrong with a home, and says what to do', async () => {
    const folder = testFolder({});
    const home = join(folder, 'home');
    mkdirSync(join(home, 'keys'), { recursive: true });
    mkdirSync(join(home, 'postgres'));
    writeFileSync(join(home, 'postgres', 'PG_VERSION'), '17\n');
    writeFileSync(join(home, 'keys', 'master.key'), `${Buffer.alloc(32, 1).toString('base64')}\n`);
    chmodSync(join(home, 'keys', 'master.key'), 0o644);
    writeFileSync(join(home, 'bridle.lock'), JSON.stringify({ pid: 12, startedAt: 'another boot' }));
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const address = listener.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { exitCode, out } = await call(['doctor', '--quiet', '--port', port], folder);
    listener.close();
    expect(exitCode).toBe(1);
    const lines = plain(out, folder)
      .replaceAll(port, 'PORT')
      .split('\n')
      // Whether this machine has an engine, and room, is not what is tested.
      .filter((line) => /master|chmod|earlier|next start|PostgreSQL|Nothing was|port|listens/.test(line));
    expect(lines).toEqual([
      '! master key     others may read FOLDER/home/keys/master.key (644)',
      '                 chmod 600 FOLDER/home/keys/master.key',
      '! earlier start  process 12 was killed before it could clean up',
      '                 The next start does that. If it was not you: memory may have run out.',
      '✗ PostgreSQL     The data in FOLDER/home/postgres was written by PostgreSQL 17; this Bridle brings PostgreSQL 18.',
      '                 Nothing was changed. Bring the data to it with: bridle upgrade',
      '✗ port           127.0.0.1:PORT is taken',
      '                 Stop what listens there, or choose another one with --port.',
    ]);
  });

  it('is content with a home that is not there yet', async () => {
    const folder = testFolder({});
    const { out } = await call(['doctor', '--port', '0'], folder);
    const lines = plain(out, folder).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '✓ Node           NODE',
        '✓ home           FOLDER/home, made at the first start',
        '✓ master key     made at the first start',
        '✓ earlier start  nothing left behind',
        '✓ port           any free one',
      ]),
    );
  });
});
