/**
 * Which files a pull request changes, asked of its provider with the credentials of a connector. Not a step of pipelines: the server
 * asks for it when a trigger's conditions are about files, which the provider's event does not name.
 *
 * - F1 Credentials go to the provider alone: pages are addressed by their number, and redirects are not followed.
 * - F2 An outage of the provider is told as one (`CONNECTIVITY`), so that whoever asked may ask again; all else is for people.
 */
import type { FailureType } from '@bridle/pipeline';
import { get, type HttpAnswer } from '../connector-test/http-call.ts';
import { TestCancelled, TestFailed } from '../connector-test/test-failed.ts';
import { failed, type StepConnector, type StepContext, type StepExecutor, type StepResult } from '../executor.ts';
import { failureTypeOf, findRefusal } from '../http/call-failure.ts';
import { asObject, SpecError, textOf } from '../step-spec.ts';
import { CloneCancelled, CloneFailed } from './git-failure.ts';
import { pullRequestApi, type PullRequestApi, type Site } from './pull-request-api.ts';
import { readRemote, type Remote } from './remote.ts';
import { signIn } from './sign-in.ts';

/** More than that GitHub does not tell, and nobody reviews. */
export const FILES_MAX = 3_000;
const PAGES_MAX = 60;
/** GitHub and GitLab give the changes of each file along with its name. */
const PAGE_BYTES_MAX = 16 * 1_048_576;

export const changedFiles: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      return { kind: 'succeeded', outputs: { files: await ask(context) } };
    } catch (error) {
      const isCancelled = error instanceof TestCancelled || error instanceof CloneCancelled;
      if (context.signal.aborted || isCancelled) return { kind: 'cancelled' };
      if (error instanceof TestFailed) return failed(error.message, [error.type]);
      if (error instanceof CloneFailed) return failed(error.message, error.types);
      if (error instanceof SpecError) return failed(error.message, ['CONFIGURATION_FAILURE']);
      const refusal = findRefusal(error);
      if (refusal !== undefined) return failed(refusal.message, [failureTypeOf(error)]);
      throw error;
    }
  },
};

async function ask(context: StepContext): Promise<readonly string[]> {
  const spec = asObject(context.step.spec, 'The spec');
  const reference = textOf(spec['connectorRef'], 'connectorRef') ?? '';
  const number = textOf(spec['number'], 'number') ?? '';
  if (!/^[1-9]\d{0,17}$/.test(number)) throw new SpecError(`"${number}" is not the number of a pull request.`);
  const connector = context.step.connectors?.[reference];
  if (connector === undefined) throw new SpecError(`The connector ${reference} was not handed to this delegate.`);
  const remote = await signIn(apiRemote(connector, textOf(spec['repoName'], 'repoName')), context);
  const api = pullRequestApi(connector.type, siteOf(remote));
  if (api === undefined)
    throw new SpecError(`Connectors of type ${connector.type} have no API that Bridle asks for changed files.`);
  return await listFiles(api, number, headersOf(connector, remote), context);
}

/** As the API is reached: by HTTP, with what the connector has for it, else with what it clones with. */
function apiRemote(connector: StepConnector, repoName: string | undefined): Remote {
  const access = connector.spec['apiAccess'];
  const hasAccess = typeof access === 'object' && access !== null;
  if (!hasAccess) {
    const remote = readRemote(connector, repoName, false);
    if (remote.protocol === 'http' || remote.protocol === 'https') return remote;
    throw new SpecError(
      `The connector ${connector.identifier} signs in by an SSH key, which no API takes: give it an apiAccess.`,
    );
  }
  const { url } = connector.spec;
  const withAccess = { url: httpUrl(textOf(url, 'url') ?? ''), authentication: { type: 'Http', spec: access } };
  return readRemote({ ...connector, spec: { ...connector.spec, ...withAccess } }, repoName, false);
}

/** Of an address of SSH: where the provider's pages are. */
function httpUrl(url: string): string {
  const [, host, rest] =
    /^ssh:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(url) ??
    /^(?:[^/@:]+@)?([^/:@]+):(?!\/\/)\/?(.+)$/.exec(url) ??
    [];
  return host === undefined || rest === undefined ? url : `https://${host}/${rest}`;
}

function siteOf({ url, origin, host }: Remote): Site {
  const path = URL.parse(url)?.pathname ?? '';
  const repository = decodeURI(path)
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '');
  return { origin, host, repository };
}

/** Providers take tokens as such; Bitbucket's passwords belong to a user. */
function headersOf({ type }: StepConnector, { login }: Remote): Readonly<Record<string, string>> {
  const accept = type === 'Github' ? 'application/vnd.github+json' : 'application/json';
  const common = { accept, 'user-agent': 'bridle' };
  if (login.kind !== 'password' || login.password === '') return common;
  const { username, password } = login;
  if (type !== 'Bitbucket' || username === 'x-token-auth') return { ...common, authorization: `Bearer ${password}` };
  return { ...common, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** @throws TestFailed when they cannot be had, or not all of them */
export async function listFiles(
  api: PullRequestApi,
  number: string,
  headers: Readonly<Record<string, string>>,
  context: StepContext,
): Promise<readonly string[]> {
  const files = new Set<string>();
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const url = api.page(number, page);
    const answer = await get(url, headers, context, PAGE_BYTES_MAX);
    if (answer.status !== 200) throw refused(url, answer, number);
    const read = api.read(answer.json());
    if (read === undefined) {
      throw new TestFailed(`${url.origin} answers with something else than a list of files.`, 'APPLICATION_ERROR');
    }
    for (const file of read.files) files.add(file);
    if (files.size >= FILES_MAX) break;
    if (!read.hasMore) return [...files].toSorted();
  }
  throw new TestFailed(`The pull request ${number} changes ${FILES_MAX} files or more.`, 'APPLICATION_ERROR');
}

function refused({ origin, pathname }: URL, { status, headers }: HttpAnswer, number: string): TestFailed {
  const [message, type] = reasonOf(status, headers, { origin, pathname, number });
  return new TestFailed(message, type);
}

function reasonOf(
  status: number,
  headers: HttpAnswer['headers'],
  { origin, pathname, number }: { readonly origin: string; readonly pathname: string; readonly number: string },
): readonly [string, FailureType] {
  if (status === 429 || (status === 403 && headers['x-ratelimit-remaining'] === '0')) {
    return [`${origin} was asked too often.`, 'CONNECTIVITY'];
  }
  if (status >= 500) return [`${origin} answers with status ${status}.`, 'CONNECTIVITY'];
  switch (status) {
    case 401:
      return [`${origin} does not accept the connector's credentials for its API.`, 'AUTHENTICATION'];
    case 403:
      return [`The connector's credentials may not read pull requests at ${origin}.`, 'AUTHORIZATION_ERROR'];
    case 404:
      return [
        `${origin} has no pull request ${number} at ${pathname}, or the connector's credentials do not see it.`,
        'APPLICATION_ERROR',
      ];
    default:
      return [`${origin} answers with status ${status}.`, 'APPLICATION_ERROR'];
  }
}
