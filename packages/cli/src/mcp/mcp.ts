/** `bridle mcp`: tools for programs that help people, over standard input and output. Nothing else is written there. */
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { CHANGE_TOOLS, listTriggers } from './change-tools.ts';
import { EXECUTION_TOOLS } from './execution-tools.ts';
import { serveLines } from './json-rpc.ts';
import { PIPELINE_TOOLS } from './pipeline-tools.ts';
import { toolHandler } from './serve-tools.ts';

export const mcp = inProject(async (connection, { terminal, folder, signal }, { options }) => {
  if (options.text('token') === '-')
    throw new UsageError('Standard input is for the calls: the token cannot come by it.');
  const all = [...PIPELINE_TOOLS, ...EXECUTION_TOOLS, listTriggers, ...CHANGE_TOOLS];
  const tools = options.isOn('read-only') ? all.filter(({ effect }) => effect === 'reads') : all;
  const handle = toolHandler(tools, { connection, folder });
  await serveLines(terminal.input.stream, (line) => terminal.out.line(line), handle, signal);
  return 0;
});
