import type { CommandDefinition } from '../command-line/command.ts';
import { serverCommand } from '../connection/options.ts';

export const mcp: CommandDefinition = serverCommand({
  name: 'mcp',
  summary: 'serve tools over the Model Context Protocol, for assistants that start and watch pipelines',
  details:
    'Speaks the protocol on standard input and output, so it is started by the assistant and not by hand: as the command bridle with the argument mcp. Its tools list, read and validate pipelines, run them, wait for them, explain failures and skips, read logs, answer approvals, abort, and fire triggers, in one project and with the rights of the token. It asks nobody anything.',
  options: [{ flags: '--read-only', description: 'only the tools that change nothing' }],
  examples: [
    { command: 'bridle mcp', meaning: 'as an assistant starts it' },
    { command: 'bridle mcp --read-only --project shop', meaning: 'to look only, in another project' },
    { command: 'bridle mcp --profile work', meaning: 'on another server that you are signed in to' },
  ],
  exitCodes: [0],
  seeAlso: ['execution summary', 'execute', 'login'],
  load: async () => (await import('../mcp/mcp.ts')).mcp,
});
