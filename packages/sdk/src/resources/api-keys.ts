/** API keys of users and service accounts, and the tokens below them. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type {
  ApiKey,
  ApiKeyAggregate,
  ApiKeyRequest,
  TokenAggregate,
  TokenDetails,
  TokenRequest,
} from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions } from './owned.ts';

/** Whose keys: a user by id, or a service account by identifier. */
export interface KeyOwner {
  readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT';
  readonly parentIdentifier: string;
}

type Unowned<T> = Omit<T, keyof KeyOwner>;

export class ApiKeys {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(owner: KeyOwner, options: Omit<OwnerListOptions, 'search'> = {}): Pages<ApiKeyAggregate> {
    const { pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call('GET', '/ng/api/apikey/aggregate', { query: { ...owner, pageIndex, pageSize } }, rest),
    );
  }

  async get(owner: KeyOwner, identifier: string, options: OwnerOptions = {}): Promise<ApiKeyAggregate> {
    const parts = { path: { identifier }, query: { ...owner } };
    return await this.#calls.call('GET', '/ng/api/apikey/aggregate/{identifier}', parts, options);
  }

  async create(owner: KeyOwner, apiKey: Unowned<ApiKeyRequest>, options: OwnerOptions = {}): Promise<ApiKey> {
    return await this.#calls.call('POST', '/ng/api/apikey', { body: { ...apiKey, ...owner } }, options);
  }

  async update(owner: KeyOwner, apiKey: Unowned<ApiKeyRequest>, options: OwnerOptions = {}): Promise<ApiKey> {
    const parts = { path: { identifier: apiKey.identifier }, body: { ...apiKey, ...owner } };
    return await this.#calls.call('PUT', '/ng/api/apikey/{identifier}', parts, options);
  }

  /** With all its tokens. */
  async delete(owner: KeyOwner, identifier: string, options: OwnerOptions = {}): Promise<boolean> {
    const parts = { path: { identifier }, query: { ...owner } };
    return await this.#calls.call('DELETE', '/ng/api/apikey/{identifier}', parts, options);
  }
}

/** Whose tokens, and of which key. */
export interface TokenOwner extends KeyOwner {
  readonly apiKeyIdentifier: string;
}

export class Tokens {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(owner: TokenOwner, options: Omit<OwnerListOptions, 'search'> = {}): Pages<TokenAggregate> {
    const { pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call('GET', '/ng/api/token/aggregate', { query: { ...owner, pageIndex, pageSize } }, rest),
    );
  }

  /** Answers with the token itself: it is shown this once. */
  async create(
    owner: TokenOwner,
    token: Omit<TokenRequest, keyof TokenOwner>,
    options: OwnerOptions = {},
  ): Promise<string> {
    return await this.#calls.call('POST', '/ng/api/token', { body: { ...token, ...owner } }, options);
  }

  async update(
    owner: TokenOwner,
    token: Omit<TokenRequest, keyof TokenOwner>,
    options: OwnerOptions = {},
  ): Promise<TokenDetails> {
    const parts = { path: { identifier: token.identifier }, body: { ...token, ...owner } };
    return await this.#calls.call('PUT', '/ng/api/token/{identifier}', parts, options);
  }

  /** A new token in its place; the old one works until `rotateTimestamp`, or no longer. */
  async rotate(
    owner: TokenOwner,
    identifier: string,
    options: OwnerOptions & { readonly rotateTimestamp?: number | undefined } = {},
  ): Promise<string> {
    const { rotateTimestamp, ...rest } = options;
    const parts = { path: { identifier }, query: { ...owner, rotateTimestamp } };
    return await this.#calls.call('POST', '/ng/api/token/rotate/{identifier}', parts, rest);
  }

  async delete(owner: TokenOwner, identifier: string, options: OwnerOptions = {}): Promise<boolean> {
    const parts = { path: { identifier }, query: { ...owner } };
    return await this.#calls.call('DELETE', '/ng/api/token/{identifier}', parts, options);
  }
}
