/** Passwords, a real provider of OpenID Connect and the ways back in, in a real browser. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from './src/api.ts';
import { launchBrowser } from './src/browser.ts';
import { startIdentityProvider, type IdentityProvider } from './src/identity-provider.ts';
import { freePort, REPOSITORY, startProduct, type Product } from './src/product.ts';

const PASSWORD = 'correct horse battery';
const CLIENT = { clientId: 'bridle', clientSecret: 'a secret of this test' };

let browser: Browser | undefined;
let product: Product;
let provider: IdentityProvider | undefined;
let providerPort: number;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle-sign-in-'));
  const secretFile = join(folder, 'client-secret');
  await writeFile(secretFile, `${CLIENT.clientSecret}\n`);
  providerPort = await freePort();
  browser = await launchBrowser();
  // The provider is not there yet.
  product = await startProduct({
    env: {
      BRIDLE_DELEGATE: 'off',
      BRIDLE_OPENID_ISSUER: `http://localhost:${String(providerPort)}`,
      BRIDLE_OPENID_CLIENT_ID: CLIENT.clientId,
      BRIDLE_OPENID_CLIENT_SECRET_FILE: secretFile,
      BRIDLE_OPENID_SCOPES: 'openid profile email groups',
      BRIDLE_OPENID_NAME: 'Example',
      BRIDLE_OPENID_CREATE_USERS: 'on',
      BRIDLE_OPENID_ROLE: '_account_viewer',
      BRIDLE_OPENID_LINK_BY_EMAIL: 'on',
    },
  });
});

afterAll(async () => {
  await browser?.close();
  await provider?.stop();
  await product.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody at a browser of their own. */
async function atBrowser(work: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await browser?.newContext();
  if (context === undefined) throw new Error('There is no browser.');
  try {
    await work(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

async function withProvider(): Promise<IdentityProvider> {
  provider ??= await startIdentityProvider({ ...CLIENT, port: providerPort, bridleUrl: product.url });
  return provider;
}

async function comeFromProvider(page: Page, who: string): Promise<void> {
  await page.goto(`${product.url}/login`);
  await page.getByRole('link', { name: 'Continue with Example' }).click();
  await page.getByLabel('Who are you?').fill(who);
  await page.getByRole('button', { name: 'Continue' }).click();
}

interface Session {
  readonly user: { readonly id: string; readonly name: string; readonly email: string; readonly admin: boolean };
}

/** Asked as a page of Bridle asks. */
function sessionOf(page: Page): Promise<Session> {
  return page.evaluate(async () => {
    const response = await fetch('/bridle/api/session');
    return ((await response.json()) as { data: Session }).data;
  });
}

const pipelines = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Pipelines' }).waitFor();

function admin(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<readonly [number | null, string]> {
  const child = spawn('npm', ['run', '--silent', 'admin', '--', ...args], {
    cwd: REPOSITORY,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve([code, text]));
  });
}

describe('while the provider is away', () => {
  it('people sign in without it: by token, and by the password that they choose then', async () => {
    await atBrowser(async (page) => {
      await page.goto(product.url);
      await page.getByRole('link', { name: 'Continue with Example' }).click();
      await page.getByRole('alert').getByText('does not answer').waitFor();
      await page.getByLabel('Access token').fill(product.adminToken);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await pipelines(page);
      await page.getByRole('button', { name: 'account of admin' }).click();
      await page.getByRole('menuitem', { name: 'Your account' }).click();
      await page.getByLabel('New password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Set password' }).click();
      await page.getByText('Your password is set.').waitFor();
      await page.getByText('This browser').waitFor();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.getByRole('button', { name: 'account of admin' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();

      await page.getByLabel('E-mail address').fill('admin@localhost');
      await page.getByLabel('Password').fill('something else');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('E-mail address or password is wrong.').waitFor();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await pipelines(page);
    });
  });
});

describe('a provider of OpenID Connect', () => {
  it('signs in a person it knows, who is new here, and brings them where they wanted to go', async () => {
    const { people } = await withProvider();
    people.set('ada-1', { name: 'Ada', email: 'ada@example.com', email_verified: true });
    await atBrowser(async (page, context) => {
      await page.goto(`${product.url}/p/default/myproject/triggers`);
      await page.getByRole('link', { name: 'Continue with Example' }).click();
      await page.getByLabel('Who are you?').fill('ada-1');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Triggers' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/p/default/myproject/triggers');
      expect((await sessionOf(page)).user).toMatchObject({ name: 'Ada', email: 'ada@example.com', admin: false });
      const cookies = await context.cookies(product.url);
      expect(cookies.filter(({ name }) => name.startsWith('bridle_'))).toMatchObject([
        { name: 'bridle_session', httpOnly: true, sameSite: 'Strict' },
      ]);
      // What the role allows, and what it does not.
      const statuses = await page.evaluate(async (account) => {
        const query = `?accountIdentifier=${account}&orgIdentifier=default&projectIdentifier=myproject`;
        const read = await fetch(`/pipeline/api/pipelines/test${query}`);
        const run = await fetch(`/pipeline/api/pipeline/execute/test${query}`, { method: 'POST' });
        return [read.status, run.status];
      }, product.accountId);
      expect(statuses).toEqual([200, 403]);

      await page.getByRole('button', { name: 'account of Ada' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL(`${provider?.issuer ?? ''}/session/end**`);
      await page.getByRole('button', { name: 'Yes, sign me out' }).click();
      await page.getByRole('link', { name: 'Continue with Example' }).waitFor();
      expect(page.url().startsWith(product.url)).toBe(true);
    });
  });

  it('knows people by their subject: another address is the same user', async () => {
    const { people } = await withProvider();
    people.set('ben-1', { name: 'Ben', email: 'ben@example.com' });
    const ids: string[] = [];
    for (const email of ['ben@example.com', 'benjamin@example.com']) {
      people.set('ben-1', { name: 'Ben', email });
      await atBrowser(async (page) => {
        await comeFromProvider(page, 'ben-1');
        await pipelines(page);
        ids.push((await sessionOf(page)).user.id);
      });
    }
    expect(ids[0]).toBe(ids[1]);
    // And somebody else who has his address now is not him.
    people.set('eve-1', { name: 'Eve', email: 'ben@example.com', email_verified: true });
    await atBrowser(async (page) => {
      await comeFromProvider(page, 'eve-1');
      await page.getByRole('alert').getByText('has your e-mail address already').waitFor();
    });
  });

  it('gives nobody a user by an address it has not verified; by one it has, as the setting says', async () => {
    const { people } = await withProvider();
    people.set('mallory-1', { name: 'Mallory', email: 'admin@localhost', email_verified: false });
    await atBrowser(async (page) => {
      await comeFromProvider(page, 'mallory-1');
      await page.getByRole('alert').getByText('has your e-mail address already').waitFor();
    });
    people.set('root-1', { name: 'Root', email: 'Admin@localhost', email_verified: true });
    await atBrowser(async (page) => {
      await comeFromProvider(page, 'root-1');
      await pipelines(page);
      expect((await sessionOf(page)).user).toMatchObject({ name: 'admin', admin: true });
    });
    // The first one who came has it.
    people.set('mallory-1', { name: 'Mallory', email: 'admin@localhost', email_verified: true });
    await atBrowser(async (page) => {
      await comeFromProvider(page, 'mallory-1');
      await page.getByRole('alert').getByText('has your e-mail address already').waitFor();
    });
  });

  it('is believed once, in the browser that went there', async () => {
    const { people } = await withProvider();
    people.set('cy-1', { name: 'Cy', email: 'cy@example.com' });
    await atBrowser(async (page) => {
      const returns: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/bridle/api/openid/return')) returns.push(request.url());
      });
      await comeFromProvider(page, 'cy-1');
      await pipelines(page);
      expect(returns).toHaveLength(1);
      await atBrowser(async (stranger) => {
        // A link that would sign a victim in as somebody else.
        await stranger.goto(returns[0] ?? '');
        await stranger.getByRole('alert').getByText('begun in another browser').waitFor();
        expect((await stranger.request.get(`${product.url}/bridle/api/session`)).status()).toBe(401);
      });
      await page.goto(returns[0] ?? '');
      await page.getByRole('alert').getByText('Begin it again').waitFor();
    });
  });

  it('may say no, and people may cancel', async () => {
    await withProvider();
    await atBrowser(async (page) => {
      await page.goto(`${product.url}/login`);
      await page.getByRole('link', { name: 'Continue with Example' }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alert').getByText('refused').waitFor();
    });
  });

  it('leads to this site only', async () => {
    const { people } = await withProvider();
    people.set('dee-1', { name: 'Dee', email: 'dee@example.com' });
    for (const to of ['https://elsewhere.test/', '//elsewhere.test/', '/\\elsewhere.test', '/%09/elsewhere.test']) {
      await atBrowser(async (page) => {
        await page.goto(`${product.url}/bridle/api/openid/start?to=${encodeURIComponent(to)}`);
        await page.getByLabel('Who are you?').fill('dee-1');
        await page.getByRole('button', { name: 'Continue' }).click();
        await page.waitForURL(`${product.url}/**`);
        expect((await sessionOf(page)).user.name).toBe('Dee');
      });
    }
  });
});

describe('the ways back in', () => {
  it('lead over a link of whoever owns the home, after a lost password', async () => {
    const env = { BRIDLE_HOME: product.home, BRIDLE_PUBLIC_URL: product.url };
    const [code, text] = await admin(env, 'reset-password', 'admin@localhost');
    expect([code, text]).toEqual([0, expect.stringContaining('signed out everywhere')]);
    await atBrowser(async (page) => {
      await page.goto(/http\S+/.exec(text)?.[0] ?? '');
      await page.getByRole('heading', { name: 'Your account' }).waitFor();
      await page.getByLabel('New password').fill('another horse entirely');
      await page.getByRole('button', { name: 'Set password' }).click();
      await page.getByText('Your password is set.').waitFor();
    });
  });

  it('lead over a command, after a lost master key: secrets are lost, everything else is there', async () => {
    const scope = { query: { orgIdentifier: '', projectIdentifier: '' } };
    const secret = (value: string): string =>
      JSON.stringify({
        secret: { type: 'SecretText', identifier: 'one', name: 'one', spec: { valueType: 'Inline', value } },
      });
    const json = { headers: { 'content-type': 'application/json' } };
    await api(product, '/ng/api/v2/secrets', { ...scope, ...json, method: 'POST', body: secret('canary') });
    await product.stop();
    await rm(join(product.home, 'keys', 'master.key'));
    await expect(startProduct({ home: product.home })).rejects.toThrow('give-up-master-key');

    const env = { BRIDLE_HOME: product.home };
    const [asked, told] = await admin(env, 'give-up-master-key');
    expect([asked, told]).toEqual([1, expect.stringContaining('account: one')]);
    await expect(startProduct({ home: product.home })).rejects.toThrow('give-up-master-key');
    const [done, text] = await admin(env, 'give-up-master-key', '--yes');
    expect([done, text]).toEqual([0, expect.stringContaining('Given up: the value of 1 secret.')]);

    product = await startProduct({ home: product.home });
    const drafts = async (): Promise<boolean> =>
      (await api<{ draft: boolean }>(product, '/ng/api/v2/secrets/one', scope)).body.data.draft;
    expect(await drafts()).toBe(true);
    expect((await api(product, '/pipeline/api/pipelines/test')).status).toBe(200);
    const saved = await api(product, '/ng/api/v2/secrets/one', {
      ...scope,
      ...json,
      method: 'PUT',
      body: secret('new'),
    });
    expect(saved.status).toBe(200);
    expect(await drafts()).toBe(false);
  });
});
