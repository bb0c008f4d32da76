/**
 * What starts a pipeline by itself: a commit on a real Git server, told by the webhook of its provider. The event history says why,
 * and why not. Clocks have a file of their own.
 */
import { createHmac } from 'node:crypto';
import { startGitServer, type GitServer, type TestRepository } from '@bridle/executors/testing/git-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPE } from './src/api.ts';
import { connect, keepGitPassword, keepSecret, logOf } from './src/builds.ts';
import { startProduct, type Product } from './src/product.ts';
import { runWhenFinal, save } from './src/runs.ts';
import { errorsLogged } from './src/server-log.ts';
import { createTrigger, eventOf } from './src/triggers.ts';

let product: Product;
let git: GitServer;
let repository: TestRepository;

const SECRET = 'between the provider and us';

beforeAll(async () => {
  git = await startGitServer();
  product = await startProduct();
  await keepGitPassword(product, git);
  await keepSecret(product, 'webhook_secret', SECRET);
  repository = await git.create('lighthouse/harbour.git', { 'berths.txt': 'one\n' });
  await connect(product, 'harbour', repository, git);
});

afterAll(async () => {
  const errors = await errorsLogged(product);
  await product.dispose();
  await git.close();
  expect(errors).toEqual([]);
});

/** As GitHub tells of a push. */
async function tellOfPush(sha: string, branch: string, secret: string): Promise<string> {
  const body = JSON.stringify({
    ref: `refs/heads/${branch}`,
    before: '0'.repeat(40),
    after: sha,
    head_commit: { id: sha, message: 'A berth more', added: [], modified: ['berths.txt'], removed: [] },
    commits: [{ id: sha, message: 'A berth more', added: [], modified: ['berths.txt'], removed: [] }],
    repository: { full_name: 'lighthouse/harbour', clone_url: repository.url },
    pusher: { name: 'ines-m', email: 'ines@lighthouse.example' },
    sender: { login: 'ines-m' },
  });
  const response = await fetch(`${product.url}/gateway/ng/api/webhook?accountIdentifier=${product.accountId}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { readonly data: string }).data;
}

describe('a push', () => {
  beforeAll(async () => {
    const show = {
      step: {
        name: 'show',
        identifier: 'show',
        type: 'Run',
        spec: {
          shell: 'Sh',
          command: 'cat berths.txt\ngit rev-parse HEAD\necho by <+trigger.gitUser> on <+trigger.branch>',
        },
      },
    };
    await save(
      product,
      JSON.stringify({
        pipeline: {
          name: 'berths',
          identifier: 'berths',
          ...SCOPE,
          properties: { ci: { codebase: { connectorRef: 'harbour', build: '<+input>' } } },
          stages: [
            {
              stage: {
                name: 'build',
                identifier: 'build',
                type: 'CI',
                spec: { cloneCodebase: true, execution: { steps: [show] } },
              },
            },
          ],
        },
      }),
    );
    await createTrigger(product, 'berths', {
      identifier: 'on_push',
      encryptedWebhookSecretIdentifier: 'webhook_secret',
      source: {
        type: 'Webhook',
        spec: {
          type: 'Github',
          spec: {
            type: 'Push',
            spec: {
              connectorRef: 'harbour',
              autoAbortPreviousExecutions: false,
              payloadConditions: [{ key: 'targetBranch', operator: 'Equals', value: 'main' }],
            },
          },
        },
      },
      inputYaml: JSON.stringify({
        pipeline: {
          identifier: 'berths',
          properties: {
            ci: { codebase: { build: { type: 'commitSha', spec: { commitSha: '<+trigger.commitSha>' } } } },
          },
        },
      }),
    });
  });

  it('starts a build that clones the pushed commit, whatever was pushed since', async () => {
    const pushed = await repository.commit('refs/heads/main', { 'berths.txt': 'one\ntwo\n' });
    await repository.commit('refs/heads/main', { 'berths.txt': 'none\n' });
    const eventId = await tellOfPush(pushed, 'main', SECRET);
    const row = await eventOf(product, 'berths', 'on_push', 20_000, eventId);
    expect(row).toMatchObject({
      eventCorrelationId: eventId,
      finalStatus: 'TARGET_EXECUTION_REQUESTED',
      type: 'Webhook',
    });
    const run = await runWhenFinal(product, String(row.targetExecutionSummary?.planExecutionId));
    expect(run.status).toBe('Success');
    const log = await logOf(product, run, 'show');
    expect(log.split('\n').filter((line) => /^(?:one|two|none|[0-9a-f]{40})$/.test(line))).toEqual([
      'one',
      'two',
      pushed,
    ]);
    expect(log).toContain('by ines-m on main');
    expect(run.summary).toMatchObject({
      executionTriggerInfo: { triggerType: 'WEBHOOK', triggeredBy: { identifier: 'ines-m' } },
      moduleInfo: { ci: { branch: 'main', repoName: 'harbour', ciExecutionInfoDTO: { event: 'push' } } },
    });
    // The same again is the same event.
    expect(await tellOfPush(pushed, 'main', SECRET)).toBe(eventId);
  });

  it('by somebody who does not know the secret starts nothing, and the history says so', async () => {
    const eventId = await tellOfPush('1'.repeat(40), 'main', 'guessed');
    expect(await eventOf(product, 'berths', 'on_push', 20_000, eventId)).toMatchObject({
      finalStatus: 'TRIGGER_AUTHENTICATION_FAILED',
      message: 'Please check if the secret provided for webhook is correct.',
    });
  });

  it('to another branch starts nothing, and the history says so', async () => {
    const eventId = await tellOfPush('2'.repeat(40), 'next', SECRET);
    expect(await eventOf(product, 'berths', 'on_push', 20_000, eventId)).toMatchObject({
      finalStatus: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
      message: expect.stringContaining('the event has "next"'),
    });
  });
});
