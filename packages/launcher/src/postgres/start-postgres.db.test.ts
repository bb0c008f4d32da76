import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { isProcessAlive } from '../process/process-identity.ts';
import { shortDirectory } from './endpoint.ts';
import { startPostgres, type RunningPostgres, type StartPostgresRequest } from './start-postgres.ts';
import { Homes, ask, hold, leftovers } from './testdata/harness.ts';

const homes = new Homes();
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
/** Not in any list of users: what `docker run --user` gives. */
const NAMELESS = 54_321;
let used: StartPostgresRequest[] = [];
let running: RunningPostgres[] = [];

beforeAll(() => homes.makeTemplate());
afterAll(() => homes.remove());

afterEach(async () => {
  await Promise.all(running.map((postgres) => postgres.stop()));
  const left = used.flatMap(leftovers);
  running = [];
  used = [];
  expect(left).toEqual([]);
});

async function start(request: StartPostgresRequest): Promise<RunningPostgres> {
  used.push(request);
  const postgres = await startPostgres(request);
  running.push(postgres);
  return postgres;
}

async function refusal(
  request: StartPostgresRequest,
): Promise<{ code?: string; message?: string; logTail?: string[] }> {
  used.push(request);
  return startPostgres(request).then(
    async (postgres) => {
      await postgres.stop();
      throw new Error('it started');
    },
    (error: unknown) => error as { code: string },
  );
}

function logOf(request: StartPostgresRequest): string {
  return readFileSync(request.logFile, 'utf8');
}

describe('a first start', () => {
  it('makes a durable cluster that orders text by bytes, in a home with spaces', async () => {
    const request = { ...homes.empty('my home (ü), "new"'), isDurable: true, settings: {} };
    const { url } = await start(request);
    expect(await ask(url, 'select current_database() || current_user')).toBe('bridlebridle');
    expect(await ask(url, "select string_agg(x, '' order by x) from unnest(array['b','A','a','B','é']) as x")).toBe(
      'ABabé',
    );
    expect(await ask(url, "select current_setting('fsync') || current_setting('synchronous_commit')")).toBe('onon');
    expect(await ask(url, "select current_setting('server_encoding') || current_setting('timezone')")).toBe('UTF8UTC');
    expect(await ask(url, "select current_setting('listen_addresses')")).toBe('');
  });

  it('removes what a killed first start left behind', async () => {
    const request = homes.empty();
    mkdirSync(`${request.dataDirectory}.new-123`);
    writeFileSync(join(`${request.dataDirectory}.new-123`, 'PG_VERSION'), '18');
    await start(request);
  });

  it('finds its data again, after a stop and after SIGKILL', async () => {
    const request = homes.fresh();
    const settings = { ...request.settings, synchronous_commit: 'on' };
    const first = await start({ ...request, settings });
    await ask(first.url, "create table kept as select 'stop' as by");
    await first.stop();
    const second = await start({ ...request, settings });
    expect(await ask(second.url, 'select by from kept')).toBe('stop');
    await ask(second.url, "insert into kept values ('kill')");
    process.kill(second.pid, 'SIGKILL');
    expect(await second.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await second.stop();
    const third = await start(request);
    expect(await ask(third.url, "select string_agg(by, ',' order by by) from kept")).toBe('kill,stop');
    expect(third.url).toBe(first.url);
  });
});

describe('a data directory', () => {
  it('that a copy left open to others is closed again', async () => {
    const request = homes.fresh();
    chmodSync(request.dataDirectory, 0o755);
    await start(request);
    expect(lstatSync(request.dataDirectory).mode & 0o777).toBe(0o700);
  });
});

describe('stop', () => {
  it('does not wait for clients, and can be asked twice', async () => {
    const { url, stop, exited } = await start(homes.fresh());
    const client = ask(url, 'select pg_sleep(600)').catch((error: unknown) => error);
    await expect
      .poll(() => ask(url, "select count(*) from pg_stat_activity where query like '%pg_sleep(600)'"))
      .toBe('1');
    await Promise.all([stop(), stop()]);
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(await client).toMatchObject({ code: '57P01' });
  });

  it('lets a firmer wish overtake a running one', async () => {
    const postgres = await start(homes.fresh());
    await Promise.all([postgres.stop(), postgres.stopNow()]);
  });
});

describe('where it listens', () => {
  it('takes a short folder for a home whose path is too long for a socket', async () => {
    const request = homes.fresh('x'.repeat(140));
    const postgres = await start(request);
    const short = shortDirectory(request.dataDirectory, { kind: 'plain' });
    expect(decodeURIComponent(postgres.url)).toContain(`host=${short}&`);
    expect(await ask(postgres.url, 'select 1')).toBe('1');
    await postgres.stop();
    expect(existsSync(short)).toBe(false);
  });

  it('asks for the password over TCP', async () => {
    const request = { ...homes.fresh(), transport: 'tcp' as const };
    const { url } = await start(request);
    expect(await ask(url, 'select 1')).toBe('1');
    const wrong = url.replace(/:[^:@/]+@/, ':guessed@');
    await expect(ask(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });
});

describe('a leftover postmaster.pid', () => {
  function leavePidFile(request: StartPostgresRequest, pid: number): void {
    const lines = [pid, request.dataDirectory, 1_700_000_000, 5432, '/nowhere', '', '  1 2', 'ready   '];
    writeFileSync(join(request.dataDirectory, 'postmaster.pid'), `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  it('of a dead process is no obstacle', async () => {
    const request = homes.fresh();
    const child = spawn('/bin/sh', ['-c', 'exit 0']);
    await once(child, 'exit');
    leavePidFile(request, child.pid ?? 0);
    await start(request);
  });

  it('of a number that another process has now is no obstacle, and that process lives on', async () => {
    const request = homes.fresh();
    const stranger = spawn('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'] });
    leavePidFile(request, stranger.pid ?? 0);
    await start(request);
    expect(isProcessAlive(stranger.pid ?? 0)).toBe(true);
    expect(logOf(request)).toContain(`removing the stale postmaster.pid of process ${stranger.pid}`);
    stranger.stdin.end();
    await once(stranger, 'exit');
  });

  it('of this very process is no obstacle', async () => {
    const request = homes.fresh();
    leavePidFile(request, process.pid);
    await start(request);
  });

  it('of a zombie is no obstacle', async () => {
    const request = homes.fresh();
    const parent = spawn(
      '/bin/sh',
      ['-c', 'exec 3<&0; { read -r l <&3; } >/dev/null & echo $!; exec sleep 600 >/dev/null'],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    const output = createInterface({ input: parent.stdout });
    const [line] = (await once(output, 'line')) as [string];
    await once(output, 'close');
    parent.stdin.end();
    await expect.poll(() => isProcessAlive(Number(line)), { interval: 5 }).toBe(false);
    leavePidFile(request, Number(line));
    await start(request);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });
});

describe('after SIGKILL of the launcher', () => {
  it('replaces the orphan and keeps what was committed', async () => {
    const request = homes.fresh();
    const holder = await hold(['start', JSON.stringify(request)]);
    const { url, pid } = holder;
    await ask(url, 'create table kept as select 42 as answer');
    await holder.kill();
    expect(isProcessAlive(pid)).toBe(true);
    const postgres = await start(request);
    expect(postgres.pid).not.toBe(pid);
    expect(isProcessAlive(pid)).toBe(false);
    expect(await ask(postgres.url, 'select answer from kept')).toBe('42');
    expect(logOf(request)).toContain(`found PostgreSQL (process ${pid}) left behind`);
  });

  it('starts when launcher and PostgreSQL were both killed', async () => {
    const request = homes.fresh();
    const holder = await hold(['start', JSON.stringify(request)]);
    await holder.kill();
    process.kill(holder.pid, 'SIGKILL');
    const postgres = await start(request);
    expect(await ask(postgres.url, 'select 1')).toBe('1');
  });
});

describe('what it refuses', () => {
  it('a data directory that another live launcher works on', async () => {
    const request = homes.fresh();
    const holder = await hold(['start', JSON.stringify(request)]);
    expect(await refusal(request).finally(() => holder.release())).toMatchObject({ code: 'HOME_IN_USE' });
  });

  it('a data directory that this process works on already', async () => {
    const request = homes.fresh();
    const { url } = await start(request);
    expect(await refusal(request)).toMatchObject({ code: 'HOME_IN_USE' });
    expect(await ask(url, 'select 1')).toBe('1');
  });

  it('a data directory of another major version, untouched', async () => {
    const request = homes.fresh();
    writeFileSync(join(request.dataDirectory, 'PG_VERSION'), '17\n');
    const error = await refusal(request);
    expect(error.code).toBe('DATA_DIRECTORY_VERSION');
    expect(error.message).toContain('PostgreSQL 17');
  });

  it('settings that PostgreSQL does not know, with its own words', async () => {
    const request = { ...homes.fresh(), settings: { no_such_setting: 'x' } };
    const error = await refusal(request);
    expect(error.code).toBe('POSTGRES_START_FAILED');
    expect(error.logTail?.join('\n')).toContain('no_such_setting');
  });

  it('to go on when the start is given up', async () => {
    const request = { ...homes.fresh(), signal: AbortSignal.abort(new Error('enough')) };
    expect(await refusal(request)).toMatchObject({ message: 'enough' });
  });
});

describe.runIf(isRoot)('as root', () => {
  it('keeps all files with root, in a user namespace', async () => {
    const request = homes.fresh();
    const { url } = await start(request);
    await ask(url, 'create table made (x int)');
    expect(lstatSync(join(request.dataDirectory, 'PG_VERSION')).uid).toBe(0);
    expect(logOf(request)).toContain('in a user namespace of its own');
  });

  it('runs as another user where namespaces are forbidden, and stays with that user', async () => {
    openTheWay();
    const request = { ...homes.fresh(), runAsChoice: 'user' as const };
    const first = await start(request);
    expect(await ask(first.url, 'select 1')).toBe('1');
    const { uid } = lstatSync(join(request.dataDirectory, 'PG_VERSION'));
    expect(uid).not.toBe(0);
    await first.stop();
    const again = await start({ ...request, runAsChoice: 'auto' });
    expect(await ask(again.url, 'select 1')).toBe('1');
    expect(logOf(request)).toContain(`(${uid})`);
    expect(lstatSync(join(request.dataDirectory, 'PG_VERSION')).uid).toBe(uid);
  });

  it('makes a new cluster as another user', async () => {
    openTheWay();
    const request = { ...homes.empty(), runAsChoice: 'user' as const };
    const { url } = await start(request);
    expect(await ask(url, 'select 1')).toBe('1');
  });

  it('says which folder keeps that user out', async () => {
    openTheWay();
    const request = { ...homes.fresh('closed/home'), runAsChoice: 'user' as const };
    const closed = dirname(dirname(request.dataDirectory));
    chmodSync(closed, 0o700);
    const error = await refusal(request);
    expect(error.code).toBe('POSTGRES_HOME_UNREACHABLE');
    expect(error.message).toContain(closed);
  });

  // The product as an ordinary user runs it. Needs a checkout that others may read, which not every machine has.
  const isReadable = isRoot && canOthersRead(fileURLToPath(import.meta.url)) && canOthersRead(process.execPath);
  const asOthers = it.runIf(isReadable || process.env['CI'] === 'true');
  if (!isReadable) console.warn('not shown: PostgreSQL as a plain user, for others cannot read this checkout');

  asOthers.each([
    ['plain', NOBODY, 'as the current user'],
    ['nameless', NAMELESS, 'in a user namespace of its own'],
  ])('runs for a %s user', async (_kind, uid, way) => {
    openTheWay();
    const request = homes.empty();
    used.push(request);
    chownSync(dirname(request.dataDirectory), uid, uid);
    const options = { uid, gid: uid, cwd: '/', env: { CI: process.env['CI'] } };
    const holder = await hold(['start', JSON.stringify(request)], options);
    onTestFinished(() => holder.release());
    expect(await ask(holder.url, 'select 1')).toBe('1');
    expect(lstatSync(join(request.dataDirectory, 'PG_VERSION')).uid).toBe(uid);
    expect(logOf(request)).toContain(way);
    await holder.release();
  });
});

/** Other users may enter the folder of the homes, but not read it. */
function openTheWay(): void {
  chmodSync(homes.root, 0o711);
}

function canOthersRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return false;
  }
  for (let folder = path; ; folder = dirname(folder)) {
    const wanted = folder === path ? 0o004 : 0o001;
    if ((lstatSync(folder).mode & wanted) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}
