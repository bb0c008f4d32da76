// Builds the published program: `dist`, plain JavaScript with everything of ours and of others inside. Published packages
// cannot hold TypeScript that Node would have to strip: below node_modules it refuses to.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('.', import.meta.url));
const folder = join(root, 'dist');

rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  // The second one is started by the watchdog of a run, behind a program that has died.
  input: { main: 'src/main.ts', watchdog: 'src/local/watchdog.ts' },
  platform: 'node',
  // Its paths are the type checker's: one of them stands in for declarations.
  tsconfig: false,
  // Compiled parts that ssh2 tries, and does without.
  external: [/\.node$/, 'cpu-features'],
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
const packages = foreignPackages(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
writeFileSync(join(folder, 'THIRD-PARTY.txt'), packages.map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`));
writeFileSync(join(folder, 'LICENSE'), readFileSync(join(root, '../../LICENSE')));
const bytes = output.reduce((sum, { fileName }) => sum + readFileSync(join(folder, fileName)).length, 0);
process.stdout.write(
  `bridle: ${output.length} files, ${Math.round(bytes / 1024)} KiB, with ${packages.length} packages of others\n`,
);

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
