// Builds the published program: `dist`, plain JavaScript with everything of ours and of others inside. Published packages
// cannot hold TypeScript that Node would have to strip: below node_modules it refuses to.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('.', import.meta.url));
const folder = join(root, 'dist');

/** Each is a process of its own; what two of them need lies in a file that both load. */
const PROGRAMS = {
  main: 'src/main.ts',
  // Started by the watchdog of a run, behind a program that has died.
  watchdog: 'src/local/watchdog.ts',
  server: '../server/src/main.ts',
  owner: '../server/src/owner.ts',
  admin: '../server/src/admin.ts',
  delegate: '../delegate/src/main.ts',
  'delegate-watchdog': '../delegate/src/watchdog.ts',
  'ephemeral-guardian': '../launcher/src/supervise/ephemeral-guardian.ts',
};
/** What sources name by its place beside them, and where the package has it: by its path from the repository's root. */
const PLACES = new Map([
  ...Object.entries(PROGRAMS).map(([name, source]) => [fromRepository(join(root, source)), `./${name}.js`]),
  ...['cli', 'server', 'delegate'].map((name) => [`packages/${name}/package.json`, '../package.json']),
  ['packages/web/dist', './web'],
]);

rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: PROGRAMS,
  platform: 'node',
  // Its paths are the type checker's: one of them stands in for declarations.
  tsconfig: false,
  // Compiled parts that ssh2 tries, and does without.
  external: [/\.node$/, 'cpu-features', 'pg-native'],
  plugins: [
    { name: 'places', transform: { filter: { code: 'import.meta.url' }, handler: (code, id) => placed(code, id) } },
  ],
  onLog: (level, log, print) => {
    // Libraries that import each other in a circle are their own business.
    if (log.code !== 'CIRCULAR_DEPENDENCY') print(level, log);
  },
});
const { output } = await bundle.write({
  dir: folder,
  format: 'esm',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
buildWeb();
const packages = foreignPackages(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
writeFileSync(join(folder, 'THIRD-PARTY.txt'), packages.map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`));
writeFileSync(join(folder, 'LICENSE'), readFileSync(join(root, '../../LICENSE')));
const bytes = output.reduce((sum, { fileName }) => sum + readFileSync(join(folder, fileName)).length, 0);
process.stdout.write(
  `bridle: ${output.length} files, ${Math.round(bytes / 1024)} KiB, with ${packages.length} packages of others\n`,
);

function fromRepository(path) {
  return relative(join(root, '../..'), path);
}

/** A source of ours with its neighbours where the package has them. */
function placed(code, id) {
  if (id.includes('/node_modules/') || id.includes('\0')) return null;
  return code.replaceAll(/new URL\((['"])(\.[^'"]+)\1, import\.meta\.url\)/g, (_, quote, path) => {
    const place = PLACES.get(fromRepository(join(dirname(id), path)));
    if (place === undefined) throw new Error(`${fromRepository(id)} names ${path}, which the package does not have.`);
    return `new URL(${quote}${place}${quote}, import.meta.url)`;
  });
}

/** The web UI is built once for all; here it is taken over. */
function buildWeb() {
  const { status } = spawnSync(process.execPath, [join(root, '../../tools/build-web.mjs')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The web UI could not be built.');
  cpSync(join(root, '../web/dist'), join(folder, 'web'), {
    recursive: true,
    filter: (path) => !path.endsWith('.sources'),
  });
}

/** The folders of the packages that these modules are from, sorted by name. */
function foreignPackages(modules) {
  const folders = modules.flatMap((module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? []);
  return [...new Set(folders)].toSorted((one, other) => (one < other ? -1 : 1));
}

/** What its licence asks to be passed on. */
function licenceOf(packageFolder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const files = readdirSync(packageFolder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const kind = license ?? licenses?.map(({ type }) => type).join(', ') ?? 'see its text';
  const texts = files.map((file) => readFileSync(join(packageFolder, file), 'utf8').trim());
  return [`${name} ${version} (${kind})`, ...texts, ''].join('\n\n');
}
