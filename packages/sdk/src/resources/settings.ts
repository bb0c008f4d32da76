/** Settings of an account, an organization or a project. */
import type { Live } from '../live/live.ts';
import type { SettingResponse, SettingUpdate, SettingUpdateResult, SettingValue } from '../wire/schemas.ts';
import type { Paths } from '../wire/paths.ts';
import { OwnedCalls, type OwnerOptions } from './owned.ts';

export type SettingQuery = Omit<
  NonNullable<Paths['/ng/api/settings']['GET']['query']>,
  'orgIdentifier' | 'projectIdentifier'
>;

export class Settings {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  async list(query: SettingQuery = {}, options: OwnerOptions = {}): Promise<readonly SettingResponse[]> {
    return await this.#calls.call('GET', '/ng/api/settings', { query }, options);
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<SettingValue> {
    return await this.#calls.call('GET', '/ng/api/settings/{identifier}', { path: { identifier } }, options);
  }

  /** Each is taken or refused by itself. */
  async update(updates: readonly SettingUpdate[], options: OwnerOptions = {}): Promise<readonly SettingUpdateResult[]> {
    return await this.#calls.call('PUT', '/ng/api/settings', { body: updates }, options);
  }

  async set(identifier: string, value: string, options: OwnerOptions = {}): Promise<readonly SettingUpdateResult[]> {
    return await this.update([{ identifier, value, updateType: 'UPDATE' }], options);
  }

  /** As it is inherited. */
  async restore(identifier: string, options: OwnerOptions = {}): Promise<readonly SettingUpdateResult[]> {
    return await this.update([{ identifier, updateType: 'RESTORE' }], options);
  }
}
