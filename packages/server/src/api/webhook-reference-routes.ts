/** Lists of what triggers of Git providers may say (api.md §1.9). */
import { successOf } from '@bridle/protocol';
import { GIT_TRIGGER_EVENTS } from '@bridle/pipeline';
import { Type } from 'typebox';
import { answers, ownerQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { invalidRequest } from './errors.ts';

type Events = Readonly<Record<string, { readonly actions: readonly string[] }>>;

const PROVIDERS: Readonly<Record<string, Events>> = GIT_TRIGGER_EVENTS;
const WORDS = Type.Array(Type.String());
const NAMES_OF_TYPES = [...Object.keys(PROVIDERS), 'Custom'];

/** What each list is about, and what is in it. */
const LISTS: readonly (readonly [name: string, summary: string, words: readonly string[]])[] = [
  ['webhookTriggerTypes', 'Types of webhook triggers', NAMES_OF_TYPES],
  ['githubTriggerEvents', 'Events of GitHub', Object.keys(GIT_TRIGGER_EVENTS.Github)],
  ['githubPRActions', 'Actions of pull requests of GitHub', GIT_TRIGGER_EVENTS.Github.PullRequest.actions],
  ['githubIssueCommentActions', 'Actions of comments of GitHub', GIT_TRIGGER_EVENTS.Github.IssueComment.actions],
  ['gitlabTriggerEvents', 'Events of GitLab', Object.keys(GIT_TRIGGER_EVENTS.Gitlab)],
  ['gitlabPRActions', 'Actions of merge requests of GitLab', GIT_TRIGGER_EVENTS.Gitlab.MergeRequest.actions],
  ['bitbucketTriggerEvents', 'Events of Bitbucket', Object.keys(GIT_TRIGGER_EVENTS.Bitbucket)],
  ['bitbucketPRActions', 'Actions of pull requests of Bitbucket', GIT_TRIGGER_EVENTS.Bitbucket.PullRequest.actions],
];

export function webhookReferenceRoutes(app: App): void {
  const config = { needs: 'signedIn', account: 'own' } as const;
  const tags = ['Webhooks'];
  const querystring = ownerQuery({});

  for (const [name, summary, words] of LISTS) {
    app.get(
      `/pipeline/api/webhook/${name}`,
      { config, schema: { summary, tags, querystring, response: answers(successOf(WORDS)) } },
      async (request) => success(request, [...words]),
    );
  }

  app.get(
    '/pipeline/api/webhook/sourceRepos',
    {
      config,
      schema: {
        summary: 'Git providers and their events',
        tags,
        querystring,
        response: answers(successOf(Type.Record(Type.String(), WORDS))),
      },
    },
    async (request) =>
      success(
        request,
        Object.fromEntries(Object.entries(PROVIDERS).map(([provider, events]) => [provider, Object.keys(events)])),
      ),
  );

  app.get(
    '/pipeline/api/webhook/gitTriggerEventDetails',
    {
      config,
      schema: {
        summary: 'Git providers, their events, and the actions of each',
        tags,
        querystring,
        response: answers(successOf(Type.Record(Type.String(), Type.Record(Type.String(), WORDS)))),
      },
    },
    async (request) =>
      success(
        request,
        Object.fromEntries(Object.entries(PROVIDERS).map(([provider, events]) => [provider, actionsOf(events)])),
      ),
  );

  app.get(
    '/pipeline/api/webhook/actions',
    {
      config,
      schema: {
        summary: 'Actions of one event of a Git provider',
        tags,
        querystring: ownerQuery({ sourceRepo: Type.String(), event: Type.String() }),
        response: answers(successOf(WORDS)),
      },
    },
    async (request) => {
      const { sourceRepo, event } = request.query;
      const events = find(PROVIDERS, sourceRepo);
      if (events === undefined) {
        throw invalidRequest(`"${sourceRepo}" is no Git provider; there are ${Object.keys(PROVIDERS).join(', ')}`);
      }
      const words = find(events, event);
      if (words === undefined) {
        throw invalidRequest(`"${event}" is no event of ${sourceRepo}; there are ${Object.keys(events).join(', ')}`);
      }
      return success(request, [...words.actions]);
    },
  );
}

function actionsOf(events: Events): Record<string, string[]> {
  return Object.fromEntries(Object.entries(events).map(([event, { actions }]) => [event, [...actions]]));
}

/** Clients write the names in any case. */
function find<T>(named: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.entries(named).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
