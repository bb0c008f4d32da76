/** Executions and pipelines as they are named on the command line: by id, by the address of a page, or the latest one. */
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { ProjectConnection } from '../connection/connect.ts';
import { parseUiAddress, type UiAddress } from '../connection/ui-address.ts';

/** Stands for the newest execution of the project. */
export const LATEST = 'latest';

/** The page that the first argument may be. */
export function firstPage({ arguments: [given = ''] }: CommandInput): UiAddress | undefined {
  return parseUiAddress(given);
}

/** @param given - by default the first argument. @throws UsageError */
export async function findExecution(
  { harness }: ProjectConnection,
  input: CommandInput,
  { signal }: Pick<CommandContext, 'signal'>,
  given = input.arguments[0] ?? '',
): Promise<string> {
  const page = parseUiAddress(given);
  if (page !== undefined) {
    if (page.execution !== undefined) return page.execution;
    throw new UsageError('This address is not the page of an execution.');
  }
  if (given !== LATEST) return given;
  const { items } = await harness.executions.list({ pageSize: 1, signal });
  const [newest] = items;
  if (newest === undefined) throw new UsageError('Nothing has run in this project yet.', undefined, 5);
  return newest.planExecutionId;
}

/** @throws UsageError */
export function pipelineNamed(given: string): string {
  const page = parseUiAddress(given);
  if (page === undefined) return given;
  if (page.pipeline !== undefined) return page.pipeline;
  throw new UsageError('This address is not the page of a pipeline.');
}

/** Where people look at an execution. */
export function executionUrl(
  { settings: { url }, account, org, project }: ProjectConnection,
  id: string,
  pipeline: string,
): string {
  const base = url.value.replace(/\/gateway$/, '');
  const parts = [account, 'all/orgs', org, 'projects', project, 'pipelines', pipeline, 'deployments', id, 'pipeline'];
  return `${base}/ng/account/${parts.join('/')}`;
}
