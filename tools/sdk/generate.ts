/**
 * Writes the types of the SDK, or with `--check` says whether the written ones are still right: the schemas of
 * `packages/protocol`, and what every documented route of the server takes and answers.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as protocol from '../../packages/protocol/src/index.ts';
import { buildApp } from '../../packages/server/src/api/app.ts';
import type { ApiDependencies } from '../../packages/server/src/api/dependencies.ts';
import { printPaths, type OpenApiPaths } from './print-paths.ts';
import { SchemaPrinter, type JsonSchema } from './print-schema.ts';

const HEAD = '// Written by `npm run generate` from the schemas of packages/protocol and the routes of the server.\n';
/** What only our own delegates and browsers speak, and what a run without a server prints. */
const NOT_OF_CLIENTS: ReadonlySet<string> = new Set([
  'CompleteRequest',
  'ContainerPolicy',
  'DelegateCapabilities',
  'DelegateTask',
  'HeartbeatRequest',
  'HeartbeatResponse',
  'HeldTask',
  'LeaveRequest',
  'LogBatchHeader',
  'LogChunk',
  'LogsRequest',
  'LogsResponse',
  'PollRequest',
  'PollResponse',
  'RegisterRequest',
  'RegisterResponse',
  'SecretPlace',
  'SecretSource',
  'ReportedTest',
  'StartedRequest',
  'TaskConnector',
  'TaskFailure',
  'TaskOutcome',
  'TaskStage',
  'ArtifactQuery',
  'TestsRequest',
  'RunEvent',
  // Bare texts and numbers.
  'AnyEventId',
  'EventId',
  'Id22',
  'ProtoInt64',
  'Time',
  'Tags',
]);

const schemas = new Map(
  Object.entries(protocol).flatMap(([name, value]): [string, JsonSchema][] =>
    isSchema(value) && !NOT_OF_CLIENTS.has(name) ? [[name, value]] : [],
  ),
);
const printer = new SchemaPrinter(schemas);
const names = [...schemas.keys()].sort();
const paths = printPaths(await readPaths(), printer);
const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(paths));

const outputs = [
  {
    path: 'packages/sdk/src/wire/schemas.ts',
    wanted: `${HEAD}\n${names.map((name) => printer.declare(name, schemas.get(name) ?? {})).join('\n')}`,
  },
  {
    path: 'packages/sdk/src/wire/paths.ts',
    wanted: `${HEAD}import type {\n${used.map((name) => `  ${name},\n`).join('')}} from './schemas.ts';\n\n${paths}`,
  },
];

const isCheck = process.argv.includes('--check');
const stale = outputs.filter(({ path, wanted }) => read(path) !== wanted);
if (!isCheck) for (const { path, wanted } of stale) writeFileSync(path, wanted);
const list = stale.map(({ path }) => path).join(', ');
if (isCheck && stale.length > 0) {
  console.error(`sdk types: out of date: ${list}. Run: npm run generate`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'sdk types: up to date' : `sdk types: wrote ${list}`);
}

/** The server without anything behind it: its routes are there before anybody asks. */
async function readPaths(): Promise<OpenApiPaths> {
  const nothing = { stopping: new AbortController().signal } as unknown as ApiDependencies;
  const app = await buildApp(nothing, { version: '0.0.0' });
  await app.ready();
  const { paths: found } = app.swagger() as unknown as { readonly paths: OpenApiPaths };
  await app.close();
  return found;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && '~kind' in value;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
