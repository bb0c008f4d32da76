/** What a step's test reports come to, as an event and as a line of its log. */
import { basename } from 'node:path';
import { readFoundFile, readJunit, ReportError } from '@bridle/executors';
import type { RunTestsEvent } from '@bridle/protocol';

const FAILURES_MAX = 20;
const MESSAGE_LENGTH_MAX = 2_000;

export type TestSummary = Omit<RunTestsEvent, 'type' | 'time' | 'planExecutionId' | 'node'>;

export async function summariseReports(
  paths: Iterable<string>,
  hide: (text: string) => string,
  say: (line: string) => Promise<void>,
): Promise<TestSummary> {
  const sum = { total: 0, failed: 0, skipped: 0, durationMs: 0, failures: [] as TestSummary['failures'] };
  for (const path of paths) {
    try {
      for await (const { status, suite, name, message, durationMs } of readJunit(readFoundFile(path))) {
        sum.total += 1;
        sum.durationMs += durationMs;
        if (status === 'skipped') sum.skipped += 1;
        if (status !== 'failed' && status !== 'error') continue;
        sum.failed += 1;
        if (sum.failures.length === FAILURES_MAX) continue;
        const shown = suite === '' ? name : `${suite} > ${name}`;
        sum.failures.push({ name: hide(shown), message: hide(message ?? '').slice(0, MESSAGE_LENGTH_MAX) });
      }
    } catch (error) {
      const why = error instanceof ReportError ? error.message : 'It cannot be read.';
      await say(`The test report ${basename(path)} is used as far as it goes. ${why}`);
    }
  }
  return { ...sum, durationMs: Math.round(sum.durationMs) };
}
