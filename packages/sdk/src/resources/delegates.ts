/** Delegates, and the tokens they register with. */
import type { Live } from '../live/live.ts';
import type { DelegateFilter, DelegateGroups, DelegateListItem, DelegateTokenDetails } from '../wire/schemas.ts';
import { OwnedCalls, type OwnerOptions } from './owned.ts';

export interface DelegateListOptions extends OwnerOptions {
  readonly filter?: DelegateFilter | undefined;
}

export class Delegates {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  async list(options: DelegateListOptions = {}): Promise<readonly DelegateListItem[]> {
    const { filter = {}, ...rest } = options;
    return await this.#calls.call(
      'POST',
      '/ng/api/delegate-setup/listDelegates',
      { body: { filterType: 'Delegate', ...filter } },
      { ...rest, isRead: true },
    );
  }
}

export interface DelegateTokenListOptions extends OwnerOptions {
  readonly name?: string | undefined;
  readonly status?: 'ACTIVE' | 'REVOKED' | undefined;
}

export class DelegateTokens {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  async list(options: DelegateTokenListOptions = {}): Promise<readonly DelegateTokenDetails[]> {
    const { name, status, ...rest } = options;
    return await this.#calls.call('GET', '/ng/api/delegate-token-ng', { query: { name, status } }, rest);
  }

  async create(name: string, options: OwnerOptions = {}): Promise<DelegateTokenDetails> {
    return await this.#calls.call('POST', '/ng/api/delegate-token-ng', { query: { tokenName: name } }, options);
  }

  /** Delegates that use it are turned away. */
  async revoke(name: string, options: OwnerOptions = {}): Promise<DelegateTokenDetails> {
    return await this.#calls.call('PUT', '/ng/api/delegate-token-ng', { query: { tokenName: name } }, options);
  }

  /** One that was revoked. */
  async delete(name: string, options: OwnerOptions = {}): Promise<void> {
    await this.#calls.call('DELETE', '/ng/api/delegate-token-ng', { query: { tokenName: name } }, options);
  }

  /** The delegates that use it. */
  async delegates(name: string, options: OwnerOptions = {}): Promise<DelegateGroups> {
    const query = { delegateTokenName: name };
    return await this.#calls.call('GET', '/ng/api/delegate-token-ng/delegate-groups', { query }, options);
  }
}
