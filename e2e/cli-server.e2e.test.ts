/** What `bridle` does with a server, where there is no terminal. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliOptions, type CliResult } from './src/cli.ts';
import { normalisedServer, saveFixture, serverEnvironment } from './src/cli-server.ts';
import { startProduct, type Product } from './src/product.ts';

let product: Product;
let folder: string;

beforeAll(async () => {
  product = await startProduct();
  folder = mkdtempSync(join(tmpdir(), 'bridle-cli-server-'));
  for (const file of ['approval.yaml', 'failure.yaml', 'skip.yaml', 'decisions.yaml', 'retry.yaml', 'asking.yaml'])
    await saveFixture(product, file);
});

afterAll(async () => {
  await product?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function bridle(words: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> {
  const { environment = {}, ...rest } = options;
  return runCli(words, { folder, environment: { ...serverEnvironment(product), ...environment }, ...rest });
}

async function json<T>(words: readonly string[]): Promise<T> {
  const { exitCode, out, err } = await bridle([...words, '--json']);
  expect({ words, exitCode, err }).toEqual({ words, exitCode: 0, err: '' });
  return JSON.parse(out) as T;
}

/** Starts it and lets it go. */
async function start(...words: readonly string[]): Promise<string> {
  const { planExecutionId } = await json<{ planExecutionId: string }>(['execute', ...words]);
  return planExecutionId;
}

function shown(text: string): string {
  return `\n${normalisedServer(text, product)}`;
}

describe('execute --watch', () => {
  it('follows an execution to its good end', async () => {
    const { exitCode, out, err } = await bridle([
      'execute',
      'deploy',
      '--watch',
      '-i',
      'env=dev',
      '--notes',
      'by a test',
    ]);
    expect(exitCode).toBe(0);
    expect(shown(out)).toMatchInlineSnapshot(`
      "
      hh:mm:ss  Deploy  Running
      hh:mm:ss  Build  Running
      hh:mm:ss  Build › Compile  Running
      hh:mm:ss  Build › Compile  Success  TIME
      hh:mm:ss  Build › Report  Skipped  it runs only if something before it failed
      hh:mm:ss  Build  Success  TIME
      hh:mm:ss  Go live  Skipped  <+pipeline.variables.env> == "prod" was false: env is "dev"

      ✓ Build     Success  TIME  2 steps, 1 skipped
        ○ Report  Skipped  it runs only if something before it failed
      ○ Go live   Skipped  <+pipeline.variables.env> == "prod" was false: env is "dev"

      ✓ Success  Deploy  TIME  2 steps: 1 succeeded, 1 skipped
      "
    `);
    expect(shown(err)).toMatchInlineSnapshot(`
      "
      Started ID: URL/ng/account/ACCOUNT/all/orgs/default/projects/myproject/pipelines/deploy/deployments/ID/pipeline
      "
    `);
    expect(await json<{ notes: string }>(['execution', 'get', 'latest'])).toMatchObject({
      status: 'Success',
      notes: 'by a test',
    });
  });

  it('with logs, and a bad end that its exit code tells', async () => {
    const { exitCode, out } = await bridle(['execute', 'broken', '--logs']);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/test\/unit │ test 31 failed: expected 3, got 4/);
    expect(shown(out.slice(out.indexOf('\n\n') + 2))).toMatchInlineSnapshot(`
      "
      ✗ Test          Failed  TIME  3 steps, 1 skipped
        ✓ Prepare     Success  TIME
        ✗ Unit tests  Failed  TIME  The script ended with exit code 7.
        ○ Publish     Skipped  it runs only if nothing before it failed
      ✓ Clean up      Success  TIME  1 step

      ✗ Test › Unit tests  Failed
        The script ended with exit code 7.
        │ test 13 ok
        │ test 14 ok
        │ test 15 ok
        │ test 16 ok
        │ test 17 ok
        │ test 18 ok
        │ test 19 ok
        │ test 20 ok
        │ test 21 ok
        │ test 22 ok
        │ test 23 ok
        │ test 24 ok
        │ test 25 ok
        │ test 26 ok
        │ test 27 ok
        │ test 28 ok
        │ test 29 ok
        │ test 30 ok
        │ test 31 failed: expected 3, got 4
        │ Execution ended with exit code 7

      ✗ Failed  Broken  TIME  4 steps: 2 succeeded, 1 skipped, 1 failed
      "
    `);
  });

  it('prints what bridle run prints for programs', async () => {
    const { exitCode, out, err } = await bridle([
      'execute',
      'deploy',
      '--watch',
      '--json=type,status',
      '-i',
      'env=prod',
    ]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; status?: string });
    expect(events[0]).toMatchObject({ type: 'execution' });
    expect(events.at(-1)).toEqual({ type: 'execution', status: 'Success' });
    expect(events.some(({ type }) => type === 'log')).toBe(false);
  });

  it('needs a person where nobody can be asked, and the execution goes on', async () => {
    const { exitCode, err } = await bridle(['execute', 'release', '--watch']);
    expect(exitCode).toBe(6);
    expect(err).toContain('bridle execution approve');
    expect((await bridle(['execution', 'approve', 'latest', '--comment', 'fine', '-i', 'ticket=OPS-7'])).exitCode).toBe(
      0,
    );
    const { exitCode: waited, out } = await bridle(['wait', 'latest']);
    expect({ waited, out }).toEqual({ waited: 0, out: 'Success\n' });
    expect((await bridle(['logs', 'latest', 'go/live', '--grep', '^live by'])).out).toBe('live by OPS-7\n');
  });

  it('gives up after its time, looks away on Ctrl-C, and aborts nothing', async () => {
    const id = await start('release');
    expect(await bridle(['execution', 'watch', id, '--wait-on-approval', '--timeout', '1s'])).toMatchObject({
      exitCode: 7,
    });
    const away = await bridle(['execution', 'watch', id, '--wait-on-approval'], {
      onOutput: (out, signal) => {
        if (out.includes('Waiting for approval')) signal('SIGINT');
      },
    });
    expect(away).toMatchObject({ exitCode: 130, err: expect.stringContaining('the execution goes on') });
    expect(await json(['execution', 'get', id])).toMatchObject({ status: 'ApprovalWaiting' });
    expect((await bridle(['execution', 'reject', id])).exitCode).toBe(0);
    expect(await bridle(['wait', id])).toMatchObject({ exitCode: 1, out: 'ApprovalRejected\n' });
  });

  it('refuses what cannot be started, and says why', async () => {
    expect(await bridle(['execute', 'nothing'])).toMatchObject({ exitCode: 5, out: '' });
    expect(await bridle(['execute', 'deploy', '-i', 'evn=x'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Did you mean env?'),
    });
    expect((await bridle(['execute', 'deploy', '-i', 'env=moon'])).exitCode).toBe(2);
    expect((await bridle(['execute', 'deploy'], { environment: { HARNESS_API_KEY: 'pat.x.y.z' } })).exitCode).toBe(4);
    expect(
      (await bridle(['execute', 'deploy'], { environment: { HARNESS_BASE_URL: 'http://127.0.0.1:2' } })).exitCode,
    ).toBe(8);
  });
});

describe('looking at executions', () => {
  it('tells why something ran or not, what failed and around it, and every step', async () => {
    const skipped = await start('deploy', '-i', 'env=dev');
    await bridle(['wait', skipped]);
    expect(shown((await bridle(['execution', 'why', skipped, 'go_live'])).out)).toMatchInlineSnapshot(`
      "
      go_live  Skipped
      <+OnPipelineSuccess> && (<+pipeline.variables.env> == "prod")  false
      EXPRESSION                             VALUE
        <+pipeline.variables.env>            dev
        <+pipeline.variables.env> == "prod"  false
      "
    `);
    expect(shown((await bridle(['execution', 'why', skipped, 'build.report'])).out)).toMatchInlineSnapshot(`
      "
      build.report  Skipped
      <+OnStageFailure>  false
      "
    `);
    expect(await bridle(['execution', 'why', skipped, 'go_lvie'])).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('Did you mean go_live?'),
    });
    expect(shown((await bridle(['execution', 'summary', skipped])).out)).toMatchInlineSnapshot(`
      "
      Success  deploy  ID
      URL/ng/account/ACCOUNT/all/orgs/default/projects/myproject/pipelines/deploy/deployments/ID/pipeline

      Skipped:
        build.report  <+OnStageFailure>
        go_live  <+OnPipelineSuccess> && (<+pipeline.variables.env> == "prod")
          <+pipeline.variables.env> = dev
          <+pipeline.variables.env> == "prod" = false
      "
    `);
    const failed = await start('broken');
    await bridle(['wait', failed, '-q']);
    expect(shown((await bridle(['execution', 'summary', failed, '--lines', '4'])).out)).toMatchInlineSnapshot(`
      "
      Failed  broken  ID
      URL/ng/account/ACCOUNT/all/orgs/default/projects/myproject/pipelines/broken/deployments/ID/pipeline

      test.unit  Failed
        The script ended with exit code 7.
        | test 29 ok
        | test 30 ok
        | test 31 failed: expected 3, got 4
        | Execution ended with exit code 7

      Skipped:
        test.publish  <+OnStageSuccess>
      "
    `);
    const short = (await bridle(['execution', 'summary', failed, '--bytes', '600'])).out;
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(601);
    expect(shown((await bridle(['execution', 'graph', failed])).out)).toMatchInlineSnapshot(`
      "
      ✗ Test          Failed  TIME  3 steps, 1 skipped
        ✓ Prepare     Success  TIME
        ✗ Unit tests  Failed  TIME  The script ended with exit code 7.
        ○ Publish     Skipped  it runs only if nothing before it failed
      ✓ Clean up      Success  TIME  1 step
        ✓ Remove      Success  TIME
      "
    `);
    const { out } = await bridle(['execution', 'diff', skipped, failed]);
    expect(out).toMatch(/^status +Success +Failed$/m);
  });

  it('prints logs: a tail, of what failed, as lines of JSON', async () => {
    const id = await start('broken');
    await bridle(['wait', id]);
    expect((await bridle(['logs', id, 'test/unit', '--tail', '2'])).out).toBe(
      'test 31 failed: expected 3, got 4\nExecution ended with exit code 7\n',
    );
    const { out } = await bridle(['logs', id, '--failed', '--grep', 'failed', '--json=step,text']);
    expect(out).toBe('{"step":"unit","text":"test 31 failed: expected 3, got 4"}\n');
    expect(await bridle(['logs', id, 'nowhere'])).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('Steps: '),
    });
  });

  it('follows a log from before it is written to its end', async () => {
    const id = await start('release');
    const following = bridle(['logs', id, '-f']);
    await bridle(['wait', id, '--for', 'approval']);
    await bridle(['execution', 'approve', id]);
    expect(await following).toEqual({
      exitCode: 0,
      err: '',
      out: expect.stringContaining('go.live │ live by OPS-1\n'),
    });
  });

  it('takes the address of a page, and only of this server', async () => {
    const { planExecutionId, url } = await json<{ planExecutionId: string; url: string }>(['execute', 'test']);
    expect((await json<{ planExecutionId: string }>(['execution', 'get', url])).planExecutionId).toBe(planExecutionId);
    expect((await bridle(['wait', `${product.url}/x/${planExecutionId}?view=timeline`])).exitCode).toBe(0);
    expect(await bridle(['wait', `https://evil.example/x/${planExecutionId}`])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('https://evil.example is not the server that is spoken to'),
    });
  });

  it('lists executions, events and what they can be completed with', async () => {
    const id = await start('test');
    await bridle(['wait', id]);
    expect((await bridle(['execution', 'list', '--pipeline', 'test', '--limit', '1'])).out).toMatch(
      new RegExp(`^EXECUTION +PIPELINE.*\n${id}  test #\\d+ +Success `),
    );
    const { out } = await bridle(['events', '-f', '--execution', id, '--json=event,status']);
    expect(out.trim().split('\n').at(-1)).toBe('{"event":"end","status":"Success"}');
    const followed = await bridle(
      [
        'events',
        '-f',
        '--since-id',
        '0',
        '--type',
        'execution.*',
        '--pipeline',
        'test',
        '--json=event,planExecutionId,status',
      ],
      {
        onOutput: (text, signal) => text.includes(`"execution.finished","planExecutionId":"${id}"`) && signal('SIGINT'),
      },
    );
    expect(followed).toMatchObject({ exitCode: 130, err: '' });
    expect(followed.out.trim().split('\n').slice(-2)).toEqual([
      `{"event":"execution.started","planExecutionId":"${id}","status":"Running"}`,
      `{"event":"execution.finished","planExecutionId":"${id}","status":"Success"}`,
    ]);
    for (const wrong of [
      ['--execution', id, '--type', 'stage.*'],
      ['-f', '--since-id', 'x'],
      ['-f', '--type', 'x'],
      [],
    ])
      expect([wrong, (await bridle(['events', ...wrong])).exitCode]).toEqual([wrong, 2]);
    const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
      (await bridle(['complete', 'bash', '--', ...words])).out.trim().split('\n');
    // A shell is not kept waiting for a server that is slow: then nothing is offered.
    await expect.poll(() => complete('execute', 'de')).toEqual(['decisions', 'deploy']);
    await expect.poll(() => complete('wait', '')).toEqual(expect.arrayContaining(['latest', id]));
    expect(
      await bridle(['complete', 'bash', '--', 'wait', ''], { environment: { HARNESS_API_KEY: 'pat.x.y.z' } }),
    ).toEqual({
      exitCode: 0,
      out: '',
      err: '',
    });
  });
});

describe('steering', () => {
  it('decides about a failure, aborts, and retries from what failed', async () => {
    const id = await start('decisions');
    await bridle(['wait', id, '--for', 'approval']);
    expect(await bridle(['execution', 'intervene', id, 'Ignroe'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Did you mean Ignore?'),
    });
    expect(await bridle(['execution', 'approve', id])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Nothing in this execution waits for approval'),
    });
    expect((await bridle(['execution', 'intervene', id, 'MarkAsFailure'])).exitCode).toBe(0);
    expect((await bridle(['wait', id])).exitCode).toBe(1);
    const retried = await bridle(['execution', 'retry', id]);
    expect(retried.exitCode).toBe(0);
    const next = retried.out.trim();
    expect(next).not.toBe(id);
    await bridle(['wait', next, '--for', 'approval']);
    expect((await bridle(['execution', 'abort', next])).exitCode).toBe(0);
    expect(await bridle(['wait', next])).toMatchObject({ exitCode: 3, out: 'Aborted\n' });
  });
});

describe('inputs that a step asks for', () => {
  it('are given by the end of their path, and are what is asked for', async () => {
    const id = await start('decisions');
    await bridle(['wait', id, '--for', 'approval']);
    expect(await bridle(['execution', 'submit', id])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Nothing in this execution waits for inputs.'),
    });
    await bridle(['execution', 'intervene', id, 'Ignore']);
    expect(await bridle(['execution', 'watch', id])).toMatchObject({
      exitCode: 6,
      err: expect.stringContaining('submit'),
    });
    expect(await bridle(['execution', 'submit', id, '-i', 'WHOM=you'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('It asks for: spec.environmentVariables.WHO.value.'),
    });
    expect(await bridle(['execution', 'submit', id, '-i', 'WHO=nobody'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('you, everybody'),
    });
    expect(await bridle(['execution', 'submit', id, '-i', 'WHO=everybody'])).toEqual({
      exitCode: 0,
      out: 'work.greet has its inputs.\n',
      err: '',
    });
    expect((await bridle(['wait', id])).exitCode).toBe(0);
    expect((await bridle(['logs', id, 'work/greet'])).out).toContain('hello, everybody');
  });

  it('a stage asks, and then a step of it: each is asked for once, whoever looks late', async () => {
    const id = await start('asking');
    await bridle(['wait', id, '--for', 'approval']);
    const waiting = async (): Promise<readonly unknown[]> => {
      const { exitCode, out } = await bridle(['execution', 'watch', id, '--json=type,message']);
      expect(exitCode).toBe(6);
      return out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; message?: string })
        .flatMap(({ type, message }) => (type === 'waiting' ? [message] : []));
    };
    expect(await waiting()).toEqual(['Work asks for inputs.']);
    expect((await bridle(['execution', 'submit', id, '-i', 'CITY=Riga'])).out).toBe('work has its inputs.\n');
    await bridle(['wait', id, '--for', 'approval']);
    expect(await waiting()).toEqual(['Greet asks for inputs.']);
    expect(await bridle(['execution', 'submit', id, 'work', '-i', 'CITY=Bonn'])).toMatchObject({
      exitCode: 2,
      out: '',
    });
    expect((await bridle(['execution', 'submit', id, '-i', 'WHO.value=all', '-i', 'WHO=you'])).err).toContain(
      'given twice',
    );
    expect((await bridle(['execution', 'submit', id, '-i', 'WHO.value=all'])).out).toBe('work.greet has its inputs.\n');
    expect((await bridle(['wait', id])).exitCode).toBe(0);
    expect((await bridle(['logs', id, 'work/greet'])).out).toContain('hello, all of Riga');
  });
});

describe('signing in', () => {
  it('keeps a token that the server takes, and nothing else', async () => {
    const home = mkdtempSync(join(tmpdir(), 'bridle-cli-home-'));
    const environment = { HARNESS_BASE_URL: '', HARNESS_API_KEY: '', HOME: home };
    try {
      const words = ['login', '--url', product.url, '--token'];
      expect((await bridle([...words, 'pat.no.such.token'], { environment })).exitCode).toBe(4);
      const { exitCode, out } = await bridle([...words, product.adminToken], { environment });
      expect(exitCode).toBe(0);
      expect(shown(out)).toBe(
        '\nSigned in to URL as admin (admin@localhost). The profile "local" keeps it, and is used from now on.\n',
      );
      const config = join(home, '.config/bridle/config.yaml');
      expect(statSync(config).mode & 0o777).toBe(0o600);
      expect(readFileSync(config, 'utf8')).toContain('project: myproject');
      expect(shown((await bridle(['whoami'], { environment })).out)).toMatch(
        /user +admin.*\nserver +URL +profile local\n/,
      );
      expect((await bridle(['execution', 'list'], { environment })).exitCode).toBe(0);
      await bridle(['logout'], { environment });
      expect((await bridle(['execution', 'list'], { environment })).exitCode).toBe(4);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('makes tokens that work until they are revoked', async () => {
    const { out } = await bridle(['token', 'create', 'robot', '--expires', '1h', '-q']);
    const token = out.trim();
    const environment = { HARNESS_API_KEY: token };
    expect((await bridle(['whoami', '-q'], { environment })).exitCode).toBe(0);
    expect((await bridle(['token', 'list'])).out).toMatch(/^robot +bridle .* yes$/m);
    const rotated = (await bridle(['token', 'rotate', 'robot', '-q'])).out.trim();
    expect((await bridle(['whoami'], { environment })).exitCode).toBe(4);
    expect((await bridle(['whoami'], { environment: { HARNESS_API_KEY: rotated } })).exitCode).toBe(0);
    expect((await bridle(['token', 'revoke', 'robot'])).exitCode).toBe(0);
    expect((await bridle(['whoami'], { environment: { HARNESS_API_KEY: rotated } })).exitCode).toBe(4);
  });

  it('calls any path', async () => {
    writeFileSync(join(folder, 'body.json'), JSON.stringify({ filterType: 'PipelineSetup' }));
    const { out } = await bridle([
      'api',
      'POST',
      '/pipeline/api/pipelines/list',
      '-f',
      'size=2',
      '--input',
      'body.json',
      '--paginate',
    ]);
    const names = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { identifier: string }).identifier);
    expect(names.toSorted()).toEqual(
      ['asking', 'broken', 'decisions', 'deploy', 'release', 'showcase', 'stubborn', 'test'].toSorted(),
    );
    expect(await bridle(['api', 'GET', '/pipeline/api/pipelines/nothing'])).toMatchObject({ exitCode: 5, out: '' });
  });
});
