// Builds what is published: `dist`, a package of its own with plain JavaScript, declarations that need nothing of ours, and
// one file with everything inside for pages without a bundler. Below node_modules Node would refuse our TypeScript.
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('.', import.meta.url));
const folder = join(root, 'dist');

rmSync(folder, { recursive: true, force: true });
for (const project of ['tsconfig.json', 'tsconfig.testing.json']) {
  execFileSync('tsc', ['-p', project, '--noEmit', 'false', '--declaration', '--rootDir', 'src', '--outDir', 'dist'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
// The compiler rewrites the extensions of imports in programs, and leaves them in declarations.
for (const file of globSync('**/*.d.ts', { cwd: folder })) {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
}

const bundle = await rolldown({ cwd: root, input: { browser: 'dist/index.js' }, platform: 'browser', tsconfig: false });
await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' });
// Its declarations are those of the package.
writeFileSync(join(folder, 'browser.d.ts'), "export * from './index.js';\n");

const { name, version, description, license, type, dependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const manifest = {
  name,
  version,
  description,
  keywords: ['bridle', 'harness', 'ci', 'cd', 'pipelines'],
  license,
  type,
  sideEffects: false,
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './browser': { types: './browser.d.ts', default: './browser.js' },
    './testing': { types: './testing/index.d.ts', default: './testing/index.js' },
    './package.json': './package.json',
  },
  dependencies,
  engines: { node: '>=22' },
};
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
copyFileSync(join(root, 'README.md'), join(folder, 'README.md'));
copyFileSync(join(root, '../../LICENSE'), join(folder, 'LICENSE'));
process.stdout.write(`@bridle/sdk: ${globSync('**/*.js', { cwd: folder }).length} files in dist\n`);
