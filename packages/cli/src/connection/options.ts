/** What every command that talks to a server has in common: its options, exit codes and environment. */
import type { CommandDefinition, OptionDefinition } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';

export const CONNECTION_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--profile <name>', description: 'the server and project of this profile', completes: 'profile' },
  { flags: '--url <address>', description: 'where the server is' },
  {
    flags: '--token <token>',
    description: 'who asks; - reads it from standard input, as others may see what is typed here',
  },
  { flags: '--account <id>', description: 'the account (default: that of the token)' },
  { flags: '--org <id>', description: 'the organization' },
  { flags: '--project <id>', description: 'the project' },
];

/** Not signed in or not allowed, not found, the network or the server. */
const SERVER_EXIT_CODES = [4, 5, 8] as const satisfies readonly ExitCode[];

/** By name and not from the client's table: help loads no client. A test keeps them in step. */
const ENVIRONMENT = [
  { name: 'HARNESS_API_KEY', meaning: 'who asks: a personal access token, or one of a service account' },
  { name: 'HARNESS_BASE_URL', meaning: 'where the server is' },
  {
    name: 'HARNESS_ACCOUNT_ID, HARNESS_ORG, HARNESS_PROJECT',
    meaning: 'the scope; other names: bridle help connection',
  },
  { name: 'BRIDLE_PROFILE', meaning: 'the profile to use' },
] as const;

/** A command that talks to a server: with the options, exit codes and variables that all of them have. */
export function serverCommand(definition: CommandDefinition): CommandDefinition {
  const exitCodes = [...new Set([...definition.exitCodes, ...SERVER_EXIT_CODES])];
  return {
    ...definition,
    options: [...(definition.options ?? []), ...CONNECTION_OPTIONS],
    exitCodes,
    environment: [...(definition.environment ?? []), ...ENVIRONMENT],
  };
}
