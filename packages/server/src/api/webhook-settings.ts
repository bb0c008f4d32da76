/** Settings that each webhook call asks for, remembered for a moment: calls come by the thousand, and settings change rarely. */
import type { ProjectScope } from '@bridle/pipeline';
import type { Database } from '../store/database.ts';
import { findSetting } from '../store/settings.ts';

/** How long a change may take to be heard of. */
const REMEMBERED_MS = 1_000;
const REMEMBERED_MAX = 1_000;

export class WebhookSettings {
  readonly #db: Database;
  readonly #known = new Map<string, { readonly until: number; readonly value: Promise<string | undefined> }>();

  constructor(db: Database) {
    this.#db = db;
  }

  find(scope: ProjectScope, name: string): Promise<string | undefined> {
    const { accountId, orgIdentifier, projectIdentifier } = scope;
    const key = JSON.stringify([accountId, orgIdentifier, projectIdentifier, name]);
    const now = performance.now();
    const known = this.#known.get(key);
    if (known !== undefined && known.until > now) return known.value;
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    const value = findSetting(this.#db, scope, name);
    this.#known.set(key, { until: now + REMEMBERED_MS, value });
    value.catch(() => this.#known.delete(key));
    return value;
  }

  /** Whether custom triggers of the project may be called without their token. */
  async isTokenlessOpen(scope: ProjectScope): Promise<boolean> {
    return (await this.find(scope, 'allow_tokenless_custom_webhooks')) !== 'false';
  }
}
