/**
 * Removes what has been kept for as long as the settings say: executions with all that belongs to them, their logs earlier if
 * wanted, trigger events, the audit log, ended sessions.
 *
 * - R1, R2 (store/retention-statements.ts) say what stays whatever its age.
 * - R3 Each transaction removes little, and every statement may be repeated: whoever is killed leaves a state from which the next
 *   sweep goes on.
 * - R4 One replica sweeps at a time as a rule (a claim, by the database's time), but nothing rests on that.
 * - R5 Files go after their rows: the rows note them as dropped when they end, in the same transaction (A3 of artifacts/artifacts.ts).
 */
import type { ProjectScope } from '@bridle/pipeline';
import { deleteOldAuditEvents } from '../store/audit-events.ts';
import type { Database } from '../store/database.ts';
import type { SettingName, UsualSettings } from '../store/known-settings.ts';
import {
  claimSweep,
  deleteEndedSessions,
  deleteExecutions,
  deleteLogsOfExecutions,
  deleteOldDeliveries,
  deleteOldTriggerEvents,
  findLogsMark,
  holdSweep,
  listAccountIds,
  listExecutionsOfOldLogs,
  listOldExecutions,
  listScopesWithRuns,
  moveLogsMark,
  thinTestCases,
  type ExecutionRule,
  type WalkPosition,
} from '../store/retention-statements.ts';
import { findEffectiveSettings } from '../store/settings.ts';
import { portions } from './portions.ts';

const SWEEP = 'retention';
/** Longer than any transaction of a sweep; a replica that died is followed after it. */
const HOLD_MS = 300_000;
/** A first sweep of a full database goes on the next time: other sweeps wait for it. */
const SWEEP_MS_MAX = 300_000;
/** Executions looked at in one statement. */
const PAGE = 100;
/** Events of the executions that one transaction removes; one that has more goes by itself. */
const EVENTS_PER_DELETE = 2_000;
const ROWS_PER_DELETE = 1_000;
const DAY_MS = 86_400_000;
/** A signed request is known again for two years, however short events are kept: it fires a trigger once (S2). */
const DELIVERIES_KEPT_MS = 730 * DAY_MS;
const FROM_THE_OLDEST: WalkPosition = { createdAt: 0, id: '' };

export interface RemovedCounts {
  readonly executions: number;
  readonly logs: number;
  readonly triggerEvents: number;
  readonly deliveries: number;
  readonly auditEvents: number;
  readonly sessions: number;
}

export interface RetentionOptions {
  readonly db: Database;
  readonly usualSettings: UsualSettings;
  /** A session that nobody has used for so long has ended. */
  readonly sessionIdleMs: number;
  /** Hears after a sweep that removed something. */
  readonly onRemoved?: (removed: RemovedCounts) => void;
}

type Counts = { -readonly [Key in keyof RemovedCounts]: number };

export class Retention {
  readonly #options: RetentionOptions;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** `undefined` = another replica is at it. */
  async sweep(stopping: AbortSignal = new AbortController().signal): Promise<RemovedCounts | undefined> {
    const { db, onRemoved } = this.#options;
    if (!(await claimSweep(db, SWEEP, HOLD_MS))) return undefined;
    const counts: Counts = { executions: 0, logs: 0, triggerEvents: 0, deliveries: 0, auditEvents: 0, sessions: 0 };
    const over = AbortSignal.any([stopping, AbortSignal.timeout(SWEEP_MS_MAX)]);
    try {
      await this.#sweepAll(counts, over);
    } finally {
      await holdSweep(db, SWEEP, 0);
      if (Object.values(counts).some((count) => count > 0)) onRemoved?.(counts);
    }
    return counts;
  }

  async #sweepAll(counts: Counts, over: AbortSignal): Promise<void> {
    const { db, sessionIdleMs } = this.#options;
    counts.sessions += await this.#inBatches((limit) => deleteEndedSessions(db, sessionIdleMs, limit), over);
    counts.deliveries += await this.#inBatches((limit) => deleteOldDeliveries(db, DELIVERIES_KEPT_MS, limit), over);
    for (const accountId of await listAccountIds(db)) {
      const days = await this.#settings({ accountId }, ['trigger_event_retention_days', 'audit_retention_days']);
      const eventsMs = days.trigger_event_retention_days * DAY_MS;
      const auditMs = days.audit_retention_days * DAY_MS;
      counts.triggerEvents += await this.#inBatches((n) => deleteOldTriggerEvents(db, accountId, eventsMs, n), over);
      counts.auditEvents += await this.#inBatches((n) => deleteOldAuditEvents(db, accountId, auditMs, n), over);
    }
    for (const scope of await listScopesWithRuns(db)) {
      if (over.aborted) return;
      await this.#sweepProject(scope, counts, over);
    }
  }

  async #sweepProject(scope: ProjectScope, counts: Counts, over: AbortSignal): Promise<void> {
    const settings = await this.#settings(scope, [
      'execution_retention_days',
      'executions_kept_per_pipeline',
      'log_retention_days',
    ]);
    const rule = {
      keepMs: settings.execution_retention_days * DAY_MS,
      keptPerPipeline: settings.executions_kept_per_pipeline,
    };
    counts.executions += await this.#removeExecutions(scope, rule, over);
    // Logs of executions that stay beyond their time stay with them, unless logs are to go earlier.
    if (settings.log_retention_days < settings.execution_retention_days)
      counts.logs += await this.#removeLogs(scope, settings.log_retention_days * DAY_MS, over);
  }

  async #removeExecutions(scope: ProjectScope, rule: ExecutionRule, over: AbortSignal): Promise<number> {
    const { db } = this.#options;
    let removed = 0;
    for (let after = FROM_THE_OLDEST; !over.aborted;) {
      const page = await listOldExecutions(db, scope, rule, after, PAGE);
      for (const portion of portions(
        page.filter(({ isDue }) => isDue),
        ({ version }) => version,
        EVENTS_PER_DELETE,
      )) {
        if (over.aborted) return removed;
        const ids = portion.map(({ id }) => id);
        while ((await thinTestCases(db, ids, ROWS_PER_DELETE)) > 0);
        removed += await deleteExecutions(db, portion, rule);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = last;
      await holdSweep(db, SWEEP, HOLD_MS);
    }
    return removed;
  }

  async #removeLogs(scope: ProjectScope, keepMs: number, over: AbortSignal): Promise<number> {
    const { db } = this.#options;
    let removed = 0;
    let hasKept = false;
    // The mark is of whole milliseconds: those of its own are looked at again.
    let after: WalkPosition = { createdAt: await findLogsMark(db, scope), id: '' };
    while (!over.aborted) {
      const page = await listExecutionsOfOldLogs(db, scope, keepMs, after, PAGE);
      for (const portion of portions(
        page.filter(({ isDue }) => isDue),
        ({ version }) => version,
        EVENTS_PER_DELETE,
      )) {
        if (over.aborted) return removed;
        const ids = portion.map(({ id }) => id);
        removed += await deleteLogsOfExecutions(db, ids);
      }
      const last = page.at(-1);
      if (last === undefined) break;
      const firstKept = page.find(({ isDue }) => !isDue);
      if (!hasKept) await moveLogsMark(db, scope, (firstKept ?? last).createdAt);
      hasKept ||= firstKept !== undefined;
      if (page.length < PAGE) break;
      after = last;
      await holdSweep(db, SWEEP, HOLD_MS);
    }
    return removed;
  }

  async #inBatches(remove: (limit: number) => Promise<number>, over: AbortSignal): Promise<number> {
    let total = 0;
    while (!over.aborted) {
      const removed = await remove(ROWS_PER_DELETE);
      total += removed;
      if (removed < ROWS_PER_DELETE) break;
      await holdSweep(this.#options.db, SWEEP, HOLD_MS);
    }
    return total;
  }

  async #settings<Name extends SettingName>(
    scope: ProjectScope | { readonly accountId: string },
    names: readonly Name[],
  ): Promise<Readonly<Record<Name, number>>> {
    const { db, usualSettings } = this.#options;
    const found = await findEffectiveSettings(db, scope, names, usualSettings);
    return Object.fromEntries(names.map((name) => [name, Number(found.get(name)?.value)])) as Record<Name, number>;
  }
}
