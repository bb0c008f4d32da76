import { DOCUMENT_KINDS, documentSchema } from '@bridle/pipeline';
import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';

/** What `bridle run --json` prints: no document of a repository, but programs read it. */
const RUN_EVENT = 'runEvent';
export const KINDS: readonly string[] = [...DOCUMENT_KINDS, RUN_EVENT];

export const printSchema: CommandAction = async ({ terminal }, { arguments: [name = ''] }) => {
  await terminal.out.line(JSON.stringify(await findSchema(name), undefined, 2));
  return 0;
};

/** @throws UsageError */
export async function findSchema(name: string): Promise<object> {
  if (name === RUN_EVENT) {
    const { RunEvent } = await import('@bridle/protocol');
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    return { $schema, $id: 'urn:bridle:schema:runEvent', description: 'A line of bridle run --json.', ...RunEvent };
  }
  const kind = DOCUMENT_KINDS.find((known) => known === name);
  if (kind !== undefined) return documentSchema(kind);
  throw new UsageError(`There is no kind of document "${name}".`, `Kinds: ${KINDS.join(', ')}.`, 5);
}
