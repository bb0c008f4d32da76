/** `bridle events`: what happens, one JSON object per line. */
import type { ExecutionEvent } from '@bridle/sdk';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { select } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { parseUiAddress } from '../connection/ui-address.ts';
import { levelOf } from '../documents/given-documents.ts';
import { findExecution } from './target.ts';

export const events = inProject(
  async (connection, context, input) => {
    const since = input.options.text('since-id');
    // Servers pass over what is none, and would begin now.
    if (since !== undefined && !/^\d{1,15}$/.test(since))
      throw new UsageError(`--since-id ${since} is no id of an event.`, 'Take the id that an event was printed with.');
    const execution = input.options.text('execution');
    if (execution === undefined) await ofPlace(connection, context, input);
    else {
      refuseFilters(input);
      await ofExecution(connection, context, input, execution);
    }
    return 0;
  },
  ({ options }) => parseUiAddress(options.text('execution') ?? ''),
);

function refuseFilters({ options }: CommandInput): void {
  const given = ['level', 'type', 'pipeline'].find((name) => options.text(name) !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given} does not go with --execution: of one execution all is told.`);
}

/** Up to now, and with --follow until its end. */
async function ofExecution(
  connection: ProjectConnection,
  context: CommandContext,
  input: CommandInput,
  given: string,
): Promise<void> {
  const id = await findExecution(connection, input, context, given);
  const since = input.options.text('since-id');
  const stream = connection.harness.executions.events(id, {
    ...(since === undefined ? {} : { lastEventId: since }),
    signal: context.signal,
  });
  for await (const event of stream) {
    await print(eventDocument(event), context, input);
    if (!input.options.isOn('follow')) break;
  }
}

function eventDocument(event: ExecutionEvent): object {
  if (event.kind === 'end') return { event: 'end', status: event.execution.status };
  const { id, execution, nodes } = event;
  return { event: 'change', id: id ?? null, status: execution.status, execution, nodes };
}

/** Of the project, or with --level of its organization or the account: they begin now, or after --since-id. */
async function ofPlace({ harness }: ProjectConnection, context: CommandContext, input: CommandInput): Promise<void> {
  const { options } = input;
  if (!options.isOn('follow')) {
    throw new UsageError(
      'Events begin now, and have no end.',
      'Follow them with -f, or name an execution with --execution.',
    );
  }
  const level = levelOf(options.text('level'));
  const stream = harness.events({
    level: level === 'org' ? 'organization' : level,
    types: listOf(options.text('type')),
    pipelines: listOf(options.text('pipeline')),
    lastEventId: options.text('since-id'),
    signal: context.signal,
  });
  for await (const event of stream) {
    if (event.type === 'position') continue;
    const { type, data, ...rest } = event;
    await print({ event: type, ...rest, ...data }, context, input);
  }
}

function listOf(text = ''): readonly string[] {
  return text.split(',').filter((word) => word !== '');
}

async function print(document: object, { terminal }: CommandContext, { options }: CommandInput): Promise<void> {
  const fields = options.fields() ?? [];
  const known = fields.filter((field) => Object.hasOwn(document, field));
  // Events of different kinds have different fields.
  await terminal.out.line(JSON.stringify(fields.length === 0 ? document : select(document, known)));
}
