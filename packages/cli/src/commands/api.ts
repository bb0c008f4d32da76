import type { CommandDefinition } from '../command-line/command.ts';
import { serverCommand } from '../connection/options.ts';

export const api: CommandDefinition = serverCommand({
  name: 'api',
  summary: 'call any path of the API',
  details:
    'Sends the token, the account, and the organization and project; prints the answer as the server gave it. {account}, {org} and {project} in the path are filled in. Fields go into the query of a GET or DELETE, and into a JSON body otherwise.',
  arguments: [
    { name: 'method', description: 'GET, POST, PUT, PATCH or DELETE', isRequired: true },
    { name: 'path', description: 'such as /ng/api/projects, with a query or without', isRequired: true },
  ],
  options: [
    {
      flags: '-f, --field <name=value>',
      description: 'a field, as text; name:=value for JSON',
      isRepeatable: true,
    },
    {
      flags: '--scope <scope>',
      description: 'what the call is about (default: project)',
      choices: ['project', 'org', 'account'],
    },
    { flags: '--input <file>', description: 'the body, as it is; - is standard input', completes: 'file' },
    { flags: '-H, --header <name:value>', description: 'a header', isRepeatable: true },
    { flags: '--paginate', description: 'all pages: prints the items of each as lines of JSON' },
    { flags: '-i, --include', description: 'print the status and the headers first, to standard error' },
  ],
  examples: [
    { command: 'bridle api GET /ng/api/user/currentUser', meaning: 'who is asking' },
    {
      command: 'bridle api GET /ng/api/projects --scope account --paginate',
      meaning: 'one line of JSON for each project',
    },
    {
      command: 'bridle api POST /pipeline/api/pipelines/v2 --input build.yaml',
      meaning: 'a pipeline from a file',
    },
  ],
  exitCodes: [0],
  seeAlso: ['whoami'],
  load: async () => (await import('../account/call-api.ts')).callApi,
});
