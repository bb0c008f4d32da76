/**
 * Which provider sent this, and what does it say? The provider's header decides (api.md §1.8); a body without headers is told by
 * its shape, so that a file which holds nothing but the payload is enough to start a pipeline with.
 */
import type { Value } from '../../expressions/values.ts';
import type { CustomWebhookEvent } from '../trigger-scope.ts';
import { readBitbucketPullRequest, readBitbucketPush } from './bitbucket.ts';
import { readBitbucketServerPullRequest, readBitbucketServerPush } from './bitbucket-server.ts';
import type { GitEvent, GitProvider } from './git-event.ts';
import { readGithubPullRequest, readGithubPush } from './github.ts';
import { readGitlabMergeRequest, readGitlabPush } from './gitlab.ts';
import { isPayload, textAt, valueAt } from './read-payload.ts';

export type RecognisedEvent =
  | { readonly kind: 'git'; readonly event: GitEvent }
  /** No provider's: the event of a custom webhook. */
  | { readonly kind: 'custom' }
  /** A provider's, and of a kind that is not served, or not of the shape that it should have. */
  | {
      readonly kind: 'unreadable';
      readonly why: 'notServed' | 'payload';
      readonly provider: GitProvider;
      readonly event: string;
      readonly reason: string;
    };

/** The headers by which providers name themselves and their event. */
const EVENT_HEADERS = [
  ['Github', 'x-github-event'],
  ['Gitlab', 'x-gitlab-event'],
  ['Bitbucket', 'x-event-key'],
] as const;

const SERVED: Readonly<Record<GitProvider, string>> = {
  Github: 'push and pull_request',
  Gitlab: 'Push Hook, Tag Push Hook and Merge Request Hook',
  Bitbucket: 'repo:push, pullrequest:created, updated, fulfilled and rejected, and those of Bitbucket Server',
};

/** Never throws: whatever was sent is one of these. */
export function recogniseEvent({ payload: text, headers }: CustomWebhookEvent): RecognisedEvent {
  const payload = readJson(text);
  for (const [provider, name] of EVENT_HEADERS) {
    const event = headerOf(headers, name);
    if (event !== undefined) return byHeader(provider, event, payload);
  }
  const event = isPayload(payload) ? byShape(payload) : undefined;
  return event === undefined ? { kind: 'custom' } : { kind: 'git', event };
}

function byHeader(provider: GitProvider, name: string, payload: Value | undefined): RecognisedEvent {
  const read = readerOf(provider, name);
  if (read === undefined) {
    const reason = `${name} events of ${provider} are not served; there are ${SERVED[provider]}.`;
    return { kind: 'unreadable', why: 'notServed', provider, event: name, reason };
  }
  const event = isPayload(payload) ? read(payload) : undefined;
  if (event !== undefined) return { kind: 'git', event };
  const reason = `The headers say that this is a ${name} event of ${provider}, but the payload is not one.`;
  return { kind: 'unreadable', why: 'payload', provider, event: name, reason };
}

function readerOf(provider: GitProvider, name: string): ((payload: Value) => GitEvent | undefined) | undefined {
  switch (provider) {
    case 'Github':
      if (name === 'push') return readGithubPush;
      return name === 'pull_request' ? readGithubPullRequest : undefined;
    case 'Gitlab':
      if (name === 'Push Hook' || name === 'Tag Push Hook') return readGitlabPush;
      return name === 'Merge Request Hook' ? readGitlabMergeRequest : undefined;
    case 'Bitbucket':
      if (name === 'repo:push') return readBitbucketPush;
      if (/^pullrequest:(created|updated|fulfilled|rejected)$/.test(name)) {
        return (payload) => readBitbucketPullRequest(payload, name);
      }
      return serverReaderOf(name);
  }
}

function serverReaderOf(name: string): ((payload: Value) => GitEvent | undefined) | undefined {
  if (name === 'repo:refs_changed') return readBitbucketServerPush;
  return /^pr:(opened|modified|from_ref_updated|merged|declined)$/.test(name)
    ? readBitbucketServerPullRequest
    : undefined;
}

/** What only this provider's payloads have decides; the reader then asks for the rest. */
function byShape(payload: Value): GitEvent | undefined {
  const key = textAt(payload, 'eventKey');
  if (key !== undefined) return serverReaderOf(key)?.(payload);
  switch (textAt(payload, 'object_kind')) {
    case 'push':
    case 'tag_push':
      return readGitlabPush(payload);
    case 'merge_request':
      return readGitlabMergeRequest(payload);
    default:
  }
  if (isPayload(valueAt(payload, 'push'))) return readBitbucketPush(payload);
  if (isPayload(valueAt(payload, 'pullrequest'))) return readBitbucketPullRequest(payload, undefined);
  // A comment on a pull request has one too.
  if (isPayload(valueAt(payload, 'pull_request')) && valueAt(payload, 'comment') === undefined) {
    return readGithubPullRequest(payload);
  }
  return textAt(payload, 'after') === undefined ? undefined : readGithubPush(payload);
}

function readJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function headerOf(headers: Readonly<Record<string, string>>, wanted: string): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted);
  return found?.[1].trim();
}
