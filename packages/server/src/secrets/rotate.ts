/**
 * `npm run secrets:rotate`: a new master key for this home, and everything wrapped anew under it. Works while Bridle runs: its
 * servers find the new key by themselves.
 *
 * With `BRIDLE_MASTER_KEY` in the environment the key is not ours to make: that key becomes the current one, those of
 * `BRIDLE_OLD_MASTER_KEYS` are what is rotated out.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../store/database.ts';
import { masterKeyFile, readMasterKeys, rotateKeyFile } from './key-files.ts';
import { parseMasterKey } from './key-files.ts';
import { KeyRing, type MasterKeys } from './key-ring.ts';
import { rewrapAll } from './rewrap.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** As the launcher chooses it. */
const ROOT_HOME = '/var/lib/bridle';

async function main(env: Environment, say: (line: string) => void): Promise<number> {
  const home = env['BRIDLE_HOME'] || (process.getuid?.() === 0 ? ROOT_HOME : join(homedir(), '.bridle'));
  const url = env['DATABASE_URL'] || embeddedUrl(home);
  if (url === undefined) {
    say(`There is no running database in ${home}. Start Bridle and repeat this, or set DATABASE_URL.`);
    return 1;
  }
  const database = openDatabase(url);
  try {
    await database.ping();
    const keys = await chooseKeys(home, env, say);
    const ring = new KeyRing(keys);
    const { rewrapped, unreadable, damaged } = await rewrapAll(database.db, ring);
    say(`${String(rewrapped)} values are wrapped anew under the master key ${ring.current.id}.`);
    for (const [id, count] of unreadable) {
      say(`${String(count)} values lie under the master key ${id}, which is not here: they cannot be read.`);
    }
    for (const { identifier } of damaged) say(`The secret ${identifier} was changed or moved and cannot be read.`);
    return unreadable.size + damaged.length === 0 ? 0 : 2;
  } finally {
    await database.close();
  }
}

async function chooseKeys(home: string, env: Environment, say: (line: string) => void): Promise<MasterKeys> {
  const given = env['BRIDLE_MASTER_KEY'];
  if (given !== undefined && given !== '') {
    const old = (env['BRIDLE_OLD_MASTER_KEYS'] ?? '').split(',').filter((text) => text.trim() !== '');
    return readMasterKeys(home, {
      current: parseMasterKey(given, 'BRIDLE_MASTER_KEY'),
      old: old.map((text) => parseMasterKey(text, 'BRIDLE_OLD_MASTER_KEYS')),
    });
  }
  const keys = await rotateKeyFile(home);
  say(`${masterKeyFile(home)} holds a new master key; the one before it is kept in keys/old.`);
  return keys;
}

/** Of the embedded PostgreSQL that runs in this home; its file says where it listens. */
function embeddedUrl(home: string): string | undefined {
  try {
    const [, , , port, directory] = readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    if (port === undefined || directory === undefined || directory === '') return undefined;
    return `postgresql:///bridle?host=${encodeURIComponent(directory)}&port=${port}&user=bridle&sslmode=disable`;
  } catch {
    return undefined;
  }
}

main(process.env, (line) => process.stdout.write(`${line}\n`)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
