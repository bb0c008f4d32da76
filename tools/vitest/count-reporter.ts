import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What a test run came to. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/** Names the file that receives the {@link TestCounts}; `tools/test.mjs` sets it and prints them as the last line. */
const COUNTS_FILE_VARIABLE = 'BRIDLE_TEST_COUNTS_FILE';

/** Counts single tests, plus one failure for each file that could not be collected and each error outside of a test. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const path = process.env[COUNTS_FILE_VARIABLE];
    if (path === undefined) return;
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const counts: TestCounts = {
      passed: states.filter((state) => state === 'passed').length,
      failed: states.filter((state) => state === 'failed').length + brokenFiles + unhandledErrors.length,
    };
    writeFileSync(path, JSON.stringify(counts));
  }
}
