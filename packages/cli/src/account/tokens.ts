/** `bridle token create|list|rotate|revoke`: tokens of whoever asks, or of a service account. */
import { isHarnessError } from '@bridle/sdk';
import type { CommandContext } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { onServer, type Connection } from '../connection/connect.ts';
import { parseDuration } from '@bridle/pipeline';
import { printTable } from '../view/table.ts';
import { findCaller } from './caller.ts';

const DEFAULT_KEY = 'bridle';
const PAGE_SIZE = 100;

/** Whose tokens they are, as the API wants it said. */
interface Parent {
  readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT';
  readonly parentIdentifier: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

export const createToken = onServer(async (connection, context, { arguments: [identifier = ''], options }) => {
  const { raw } = connection.harness;
  const { signal } = context;
  const validTo = expiryOf(options);
  const parent = await parentOf(connection, context, options);
  const key = options.text('key') ?? DEFAULT_KEY;
  await ensureKey(connection, parent, key, signal);
  const { orgIdentifier, projectIdentifier } = parent;
  const token = await raw.POST('/ng/api/token', {
    query: { orgIdentifier, projectIdentifier },
    body: {
      ...parent,
      identifier,
      name: identifier,
      apiKeyIdentifier: key,
      tags: {},
      ...(validTo === undefined ? {} : { validTo }),
    },
    signal,
  });
  await tellToken(context, options, identifier, token);
  return 0;
});

export const listTokens = onServer(async (connection, context, { options }) => {
  const { terminal, signal } = context;
  const parent = await parentOf(connection, context, options);
  const key = options.text('key');
  const query = {
    ...parent,
    ...(key === undefined ? {} : { apiKeyIdentifier: key }),
    pageIndex: 0,
    pageSize: PAGE_SIZE,
  };
  const { content } = await connection.harness.raw.GET('/ng/api/token/aggregate', { query, signal });
  const fields = options.fields();
  if (fields !== undefined) {
    await printJson(
      terminal.out,
      content.map(({ token }) => token),
      fields,
    );
    return 0;
  }
  if (content.length === 0) await terminal.err.line('There are no tokens. bridle token create makes one.');
  const day = (time: number | null): string => (time === null ? 'never' : new Date(time).toISOString().slice(0, 10));
  await printTable(
    terminal,
    ['TOKEN', 'KEY', 'CREATED', 'EXPIRES', 'VALID'],
    content.map(({ token, createdAt }) => [
      token.identifier,
      token.apiKeyIdentifier,
      day(createdAt),
      day(token.validTo),
      token.valid ? 'yes' : 'no',
    ]),
  );
  return 0;
});

export const rotateToken = onServer(async (connection, context, { arguments: [identifier = ''], options }) => {
  const keep = options.text('keep');
  const keepMs = keep === undefined ? undefined : parseDuration(keep);
  if (keep !== undefined && keepMs === undefined)
    throw new UsageError(`--keep ${keep} is no duration.`, 'Write 30m, 1h, 2d.');
  const parent = await parentOf(connection, context, options);
  const token = await connection.harness.raw.POST('/ng/api/token/rotate/{identifier}', {
    path: { identifier },
    query: {
      ...parent,
      apiKeyIdentifier: options.text('key') ?? DEFAULT_KEY,
      ...(keepMs === undefined ? {} : { rotateTimestamp: Date.now() + keepMs }),
    },
    signal: context.signal,
  });
  await tellToken(context, options, identifier, token);
  return 0;
});

export const revokeToken = onServer(async (connection, context, { arguments: [identifier = ''], options }) => {
  const parent = await parentOf(connection, context, options);
  await connection.harness.raw.DELETE('/ng/api/token/{identifier}', {
    path: { identifier },
    query: { ...parent, apiKeyIdentifier: options.text('key') ?? DEFAULT_KEY },
    signal: context.signal,
  });
  if (!context.terminal.isQuiet) await context.terminal.out.line(`The token "${identifier}" is revoked.`);
  return 0;
});

async function parentOf(
  { harness, settings, token }: Connection,
  { signal }: CommandContext,
  options: Options,
): Promise<Parent> {
  const account = options.text('service-account');
  if (account === undefined) {
    const { id } = await findCaller(harness, token, signal);
    return { apiKeyType: 'USER', parentIdentifier: id };
  }
  const { org, project } = settings;
  return {
    apiKeyType: 'SERVICE_ACCOUNT',
    parentIdentifier: account,
    ...(org === undefined ? {} : { orgIdentifier: org.value }),
    ...(project === undefined ? {} : { projectIdentifier: project.value }),
  };
}

/** Somebody else may make it at the same moment: then it is there, too. */
async function ensureKey({ harness }: Connection, parent: Parent, key: string, signal: AbortSignal): Promise<void> {
  const { orgIdentifier, projectIdentifier } = parent;
  const keys = await harness.raw.GET('/ng/api/apikey', { query: { ...parent, identifiers: [key] }, signal });
  if (keys.length > 0) return;
  try {
    await harness.raw.POST('/ng/api/apikey', {
      query: { orgIdentifier, projectIdentifier },
      body: { ...parent, identifier: key, name: key, tags: {} },
      signal,
    });
  } catch (error) {
    if (!isHarnessError(error, 'api') || error.code !== 'DUPLICATE_FIELD') throw error;
  }
}

/** The token is the result: it alone goes to standard output. */
async function tellToken(
  { terminal }: CommandContext,
  options: Options,
  identifier: string,
  token: string,
): Promise<void> {
  const fields = options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, { identifier, token }, fields);
    return;
  }
  await terminal.out.line(token);
  if (!terminal.isQuiet) await terminal.err.line('It is shown this once: keep it where secrets belong.');
}

function expiryOf(options: Options): number | undefined {
  const text = options.text('expires');
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  const time = ms === undefined ? Date.parse(text) : Date.now() + ms;
  if (!Number.isNaN(time) && time > Date.now()) return time;
  throw new UsageError(`--expires ${text} is no time to come.`, 'Write 30d, 12h, or 2027-01-31.');
}
