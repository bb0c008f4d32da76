// "npm run verify": everything that can be said about the code without running it. Each check runs even when an earlier one
// failed, so that one run shows all there is to mend.
import { spawnSync } from 'node:child_process';

const CHECKS = [
  'lock:check',
  'format:check',
  'lint',
  'types',
  'rooms',
  'unused',
  'generated:check',
  'errors:check',
  'coverage:check',
];

const failed = CHECKS.filter((check) => {
  console.log(`\n── ${check}`);
  const { status } = spawnSync('npm', ['run', '--silent', check], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return status !== 0;
});

if (failed.length > 0) {
  console.error(`\nverify: failed: ${failed.join(', ')}`);
  process.exit(1);
}
console.log(`\nverify: all ${CHECKS.length} checks passed`);
