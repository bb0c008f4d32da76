/**
 * Signing in as a GitHub App: a statement signed with the app's key is exchanged for a token of the installation, which is good for an
 * hour and works as a password for git.
 */
import { createSign } from 'node:crypto';
import type { StepContext } from '../executor.ts';
import { describeFailure, failureTypeOf } from '../http/call-failure.ts';
import { openWay, outgoingRules } from '../http/outgoing.ts';
import { CloneCancelled, CloneFailed } from './git-failure.ts';
import type { GithubApp } from './login.ts';
import type { Remote } from './remote.ts';

const ANSWER_MS_MAX = 30_000;
/** Clocks differ; GitHub takes statements of ten minutes at most. */
const BACKDATED_S = 60;
const VALID_S = 540;

/** @throws CloneFailed, CloneCancelled */
export async function installationToken(app: GithubApp, remote: Remote, context: StepContext): Promise<string> {
  const url = new URL(`${apiOf(remote)}/app/installations/${app.installationId}/access_tokens`);
  const { status, body } = await post(url, statement(app, remote), context);
  const token = status === 201 && typeof body['token'] === 'string' ? body['token'] : '';
  if (token !== '') {
    context.mask.add(token);
    return token;
  }
  const says = typeof body['message'] === 'string' ? ` It says: ${body['message']}` : '';
  const message =
    status === 404
      ? `The GitHub App ${app.applicationId} has no installation ${app.installationId} at ${url.origin}.${says}`
      : `${url.origin} gives the GitHub App ${app.applicationId} no token (status ${status}).${says}`;
  throw new CloneFailed(message, [status >= 500 ? 'CONNECTIVITY' : 'AUTHENTICATION']);
}

function apiOf({ origin, host }: Remote): string {
  return host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
}

/** A JSON Web Token. */
function statement({ applicationId, privateKey }: GithubApp, { url }: Remote): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iat: now - BACKDATED_S, exp: now + VALID_S, iss: applicationId };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  } catch {
    throw new CloneFailed(`The private key of the GitHub App for ${url} is not an RSA key in PEM.`, ['AUTHENTICATION']);
  }
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(url: URL, bearer: string, context: StepContext): Promise<Answer> {
  const { settings } = context.host;
  const { request } = await import('undici');
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  let way: Awaited<ReturnType<typeof openWay>> | undefined;
  try {
    way = await openWay({ url, host: url.host, rules: await outgoingRules(settings) }, settings);
    const headers = {
      authorization: `Bearer ${bearer}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'bridle',
    };
    const answer = await request(url, { method: 'POST', headers, dispatcher: way, signal });
    const body: unknown = await answer.body.json().catch(() => undefined);
    const isMap = typeof body === 'object' && body !== null;
    return { status: answer.statusCode, body: isMap ? (body as Answer['body']) : {} };
  } catch (error) {
    if (context.signal.aborted) throw new CloneCancelled();
    const why = signal.aborted ? `no answer within ${ANSWER_MS_MAX / 1_000} seconds` : describeFailure(error);
    throw new CloneFailed(`${url.origin} cannot be reached: ${why}`, [failureTypeOf(error)]);
  } finally {
    await way?.destroy();
  }
}
