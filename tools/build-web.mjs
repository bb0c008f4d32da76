// Builds the web UI when its sources changed since the last build, and otherwise does nothing. Runs at the end of "npm ci"
// and before each start, so that a fresh clone and an updated one both serve the right pages. Needs no TypeScript, because
// npm may run it with the Node of the host.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, 'packages/web');
const stampFile = join(web, 'dist/.sources');
/** Everything that ends up in the bundle or decides how it is made. */
const INPUTS = [
  'packages/web/index.html',
  'packages/web/vite.config.ts',
  'packages/web/package.json',
  'packages/web/tsconfig.json',
  'packages/web/src',
  'packages/web/public',
  'packages/pipeline/src',
  'packages/text/src',
  'package-lock.json',
];

if (existsSync(join(web, 'index.html'))) buildIfChanged();

function buildIfChanged() {
  const wanted = hashOfSources();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  console.log('Building the web UI …');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const result = spawnSync(nodeBinary(), [vite, 'build', '--logLevel', 'warn'], { cwd: web, stdio: 'inherit' });
  if (result.status !== 0) {
    console.error('The web UI could not be built (see above).');
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}

/** The Node of this project, which `npm ci` brought; the one in use may be the host's, and too old for Vite. */
function nodeBinary() {
  const own = join(root, 'node_modules/node/bin/node');
  return existsSync(own) ? own : process.execPath;
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const input of INPUTS)
    for (const file of filesOf(input))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)))
        .update('\0');
  return hash.digest('hex');
}

function filesOf(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  const entries = readEntries(absolute);
  if (entries === undefined) return [path];
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return filesOf(`${path}/${entry.name}`);
      return entry.isFile() && !/\.test\.tsx?$/.test(entry.name) ? [`${path}/${entry.name}`] : [];
    });
}

function readEntries(absolute) {
  try {
    return readdirSync(absolute, { withFileTypes: true });
  } catch {
    return undefined;
  }
}
