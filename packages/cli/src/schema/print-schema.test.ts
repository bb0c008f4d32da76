import { DOCUMENT_KINDS } from '@bridle/pipeline';
import { describe, expect, it } from 'vitest';
import { schema } from '../commands/schema.ts';
import { runBridle } from '../testing/run-bridle.ts';
import { findSchema, KINDS } from './print-schema.ts';

describe('bridle schema', () => {
  it.each([...DOCUMENT_KINDS, 'runEvent'])('has that of %s, and the help names it', async (kind) => {
    expect(KINDS).toContain(kind);
    expect(schema.details).toContain(kind);
    expect(await findSchema(kind)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:bridle:schema:${kind}`,
    });
  });

  it('prints one document, or names the kinds there are', async () => {
    const { exitCode, out } = await runBridle(['schema', 'runEvent']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $id: 'urn:bridle:schema:runEvent' });
    expect(await runBridle(['schema', 'pipelin'])).toMatchObject({
      exitCode: 5,
      out: '',
      err: expect.stringContaining('Kinds: pipeline, template'),
    });
  });
});
