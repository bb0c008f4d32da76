/** The audit log: who changed what, and who signed in. */
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import { ngPage, Pages } from '../pages.ts';
import type { AuditEvent, AuditFilter, AuditYaml } from '../wire/schemas.ts';
import { PAGE_SIZE } from './owned.ts';

export interface AuditListOptions extends CallOptions {
  readonly filter?: AuditFilter | undefined;
  readonly pageSize?: number | undefined;
}

export class Audit {
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
  }

  /** Newest first; of the whole account, unless the filter names scopes. */
  list(options: AuditListOptions = {}): Pages<AuditEvent> {
    const { filter = {}, pageSize = PAGE_SIZE, ...call } = options;
    return new Pages(async (pageIndex) =>
      ngPage(
        await this.#live.api.call(
          'POST',
          '/audit/api/audits/list',
          { query: { pageIndex, pageSize }, body: { filterType: 'Audit', ...filter } },
          { ...call, isRead: true },
        ),
      ),
    );
  }

  /** What was changed, before and after. */
  async yaml(auditId: string, options: CallOptions = {}): Promise<AuditYaml> {
    return await this.#live.api.call('GET', '/audit/api/auditYaml', { query: { auditId } }, options);
  }
}
