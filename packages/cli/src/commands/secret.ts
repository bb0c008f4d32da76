import type { CommandDefinition, CommandFamily } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { LEVEL_OPTION } from '../documents/options.ts';

export const secretFamily: CommandFamily = { name: 'secret', summary: 'values that nothing shows: set, list' };

const secretSet: CommandDefinition = serverCommand({
  name: 'secret set',
  summary: 'keep a secret on the server, or give it a new value',
  details:
    'The value is asked for, or read from a file or a variable: what is typed on a command line is seen by others. It is never printed again.',
  arguments: [{ name: 'identifier', description: 'what pipelines call it', isRequired: true }],
  options: [
    {
      flags: '--from-file <file>',
      description: 'the value is what the file holds; - is standard input',
      completes: 'file',
    },
    { flags: '--from-env <variable>', description: 'the value is that of a variable' },
    { flags: '--name <name>', description: 'its name for people (default: the identifier)' },
    { flags: '--manager <id>', description: 'the secret manager (default: that of the server)' },
    LEVEL_OPTION,
  ],
  examples: [
    { command: 'bridle secret set npm_token', meaning: 'asks for the value' },
    { command: 'bridle secret set npm_token --from-env NPM_TOKEN', meaning: 'takes that of a variable' },
    {
      command: 'bridle secret set deploy_key --from-file id_ed25519 --level account',
      meaning: "a file's, for the whole account",
    },
  ],
  exitCodes: [0],
  seeAlso: ['secret list', 'apply'],
  load: async () => (await import('../secrets/set-secret.ts')).setSecret,
});

const secretList: CommandDefinition = serverCommand({
  name: 'secret list',
  summary: 'list the secrets, without their values',
  options: [LEVEL_OPTION, JSON_OPTION],
  examples: [
    { command: 'bridle secret list', meaning: 'those of the project' },
    { command: 'bridle secret list --level account', meaning: "the account's own" },
    { command: 'bridle secret list --json=identifier', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['secret set'],
  load: async () => (await import('../secrets/list-secrets.ts')).listSecrets,
});

export const SECRET_COMMANDS: readonly CommandDefinition[] = [secretSet, secretList];
