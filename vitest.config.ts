import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { CountReporter } from './tools/vitest/count-reporter.ts';

const NEVER = ['**/node_modules/**', '**/dist/**', 'tools/lint/fixture/**'];

/** Tests of the whole that need not have the machine for themselves. */
const BESIDE = ['e2e/{cli-*,clock}.e2e.test.ts'];

export default defineConfig({
  test: {
    exclude: NEVER,
    passWithNoTests: true,
    // What is waited for comes at once, or on a busy machine a little later.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', new CountReporter()],
    // Most tests wait for processes and disks: on two cores three files at once are done sooner than two.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,tools,bench}/**/*.test.{ts,tsx}'],
          exclude: [...NEVER, '**/*.db.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['packages/**/*.db.test.ts'],
          globalSetup: ['./tools/vitest/db-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: 'sim', include: ['simulation/**/*.sim.test.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        // What is small or waits for most of its time: several may go on at once.
        test: { name: 'e2e-beside', include: BESIDE, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: [...NEVER, ...BESIDE],
          // Each file starts a whole Bridle; side by side they would take each other's time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
