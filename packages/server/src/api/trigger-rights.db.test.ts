/** S15: a trigger starts what its owner may start, in their name; who fires it is not told what they may not. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fireSchedules } from '../intake/schedule-loop.ts';
import { createTestApp, type TestApp } from './test-app.ts';
import { addHolder, addRole, type Holder } from './test-holders.ts';
import { pipelineOf, savePipeline, shell } from './test-runs.ts';

let server: TestApp;
/** Answers for all triggers here. */
let owner: Holder;

const TRIGGERS = '/pipeline/api/triggers';
const SECRET_NAME = 'a_secret_name';

const source: Readonly<Record<string, string>> = {
  custom: '{ type: Webhook, spec: { type: Custom, spec: { payloadConditions: [] } } }',
  git: '{ type: Webhook, spec: { type: Github, spec: { type: Push, spec: { connectorRef: repo, autoAbortPreviousExecutions: false } } } }',
  cron: '{ type: Scheduled, spec: { type: Cron, spec: { expression: "0 0 1 1 *" } } }',
};

const trigger = (kind: string, pipeline: string): string => `trigger:
  name: ${kind}
  identifier: ${kind}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: ${pipeline}
  source: ${source[kind] ?? ''}
`;

beforeEach(async () => {
  server = await createTestApp();
  await addRole(server, 'makes_triggers', [
    'core_pipeline_view',
    'core_pipeline_edit',
    'core_pipeline_execute',
    'core_connector_view',
  ]);
  owner = await addHolder(server, 'owner', { role: 'makes_triggers' });
  await savePipeline(server, pipelineOf('plain', [{ identifier: 's', steps: shell('a') }]));
  const uses = shell('a').replace('echo a', `echo <+secrets.getValue('${SECRET_NAME}')>`);
  await savePipeline(server, pipelineOf('uses', [{ identifier: 's', steps: uses }]));
  const spec = {
    url: 'https://github.com/acme/harbour.git',
    type: 'Repo',
    authentication: { type: 'Http', spec: { type: 'Anonymous' } },
  };
  const place = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
  const connector = { identifier: 'repo', name: 'repo', type: 'Github', ...place, spec };
  await server.call('POST', '/ng/api/connectors', { body: { connector } });
});

afterEach(async () => {
  await server.close();
});

async function define(kind: string, pipeline: string): Promise<void> {
  const saved = await owner.call('POST', TRIGGERS, {
    body: trigger(kind, pipeline),
    query: { targetIdentifier: pipeline },
  });
  expect(saved.body).toMatchObject({ status: 'SUCCESS', data: { errorResponse: false } });
}

/** Fires the trigger of its kind once; answers with the event. */
async function fire(kind: string, pipeline: string): Promise<string> {
  if (kind === 'cron') {
    // Planned first: what is not planned has no time that could have come.
    await fireSchedules(server.db);
    await sql`update trigger_schedules set due_at = bridle_now() - 1000 where trigger_identifier = 'cron'`.execute(
      server.db,
    );
    await fireSchedules(server.db);
    const row = await server.db.selectFrom('trigger_events').select('id').executeTakeFirstOrThrow();
    return row.id;
  }
  const url = { clone_url: 'https://github.com/acme/harbour.git', html_url: 'https://github.com/acme/harbour' };
  const after = 'a'.repeat(40);
  const commit = { id: after, message: 'm', author: { name: 'a', email: 'a@b.c' } };
  const push = {
    ref: 'refs/heads/main',
    before: 'b'.repeat(40),
    after,
    head_commit: commit,
    repository: { ...url, full_name: 'acme/harbour' },
    commits: [commit],
  };
  const answer =
    kind === 'git'
      ? await server.call('POST', '/ng/api/webhook', {
          isPublic: true,
          body: JSON.stringify(push),
          headers: { 'x-github-event': 'push', 'content-type': 'application/json' },
        })
      : await server.call('POST', '/api/webhook/custom', {
          isPublic: true,
          query: { pipelineIdentifier: pipeline, triggerIdentifier: kind },
          body: '{}',
        });
  expect(answer.status).toBe(200);
  return String(answer.body.data);
}

interface Row {
  readonly finalStatus: string;
  readonly message: string;
}

/** What the history says of the one event, once it is decided. */
async function history(kind: string, pipeline: string): Promise<Row> {
  return await vi.waitFor(
    async () => {
      const query = { targetIdentifier: pipeline };
      const { data } = (await server.call('GET', `${TRIGGERS}/${kind}/eventHistory`, { query })).body;
      const [row] = (data as unknown as { readonly content: readonly Row[] }).content;
      expect(row?.finalStatus).not.toBe('QUEUED');
      if (row === undefined) throw new Error('There is no event yet.');
      return row;
    },
    { timeout: 20_000, interval: 20 },
  );
}

const actors = async (): Promise<readonly unknown[]> =>
  (await server.db.selectFrom('executions').select('header').execute()).map(
    ({ header }) => (header as { actor?: object }).actor,
  );

describe.each(['custom', 'git', 'cron'])('a trigger of the kind %s', (kind) => {
  it('starts in the name of its owner', async () => {
    await define(kind, 'plain');
    await fire(kind, 'plain');
    expect(await history(kind, 'plain')).toMatchObject({ finalStatus: 'TARGET_EXECUTION_REQUESTED' });
    expect(await actors()).toEqual([{ kind: 'USER', id: 'owner' }]);
    await server.runTasks();
  });

  it.each([
    [
      'may not use what the pipeline names',
      'uses',
      async (): Promise<void> => undefined,
      `Missing permission core_secret_access on secret with identifier ${SECRET_NAME}. Whoever starts a pipeline must be allowed to use what it names. A trigger starts in the name of whoever made or changed it last.`,
    ],
    [
      'may not execute the pipeline any more',
      'plain',
      async (): Promise<void> => {
        await server.db.deleteFrom('role_assignments').where('principal_id', '=', 'owner').execute();
      },
      'last may not execute the pipeline plain any more. Somebody who may has to save it again.',
    ],
    [
      'is disabled',
      'plain',
      async (): Promise<void> => {
        await server.db.updateTable('users').set({ is_disabled: true }).where('id', '=', 'owner').execute();
      },
      'last may not execute the pipeline plain any more.',
    ],
  ] as const)(
    'starts nothing when its owner %s: the history says why, the public answer does not',
    async (_, pipeline, take, why) => {
      await define(kind, pipeline);
      await take();
      const id = await fire(kind, pipeline);
      const row = await history(kind, pipeline);
      expect(row.finalStatus).toBe(kind === 'cron' ? 'EXCEPTION_WHILE_PROCESSING' : 'INVALID_RUNTIME_INPUT_YAML');
      expect(row.message).toContain(why);
      expect(await actors()).toEqual([]);
      const details = `/pipeline/api/webhook/triggerExecutionDetails/${id}`;
      const open = await server.call('GET', details, { isPublic: true });
      expect(open.text).not.toContain(SECRET_NAME);
      expect(open.text).not.toContain('made or changed');
      if (kind === 'custom') {
        expect(open.body.data).toMatchObject({
          executionDetails: null,
          webhookProcessingDetails: {
            exceptionOccured: true,
            message:
              'Failed while requesting Pipeline Execution through Trigger: The trigger may not start its pipeline now. Its event history says why.',
          },
        });
      }
      // With a key that may see the trigger.
      expect((await server.call('GET', details)).text).toContain(why.slice(0, 40));
      // With one that may not.
      const stranger = await addHolder(server, 'stranger');
      expect((await stranger.call('GET', details)).text).not.toContain(why.slice(0, 40));
    },
  );
});

describe('the details of an event', () => {
  const FORMS = (id: string): readonly (readonly [path: string, query: Readonly<Record<string, string>>])[] => [
    [`/pipeline/api/webhook/triggerExecutionDetails/${id}`, {}],
    [`/pipeline/api/webhook/triggerExecutionDetailsV2/${id}`, {}],
    ['/pipeline/api/webhook/triggerProcessingDetails', { eventId: id }],
  ];

  it.each([
    ['custom', 200, 200],
    ['git', 401, 403],
    ['cron', 401, 403],
  ] as const)('of the kind %s are for whoever has its id, or may view the pipeline', async (kind, open, strange) => {
    await define(kind, 'plain');
    const id = await fire(kind, 'plain');
    await history(kind, 'plain');
    await server.runTasks();
    const stranger = await addHolder(server, 'stranger');
    for (const [path, query] of FORMS(id)) {
      const without = await server.call('GET', path, { isPublic: true, query });
      expect([path, without.status]).toEqual([path, open]);
      expect([path, (await stranger.call('GET', path, { query })).status]).toEqual([path, strange]);
      expect([path, (await owner.call('GET', path, { query })).status]).toEqual([path, 200]);
      if (kind !== 'custom') expect(without.text).not.toContain('plain');
    }
  });

  it('of Git that no trigger answers to are for those who may view all of the account', async () => {
    await define('git', 'plain');
    const answer = await server.call('POST', '/ng/api/webhook', {
      isPublic: true,
      query: { orgIdentifier: '', projectIdentifier: '' },
      body: JSON.stringify({
        ref: 'refs/heads/main',
        repository: { clone_url: 'https://github.com/acme/other.git', full_name: 'acme/other' },
        commits: [],
      }),
      headers: { 'x-github-event': 'push', 'content-type': 'application/json' },
    });
    const path = `/pipeline/api/webhook/triggerExecutionDetailsV2/${String(answer.body.data)}`;
    const prefer = { headers: { prefer: 'wait=20' } };
    expect((await server.call('GET', path, prefer)).body.data).toMatchObject({
      webhookProcessingDetails: { status: 'NO_MATCHING_TRIGGER_FOR_REPO' },
    });
    expect((await owner.call('GET', path)).status).toBe(403);
    expect((await server.call('GET', path, { isPublic: true, ...prefer })).status).toBe(401);
  });
});
