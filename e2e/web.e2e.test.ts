/** Steps 1 and 2 of the founding document as clicks, in a real browser; then its curl in a shell, watched live. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, createPipeline, createTrigger, customTrigger, detailsWhenFinal, fire, shellPipeline } from './src/api.ts';
import { launchBrowser } from './src/browser.ts';
import { startProduct, type Product } from './src/product.ts';
import { runShellJson } from './src/shell.ts';

let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const outside: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  product = await startProduct();
  context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  page = await context.newPage();
  watch(page);
  await page.goto(product.loginUrl);
  await page.getByRole('heading', { name: 'Pipelines' }).waitFor();
});

afterAll(async () => {
  await browser.close();
  await product.dispose();
});

/** Every request of the UI goes to Bridle itself, and nothing is reported to the console as an error. */
function watch(target: Page): void {
  target.on('request', (request) => {
    if (!request.url().startsWith(product.url) && !/^(data|blob):/.test(request.url())) outside.push(request.url());
  });
  target.on('pageerror', (error) => problems.push(error.message));
  target.on('console', (message) => {
    // A trigger that cannot be saved is tried on purpose; so is a wrong token.
    const isRefusal = message.text().includes('400') && message.location().url.includes('/pipeline/api/triggers');
    if (message.type() === 'error' && !message.text().includes('401') && !isRefusal) problems.push(message.text());
  });
}

describe('signing in', () => {
  it('takes the printed token, and tells when one is wrong', async () => {
    const stranger = await browser.newContext();
    const login = await stranger.newPage();
    await login.goto(product.url);
    await login.getByLabel('Access token').fill('pat.x.y.z');
    await login.getByRole('button', { name: 'Sign in' }).click();
    await login.getByRole('alert').waitFor();
    await login.getByLabel('Access token').fill(product.adminToken);
    await login.getByRole('button', { name: 'Sign in' }).click();
    await login.getByRole('link', { name: 'showcase', exact: true }).waitFor();
    await stranger.close();
  });

  it('takes a one-time link only once', async () => {
    const stranger = await browser.newContext();
    const login = await stranger.newPage();
    await login.goto(product.loginUrl);
    await login.getByRole('alert').waitFor();
    await stranger.close();
  });
});

describe('the story as clicks', () => {
  it('creates a custom webhook, copies its curl, and watches the call arrive and end without a reload', async () => {
    await page.goto(`${product.url}/p/default/myproject/pipelines/test/triggers`);
    await page.getByRole('button', { name: 'New trigger' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('From the browser');
    expect(await page.getByLabel('Identifier').inputValue()).toBe('From_the_browser');
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByRole('heading', { name: 'From the browser' }).waitFor();

    const command = await page.getByTestId('command-curl').innerText();
    expect(command).toContain('triggerIdentifier=From_the_browser');
    await page.evaluate(() => {
      Object.assign(window, { isSamePage: true });
    });
    const { data } = await runShellJson<{ data: string | { eventCorrelationId: string } }>(`${command} -s`);
    const eventId = typeof data === 'string' ? data : data.eventCorrelationId;

    const event = page.getByRole('list', { name: 'Events' }).getByRole('listitem').first();
    await event.getByTitle(eventId).first().waitFor();
    await event.getByText('Success').waitFor();
    await event.getByRole('link').first().click();
    await page.getByRole('heading', { name: /test/ }).first().waitFor();
    await page.getByRole('log').getByText('Hello').first().waitFor();
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
  });

  it('creates a schedule and a trigger of a Git provider: the one shows its next times, the other its address', async () => {
    const triggers = `${product.url}/p/default/myproject/pipelines/test/triggers`;
    await page.goto(triggers);
    await page.getByRole('button', { name: 'New trigger' }).first().click();
    await page.getByLabel('Kind').selectOption('Schedule');
    await page.getByLabel('Name', { exact: true }).fill('Each night');
    await page.getByLabel('Times').fill('*/2 * * * *');
    await page.getByRole('button', { name: 'Create the trigger' }).click();
    await page.getByRole('alert').getByText('greater than or equal to 5 minutes').waitFor();
    await page.getByLabel('Times').fill('0 2 * * *');
    await page.getByRole('button', { name: 'Create the trigger' }).click();
    await page.getByRole('heading', { name: 'Each night' }).waitFor();
    expect(await page.getByRole('list', { name: 'Next times' }).getByRole('listitem').count()).toBe(5);

    await page.goto(triggers);
    await page.getByRole('button', { name: 'New trigger' }).first().click();
    await page.getByLabel('Kind').selectOption('GitHub event');
    await page.getByLabel('Name', { exact: true }).fill('On push');
    await page.getByLabel('Connector').fill('account.github');
    await page.getByRole('button', { name: 'Create the trigger' }).click();
    await page.getByRole('heading', { name: 'On push' }).waitFor();
    await page.getByText(`/gateway/ng/api/webhook?accountIdentifier=${product.accountId}`).waitFor();
    await page.getByText('No secret is asked for').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  });

  it('disables a trigger and enables it again', async () => {
    await page.goto(`${product.url}/p/default/myproject/pipelines/test/triggers/From_the_browser`);
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByText('Enabled', { exact: true }).waitFor();
  });
});

describe('an execution, live', () => {
  it('shows each step as it runs, follows its log, and can be aborted', async () => {
    await createPipeline(
      product,
      shellPipeline('long', ['echo started; for i in $(seq 1 2000); do echo "line $i"; done; sleep 300']),
    );
    await createTrigger(product, 'long', customTrigger('longhook', 'long'));
    await page.goto(`${product.url}/p/default/myproject/executions?pipeline=long`);
    await page.getByText('Nothing matches').waitFor();
    await fire(product, 'long', 'longhook');
    await page.getByRole('link', { name: /long #1/ }).click();
    await page.getByRole('log').getByText('line 2000', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Abort' }).click();
    await page.getByText('Aborted', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Rerun' }).waitFor();
  });

  it('finds a line in the log', async () => {
    await page.getByRole('button', { name: 'Find in the log' }).click();
    await page.getByLabel('Find', { exact: true }).fill('line 777');
    await page.getByText('1 of 1').waitFor();
    await page.getByRole('log').getByText('line 777', { exact: true }).waitFor();
  });

  it('runs again from its page', async () => {
    await page.getByRole('button', { name: 'Rerun' }).click();
    await page.getByText('#2').waitFor();
    await page.getByRole('button', { name: 'Abort' }).click();
    await page.getByText('Aborted', { exact: true }).first().waitFor();
  });

  it('folds the groups of a log, and opens the one in which a line is found', async () => {
    const script =
      'echo "::group::Install"; for i in $(seq 50); do echo "package $i"; done; echo "::endgroup::"; echo built';
    await createPipeline(product, shellPipeline('groups', [script]));
    await createTrigger(product, 'groups', customTrigger('groupshook', 'groups'));
    const { body } = await fire(product, 'groups', 'groupshook');
    await detailsWhenFinal(product, body.data);
    await page.goto(`${product.url}/p/default/myproject/executions?pipeline=groups`);
    await page.getByRole('link', { name: /groups #1/ }).click();
    const log = page.getByRole('log');
    await log.getByText('built', { exact: true }).waitFor();
    const group = log.getByRole('button', { name: /Install/ });
    expect(await group.getAttribute('aria-expanded')).toBe('false');
    expect(await log.getByText('package 1', { exact: true }).count()).toBe(0);
    await group.click();
    await log.getByText('package 1', { exact: true }).waitFor();
    await group.click();
    await log.getByText('51 lines').waitFor();

    await page.getByRole('button', { name: 'Find in the log' }).click();
    await page.getByLabel('Find', { exact: true }).fill('package 33');
    await log.getByText('package 33', { exact: true }).waitFor();
    expect(await group.getAttribute('aria-expanded')).toBe('true');
  });
});

describe('pipelines', () => {
  it('shows problems in place and saves what is right', async () => {
    await page.goto(`${product.url}/p/default/myproject/new-pipeline`);
    const editor = page.getByRole('textbox', { name: 'Pipeline YAML' });
    await editor.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('pipeline:\n  name: bad\n  identifier: 1bad\n  stages: []\n');
    await page.getByRole('list', { name: 'Problems' }).getByText('line 3').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(shellPipeline('fromeditor', ['echo hello']));
    await page.getByText('No problems').waitFor();
    await page.getByRole('button', { name: 'Create the pipeline' }).click();
    await page.getByRole('heading', { name: 'fromeditor' }).waitFor();
  });

  it('asks for runtime inputs and starts with them', async () => {
    await page.goto(`${product.url}/p/default/myproject/pipelines/showcase/run`);
    await page.getByRole('button', { name: 'Run' }).last().click();
    await page.waitForURL(/\/x\//);
    await page.getByRole('group', { name: 'Stages' }).getByRole('button').first().waitFor();
  });
});

describe('documents', () => {
  it('shows templates and input sets with their YAML', async () => {
    const template = `template:
  name: Say hello
  identifier: hello
  versionLabel: "1"
  type: Step
  spec: { type: ShellScript, spec: { shell: Sh, source: { type: Inline, spec: { script: echo hello } } } }
`;
    const set = `inputSet:\n  name: blue one\n  identifier: blue\n  pipeline:\n    identifier: showcase\n    variables:\n      - { name: gone, type: String, value: x }\n`;
    const query = { pipelineIdentifier: 'showcase' };
    await api(product, '/template/api/templates', { method: 'POST', body: template });
    expect((await api(product, '/pipeline/api/inputSets', { method: 'POST', body: set, query })).status).toBe(200);

    await page.goto(`${product.url}/p/default/myproject/pipelines`);
    await page.getByRole('link', { name: 'Templates' }).click();
    await page.getByText('Say hello', { exact: true }).click();
    expect(await page.getByLabel('YAML of Say hello 1').inputValue()).toContain('echo hello');

    await page.goto(`${product.url}/p/default/myproject/pipelines/showcase`);
    await page.getByRole('link', { name: 'Input sets' }).click();
    await page.getByText('outdated', { exact: true }).waitFor();
    await page.getByText('blue one', { exact: true }).click();
    expect(await page.getByLabel('YAML of blue one').inputValue()).toContain('identifier: blue');
  });

  it('fills in the inputs of a run from chosen input sets', async () => {
    const set = `inputSet:\n  name: red one\n  identifier: red\n  pipeline:\n    identifier: showcase\n    variables:\n      - { name: color, type: String, value: red }\n`;
    await api(product, '/pipeline/api/inputSets', {
      method: 'POST',
      body: set,
      query: { pipelineIdentifier: 'showcase' },
    });
    await page.goto(`${product.url}/p/default/myproject/pipelines/showcase/run`);
    await page.getByLabel('color').waitFor();
    await page.getByLabel('red one').check();
    await page.getByLabel('color').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'YAML' }).click();
    expect(await page.getByLabel('Runtime input as YAML').inputValue()).toContain('value: red');
    await page.getByRole('button', { name: 'Run' }).last().click();
    await page.waitForURL(/\/x\//);
  });
});

it('keeps to one column on a phone', async () => {
  const phone = await browser.newContext({
    viewport: { width: 375, height: 812 },
    storageState: await context.storageState(),
  });
  const small = await phone.newPage();
  watch(small);
  for (const path of [
    'pipelines',
    'executions',
    'triggers',
    'templates',
    'delegates',
    'pipelines/test/triggers/myhook',
    'pipelines/showcase/input-sets',
    'pipelines/test',
  ]) {
    await small.goto(`${product.url}/p/default/myproject/${path}`);
    await small.getByRole('heading', { level: 1 }).waitFor();
    expect([path, await small.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 375]);
  }
  await phone.close();
});

it.each(['light', 'dark'] as const)('has no serious accessibility fault in the %s theme', async (theme) => {
  const themed = await browser.newContext({ colorScheme: theme, storageState: await context.storageState() });
  const target = await themed.newPage();
  for (const path of [
    'pipelines',
    'executions',
    'triggers',
    'templates',
    'delegates',
    'pipelines/test/triggers/myhook',
    'pipelines/showcase/input-sets',
    'pipelines/showcase/run',
  ]) {
    await target.goto(`${product.url}/p/default/myproject/${path}`);
    await target.getByRole('heading', { level: 1 }).waitFor();
    const { violations } = await new AxeBuilder({ page: target }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect([path, serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)]).toEqual([
      path,
      [],
    ]);
  }
  await themed.close();
});

it('asked nobody but Bridle, and reported no error', () => {
  expect(outside).toEqual([]);
  expect(problems).toEqual([]);
});
