/**
 * Reports that could not be delivered before this process had to end. The next process of the same installation delivers them
 * under the old identity BEFORE it registers: once a new incarnation is known, the server has failed those tasks.
 */
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskOutcome } from '@bridle/protocol';
import type { Logger } from 'pino';
import type { ServerClient } from './client.ts';

const CALL_TIMEOUT_MS = 10_000;
const REPORTS_MAX = 10_000;

export interface KeptReport {
  readonly delegateId: string;
  readonly incarnation: string;
  readonly taskId: string;
  readonly fence: number;
  readonly outcome: TaskOutcome;
}

export class ReportSpool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async keep(report: KeptReport): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${report.taskId}.json`);
    await writeFile(`${path}.new`, JSON.stringify(report), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path); // whole or not at all
  }

  /**
   * Delivers what was kept. An answer of any kind settles a report.
   * @throws OutageError when the server cannot be reached; what is left stays
   */
  async deliver(client: ServerClient, log: Logger): Promise<void> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    for (const name of names.slice(0, REPORTS_MAX)) {
      const path = join(this.#folder, name);
      const report = await readReport(path);
      if (report !== undefined) {
        const { delegateId, taskId, incarnation, fence, outcome } = report;
        const answer = await client.post(
          `${encodeURIComponent(delegateId)}/tasks/${taskId}/complete`,
          { incarnation, fence, outcome },
          { timeoutMs: CALL_TIMEOUT_MS },
        );
        log.info({ taskId, accepted: answer.kind === 'ok' }, 'a kept report was delivered');
      }
      await unlink(path);
    }
  }
}

async function readReport(path: string): Promise<KeptReport | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KeptReport;
  } catch {
    return undefined; // not ours, or cut by a full disk
  }
}
