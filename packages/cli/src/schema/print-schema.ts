import { DOCUMENT_KINDS, documentSchema } from '@bridle/pipeline';
import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';

export const printSchema: CommandAction = async ({ terminal }, { arguments: [name] }) => {
  const kind = DOCUMENT_KINDS.find((known) => known === name);
  if (kind === undefined) {
    throw new UsageError(`There is no kind of document "${name ?? ''}".`, `Kinds: ${DOCUMENT_KINDS.join(', ')}.`, 5);
  }
  await terminal.out.line(JSON.stringify(documentSchema(kind), undefined, 2));
  return 0;
};
