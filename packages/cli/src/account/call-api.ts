/** `bridle api`: one call of the API, answered as the server does. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Query, RawRequest } from '@bridle/sdk';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { findProject, onServer, type Connection } from '../connection/connect.ts';
import type { Setting } from '../connection/settings.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Nobody reads more, and a server that never says "last" must not keep us for ever. */
const PAGES_MAX = 10_000;

export const callApi = onServer(async (connection, context, input) => {
  const { terminal, signal } = context;
  const call = await readCall(connection, context, input);
  const { harness } = connection;
  if (!input.options.isOn('paginate')) {
    const response = await harness.raw.response(call.method, call.path, { ...call.request, signal });
    if (input.options.isOn('include')) await printHead(response, context);
    await printBody(response, context);
    return 0;
  }
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { ...call.request.query, page, pageIndex: page };
    const response = await harness.raw.response(call.method, call.path, { ...call.request, query, signal });
    const { items, isLast } = pageOf(await response.json());
    for (const item of items) await terminal.out.line(JSON.stringify(item));
    if (isLast) return 0;
  }
  return 0;
});

interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly request: RawRequest;
}

async function readCall(
  connection: Connection,
  { folder, terminal, signal }: CommandContext,
  input: CommandInput,
): Promise<ApiCall> {
  const [given = '', target = ''] = input.arguments;
  const { options } = input;
  const method = given.toUpperCase();
  if (!METHODS.includes(method)) throw new UsageError(`"${given}" is no method.`, `Methods: ${METHODS.join(', ')}.`);
  if (!target.startsWith('/')) {
    throw new UsageError(
      `The path "${target}" does not begin with a slash.`,
      'Such as /ng/api/projects. The address of the server is not part of it.',
    );
  }
  const scope = await scopeOf(connection, options.text('scope') ?? 'project', signal);
  const { path, query } = readTarget(target, { account: connection.account, ...scope });
  const fields = options.texts('field').map(readField);
  const file = options.text('input');
  const inQuery = method === 'GET' || method === 'DELETE' || file !== undefined;
  const body = await readBody(file, fields, inQuery, () => readStandardInput(terminal), folder);
  return {
    method,
    path,
    request: {
      query: {
        ...(scope.org === undefined ? {} : { orgIdentifier: scope.org }),
        ...(scope.project === undefined ? {} : { projectIdentifier: scope.project }),
        ...query,
        ...(inQuery ? Object.fromEntries(fields.map(({ name, text }) => [name, text])) : {}),
      },
      ...(body === undefined ? {} : { body }),
      headers: Object.fromEntries(options.texts('header').map(readHeader)),
      // Long-polling is the caller's wish (`Prefer: wait`), and the server ends it.
      timeoutMs: CALL_TIMEOUT_MS,
      overallTimeoutMs: CALL_TIMEOUT_MS,
    },
  };
}

const CALL_TIMEOUT_MS = 600_000;

interface Scope {
  readonly org: string | undefined;
  readonly project: string | undefined;
}

/** What the call is about: of a narrower scope nothing is said. */
async function scopeOf(connection: Connection, kind: string, signal: AbortSignal): Promise<Scope> {
  if (kind === 'account') return { org: undefined, project: undefined };
  const of = (setting: Setting | undefined): string | undefined => setting?.value;
  const { org } = connection.settings;
  if (kind === 'org') return { org: of(org) ?? 'default', project: undefined };
  const found = await findProject(connection, signal);
  return { org: of(found.org), project: of(found.project) };
}

function readTarget(
  target: string,
  values: Scope & { readonly account: string },
): { readonly path: string; readonly query: Query } {
  const filled = target.replaceAll(/\{(account|org|project)\}/g, (_, name: keyof typeof values) => {
    const value = values[name];
    if (value === undefined)
      throw new UsageError(`It is not said which ${name} {${name}} means.`, `Say it with --${name}.`);
    return encodeURIComponent(value);
  });
  const [path = '', search = ''] = filled.split('?', 2);
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) query[name] = [...(query[name] ?? []), value];
  return { path, query };
}

interface Field {
  readonly name: string;
  readonly text: string;
  readonly value: unknown;
}

function readField(word: string): Field {
  const [, name, kind, text = ''] = /^([^=]+?)(:?=)(.*)$/s.exec(word) ?? [];
  if (name === undefined) throw new UsageError(`--field ${word} is not name=value.`);
  if (kind === '=') return { name, text, value: text };
  try {
    return { name, text, value: JSON.parse(text) as unknown };
  } catch {
    throw new UsageError(`--field ${word}: what follows := is no JSON.`);
  }
}

function readHeader(word: string): readonly [string, string] {
  const index = word.indexOf(':');
  if (index <= 0) throw new UsageError(`--header ${word} is not name:value.`);
  return [word.slice(0, index).trim(), word.slice(index + 1).trim()];
}

async function readBody(
  file: string | undefined,
  fields: readonly Field[],
  inQuery: boolean,
  readStandard: () => Promise<string>,
  folder: string,
): Promise<string | object | undefined> {
  if (file === undefined) {
    return inQuery || fields.length === 0
      ? undefined
      : Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  }
  const text = file === '-' ? await readStandard() : readFile(resolve(folder, file), file);
  return parsedJson(text) ?? text;
}

/** JSON goes as such; whatever else is YAML. */
function parsedJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function readFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`, undefined, 5);
  }
}

async function printHead(response: Response, { terminal: { err } }: CommandContext): Promise<void> {
  await err.line(`HTTP ${response.status} ${response.statusText}`.trim());
  for (const [name, value] of response.headers) await err.line(`${name}: ${value}`);
  await err.line('');
}

/** JSON is laid out for people on a terminal, and comes as it is elsewhere; what else there is flows through. */
async function printBody(response: Response, { terminal: { out } }: CommandContext): Promise<void> {
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  if (isJson) {
    const text = await response.text();
    const parsed = out.isTerminal ? parsedJson(text) : undefined;
    await out.line(parsed === undefined ? text : JSON.stringify(parsed, undefined, 2));
    return;
  }
  if (response.body === null) return;
  const decoder = new TextDecoder();
  for await (const chunk of response.body) await out.write(decoder.decode(chunk as Uint8Array, { stream: true }));
  await out.write(decoder.decode());
}

/** The forms of lists: `data.content` with `last` or `totalPages`, a list by itself. */
function pageOf(answer: unknown): { readonly items: readonly unknown[]; readonly isLast: boolean } {
  const data = isRecord(answer) && 'data' in answer ? answer['data'] : answer;
  if (Array.isArray(data)) return { items: data as unknown[], isLast: true };
  if (!isRecord(data) || !Array.isArray(data['content']))
    throw new UsageError('The answer is no list with pages.', 'Call it without --paginate.');
  const items = data['content'] as unknown[];
  const { last, totalPages, pageIndex } = data;
  const isLast = typeof last === 'boolean' ? last : Number(pageIndex ?? 0) + 1 >= Number(totalPages ?? 1);
  return { items, isLast: isLast || items.length === 0 };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
