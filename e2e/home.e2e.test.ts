/** The life of a server by the command line: up, status, doctor, backup under load, down, restore into another home. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, detailsWhenFinal, fire, type Details } from './src/api.ts';
import { bridle, bridleUp, type Up } from './src/bridle-up.ts';
import { keepSecret } from './src/builds.ts';
import { commandLines } from './src/processes.ts';
import type { Reachable } from './src/product.ts';
import { pipeline, runSaved, runWhenFinal, save, shell, stage } from './src/runs.ts';

const SECRET = 'the-value-of-a-secret-41';
const REVERSED = '14-terces-a-fo-eulav-eht';
const FIRED_BEFORE = 25;

let folder: string;
let data: string;
let up: Up;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle life-'));
  data = join(folder, 'home');
  up = await bridleUp(['--data', data, '--port', '0']);
});

afterAll(async () => {
  await bridle(['down', '--data', data]);
  await bridle(['down', '--data', join(folder, 'restored')]);
  expect((await commandLines()).filter((line) => line.includes(folder))).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

/** What differs from one run to the next, by what it is. */
function plain(text: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(hostname(), 'HOST')
    .replaceAll(up.url, 'URL')
    .replaceAll(String(up.pid), 'PID')
    .replaceAll(/[\d.]+ (?:KB|MB|GB|TB)/g, 'SIZE')
    .replaceAll(process.versions.node, 'NODE')
    .replaceAll(/18\.\d+/g, 'PG');
}

describe('bridle up', () => {
  it('has everything a newcomer needs', async () => {
    const { body } = await fire(up, 'test', 'myhook');
    const details = await detailsWhenFinal(up, body.data);
    expect(details.executionDetails?.pipelineExecutionSummary.status).toBe('Success');
    const second = await bridle(['up', '--data', data, '--port', '0']);
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('HOME_IN_USE') });
  });

  it('is seen by bridle status and bridle open', async () => {
    const { code, out } = await bridle(['status', '--data', data]);
    expect({ code, out: plain(out) }).toEqual({
      code: 0,
      out: `✓ running
  Bridle      0.1.0, Node NODE
  Home        FOLDER/home
  Open        URL
  Token       in FOLDER/home/admin-token
  Process     PID
  PostgreSQL  PG, embedded, SIZE
  Delegates   1 of 1 connected
  Executions  0 running, 0 in line
  Steps       0 on delegates, 0 in line
  Events      0 to be decided
  Disk        SIZE in the home, SIZE free
`,
    });
    const opened = await bridle(['open', 'docs', '--print', '--data', data]);
    expect(opened).toEqual({ code: 0, out: `${up.url}/docs\n`, err: '' });
  });

  it('is found well by bridle doctor', async () => {
    const { out } = await bridle(['doctor', '--json', '--data', data, '--port', new URL(up.url).port]);
    const { isWell, checks } = JSON.parse(out) as {
      readonly isWell: boolean;
      readonly checks: readonly { readonly name: string; readonly status: string; readonly detail: string }[];
    };
    const seen = checks.map(({ name, status, detail }) => `${status} ${name}: ${plain(detail)}`);
    expect(isWell).toBe(true);
    expect(seen).toEqual(
      expect.arrayContaining([
        'ok home: FOLDER/home',
        'ok master key: FOLDER/home/keys/master.key, readable by its owner alone',
        'ok earlier start: running, process PID',
        'ok clock: as the database has it',
        `ok port: 127.0.0.1:${new URL(up.url).port}, ours`,
        'ok address: URL answers',
      ]),
    );
  });
});

describe('bridle backup', () => {
  const file = (): string => join(folder, 'backup.tar');
  const before: { readonly id: string; readonly details: Details }[] = [];
  const during: string[] = [];

  it('is made while executions run', async () => {
    await keepSecret(up, 'token', SECRET);
    await save(up, pipeline('uses_secret', [stage('main', [shell('compare', compare())])]));
    const ids = await Promise.all(Array.from({ length: FIRED_BEFORE }, () => fire(up, 'test', 'myhook')));
    for (const { body } of ids) before.push({ id: body.data, details: await detailsWhenFinal(up, body.data) });
    let isMade = false;
    const load = (async () => {
      while (!isMade) during.push((await fire(up, 'test', 'myhook')).body.data);
    })();
    const made = await bridle(['backup', file(), '--with-keys', '--data', data]);
    isMade = true;
    await load;
    expect(made).toMatchObject({ code: 0, out: '' });
    expect(made.err).toMatch(/backup\.tar: [\d,]+ rows, \d+ files?, .*\n.*master key: whoever has the file/);
    expect(during.length).toBeGreaterThan(0);
    for (const id of during) await detailsWhenFinal(up, id);
    const again = await bridle(['backup', file(), '--data', data]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
  });

  it('ends with the server untouched, which bridle down stops', async () => {
    expect(await bridle(['down', '--data', data])).toEqual({ code: 0, out: '', err: '✓ Stopped\n' });
    expect(await up.ended).toEqual({ code: 0, signal: null });
    const { code, out } = await bridle(['status', '--data', data]);
    expect({ code, first: out.split('\n')[0] }).toEqual({ code: 1, first: '○ not running' });
    expect(await bridle(['down', '--data', data])).toMatchObject({ code: 0, err: `Nothing runs in ${data}.\n` });
  });

  it('goes into an empty home and no other', async () => {
    expect(await bridle(['restore', file(), '--data', data])).toMatchObject({
      code: 1,
      err: expect.stringContaining('HOME_NOT_EMPTY'),
    });
    const restored = await bridle(['restore', file(), '--data', join(folder, 'restored')]);
    expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('is as it was at') });
    expect(await readdir(join(folder, 'restored'))).not.toContain('restoring');
  });

  it('has all that was answered before it began, and goes on with the rest', async () => {
    const home = join(folder, 'restored');
    const copy = await bridleUp(['--data', home, '--port', '0']);
    expect(copy.accountId).toBe(up.accountId);
    for (const { id, details } of before) expect(await known(copy, id)).toEqual(summaryOf(details));
    // What was under way at that moment is run to its end; what came later is not there.
    const ids = await executionIds(copy);
    expect(ids.length).toBeGreaterThanOrEqual(before.length);
    for (const id of ids) {
      const run = await runWhenFinal(copy, id);
      expect(run.nodes.filter(({ status }) => /RUNNING|QUEUED|WAITING/i.test(status))).toEqual([]);
    }
    // The log of a finished step came along, and the key that opens the secret did as well.
    expect((await runSaved(copy, 'uses_secret')).status).toBe('Success');
  });
});

function compare(): string {
  return `[ "$(printf %s '<+secrets.getValue("token")>' | rev)" = '${REVERSED}' ]`;
}

function summaryOf({ webhookProcessingDetails, executionDetails }: Details): object {
  const summary = executionDetails?.pipelineExecutionSummary;
  const { status, pipelineExecutionId } = webhookProcessingDetails;
  return { event: status, pipelineExecutionId, status: summary?.status, endTs: summary?.['endTs'] };
}

async function known(product: Reachable, id: string): Promise<object> {
  return summaryOf(await detailsWhenFinal(product, id));
}

async function executionIds(product: Reachable): Promise<readonly string[]> {
  const { body } = await api<{ readonly content: readonly { readonly planExecutionId: string }[] }>(
    product,
    '/pipeline/api/pipelines/execution/summary',
    { method: 'POST', body: '{}', query: { size: '100' }, headers: { 'content-type': 'application/json' } },
  );
  return body.data.content.map(({ planExecutionId }) => planExecutionId);
}
