/** Docker registries: their API's base, with the token that it asks for (Docker's token flow, or basic authentication). */
import type { StepConnector, StepContext } from '../executor.ts';
import { DOCKER_HUB } from '../docker/image-name.ts';
import { registryAccess, type RegistryLogin } from '../docker/registry-access.ts';
import { textOf } from '../step-spec.ts';
import { get, type HttpAnswer } from './http-call.ts';
import { TestFailed } from './test-failed.ts';

export async function testRegistry(connector: StepConnector, context: StepContext): Promise<void> {
  const { registry, login } = registryAccess(connector);
  const written = textOf(connector.spec['dockerRegistryUrl'], 'dockerRegistryUrl') ?? '';
  const scheme = /^http:\/\//i.test(written) ? 'http' : 'https';
  const host = registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
  const base = new URL(`${scheme}://${host}/v2/`);
  const first = await get(base, {}, context);
  if (first.status === 200 && login === undefined) return;
  const challenge = first.headers['www-authenticate'];
  if (first.status !== 401 && first.status !== 200) throw unexpected(base, first);
  if (login === undefined) {
    // Reading what is public may need a token that anybody gets.
    if (challenge !== undefined && /^bearer /i.test(challenge)) await token(challenge, undefined, base, context);
    return;
  }
  const authorization =
    challenge !== undefined && /^bearer /i.test(challenge)
      ? `Bearer ${await token(challenge, login, base, context)}`
      : basic(login);
  const second = await get(base, { authorization }, context);
  if (second.status !== 200) throw unexpected(base, second);
}

/** @throws TestFailed when the login is refused */
async function token(
  challenge: string,
  login: RegistryLogin | undefined,
  base: URL,
  context: StepContext,
): Promise<string> {
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  );
  const realm = URL.parse(parameters['realm'] ?? '');
  if (realm === null)
    throw new TestFailed(`${base.origin} asks for a token and does not say where it is.`, 'CONNECTIVITY');
  // Credentials go over TLS, unless the registry itself is spoken to without.
  if (login !== undefined && base.protocol === 'https:' && realm.protocol !== 'https:') {
    throw new TestFailed(`${base.origin} wants the password sent to ${realm.origin} without TLS.`, 'AUTHENTICATION');
  }
  if (parameters['service'] !== undefined) realm.searchParams.set('service', parameters['service']);
  const answer = await get(realm, login === undefined ? {} : { authorization: basic(login) }, context);
  if (answer.status !== 200) throw unexpected(realm, answer);
  const body = answer.json() as { readonly token?: unknown; readonly access_token?: unknown } | undefined;
  const found = [body?.token, body?.access_token].find((each) => typeof each === 'string' && each !== '');
  if (typeof found !== 'string') throw new TestFailed(`${realm.origin} answers without a token.`, 'AUTHENTICATION');
  context.mask.add(found);
  return found;
}

function basic({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function unexpected(url: URL, { status }: HttpAnswer): TestFailed {
  if (status === 401)
    return new TestFailed(`${url.origin} does not accept the connector's user or password.`, 'AUTHENTICATION');
  if (status === 403) return new TestFailed(`The connector's user may not use ${url.origin}.`, 'AUTHORIZATION_ERROR');
  return new TestFailed(
    `${url.origin} answers ${String(status)} where a Docker registry would not.`,
    status >= 500 ? 'CONNECTIVITY' : 'APPLICATION_ERROR',
  );
}
