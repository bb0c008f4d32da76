// "npm ci" refuses a lock file that leaves out platform packages, and an install near an incomplete registry writes such
// a file without a word. This says so at once; `node tools/complete-lock.mjs` mends it.
import { readFileSync } from 'node:fs';
import { completeLock } from './complete-lock.mjs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const foreign = Object.entries(lock.packages).filter(([, entry]) => /^(?:https?|git)/.test(entry.resolved ?? ''));
const missing = completeLock(lock).added;
for (const [path] of foreign) console.error(`lock: ${path} names the registry it came from`);
for (const path of missing) console.error(`lock: ${path} is missing`);
if (foreign.length + missing.length > 0) {
  console.error('lock: run "node tools/complete-lock.mjs" after each change of the dependencies');
  process.exit(1);
}
console.log(`lock: complete, ${Object.keys(lock.packages).length} entries`);
