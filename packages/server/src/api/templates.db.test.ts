/** Templates over HTTP: versions, the stable one, scopes, and every refusal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const TEMPLATES = '/template/api/templates';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };
const IN_ORG = { projectIdentifier: '' };

function stepTemplate(identifier: string, versionLabel: string, command = 'echo hi', type = 'Run'): string {
  const body =
    type === 'Run' ? `    spec: { shell: Sh, command: ${JSON.stringify(command)} }` : `    spec: { duration: 1m }`;
  return `template:
  name: ${identifier}
  identifier: ${identifier}
  versionLabel: "${versionLabel}"
  type: Step
  tags: { team: blue }
  spec:
    type: ${type}
${body}
`;
}

async function create(yaml: string, query: Record<string, string> = {}): Promise<Answer> {
  return await server.call('POST', TEMPLATES, { body: yaml, query });
}

const read = (identifier: string, query: Record<string, string> = {}): Promise<Answer> =>
  server.call('GET', `${TEMPLATES}/${identifier}`, { query });

describe('templates', () => {
  it('are created, read, changed by version and deleted', async () => {
    const yaml = stepTemplate('life', '1.0');
    const created = await create(yaml);
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toMatchObject({
      valid: true,
      templateResponseDTO: {
        accountId: ACCOUNT,
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        identifier: 'life',
        name: 'life',
        tags: { team: 'blue' },
        yaml,
        versionLabel: '1.0',
        templateEntityType: 'Step',
        childType: 'Run',
        templateScope: 'project',
        version: 1,
        stableTemplate: true,
        storeType: 'INLINE',
      },
    });

    const update = `${TEMPLATES}/update/life/1.0`;
    const changed = await server.call('PUT', update, {
      body: stepTemplate('life', '1.0', 'echo two'),
      headers: { 'if-match': '1', 'content-type': 'application/yaml' },
    });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    const stale = await server.call('PUT', update, { body: yaml, headers: { 'if-match': '1' } });
    expect([stale.status, stale.body.code, stale.body.message]).toEqual([
      400,
      'INVALID_REQUEST',
      expect.stringContaining('was changed since it was read'),
    ]);
    expect((await read('life')).body.data).toMatchObject({ version: 2, yaml: expect.stringContaining('echo two') });

    const stillThere = await server.call('DELETE', `${TEMPLATES}/life/1.0`, { headers: { 'if-match': '1' } });
    expect(stillThere.status).toBe(400);
    expect((await server.call('DELETE', `${TEMPLATES}/life/1.0`)).body.data).toBe(true);
    const gone = await read('life');
    expect([gone.status, gone.body.code, gone.body.message]).toEqual([
      404,
      'ENTITY_NOT_FOUND',
      'Template with the given ID: life does not exist in project myproject in organization default or has been deleted.',
    ]);
  });

  it('have one stable version: the first, until another is made it', async () => {
    await create(stepTemplate('stable', '1'));
    await create(stepTemplate('stable', '2', 'echo 2'));
    expect((await read('stable')).body.data).toMatchObject({ versionLabel: '1' });
    expect((await read('stable', { versionLabel: '2' })).body.data).toMatchObject({
      versionLabel: '2',
      stableTemplate: false,
    });
    const made = await server.call('PUT', `${TEMPLATES}/updateStableTemplate/stable/2`);
    expect(made.body.data).toBe('2');
    expect((await read('stable')).body.data).toMatchObject({ versionLabel: '2', stableTemplate: true });
    expect((await read('stable', { versionLabel: '1' })).body.data).toMatchObject({ stableTemplate: false });
    expect((await create(stepTemplate('stable', '3'), { setDefaultTemplate: 'true' })).body.data).toMatchObject({
      templateResponseDTO: { versionLabel: '3', stableTemplate: true },
    });
    expect((await read('stable')).body.data).toMatchObject({ versionLabel: '3' });
    expect((await server.call('PUT', `${TEMPLATES}/updateStableTemplate/stable/9`)).status).toBe(404);

    const refused = await server.call('DELETE', `${TEMPLATES}/stable/3`);
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringContaining('3 is the stable version of the template stable'),
    ]);
    expect((await server.call('DELETE', `${TEMPLATES}/stable/1`)).body.data).toBe(true);
    const all = await server.call('DELETE', `${TEMPLATES}/stable`, { body: { templateVersionLabels: ['2', '3'] } });
    expect(all.body.data).toBe(true);
    expect((await read('stable')).status).toBe(404);
  });

  it('keep exactly one stable version when versions are made at once', async () => {
    const labels = ['a', 'b', 'c', 'd', 'e', 'f'];
    const made = await Promise.all(labels.map((label) => create(stepTemplate('race', label))));
    expect(made.map(({ status }) => status)).toEqual(labels.map(() => 200));
    await Promise.all(labels.map((label) => server.call('PUT', `${TEMPLATES}/updateStableTemplate/race/${label}`)));
    const rows = await server.db
      .selectFrom('templates')
      .select('version_label')
      .where('identifier', '=', 'race')
      .where('is_stable', '=', true)
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('belong to the account, an organization or a project, each with identifiers of its own', async () => {
    for (const query of [IN_ACCOUNT, IN_ORG, {}])
      expect((await create(stepTemplate('scoped', '1'), query)).status).toBe(200);
    expect((await read('scoped', IN_ACCOUNT)).body.data).not.toHaveProperty('orgIdentifier');
    expect((await read('scoped', IN_ORG)).body.data).toMatchObject({ templateScope: 'org', orgIdentifier: 'default' });
    await server.call('DELETE', `${TEMPLATES}/scoped`);
    expect((await read('scoped')).status).toBe(404);
    expect((await read('scoped', IN_ORG)).status).toBe(200);
  });

  it.each([
    [
      'that exists',
      stepTemplate('taken', '1'),
      {},
      400,
      'DUPLICATE_FIELD',
      'template [taken] with the version label [1]',
    ],
    [
      'of another type',
      stepTemplate('taken', '2', '', 'Wait'),
      {},
      400,
      'INVALID_REQUEST',
      'version 1 is a template of type Step (Run)',
    ],
    [
      'of another project',
      stepTemplate('x', '1').replace('  name', '  projectIdentifier: theirs\n  name'),
      {},
      400,
      'INVALID_REQUEST',
      'projectIdentifier theirs',
    ],
    [
      'of an organization that is not there',
      stepTemplate('x', '1'),
      { orgIdentifier: 'none', projectIdentifier: '' },
      404,
      'ENTITY_NOT_FOUND',
      'none',
    ],
    [
      'of a project that is not there',
      stepTemplate('x', '1'),
      { projectIdentifier: 'none' },
      404,
      'ENTITY_NOT_FOUND',
      'none',
    ],
    [
      'of a project without an organization',
      stepTemplate('x', '1'),
      { orgIdentifier: '' },
      400,
      'INVALID_REQUEST',
      'orgIdentifier',
    ],
    ['that is no template', 'pipeline: {}', {}, 400, 'SCHEMA_VALIDATION_FAILED', 'template'],
    [
      'without a version label',
      stepTemplate('x', '1').replace(/ {2}versionLabel.*\n/, ''),
      {},
      400,
      'SCHEMA_VALIDATION_FAILED',
      'versionLabel',
    ],
  ] as const)('refuse one %s', async (_, yaml, query, status, code, message) => {
    await create(stepTemplate('taken', '1'));
    const answer = await create(yaml, query);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.message).toContain(message);
  });

  it('are not renamed by a change', async () => {
    await create(stepTemplate('fixed', '1'));
    const answer = await server.call('PUT', `${TEMPLATES}/update/fixed/1`, { body: stepTemplate('fixed', '2') });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('versionLabel 2')]);
    expect((await server.call('PUT', `${TEMPLATES}/update/fixed/7`, { body: stepTemplate('fixed', '7') })).status).toBe(
      404,
    );
  });

  it('are listed: one version of each or all, of this scope or of those above too', async () => {
    for (const label of ['1', '2']) await create(stepTemplate('listed_a', label), { orgIdentifier: 'default' });
    await create(stepTemplate('listed_b', '1'), IN_ACCOUNT);
    const list = async (query: Record<string, string>, body: Record<string, unknown> = {}): Promise<unknown[]> => {
      const answer = await server.call('POST', `${TEMPLATES}/list`, {
        query: { searchTerm: 'LISTED', ...query },
        body,
      });
      return (answer.body.data as unknown as { content: { identifier: string; versionLabel: string }[] }).content
        .map(({ identifier, versionLabel }) => `${identifier} ${versionLabel}`)
        .toSorted();
    };
    expect(await list({})).toEqual(['listed_a 1']);
    expect(await list({ templateListType: 'All' })).toEqual(['listed_a 1', 'listed_a 2']);
    expect(await list({ templateListType: 'LastUpdated' })).toEqual(['listed_a 2']);
    expect(await list({ includeAllTemplatesAvailableAtScope: 'true' })).toEqual(['listed_a 1', 'listed_b 1']);
    expect(await list(IN_ACCOUNT)).toEqual(['listed_b 1']);
    expect(await list({}, { templateEntityTypes: ['Stage'] })).toEqual([]);
    expect(await list({}, { childTypes: ['Run'], templateIdentifiers: ['listed_a'] })).toEqual(['listed_a 1']);
    const page = await server.call('POST', `${TEMPLATES}/list-metadata`, {
      query: { searchTerm: 'listed', templateListType: 'All', size: '1', page: '1' },
    });
    expect(page.body.data).toMatchObject({ totalElements: 2, numberOfElements: 1, number: 1, last: true });
  });
});
