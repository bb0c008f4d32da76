// "npm test": first everything that needs no test runner, then all tests, and at the very end one line that says how many
// passed and how many failed. Continuous integration reads that line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isWindows = process.platform === 'win32';
const folder = mkdtempSync(join(tmpdir(), 'bridle-test-counts-'));
const countsFile = join(folder, 'counts.json');

const isVerified = run('npm', ['run', '--silent', 'verify'], {});
const isPassed = run('vitest', ['run', ...process.argv.slice(2)], { BRIDLE_TEST_COUNTS_FILE: countsFile });

const counts = readCounts();
// A run that died without a count, or that failed for a reason no test shows, is a failure all the same.
const hiddenFailures = (isVerified ? 0 : 1) + (!isPassed && counts.failed === 0 ? 1 : 0);
const failed = counts.failed + hiddenFailures;
if (!isVerified) console.error('\nnpm run verify failed (see above); it counts as one failure.');
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed === 0 ? 0 : 1;
console.log(`\n${counts.passed} passed, ${failed} failed`);

function run(command, args, env) {
  const result = spawnSync(command, args, {
    stdio: 'inherit',
    shell: isWindows,
    env: { ...process.env, ...env },
  });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status === 0;
}

function readCounts() {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 0 };
  }
}
