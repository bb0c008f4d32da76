import { Ajv2020 } from 'ajv/dist/2020.js';
import { DOCUMENT_KINDS, documentSchema, type JsonSchema } from '@bridle/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

/** `strictTypes` wants a `type` beside every keyword; in these schemas keywords apply by the kind of the value. */
function compile(schema: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  ajv.addVocabulary(['patternErrorMessage']);
  const validate = ajv.compile(schema);
  return (value) => validate(value) === true;
}

describe('schemas of documents', () => {
  it.each([
    ['/pipeline/api/yaml-schema', 'Pipelines', 'pipeline'],
    ['/gateway/pipeline/api/yaml-schema', 'Triggers', 'trigger'],
    ['/ng/api/yaml-schema', 'InputSets', 'inputSet'],
    ['/template/api/yaml-schema', 'Template', 'template'],
    ['/ng/api/yaml-schema', 'Service', 'service'],
  ] as const)('%s gives that of %s', async (path, entityType, kind) => {
    const { status, body } = await server.call('GET', path, { query: { entityType } });
    expect([status, body.status]).toEqual([200, 'SUCCESS']);
    expect(body.data).toEqual(JSON.parse(JSON.stringify(documentSchema(kind))));
  });

  it('names the kinds when asked for another one', async () => {
    const { status, body } = await server.call('GET', '/pipeline/api/yaml-schema', { query: { entityType: 'Pipe' } });
    expect([status, body.status]).toEqual([400, 'FAILURE']);
    expect(body.message).toContain('entityType');
  });

  it.each(DOCUMENT_KINDS)('a strict validator of the standard takes that of a %s', (kind) => {
    expect(compile(documentSchema(kind))({})).toBe(false);
  });

  it('a validator of the standard judges the branch that the type names', () => {
    const isValid = compile(documentSchema('pipeline'));
    const withShell = (shell: string): unknown => {
      const spec = { shell, source: { type: 'Inline', spec: { script: 'echo' } } };
      const steps = [{ step: { identifier: 'a', type: 'ShellScript', spec } }];
      const stage = { identifier: 's', type: 'Custom', spec: { execution: { steps } } };
      return { pipeline: { identifier: 'p', stages: [{ stage }] } };
    };
    expect(isValid(withShell('Bash'))).toBe(true);
    expect(isValid(withShell('<+input>'))).toBe(true);
    expect(isValid(withShell('Bahs'))).toBe(false);
  });
});
