/** Values that only a server knows. Whatever is wrong, or takes too long, there is just nothing to offer. */
import type { CommandContext } from '../command-line/command.ts';
import { Options } from '../command-line/options.ts';
import { clientOf, connect, findProject } from '../connection/connect.ts';
import { findConfig } from '../connection/find-config.ts';
import type { Candidate, ServerValue } from './complete.ts';

/** Somebody waits with a finger on the key. */
const LIMIT_MS = 1_500;
const VALUES_MAX = 50;

/** @param words - of the line: its connection options count here, too */
export async function serverValues(
  kind: ServerValue,
  words: readonly string[],
  context: CommandContext,
): Promise<readonly Candidate[]> {
  try {
    if (kind === 'profile') {
      return [...findConfig(context.environment).profiles].map(([value, { url }]) => ({
        value,
        description: url ?? '',
      }));
    }
    return await ask(kind, words, { ...context, signal: AbortSignal.timeout(LIMIT_MS) });
  } catch {
    // No configuration, no server, no permission: a completion says nothing of it.
    return [];
  }
}

async function ask(
  kind: Exclude<ServerValue, 'profile'>,
  words: readonly string[],
  context: CommandContext,
): Promise<readonly Candidate[]> {
  const { signal } = context;
  const connection = await connect(context, { arguments: [], options: connectionOptions(words) });
  const { org, project } = await findProject(connection, signal);
  const harness = clientOf({ ...connection.settings, org, project }, connection.token, connection.account);
  const call = { pageSize: VALUES_MAX, signal, retries: 0 };
  if (kind === 'serverPipeline') {
    const { items } = await harness.pipelines.list(call);
    return items.map(({ identifier, name }) => ({ value: identifier, description: name }));
  }
  const { items } = await harness.executions.list(call);
  const recent = items.map(({ planExecutionId, pipelineIdentifier, runSequence, status }) => ({
    value: planExecutionId,
    description: `${pipelineIdentifier} #${runSequence} ${status}`,
  }));
  return [{ value: 'latest', description: 'the newest' }, ...recent];
}

/** A token stands in no line that is being typed, or should not. */
function connectionOptions(words: readonly string[]): Options {
  const values = new Map<string, string>();
  for (const name of ['profile', 'url', 'org', 'project', 'account']) {
    const index = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    const word = words[index];
    if (word === undefined) continue;
    const value = word === `--${name}` ? words[index + 1] : word.slice(name.length + 3);
    if (value !== undefined && value !== '') values.set(name, value);
  }
  return new Options(values);
}
