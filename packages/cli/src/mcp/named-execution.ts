/** The execution that a call means. */
import { Options } from '../command-line/options.ts';
import { findExecution } from '../executions/target.ts';
import type { Arguments, Property } from './schema.ts';
import type { ToolContext } from './tool.ts';

export const EXECUTION: Property = {
  type: 'string',
  description: 'id of the execution, the address of its page, or latest',
};

export async function executionOf(given: Arguments, { connection, signal }: ToolContext): Promise<string> {
  const input = { arguments: [given.need('execution')], options: new Options(new Map()) };
  return await findExecution(connection, input, { signal });
}
