/** What can be seen without a server: files, order, refusals. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBridle, type Finished } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const CONFIG = '.config/bridle/config.yaml';
/** A port where nothing listens: what asks the server ends with 8. */
const NOBODY = 'http://127.0.0.1:2';
const TOKEN = 'pat.acc.id.secret';

function bridle(
  home: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  folder = home,
): Promise<Finished> {
  return runBridle(words, { folder, environment: { HOME: home, BRIDLE_HOME: join(home, 'none'), ...environment } });
}

function home(files: Readonly<Record<string, string>> = {}): string {
  return testFolder({ '.keep': '', ...files });
}

const PROFILES = `# mine
current: local
profiles:
  local: { url: ${NOBODY}, token: ${TOKEN}, org: default, project: shop }
  harness: { url: https://app.harness.io, account: acc2 } # no token yet
other: stays
`;

describe('profiles', () => {
  it('are listed, shown, used and deleted; what else is in the file stays', async () => {
    const folder = home({ [CONFIG]: PROFILES });
    const list = await bridle(folder, ['profile', 'list']);
    expect(list.out).toBe(
      [
        'PROFILE  SERVER                  PROJECT       SIGNED IN',
        `local *  ${NOBODY}      default/shop  yes`,
        'harness  https://app.harness.io                no',
        '',
      ].join('\n'),
    );
    expect(await bridle(folder, ['profile', 'use', 'harness', '-q'])).toEqual({ exitCode: 0, out: '', err: '' });
    const shown = await bridle(folder, ['profile', 'show', '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({ name: 'harness', account: 'acc2', current: true, hasToken: false });
    expect((await bridle(folder, ['profile', 'delete', 'harness'])).exitCode).toBe(0);
    const text = readFileSync(join(folder, CONFIG), 'utf8');
    expect(text).toContain('# mine');
    expect(text).toContain('other: stays');
    expect(text).not.toContain('harness');
    expect(statSync(join(folder, CONFIG)).mode & 0o777).toBe(0o600);
  });

  it('that are not there are named with those that are', async () => {
    const folder = home({ [CONFIG]: PROFILES });
    expect(await bridle(folder, ['profile', 'use', 'locl'])).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('Did you mean local? Profiles: local, harness.'),
    });
    expect(await bridle(folder, ['whoami', '--profile', 'nobody'])).toMatchObject({ exitCode: 5 });
  });

  it('never print a token', async () => {
    const folder = home({ [CONFIG]: PROFILES });
    for (const words of [
      ['profile', 'list', '--json'],
      ['profile', 'show', 'local', '--json'],
      ['profile', 'show', 'local'],
      ['whoami'],
    ]) {
      const { out, err } = await bridle(folder, words);
      expect(`${out}${err}`).not.toContain('secret');
    }
  });

  it('of a file that cannot be understood are left alone', async () => {
    const folder = home({ [CONFIG]: 'profiles: [' });
    expect(await bridle(folder, ['profile', 'list'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('cannot be understood'),
    });
    const loose = home({ [CONFIG]: `profiles:\n  a: { token: ${TOKEN} }\n` });
    expect(await bridle(loose, ['whoami'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('profile a has no url'),
    });
  });

  it('lose their token by logout, and nothing else', async () => {
    const folder = home({ [CONFIG]: PROFILES });
    expect(await bridle(folder, ['logout'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(folder, CONFIG), 'utf8')).toMatch(/url: http[\s\S]*project: shop/);
    expect(readFileSync(join(folder, CONFIG), 'utf8')).not.toContain('secret');
    expect(await bridle(home(), ['logout'])).toMatchObject({ exitCode: 4 });
  });
});

describe('whoami', () => {
  it('says where each value comes from, before it says that the server is not there', async () => {
    const folder = home({
      [CONFIG]: PROFILES,
      'repo/.git/x': '',
      'repo/.bridle.yaml': 'project: api\n',
      'repo/deep/x': '',
    });
    const { exitCode, out, err } = await bridle(
      folder,
      ['whoami', '--org', 'mine'],
      { HARNESS_ACCOUNT_ID: 'acc9' },
      join(folder, 'repo/deep'),
    );
    expect(exitCode).toBe(8);
    const rows = Object.fromEntries(
      out
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {2,}/))
        .map(([name, ...rest]) => [name, rest]),
    );
    expect(rows).toEqual({
      server: [NOBODY, 'profile local'],
      token: ['pat.acc.id.****', 'profile local'],
      account: ['acc9', 'HARNESS_ACCOUNT_ID'],
      organization: ['mine', '--org'],
      project: ['api', join(folder, 'repo/.bridle.yaml')],
    });
    expect(err).toContain(`The server at ${NOBODY} cannot be reached: connect ECONNREFUSED`);
  });

  it('takes a profile that is named on the line for as strong as the line', async () => {
    const folder = home({ [CONFIG]: PROFILES });
    const { out } = await bridle(folder, ['whoami', '--profile', 'local'], {
      HARNESS_API_KEY: 'pat.env.id.x',
      HARNESS_BASE_URL: 'https://elsewhere.example',
    });
    expect(out).toContain('pat.acc.id.****');
    expect(out).not.toContain('elsewhere');
  });

  it('signs in nobody with a token of another server', async () => {
    const folder = home({ [CONFIG]: PROFILES });
    const { exitCode, err } = await bridle(folder, ['whoami', '--url', 'http://127.0.0.1:3']);
    expect(exitCode).toBe(4);
    expect(err).toContain(`profile local has a token for ${NOBODY}, which is another server.`);
  });

  it('knows who is signed in with hc', async () => {
    const auth = { base_url: NOBODY, token: TOKEN, account_id: 'acc', org_id: 'o' };
    const { out } = await bridle(home({ '.harness/auth.json': JSON.stringify(auth) }), ['whoami']);
    expect(out).toMatch(/token +pat\.acc\.id\.\*{4} .*auth\.json/);
    expect(out).toMatch(/organization +o /);
  });

  it('L1: takes the token of a running home of this user only, where nobody else can read it', async () => {
    const folder = home();
    const bridleHome = join(folder, 'none');
    mkdirSync(bridleHome);
    writeFileSync(join(bridleHome, 'admin-token'), `${TOKEN}\n`, { mode: 0o600 });
    writeFileSync(join(bridleHome, 'running.json'), JSON.stringify({ url: NOBODY, version: '1' }));
    const lock = join(bridleHome, 'bridle.lock');
    writeFileSync(lock, JSON.stringify({ pid: process.pid, startedAt: '' }));
    expect((await bridle(folder, ['whoami'])).out).toContain('pat.acc.id.****');
    chmodSync(join(bridleHome, 'admin-token'), 0o644);
    expect((await bridle(folder, ['whoami'])).exitCode).toBe(4);
    chmodSync(join(bridleHome, 'admin-token'), 0o600);
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '' }));
    expect((await bridle(folder, ['whoami'])).exitCode).toBe(4);
  });
});

describe('.bridle.yaml', () => {
  it.each([['url: https://evil.example'], ['token: x']])('may not say %s', async (text) => {
    const folder = home({ '.bridle.yaml': `${text}\n` });
    expect(await bridle(folder, ['whoami'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('which it may not have'),
    });
  });

  it('may choose one of the profiles', async () => {
    const folder = home({
      [CONFIG]: PROFILES.replace('current: local', 'current: harness'),
      '.bridle.yaml': 'profile: local\n',
    });
    expect((await bridle(folder, ['whoami'])).out).toContain(NOBODY);
  });
});

describe('login', () => {
  it('asks nobody off a terminal, and keeps nothing that the server did not confirm', async () => {
    const folder = home();
    expect(await bridle(folder, ['login', '--url', NOBODY])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--token -'),
    });
    expect((await bridle(folder, ['login', '--url', NOBODY, '--token', TOKEN])).exitCode).toBe(8);
    expect(await bridle(folder, ['profile', 'list', '--json'])).toMatchObject({ out: '[]\n' });
  });
});

describe('api', () => {
  it.each([
    [['api', 'FETCH', '/x'], 'is no method'],
    [['api', 'GET', 'x'], 'does not begin with a slash'],
    [['api', 'GET', '/x', '-f', 'a'], 'is not name=value'],
    [['api', 'POST', '/x', '-f', 'a:=nope'], 'is no JSON'],
  ])('%s is refused before anything is sent', async (words, text) => {
    const folder = home({ [CONFIG]: PROFILES });
    expect(await bridle(folder, words)).toMatchObject({ exitCode: 2, err: expect.stringContaining(text) });
  });
});
