import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isProcessAlive } from '../process/process-identity.ts';
import type { Patience } from './patience.ts';
import { LaunchSite, type Launched } from './testdata/launched.ts';

/** The stand-ins do not look at it: PostgreSQL has its own tests. */
const EXTERNAL = { DATABASE_URL: 'postgresql:///elsewhere' };
const QUICK: Partial<Patience> = { backoffMinMs: 1, backoffMaxMs: 4 };
let site: LaunchSite;

beforeEach(() => {
  site = new LaunchSite();
});

afterEach(async () => expect(await site.close()).toEqual([]));

function launch(env: Readonly<Record<string, string>> = {}, patience: Partial<Patience> = QUICK): Launched {
  return site.launch({ ...EXTERNAL, ...env }, patience);
}

/** Waits until everything is up. */
async function up(bridle: Launched): Promise<void> {
  await bridle.says('Stop      Ctrl-C');
  await site.told(/^delegate settings/);
}

describe('a start', () => {
  it('shows where to go, and gives each child what it needs and no more', async () => {
    const bridle = launch({ BRIDLE_ACCOUNT_ID: 'acme', BRIDLE_MASTER_KEY: Buffer.alloc(32).toString('base64') });
    await up(bridle);
    expect(bridle.output).toContain('Open      http://127.0.0.1:7070\n');
    expect(bridle.output).toContain('\n\ncurl http://x/acme\n\n');
    expect(bridle.output).not.toContain('the-delegate-token');
    expect(site.story).toContain('delegate args --url http://127.0.0.1:7070 --token-file, token the-delegate-token');
    expect(site.story).toContain('delegate settings BRIDLE_DELEGATE_HOME');
    bridle.signal('SIGTERM');
    expect(await bridle.exit()).toBe(0);
  });

  it('leaves the delegate out when asked to', async () => {
    const bridle = launch({ BRIDLE_DELEGATE: 'off' });
    await bridle.says('Stop      Ctrl-C');
    expect(bridle.output).toContain('off, from BRIDLE_DELEGATE');
    bridle.signal('SIGINT');
    expect(await bridle.exit()).toBe(0);
    expect(site.pids('delegate')).toEqual([]);
  });

  it('shows all wrong settings and touches nothing', async () => {
    const bridle = launch({ BRIDLE_PORT: '99999', BRIDLE_DELEGATE: 'perhaps' });
    expect(await bridle.exit()).toBe(2);
    expect(bridle.output).toContain('BRIDLE_PORT is not a port: "99999".');
    expect(bridle.output).toContain('BRIDLE_DELEGATE is neither on nor off: "perhaps".');
    expect(existsSync(site.home)).toBe(false);
  });

  it('names BRIDLE_PORT when the port is taken', async () => {
    const bridle = launch({ STAND_IN_SERVER: 'port-in-use', BRIDLE_PORT: '8080' });
    expect(await bridle.exit()).toBe(1);
    expect(bridle.output).toContain('Port 8080 on 127.0.0.1 is already in use.');
    expect(bridle.output).toContain('BRIDLE_PORT=8081 npm start');
  });

  it('passes on what the server says about itself', async () => {
    const bridle = launch({ STAND_IN_SERVER: 'other-key' });
    expect(await bridle.exit()).toBe(1);
    expect(bridle.output).toContain('Another key.');
    expect(bridle.output).toContain('MASTER_KEY_MISMATCH');
  });

  it('shows the last words of a server that breaks', async () => {
    const bridle = launch({ STAND_IN_SERVER: 'crash-at-start' });
    expect(await bridle.exit()).toBe(1);
    expect(bridle.output).toContain('The server ended with code 3 while starting.');
    expect(bridle.output).toContain('│ the stand-in breaks\n');
  });

  it.each([
    ['silent', 'The server was not ready after 0.3 s.'],
    ['odd-message', 'The server sent a message that the launcher does not know.'],
  ])('gives a %s server up', async (word, text) => {
    const bridle = launch({ STAND_IN_SERVER: word }, { ...QUICK, serverReadyMs: word === 'silent' ? 300 : 60_000 });
    expect(await bridle.exit()).toBe(1);
    expect(bridle.output).toContain(text);
  });

  it('refuses a home in use and leaves its holder alone', async () => {
    const first = launch();
    await up(first);
    const second = launch();
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain('is in use by another running Bridle');
    first.signal('SIGTERM');
    expect(await first.exit()).toBe(0);
    expect(first.output).not.toContain('!');
  });
});

describe('a stop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('V1: by %s goes delegate first, then server', async (signal) => {
    const bridle = launch();
    await up(bridle);
    bridle.signal(signal);
    expect(await bridle.exit()).toBe(0);
    const stopped = site.story.filter((line) => /asked to stop|down/.test(line));
    expect(stopped).toEqual(['delegate asked to stop', 'delegate down', 'server asked to stop', 'server down']);
    expect(bridle.output).toMatch(/Stopping\. Ctrl-C again stops at once\.\n {2}✓ Stopped\n/);
  });

  it('V3: takes a doubled Ctrl-C for one', async () => {
    const bridle = launch();
    await up(bridle);
    bridle.signal('SIGINT');
    bridle.signal('SIGINT');
    expect(await bridle.exit()).toBe(0);
    expect(site.story.at(-1)).toBe('server down');
  });

  it('V3: kills at the second request', async () => {
    const bridle = launch(
      { STAND_IN_DELEGATE: 'stubborn', STAND_IN_SERVER: 'stubborn' },
      { ...QUICK, sameSignalMs: 0 },
    );
    await up(bridle);
    bridle.signal('SIGINT');
    await site.told(/^delegate asked to stop/);
    bridle.signal('SIGINT');
    expect(await bridle.exit()).toBe(130);
    expect(bridle.output).toContain('Stopped at once');
  });

  it('kills what does not end in time', async () => {
    const stubborn = { STAND_IN_DELEGATE: 'stubborn', STAND_IN_SERVER: 'stubborn' };
    const bridle = launch(stubborn, { ...QUICK, delegateStopMs: 100, serverStopMs: 100 });
    await up(bridle);
    bridle.signal('SIGTERM');
    expect(await bridle.exit()).toBe(0);
    expect(site.story.filter((line) => line.includes('asked to stop'))).toHaveLength(2);
  });

  it('follows the end of the shell that npm runs it in', async () => {
    const bridle = launch({ npm_lifecycle_event: 'start' });
    await up(bridle);
    bridle.signal('SIGTERM');
    // The output closes when Bridle itself has ended: the shell is long gone.
    await bridle.exit();
    expect(site.story.at(-1)).toBe('server down');
    expect(bridle.output).toContain('✓ Stopped');
  });

  it('during a start explains nothing', async () => {
    const bridle = launch({ STAND_IN_SERVER: 'silent' });
    await site.told(/^server up/);
    bridle.signal('SIGINT');
    expect(await bridle.exit()).toBe(0);
    expect(bridle.output).not.toContain('✗');
  });
});

describe('what ends unasked', () => {
  it('V2: a server is started again, and the delegate lives on', async () => {
    const bridle = launch();
    await up(bridle);
    process.kill(site.pids('server').at(-1) ?? Number.NaN, 'SIGKILL');
    await bridle.says('✓ Server       again');
    expect(bridle.output).toContain('The server was ended by SIGKILL; starting it again in 0.0 s.');
    expect(site.pids('server')).toHaveLength(2);
    expect(site.pids('delegate')).toHaveLength(1);
    bridle.signal('SIGTERM');
    expect(await bridle.exit()).toBe(0);
  });

  it('V2: a server that keeps failing is given up', async () => {
    const bridle = launch({ STAND_IN_SERVER: 'crash-after-ready' }, { ...QUICK, failuresMax: 3 });
    expect(await bridle.exit()).toBe(1);
    expect(bridle.output).toContain('The server keeps failing: it ended with code 4.');
    expect(site.pids('server')).toHaveLength(3);
  });

  it('V2: a delegate is started again for ever, with few words', async () => {
    const bridle = launch({ STAND_IN_DELEGATE: 'crash' });
    await site.told(/^delegate up/, 6);
    expect(bridle.output.match(/The server refuses the token\. The delegate ended with code 5/g)).toHaveLength(3);
    expect(bridle.output).toContain('If it keeps failing, only its log tells');
    bridle.signal('SIGTERM');
    expect(await bridle.exit()).toBe(0);
  });
});

describe('after SIGKILL of the launcher', () => {
  it('its children stop by themselves, and the next start finds the home free', async () => {
    const first = launch();
    await up(first);
    await first.end();
    await site.told(/down, launcher gone/, 2);
    const second = launch();
    await second.says('Stop      Ctrl-C');
    second.signal('SIGTERM');
    expect(await second.exit()).toBe(0);
  });

  it('K3: the next start ends children that did not', async () => {
    const deaf = { STAND_IN_SERVER: 'deaf', STAND_IN_DELEGATE: 'deaf' };
    const first = launch(deaf);
    await up(first);
    await first.end();
    const orphans = [...site.pids('server'), ...site.pids('delegate')];
    expect(orphans.filter(isProcessAlive)).toHaveLength(2);
    const second = launch();
    await second.says('Stop      Ctrl-C');
    expect(orphans.filter(isProcessAlive)).toEqual([]);
    expect(second.output).toContain(`ended the server of an earlier start (process ${orphans[0]})`);
    second.signal('SIGTERM');
    expect(await second.exit()).toBe(0);
  });
});

it('keeps the logs of each child in the home', async () => {
  const bridle = launch();
  await up(bridle);
  bridle.signal('SIGTERM');
  await bridle.exit();
  expect(readdirSync(join(site.home, 'logs')).toSorted()).toEqual(['delegate.log', 'server.log']);
  expect(readFileSync(join(site.home, 'logs', 'server.log'), 'utf8')).toContain('[launcher] starting the server');
});
