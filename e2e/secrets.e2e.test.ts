/**
 * Secrets from the API to a real step and back (S4–S8): used where they are asked for, and to be found nowhere else, neither in
 * answers, nor in arguments, nor anywhere on disk.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type Answer } from './src/api.ts';
import { commandLines } from './src/processes.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';
import { pipeline, run, shell, stage, type Run } from './src/runs.ts';
import { errorsLogged } from './src/server-log.ts';

const CANARY = `canary-${randomBytes(12).toString('hex')}`;
/** A step makes it of the canary: known to nobody before. */
const MADE = Buffer.from(CANARY).toString('base64').toLowerCase();
const FORMS = [CANARY, Buffer.from(CANARY).toString('base64'), Buffer.from(CANARY).toString('hex'), MADE];

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  const errors = await errorsLogged(product);
  await product.dispose();
  expect(errors).toEqual([]);
});

async function saveSecret(identifier: string, spec: object, type = 'SecretText'): Promise<Answer<unknown>> {
  const body = JSON.stringify({ secret: { type, identifier, name: identifier, spec } });
  return api(product, '/ng/api/v2/secrets', { method: 'POST', body });
}

async function logOf(result: Run, identifier: string): Promise<string> {
  const key = result.node(identifier).logBaseKey ?? '';
  const query = new URLSearchParams({ accountID: product.accountId, key });
  const response = await fetch(`${product.url}/log-service/blob?${query.toString()}`, {
    headers: { 'x-api-key': product.adminToken },
  });
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { readonly out: string }).out).join('');
}

/** Files below the folder that hold one of the texts. */
async function filesWith(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Files of a database come and go.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (texts.some((text) => bytes.includes(text))) found.push(path);
  }
  return found;
}

describe('a secret', () => {
  let result: Run;

  beforeAll(async () => {
    expect((await saveSecret('token', { valueType: 'Inline', value: CANARY })).status).toBe(200);
    const made = [
      'test "$FROM_VARIABLE" = "$FROM_SPEC" && echo same',
      'test "<+secrets.getValue("token")>" = "$FROM_SPEC" && echo "same in the text"',
      'echo "shown $FROM_SPEC <+pipeline.variables.TOKEN>"',
      'MADE=$(printf %s "$FROM_SPEC" | base64 -w0 | tr A-Z a-z)',
    ].join('\n');
    const use = [
      'made="<+execution.steps.make.output.outputVariables.MADE>"',
      'echo "made ${#made} $made"',
      // Long enough to be seen from outside.
      'sleep 1',
    ].join('\n');
    const yaml = pipeline(
      'secretive',
      [
        stage('one', [
          shell('make', made, {
            environmentVariables: [
              { name: 'FROM_SPEC', type: 'String', value: '<+secrets.getValue("token")>' },
              { name: 'FROM_VARIABLE', type: 'String', value: '<+pipeline.variables.TOKEN>' },
            ],
            outputVariables: [{ name: 'MADE', type: 'Secret', value: 'MADE' }],
          }),
          shell('use', use),
        ]),
      ],
      { variables: [{ name: 'TOKEN', type: 'Secret', value: 'token' }] },
    );
    const running = run(product, yaml);
    const seen: string[] = [];
    let isOver = false;
    const watched = running.finally(() => {
      isOver = true;
    });
    while (!isOver) seen.push(...(await commandLines()).filter((line) => FORMS.some((form) => line.includes(form))));
    result = await watched;
    expect(seen).toEqual([]);
  });

  it('is there for the step, in the text, a variable and the environment', async () => {
    expect(result.status).toBe('Success');
    expect(await logOf(result, 'make')).toContain('same\nsame in the text\nshown ******** ********\n');
  });

  it('taints what a step hands on as secret', async () => {
    expect(await logOf(result, 'use')).toContain(`made ${String(MADE.length)} ********\n`);
    expect(result.outputs('make')['MADE']).not.toContain(MADE);
  });

  it('comes out of no answer', async () => {
    const paths = [
      '/ng/api/v2/secrets/token',
      '/ng/api/v2/secrets',
      '/pipeline/api/pipelines/secretive',
      `/pipeline/api/pipelines/execution/v2/${result.id}`,
    ];
    for (const path of paths) {
      const query = { renderFullBottomGraph: 'true' };
      const { status, body } = await api<unknown>(product, path, { query });
      expect([path, status]).toEqual([path, 200]);
      for (const form of FORMS) expect(JSON.stringify(body)).not.toContain(form);
    }
  });

  it('lies nowhere on disk: not in the database and its log, not in logs and spools', async () => {
    expect(await filesWith(product.home, FORMS)).toEqual([]);
    // What is no secret is found: the search can fail.
    expect(await filesWith(product.home, ['same in the text'])).not.toEqual([]);
  });

  it('is read after a rotation of the master key, which the running server takes part in', async () => {
    const rotated = spawnSync('npm', ['run', '--silent', 'secrets:rotate'], {
      cwd: REPOSITORY,
      env: { PATH: process.env['PATH'], BRIDLE_HOME: product.home },
      encoding: 'utf8',
    });
    expect([rotated.status, rotated.stdout]).toEqual([0, expect.stringContaining('wrapped anew')]);
    const again = await run(
      product,
      pipeline('again', [stage('one', [shell('s', 'echo <+secrets.getValue("token")>')])]),
    );
    expect([again.status, await logOf(again, 's')]).toEqual(['Success', expect.stringContaining('********')]);
  });
});

describe('what is not there', () => {
  it('fails the step that asks for it, and says what', async () => {
    const result = await run(
      product,
      pipeline('lacking', [stage('one', [shell('s', 'echo <+secrets.getValue("account.none")>')])]),
    );
    expect(result.status).toBe('Failed');
    expect(result.node('s').failureInfo.message).toBe(
      'The secret account.none is not there: the account has no secret none.',
    );
  });

  it('is told by the test of a connector', async () => {
    const spec = {
      url: 'http://127.0.0.1:9/x.git',
      connectionType: 'Repo',
      type: 'Http',
      spec: { username: 'u', passwordRef: 'gone' },
    };
    const body = JSON.stringify({ connector: { identifier: 'repo', name: 'repo', type: 'Git', spec } });
    await saveSecret('gone', { value: 'there for a while' });
    expect((await api(product, '/ng/api/connectors', { method: 'POST', body })).status).toBe(200);
    await api(product, '/ng/api/v2/secrets/gone', { method: 'DELETE' });
    const test = (): Promise<Answer<{ status: string; errorSummary: string | null }>> =>
      api(product, '/ng/api/connectors/testConnection/repo', { method: 'POST' });
    expect((await test()).body.data.errorSummary).toBe(
      'The secret gone is not there: the project myproject has no secret gone.',
    );
    await saveSecret('gone', { value: 'found' });
    expect((await test()).body.data).toMatchObject({
      status: 'FAILURE',
      errorSummary: expect.stringContaining('127.0.0.1'),
    });
  });
});
