/** The file store: files and folders that pipelines use. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { FolderNode, StoredFile } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions } from './owned.ts';

/** The folder everything is in. */
const ROOT = 'Root';

export interface FileDefinition {
  readonly name: string;
  /** Default: made of the name. */
  readonly identifier?: string | undefined;
  readonly type?: 'FILE' | 'FOLDER' | undefined;
  /** Identifier of the folder it is in. Default: the uppermost. */
  readonly parent?: string | undefined;
  readonly description?: string | undefined;
  readonly fileUsage?: 'MANIFEST_FILE' | 'CONFIG' | 'SCRIPT' | undefined;
  readonly mimeType?: string | undefined;
  readonly content?: Blob | string | undefined;
}

export class Files {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<StoredFile> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call('GET', '/ng/api/file-store', { query: { pageIndex, pageSize, searchTerm } }, rest),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<StoredFile> {
    return await this.#calls.call('GET', '/ng/api/file-store/{identifier}', { path: { identifier } }, options);
  }

  /** What a folder holds. */
  async folder(identifier: string = ROOT, options: OwnerOptions = {}): Promise<FolderNode> {
    return await this.#calls.call(
      'POST',
      '/ng/api/file-store/folder',
      { body: { identifier, name: identifier, type: 'FOLDER' } },
      { ...options, isRead: true },
    );
  }

  /** What a file holds, as text. */
  async read(identifier: string, options: OwnerOptions = {}): Promise<string> {
    const text = await this.#calls.call(
      'GET',
      '/ng/api/file-store/files/{identifier}/download',
      { path: { identifier } },
      options,
    );
    return typeof text === 'string' ? text : JSON.stringify(text);
  }

  async create(file: FileDefinition, options: OwnerOptions = {}): Promise<StoredFile> {
    return (await this.#calls.upload('POST', '/ng/api/file-store', {}, formOf(file), options)) as StoredFile;
  }

  async update(identifier: string, file: FileDefinition, options: OwnerOptions = {}): Promise<StoredFile> {
    const form = formOf({ identifier, ...file });
    const answer = await this.#calls.upload('PUT', '/ng/api/file-store/{identifier}', { identifier }, form, options);
    return answer as StoredFile;
  }

  /** A folder with what it holds. */
  async delete(identifier: string, options: OwnerOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/file-store/{identifier}', { path: { identifier } }, options);
  }
}

function formOf({ parent = ROOT, type = 'FILE', content, ...fields }: FileDefinition): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, type, parentIdentifier: parent })) {
    if (value !== undefined) form.set(name, value);
  }
  if (content !== undefined)
    form.set('content', typeof content === 'string' ? new Blob([content]) : content, fields.name);
  return form;
}
