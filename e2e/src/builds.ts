/** Builds: what they need (secrets, connectors, a codebase) and what they leave (logs, tests, artifacts), by the API. */
import type { GitServer, TestRepository } from '@bridle/executors/testing/git-server';
import { api, SCOPE, type Answer } from './api.ts';
import type { Reachable } from './product.ts';
import type { Run } from './runs.ts';

const GIT_PASSWORD = 'git_password';

export async function create(product: Reachable, path: string, body: unknown): Promise<void> {
  const answer = await api(product, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  if (answer.status !== 200)
    throw new Error(`${path} answered ${String(answer.status)}: ${String(answer.body.message)}`);
}

export function keepSecret(product: Reachable, identifier: string, value: string): Promise<void> {
  const spec = { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value };
  return create(product, '/ng/api/v2/secrets', {
    secret: { type: 'SecretText', name: identifier, identifier, ...SCOPE, spec },
  });
}

/** The password of the test's git server, as a secret of the project. */
export function keepGitPassword(product: Reachable, { password }: GitServer): Promise<void> {
  return keepSecret(product, GIT_PASSWORD, password);
}

/** A connector to one repository of the test's git server. */
export async function connect(
  product: Reachable,
  identifier: string,
  { url }: TestRepository,
  { username }: GitServer,
  passwordRef = GIT_PASSWORD,
): Promise<void> {
  await create(product, '/ng/api/connectors', {
    connector: {
      name: identifier,
      identifier,
      ...SCOPE,
      type: 'Git',
      spec: { url, type: 'Http', connectionType: 'Repo', spec: { username, passwordRef } },
    },
  });
}

/** Inputs of a pipeline whose codebase is asked for: the branch `main` by this connector. */
export function buildInputs(identifier: string, connectorRef: string, more: Record<string, unknown> = {}): string {
  const build = { type: 'branch', spec: { branch: 'main' } };
  return JSON.stringify({
    pipeline: { identifier, properties: { ci: { codebase: { connectorRef, build } } }, ...more },
  });
}

export async function logOf(product: Reachable, run: Run, identifier: string): Promise<string> {
  const path = `/bridle/api/executions/${run.id}/nodes/${run.node(identifier).uuid}/log/raw`;
  return (await fetch(`${product.url}${path}`, { headers: { 'x-api-key': product.adminToken } })).text();
}

/** The body of Bridle's own endpoints: they answer without the envelope that `Answer` knows. */
function plain<T>(answer: Answer<unknown>): T {
  return answer.body as unknown as T;
}

export interface Tests {
  readonly total: number;
  readonly tests: readonly { readonly name: string; readonly status: string; readonly details?: string }[];
}

export async function testsOf(
  product: Reachable,
  run: Run,
  query: Readonly<Record<string, string>> = {},
): Promise<Tests> {
  return plain<Tests>(await api(product, `/bridle/api/executions/${run.id}/tests`, { query }));
}

export interface ListedArtifact {
  readonly id: string;
  readonly name: string;
}

export async function artifactsOf(product: Reachable, run: Run): Promise<readonly ListedArtifact[]> {
  const answer = await api(product, `/bridle/api/executions/${run.id}/artifacts`);
  return plain<{ readonly artifacts: readonly ListedArtifact[] }>(answer).artifacts;
}
