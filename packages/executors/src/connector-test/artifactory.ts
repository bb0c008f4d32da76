/** Artifactory: what a signed-in user may always ask for. */
import type { StepConnector, StepContext } from '../executor.ts';
import { secretText } from '../storage/connector-secrets.ts';
import { asObject, SpecError, textOf } from '../step-spec.ts';
import { get } from './http-call.ts';
import { TestFailed } from './test-failed.ts';

export async function testArtifactory(connector: StepConnector, context: StepContext): Promise<void> {
  const { identifier, spec } = connector;
  const written = textOf(spec['artifactoryServerUrl'], 'artifactoryServerUrl') ?? '';
  const server = URL.parse(written.includes('://') ? written : `https://${written}`);
  if (server === null) throw new SpecError(`The connector ${identifier}: artifactoryServerUrl is not an address.`);
  const auth = asObject(spec['auth'] ?? {}, 'auth');
  const isAnonymous = (textOf(auth['type'], 'auth.type') ?? 'Anonymous') === 'Anonymous';
  const headers: Record<string, string> = {};
  if (!isAnonymous) {
    const given = asObject(auth['spec'], 'auth.spec');
    const username = textOf(given['username'], 'username') || secretText(connector, given['usernameRef']) || '';
    const password = secretText(connector, given['passwordRef']) ?? '';
    headers['authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  const url = new URL(`${server.href.replace(/\/+$/, '')}/api/${isAnonymous ? 'system/ping' : 'repositories'}`);
  const { status } = await get(url, headers, context);
  if (status === 200) return;
  if (status === 401) {
    throw new TestFailed(`${server.origin} does not accept the connector's user or password.`, 'AUTHENTICATION');
  }
  if (status === 403) throw new TestFailed(`The connector's user may not use ${server.origin}.`, 'AUTHORIZATION_ERROR');
  throw new TestFailed(
    `${url.href} answers ${String(status)}: is artifactoryServerUrl the address that ends with /artifactory?`,
    status >= 500 ? 'CONNECTIVITY' : 'APPLICATION_ERROR',
  );
}
