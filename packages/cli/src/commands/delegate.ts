import type { CommandDefinition, CommandFamily } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';

export const delegateFamily: CommandFamily = {
  name: 'delegate',
  summary: 'delegates, which run the steps of a server: list, start',
};

const delegateList: CommandDefinition = serverCommand({
  name: 'delegate list',
  summary: 'list the delegates of the account, and which of them are connected',
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle delegate list', meaning: 'all of the account, its organizations and projects' },
    { command: 'bridle delegate list --json=name,connected', meaning: 'for a script' },
    { command: 'bridle delegate list --profile work', meaning: 'of another server that you are signed in to' },
  ],
  exitCodes: [0],
  seeAlso: ['delegate start', 'whoami'],
  load: async () => (await import('../delegates/list-delegates.ts')).listDelegates,
});

const delegateStart: CommandDefinition = {
  name: 'delegate start',
  summary: 'run a delegate on this machine, until Ctrl-C',
  details:
    'It takes steps from the server and runs them here, and prints its log as lines of JSON. At the end it hands back what it has not begun. Its token is a delegate token, made in the web UI or by the API; your own does not do. Every setting that has no option here is a variable; those of the delegate of Harness are understood.',
  options: [
    { flags: '--url <address>', description: 'where the server is' },
    { flags: '--token <token>', description: 'a delegate token; as an option, others on this host can see it' },
    { flags: '--token-file <file>', description: 'a file that holds it', completes: 'file' },
    { flags: '--name <name>', description: 'its name, which is also a tag (default: the name of the host)' },
    { flags: '--tags <tags>', description: 'tags that steps select by: linux,big' },
    {
      flags: '--home <folder>',
      description: 'its own folder (default: ~/.bridle/delegates/NAME)',
      completes: 'folder',
    },
  ],
  examples: [
    {
      command: 'bridle delegate start --url https://ci.example.com --token-file ./delegate-token --tags linux,big',
      meaning: 'steps that ask for linux run here',
    },
    {
      command: 'bridle delegate start --name build-2 --home /var/lib/bridle-delegate',
      meaning: 'a second one on this machine; address and token are in the environment',
    },
    { command: 'bridle delegate start', meaning: 'with all settings in the environment' },
  ],
  exitCodes: [0, 1, 2],
  environment: [
    {
      name: 'BRIDLE_DELEGATE_URL, BRIDLE_DELEGATE_TOKEN, BRIDLE_DELEGATE_TOKEN_FILE',
      meaning: 'instead of the options',
    },
    { name: 'BRIDLE_DELEGATE_…', meaning: 'all other settings: see docs/guides/delegates.md' },
  ],
  seeAlso: ['delegate list', 'up'],
  ownsSignals: true,
  load: async () => (await import('../delegates/start-delegate.ts')).startDelegate,
};

export const DELEGATE_COMMANDS: readonly CommandDefinition[] = [delegateList, delegateStart];
