/** `Http`: one request from the delegate, its redirects included; the assertion decides, without one any response is a success. */
import { evaluateCondition, resolveText, type ExpressionScope, type Value } from '@bridle/pipeline';
import { failed, type StepContext, type StepExecutor, type StepOutputs, type StepResult } from './executor.ts';
import {
  exchange,
  ExchangeError,
  RESPONSE_BYTES_MAX,
  withoutUser,
  type HttpRequest,
  type HttpResponse,
} from './http/exchange.ts';
import { describeFailure, failureTypeOf, findRefusal } from './http/call-failure.ts';
import { readClientCertificate } from './http/client-certificate.ts';
import { StepLog } from './step-log.ts';
import { asObject, declaredOutputs, listOf, SpecError, textOf, variableList, type SpecObject } from './step-spec.ts';

const HEADERS_MAX = 200;
const BODY_BYTES_MAX = 4 * 1024 * 1024;

export const http: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      return await performRequest(asObject(context.step.spec, 'The spec of an Http step'), context);
    } catch (error) {
      if (error instanceof SpecError) return failed(error.message);
      throw error;
    }
  },
};

async function performRequest(spec: SpecObject, context: StepContext): Promise<StepResult> {
  const { signal, host } = context;
  if (signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const asked = readRequest(spec);
  await log.line(`Executing step ${context.step.identifier}: ${asked.method} ${withoutUser(asked.url)}`);
  const startedAt = performance.now();
  let response: HttpResponse;
  try {
    response = await exchange(asked, host.settings, signal, (code, to) =>
      log.line(`Redirected (${code}) to ${withoutUser(to)}`),
    );
  } catch (error) {
    if (signal.aborted) {
      await log.line('Execution was stopped before it ended.');
      return { kind: 'cancelled' };
    }
    return noResponse(error, asked, log);
  }
  await log.line(
    `Response code ${response.code} after ${Math.round(performance.now() - startedAt)} ms, ${response.body.length} characters`,
  );
  if (response.isBodyCut)
    await log.line(`The response body is longer than ${RESPONSE_BYTES_MAX} bytes; only its beginning is used.`);
  return judge(spec, asked, response, log);
}

function readRequest(spec: SpecObject): HttpRequest {
  const text = textOf(spec['url'], 'url')?.trim() ?? '';
  const url = URL.parse(text);
  if (url === null) throw new SpecError(text === '' ? 'An Http step needs a url.' : `"${text}" is not a URL.`);
  const method = (textOf(spec['method'], 'method') ?? 'GET').trim().toUpperCase();
  if (!/^[A-Z][A-Z-]{0,31}$/.test(method) || method === 'CONNECT')
    throw new SpecError(`"${method}" is not a method an Http step can use.`);
  const headers: Record<string, string> = { 'user-agent': 'Bridle', accept: '*/*' };
  const listed = listOf(spec['headers'], 'headers');
  if (listed.length > HEADERS_MAX) throw new SpecError(`An Http step has at most ${HEADERS_MAX} headers.`);
  for (const header of listed) {
    const name = textOf(header['key'], 'headers.key') ?? '';
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new SpecError(`"${name}" is not the name of a header.`);
    headers[name.toLowerCase()] = textOf(header['value'], `headers.${name}`) ?? '';
  }
  const body = textOf(spec['requestBody'], 'requestBody');
  if (body !== undefined && Buffer.byteLength(body) > BODY_BYTES_MAX)
    throw new SpecError(`requestBody has more than ${BODY_BYTES_MAX} bytes.`);
  addUser(url, headers);
  const identity = readClientCertificate(spec);
  return {
    url,
    method,
    headers,
    body: body === '' ? undefined : body,
    ...(identity === undefined ? {} : { identity }),
  };
}

/** `https://user:password@host` becomes a header, as with any HTTP client; the URL goes on without it. */
function addUser(url: URL, headers: Record<string, string>): void {
  if (url.username === '' && url.password === '') return;
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  headers['authorization'] ??= `Basic ${Buffer.from(pair).toString('base64')}`;
  url.username = '';
  url.password = '';
}

/** A `%` that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function noResponse(error: unknown, asked: HttpRequest, log: StepLog): Promise<StepResult> {
  const refusal = findRefusal(error);
  const isAuthors = error instanceof ExchangeError || isInvalidArgument(error);
  const message = refusal?.message ?? `${withoutUser(asked.url)} did not answer: ${describeFailure(error)}`;
  const shown = isAuthors && error instanceof Error ? error.message : message;
  await log.line(shown);
  return {
    kind: 'failed',
    outputs: { httpUrl: withoutUser(asked.url), httpMethod: asked.method, status: 'FAILURE' },
    failure: { message: shown, types: [isAuthors ? 'APPLICATION_ERROR' : failureTypeOf(error)] },
  };
}

async function judge(spec: SpecObject, asked: HttpRequest, response: HttpResponse, log: StepLog): Promise<StepResult> {
  const base: Record<string, Value> = {
    httpUrl: response.url,
    httpMethod: asked.method,
    httpResponseCode: response.code,
    httpResponseBody: response.body,
  };
  const scope = scopeOf(base, spec);
  const outputVariables: Record<string, Value> = {};
  const declared = declaredOutputs(spec['outputVariables']);
  const secretNames = declared.filter((output) => output.isSecret).map((output) => output.name);
  const secrets = secretNames.length === 0 ? {} : { secretOutputs: secretNames };
  const fail = async (message: string): Promise<StepResult> => {
    await log.line(message);
    const outputs: StepOutputs = { ...base, status: 'FAILURE', outputVariables };
    return { kind: 'failed', outputs, ...secrets, failure: { message, types: ['APPLICATION_ERROR'] } };
  };
  for (const output of declared) {
    const resolved = resolveText(output.value ?? '', scope, { nulls: 'lenient' });
    if (resolved.error !== undefined)
      return fail(`The output variable ${output.name} cannot be evaluated: ${resolved.error.message}.`);
    outputVariables[output.name] = resolved.value;
  }
  const assertion = textOf(spec['assertion'], 'assertion')?.trim() ?? '';
  if (assertion !== '') {
    const verdict = evaluateCondition(assertion, scope, { nulls: 'lenient' });
    if (verdict.error !== undefined)
      return fail(`The assertion ${assertion} cannot be evaluated: ${verdict.error.message}.`);
    if (!verdict.holds) return fail(`The assertion ${assertion} does not hold (response code ${response.code}).`);
    await log.line(`The assertion ${assertion} holds.`);
  }
  await log.line(`Execution ended with response code ${response.code}`);
  return { kind: 'succeeded', outputs: { ...base, status: 'SUCCESS', outputVariables }, ...secrets };
}

/** The names an assertion and output values may use. All values are data: never read as expressions. */
function scopeOf(aliases: Readonly<Record<string, Value>>, spec: SpecObject): ExpressionScope {
  const own: Value = { inputVariables: variableList(spec['inputVariables'], 'inputVariables') };
  return {
    root(name) {
      if (name === 'spec') return own;
      return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    },
  };
}

function isInvalidArgument(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG';
}
