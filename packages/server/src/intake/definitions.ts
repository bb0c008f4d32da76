/** Definitions as they are while a batch of events is processed, read once: events of a burst mostly name the same trigger. */
import { parseScopedIdentifier, repositoryAddress, type GitProvider, type ProjectScope } from '@bridle/pipeline';
import { findConnector } from '../store/connectors.ts';
import type { Transaction } from '../store/database.ts';
import { ownerSeenFrom } from '../store/owner-scope.ts';
import { findPipeline } from '../store/pipelines.ts';
import { findSetting } from '../store/settings.ts';
import type { TriggerEventRow } from '../store/trigger-events.ts';
import { listEnabledTriggers, type TriggerKey, type TriggerWithPipeline } from '../store/triggers.ts';
import { DocumentSource, type ReadStoredText } from './document-source.ts';
import { findTriggerStarter, type TriggerStarter } from './trigger-starter.ts';

export type WebhookSecret =
  | { readonly kind: 'known'; readonly value: Buffer }
  /** `reason`: one sentence. */
  | { readonly kind: 'missing'; readonly reason: string };

/** The plaintext of a secret that callers of a trigger sign with. */
export type FindWebhookSecret = (scope: ProjectScope, reference: string) => Promise<WebhookSecret>;

export type Repository = { readonly kind: 'found'; readonly url: string } | { readonly kind: 'missing' };

export class Definitions {
  readonly documents: DocumentSource;
  readonly #tx: Transaction;
  readonly #findSecret: FindWebhookSecret;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(tx: Transaction, findSecret: FindWebhookSecret, readText: ReadStoredText) {
    this.#tx = tx;
    this.#findSecret = findSecret;
    this.documents = new DocumentSource(tx, readText);
  }

  /** Of a call or a schedule: the triggers it names, or those of its project. */
  candidatesFor({
    kind,
    scope,
    pipelineIdentifier,
    triggerIdentifier,
  }: TriggerEventRow): Promise<TriggerWithPipeline[]> {
    const source = kind === 'cron' ? 'schedule' : 'Custom';
    return this.#remember(['triggers', source, scope, pipelineIdentifier, triggerIdentifier], () =>
      listEnabledTriggers(this.#tx, { ...scope, ...named(pipelineIdentifier, triggerIdentifier), source }),
    );
  }

  /** Of an event of Git: all of the account, unless the call narrows them. */
  triggersOf({ scope, triggerIdentifier }: TriggerEventRow, provider: GitProvider): Promise<TriggerWithPipeline[]> {
    const { accountId, orgIdentifier, projectIdentifier } = scope;
    return this.#remember(['triggers', provider, scope, triggerIdentifier], () =>
      listEnabledTriggers(this.#tx, {
        accountId,
        source: provider,
        ...(orgIdentifier === '' ? {} : { orgIdentifier }),
        ...(projectIdentifier === '' ? {} : { projectIdentifier }),
        ...named(undefined, triggerIdentifier),
      }),
    );
  }

  hasPipeline(scope: ProjectScope, identifier: string): Promise<boolean> {
    return this.#remember(
      ['pipeline', scope, identifier],
      async () => (await findPipeline(this.#tx, scope, identifier)) !== undefined,
    );
  }

  /** What a project's trigger means by a connector and the name of a repository. */
  repository(scope: ProjectScope, connectorRef: string, repoName: string | undefined): Promise<Repository> {
    return this.#remember(['repository', scope, connectorRef, repoName], async () => {
      const { scope: level, identifier } = parseScopedIdentifier(connectorRef);
      const connector = await findConnector(this.#tx, { owner: ownerSeenFrom(scope, level), identifier });
      const url = connector === undefined ? undefined : repositoryAddress(connector.spec, repoName);
      return url === undefined ? { kind: 'missing' } : { kind: 'found', url };
    });
  }

  /** In whose name a trigger starts its pipeline now, or why it may not. */
  starterOf(key: TriggerKey): Promise<TriggerStarter> {
    const { scope, pipelineIdentifier, identifier } = key;
    return this.#remember(['owner', scope, pipelineIdentifier, identifier], () => findTriggerStarter(this.#tx, key));
  }

  webhookSecret(scope: ProjectScope, reference: string): Promise<WebhookSecret> {
    return this.#remember(['secret', scope, reference], () => this.#findSecret(scope, reference));
  }

  setting(scope: ProjectScope, name: string): Promise<string | undefined> {
    return this.#remember(['setting', scope, name], () => findSetting(this.#tx, scope, name));
  }

  #remember<T>(key: readonly unknown[], read: () => Promise<T>): Promise<T> {
    const text = JSON.stringify(key);
    const known = this.#known.get(text) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const value = read();
    this.#known.set(text, value);
    return value;
  }
}

function named(
  pipelineIdentifier: string | undefined,
  triggerIdentifier: string | undefined,
): { readonly pipelineIdentifier?: string; readonly triggerIdentifier?: string } {
  return {
    ...(pipelineIdentifier === undefined ? {} : { pipelineIdentifier }),
    ...(triggerIdentifier === undefined ? {} : { triggerIdentifier }),
  };
}
