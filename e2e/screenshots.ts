/**
 * `npm run screenshots`: starts Bridle, lives the founding story, and takes a picture of each page, light and dark, wide
 * and narrow, into docs/screenshots/.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createPipeline, createTrigger, customTrigger, detailsWhenFinal, fire, shellPipeline } from './src/api.ts';
import { launchBrowser } from './src/browser.ts';
import { REPOSITORY, startProduct } from './src/product.ts';
import { pipeline, runSaved, shell, stage, start, step } from './src/runs.ts';

const VIEWS = [
  { name: 'wide', viewport: { width: 1280, height: 860 } },
  { name: 'narrow', viewport: { width: 375, height: 812 } },
] as const;
const THEMES = ['light', 'dark'] as const;
const FOLDER = join(REPOSITORY, 'docs/screenshots');

const browser = await launchBrowser();
const product = await startProduct();
try {
  const pages = await prepare();
  await mkdir(FOLDER, { recursive: true });
  const signedIn = await signIn();
  for (const theme of THEMES) {
    for (const { name: width, viewport } of VIEWS) {
      const context = await browser.newContext({
        viewport,
        colorScheme: theme,
        storageState: signedIn,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      for (const { name, path, ready } of pages) {
        await page.goto(`${product.url}${path}`);
        await page.getByText(ready).first().waitFor();
        await page.waitForLoadState('load');
        await page.screenshot({ path: join(FOLDER, `${name}-${width}-${theme}.png`) });
      }
      await context.close();
    }
  }
  const stranger = await browser.newContext({ viewport: VIEWS[0].viewport });
  const login = await stranger.newPage();
  await login.goto(`${product.url}/login`);
  await login.getByLabel('Access token').waitFor();
  await login.screenshot({ path: join(FOLDER, 'login-wide-light.png') });
} finally {
  await browser.close();
  await product.dispose();
}

interface Shot {
  readonly name: string;
  readonly path: string;
  /** A text that is there once the page is complete. */
  readonly ready: string | RegExp;
}

async function prepare(): Promise<readonly Shot[]> {
  await createPipeline(
    product,
    shellPipeline('release', [
      'printf "\\033[32mcompiling\\033[0m 14 modules\\n"; sleep 1; echo done',
      'echo "smoke test"; curl -sS http://127.0.0.1:1/ || exit 7',
    ]),
  );
  await createTrigger(product, 'release', customTrigger('ship', 'release'));
  const run = async (pipeline: string, trigger: string, body: string): Promise<string> => {
    const event = await fire(product, pipeline, trigger, body);
    const details = await detailsWhenFinal(product, event.body.data);
    return details.executionDetails?.pipelineExecutionSummary.planExecutionId ?? '';
  };
  for (const environment of ['dev', 'staging', 'prod'])
    await run('test', 'myhook', JSON.stringify({ env: environment }));
  const good = await run('test', 'myhook', '{"env":"prod","tag":"v1.4"}');
  const failed = await run('release', 'ship', '{}');
  const showcase = await runSaved(product, 'showcase');
  const waiting = await start(
    product,
    pipeline('go_live', [
      stage('check', [shell('smoke', 'echo fine')]),
      stage('approve', [
        step('ask', 'HarnessApproval', {
          approvalMessage: 'Shall build 42 go live?',
          approvers: { userGroups: ['account._account_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
          approverInputs: [{ name: 'ticket', defaultValue: '' }],
        }),
      ]),
    ]),
  );
  const project = '/p/default/myproject';
  return [
    { name: 'pipelines', path: `${project}/pipelines`, ready: 'showcase' },
    { name: 'pipeline', path: `${project}/pipelines/showcase`, ready: 'stages' },
    { name: 'run', path: `${project}/pipelines/showcase/run`, ready: 'Form' },
    { name: 'triggers', path: `${project}/triggers`, ready: 'myhook' },
    { name: 'trigger', path: `${project}/pipelines/test/triggers/myhook`, ready: '#4' },
    { name: 'executions', path: `${project}/executions`, ready: 'release' },
    { name: 'execution', path: `/x/${good}`, ready: /^\d+ lines?$/ },
    { name: 'execution-failed', path: `/x/${failed}`, ready: 'smoke test' },
    {
      name: 'execution-showcase',
      path: `/x/${showcase.id}?stage=${showcase.node('roll_out').setupId}`,
      ready: /^\d+ lines?$/,
    },
    { name: 'execution-approval', path: `/x/${waiting}`, ready: 'more approval needed' },
    { name: 'delegates', path: `${project}/delegates`, ready: 'Connected' },
  ];
}

async function signIn(): Promise<Awaited<ReturnType<Awaited<ReturnType<typeof browser.newContext>>['storageState']>>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(product.loginUrl);
  await page.getByRole('heading', { name: 'Pipelines' }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}
