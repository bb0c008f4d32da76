/** Secrets. Their values go in, and never come out. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { SecretFilter, SecretResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

/** What a secret is made from; which keys `spec` has depends on the type. */
export interface SecretDefinition {
  readonly identifier: string;
  readonly name: string;
  readonly type: 'SecretText' | 'SSHKey' | (string & {});
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface SecretListOptions extends OwnerListOptions {
  readonly filter?: SecretFilter | undefined;
}

export class Secrets {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: SecretListOptions = {}): Pages<SecretResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, filter = {}, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call(
        'POST',
        '/ng/api/v2/secrets/list',
        { query: { pageIndex, pageSize, searchTerm }, body: { filterType: 'Secret', ...filter } },
        { ...rest, isRead: true },
      ),
    );
  }

  /** Without its value. */
  async get(identifier: string, options: OwnerOptions = {}): Promise<SecretResponse> {
    return await this.#calls.call('GET', '/ng/api/v2/secrets/{identifier}', { path: { identifier } }, options);
  }

  async create(secret: SecretDefinition, options: OwnerOptions = {}): Promise<SecretResponse> {
    return await this.#calls.call('POST', '/ng/api/v2/secrets', { body: { secret } }, options);
  }

  /** A text kept by the server itself. */
  async createText(identifier: string, value: string, options: OwnerOptions = {}): Promise<SecretResponse> {
    return await this.create(textSecret(identifier, value), options);
  }

  async update(
    identifier: string,
    secret: SecretDefinition,
    options: OwnerUpdateOptions = {},
  ): Promise<SecretResponse> {
    return await this.#calls.call(
      'PUT',
      '/ng/api/v2/secrets/{identifier}',
      { path: { identifier }, body: { secret } },
      options,
    );
  }

  async updateText(identifier: string, value: string, options: OwnerUpdateOptions = {}): Promise<SecretResponse> {
    return await this.update(identifier, textSecret(identifier, value), options);
  }

  /** A file: what it holds is read as it is. */
  async createFile(
    secret: Omit<SecretDefinition, 'type' | 'spec'>,
    content: Blob,
    options: OwnerOptions = {},
  ): Promise<SecretResponse> {
    const form = new FormData();
    const spec = { secretManagerIdentifier: 'harnessSecretManager' };
    form.set('spec', JSON.stringify({ secret: { ...secret, type: 'SecretFile', spec } }));
    form.set('file', content, secret.name);
    return (await this.#calls.upload('POST', '/ng/api/v2/secrets/files', {}, form, options)) as SecretResponse;
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/v2/secrets/{identifier}', { path: { identifier } }, options);
  }
}

function textSecret(identifier: string, value: string): SecretDefinition {
  const spec = { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value };
  return { identifier, name: identifier, type: 'SecretText', spec };
}
