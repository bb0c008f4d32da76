import { DOCUMENT_KINDS } from '@bridle/pipeline';
import { describe, expect, it } from 'vitest';
import { schema } from '../commands/schema.ts';
import { runBridle } from '../testing/run-bridle.ts';

describe('bridle schema', () => {
  it.each([...DOCUMENT_KINDS, 'runEvent'])('prints that of %s, and the help names it', async (kind) => {
    const { exitCode, out } = await runBridle(['schema', kind]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:bridle:schema:${kind}`,
    });
    expect(schema.details).toContain(kind);
  });

  it('names the kinds there are', async () => {
    expect(await runBridle(['schema', 'pipelin'])).toMatchObject({
      exitCode: 5,
      out: '',
      err: expect.stringContaining('Kinds: pipeline, template'),
    });
  });
});
