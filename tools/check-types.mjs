// Type-checks every tsconfig of the repository; two compilers at a time, so that a laptop stays usable.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';

const CONCURRENT_COMPILERS = 2;

const projects = globSync(['tsconfig.json', 'packages/*/tsconfig*.json', '{simulation,e2e,bench}/tsconfig.json'])
  .filter(hasInputs)
  .sort();
const waiting = [...projects];
let failures = 0;

await Promise.all(Array.from({ length: CONCURRENT_COMPILERS }, checkNext));
if (failures > 0) {
  console.error(`types: ${failures} of ${projects.length} projects have errors`);
  process.exit(1);
}
console.log(`types: ${projects.length} projects clean`);

async function checkNext() {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) await check(project);
}

function check(project) {
  return new Promise((resolve) => {
    const compiler = spawn('tsc', ['-p', project, '--pretty', 'false'], { shell: process.platform === 'win32' });
    let output = '';
    compiler.stdout.on('data', (chunk) => (output += chunk));
    compiler.stderr.on('data', (chunk) => (output += chunk));
    compiler.on('error', (error) => (output += `${error.message}\n`));
    compiler.on('close', (code) => {
      if (code !== 0) {
        failures += 1;
        console.error(`${project}\n${output}`);
      }
      resolve();
    });
  });
}

/** A project whose folder has no TypeScript yet is not an error; the compiler would call it one (TS18003). */
function hasInputs(project) {
  const folder = project.slice(0, Math.max(0, project.lastIndexOf('/')));
  if (folder === '') return true;
  const pattern = project.endsWith('tsconfig.test.json') ? 'src/**/{*.test,test-*}.ts' : '**/*.{ts,tsx}';
  return globSync(pattern, { cwd: folder, exclude: ['node_modules', 'dist', 'types'] }).length > 0;
}
