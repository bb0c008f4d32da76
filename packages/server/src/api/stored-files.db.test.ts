/** Stored files and folders over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORED_BYTES_MAX } from '../artifacts/stored-contents.ts';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const FILES = '/ng/api/file-store';

async function send(
  method: 'POST' | 'PUT',
  path: string,
  fields: Record<string, string | Uint8Array>,
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), 'file');
  }
  const response = new Response(form);
  return await server.call(method, path, {
    body: Buffer.from(await response.arrayBuffer()),
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
  });
}

const folder = (name: string, parentIdentifier = 'Root'): Promise<Answer> =>
  send('POST', FILES, { name, type: 'FOLDER', parentIdentifier });

describe('stored files', () => {
  it('are stored, read, changed, moved and deleted with their folder', async () => {
    expect((await folder('scripts')).status).toBe(200);
    const created = await send('POST', FILES, {
      content: new TextEncoder().encode('echo one'),
      name: 'deploy.sh',
      identifier: 'deploy',
      type: 'FILE',
      parentIdentifier: 'scripts',
      fileUsage: 'SCRIPT',
      mimeType: 'text/x-sh',
      tags: '[{"key":"a","value":"b"}]',
    });
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toEqual({
      accountIdentifier: expect.any(String),
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      identifier: 'deploy',
      name: 'deploy.sh',
      type: 'FILE',
      parentIdentifier: 'scripts',
      path: '/scripts/deploy.sh',
      fileUsage: 'SCRIPT',
      mimeType: 'text/x-sh',
      description: '',
      tags: [{ key: 'a', value: 'b' }],
      lastModifiedAt: expect.any(Number),
      draft: false,
      createdBy: { name: 'admin' },
    });
    expect((await server.call('GET', `${FILES}/deploy`)).body.data).toEqual(created.body.data);
    const content = async (): Promise<string> => (await server.call('GET', `${FILES}/files/deploy/download`)).text;
    expect(await content()).toBe('echo one');

    // Without a content the one that is there stays; a folder takes along what is in it.
    const plain = { name: 'run.sh', type: 'FILE', parentIdentifier: 'scripts' };
    expect((await send('PUT', `${FILES}/deploy`, plain)).body.data).toMatchObject({ path: '/scripts/run.sh' });
    expect(await content()).toBe('echo one');
    await send('PUT', `${FILES}/deploy`, { ...plain, content: new TextEncoder().encode('echo two') });
    expect(await content()).toBe('echo two');
    const renamed = await send('PUT', `${FILES}/scripts`, { name: 'tools', type: 'FOLDER', parentIdentifier: 'Root' });
    expect(renamed.body.data).toMatchObject({ path: '/tools' });
    expect((await server.call('GET', `${FILES}/deploy`)).body.data).toMatchObject({ path: '/tools/run.sh' });

    const list = await server.call('GET', FILES, { query: { searchTerm: 'run' } });
    expect(list.body.data).toMatchObject({ totalItems: 1, content: [{ identifier: 'deploy' }] });
    const root = await server.call('POST', `${FILES}/folder`, {
      body: { identifier: 'Root', name: 'Root', type: 'FOLDER' },
    });
    expect(root.body.data).toMatchObject({ parentIdentifier: null, path: '/', children: [{ identifier: 'scripts' }] });
    const inside = await server.call('POST', `${FILES}/folder`, { body: { identifier: 'scripts' } });
    expect(inside.body.data).toMatchObject({ name: 'tools', children: [{ identifier: 'deploy', type: 'FILE' }] });

    expect((await server.call('DELETE', `${FILES}/scripts`)).body.data).toBe(true);
    expect((await server.call('GET', `${FILES}/deploy`)).status).toBe(404);
    const { rows } = { rows: await server.db.selectFrom('stored_files').selectAll().execute() };
    expect(rows).toEqual([]);
  });

  it('are refused where they make no sense', async () => {
    await folder('a');
    await folder('b', 'a');
    expect((await folder('a')).body.code).toBe('DUPLICATE_FIELD');
    const into = await send('PUT', `${FILES}/a`, { name: 'a', type: 'FOLDER', parentIdentifier: 'b' });
    expect(into.body.message).toContain('cannot be moved into itself');
    for (const [fields, reason] of [
      [{ name: '../x', type: 'FOLDER', parentIdentifier: 'Root' }, 'name: is no name of a file'],
      [{ name: '..', type: 'FOLDER', parentIdentifier: 'Root' }, 'name: is no name of a file'],
      [{ name: 'x', type: 'FOLDER', parentIdentifier: 'none' }, 'There is no folder none'],
      [{ name: 'x', type: 'FILE', parentIdentifier: 'Root' }, 'A file needs a content'],
      [{ name: 'x', type: 'LINK', parentIdentifier: 'Root' }, 'type: is neither FILE nor FOLDER'],
      [{ name: 'x', type: 'FOLDER' }, 'parentIdentifier: is missing'],
      [{ name: 'x', type: 'FOLDER', parentIdentifier: 'Root', fileUsage: 'OTHER' }, 'fileUsage: is none of'],
      [{ name: 'x', type: 'FOLDER', parentIdentifier: 'Root', tags: '{' }, 'tags: is no list'],
    ] as const) {
      const refused = await send('POST', FILES, fields);
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(reason)]);
    }
    expect((await server.call('POST', FILES, { body: { name: 'x' } })).body.message).toContain(
      'is no multipart/form-data',
    );
    expect((await server.call('GET', `${FILES}/files/a/download`)).body.message).toContain('is a folder');
    expect((await server.call('POST', `${FILES}/folder`, { body: { identifier: 'none' } })).status).toBe(404);
    expect((await send('PUT', `${FILES}/none`, { name: 'x', type: 'FOLDER', parentIdentifier: 'Root' })).status).toBe(
      404,
    );
  });

  it('have a limit, and leave nothing behind', async () => {
    const large = new Uint8Array(STORED_BYTES_MAX + 1);
    const refused = await send('POST', FILES, { name: 'x', type: 'FILE', parentIdentifier: 'Root', content: large });
    expect(refused.body.message).toContain('content: is larger than 104857600 bytes');
    const nameless = await send('POST', FILES, { type: 'FILE', parentIdentifier: 'Root', content: new Uint8Array(9) });
    expect(nameless.status).toBe(400);
    expect(await server.db.selectFrom('stored_files').selectAll().where('type', '=', 'FILE').execute()).toEqual([]);
  });
});
