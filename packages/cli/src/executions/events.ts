/** `bridle events`: what happens, one JSON object per line. */
import { isHarnessError, type ExecutionEvent, type Harness } from '@bridle/sdk';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { select } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { parseUiAddress } from '../connection/ui-address.ts';
import { readEventStream } from './event-stream.ts';
import { findExecution } from './target.ts';

export const events = inProject(
  async (connection, context, input) => {
    const execution = input.options.text('execution');
    if (execution === undefined) await ofProject(connection, context, input);
    else await ofExecution(connection, context, input, execution);
    return 0;
  },
  ({ options }) => parseUiAddress(options.text('execution') ?? ''),
);

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

/** They begin now, so there is nothing to print without following them. */
async function ofProject(
  { harness, org, project }: ProjectConnection,
  context: CommandContext,
  input: CommandInput,
): Promise<void> {
  if (!input.options.isOn('follow')) {
    throw new UsageError(
      'The events of a project begin now.',
      'Follow them with -f, or name an execution with --execution.',
    );
  }
  for await (const { event, data } of projectEvents(harness, org, project, context.signal)) {
    await print({ event, ...data }, context, input);
  }
}

async function* projectEvents(
  harness: Harness,
  org: string,
  project: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly event: string; readonly data: object }> {
  const path = `/bridle/api/projects/${encodeURIComponent(org)}/${encodeURIComponent(project)}/events`;
  for (;;) {
    let response: Response;
    try {
      response = await harness.raw.response('GET', path, { headers: { accept: 'text/event-stream' }, signal });
    } catch (error) {
      if (isHarnessError(error, 'api') && error.status === 404 && error.code === undefined) {
        throw new UsageError(
          'This server tells of no events of a project.',
          'Harness does not have them; Bridle does.',
          8,
        );
      }
      throw error;
    }
    yield* readEventStream(response, signal);
    // The server has ended it, to be asked again: it restarts, or another replica takes over.
    signal.throwIfAborted();
  }
}

async function print(document: object, { terminal }: CommandContext, { options }: CommandInput): Promise<void> {
  const fields = options.fields() ?? [];
  const known = fields.filter((field) => Object.hasOwn(document, field));
  // Events of different kinds have different fields.
  await terminal.out.line(JSON.stringify(fields.length === 0 ? document : select(document, known)));
}
