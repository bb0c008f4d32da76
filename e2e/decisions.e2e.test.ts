/** What people decide on the execution page, in a real browser: approvals, interventions, inputs, pause, retry. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './src/browser.ts';
import { startProduct, type Product } from './src/product.ts';
import { outputs, pipeline, runWhenFinal, shell, stage, start, step } from './src/runs.ts';

let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  product = await startProduct();
  context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.goto(product.loginUrl);
  await page.getByRole('heading', { name: 'Pipelines' }).waitFor();
});

afterAll(async () => {
  await browser.close();
  await product.dispose();
});

/** Serious mistakes for people who use assistive technology; there are none. */
async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

describe('a person', () => {
  it('approves, with a value', async () => {
    const spec = {
      approvalMessage: 'Ship it?',
      approvers: { userGroups: ['account._account_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
      approverInputs: [{ name: 'VERSION', defaultValue: '1.0', required: true, regex: '[0-9.]+' }],
    };
    const gate = stage('gate', [step('ask', 'HarnessApproval', spec, { timeout: '1d' })], { type: 'Approval' });
    const use = shell(
      'use',
      'V="<+pipeline.stages.gate.spec.execution.steps.ask.output.approverInputs.VERSION>"',
      outputs('V'),
    );
    const id = await start(product, pipeline('approved', [gate, stage('release', [use])]));
    await page.goto(`${product.url}/x/${id}`);
    const form = page.getByRole('region', { name: 'ask waits for approval' });
    await form.getByText('Ship it?').waitFor();
    await expectAccessible();
    await form.getByLabel(/^VERSION/).fill('two');
    await form.getByRole('button', { name: 'Approve' }).click();
    await form.getByRole('alert').waitFor();
    await form.getByLabel(/^VERSION/).fill('2.5');
    await form.getByLabel('Comment').fill('looks good');
    await form.getByRole('button', { name: 'Approve' }).click();
    const run = await runWhenFinal(product, id);
    expect([run.status, run.outputs('use')]).toEqual(['Success', { V: '2.5' }]);
    expect(run.node('ask').outcomes.output).toMatchObject({ approvalActivities: [{ comments: 'looks good' }] });
  });

  it('decides about a step that failed, and retries a stage', async () => {
    const spec = { timeout: '1h', onTimeout: { action: { type: 'Abort' } } };
    const failureStrategies = [{ onFailure: { errors: ['AllErrors'], action: { type: 'ManualIntervention', spec } } }];
    const failing = shell('failing', 'exit 3', {}, { failureStrategies });
    const id = await start(
      product,
      pipeline('decided', [stage('first', [shell('good', 'true')]), stage('one', [failing])]),
    );
    await page.goto(`${product.url}/x/${id}`);
    const form = page.getByRole('region', { name: 'failing failed and waits for a decision' });
    await form.waitFor();
    await expectAccessible();
    await form.getByRole('button', { name: 'Mark as failed' }).click();
    expect((await runWhenFinal(product, id)).status).toBe('Failed');
    await page.getByRole('button', { name: 'Retry failed stage' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/x/') && !url.pathname.endsWith(id));
    await form.getByRole('button', { name: 'Ignore' }).click();
    const again = await runWhenFinal(product, new URL(page.url()).pathname.split('/').at(-1) ?? '');
    expect([again.status, again.statusOf('good')]).toEqual(['IgnoreFailed', 'Success']);
  });

  it('gives the inputs a step waits for, and pauses and resumes around it', async () => {
    const source = { type: 'Inline', spec: { script: '<+input>.executionInput()' } };
    const id = await start(
      product,
      pipeline('asked', [stage('one', [shell('work', 'unused', { source, ...outputs('X') })])]),
    );
    await page.goto(`${product.url}/x/${id}`);
    const form = page.getByRole('region', { name: 'work waits for input' });
    await form.getByLabel(/spec\.source\.spec\.script/).fill('X=given');
    await expectAccessible();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await form.getByRole('button', { name: 'Go on' }).click();
    const run = await runWhenFinal(product, id);
    expect([run.status, run.outputs('work')]).toEqual(['Success', { X: 'given' }]);
  });
});
