/**
 * Writes the lint configurations and the list of rules, or with `--check` says whether the written ones are still what the
 * import table and `rules.yml` mean.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { lintConfig } from './config.ts';
import { rulesDocument } from './rules-document.ts';

const configs = [
  {
    path: '.oxlintrc.json',
    config: lintConfig({
      globPrefix: '',
      ignorePatterns: [
        '**/node_modules/**',
        '**/dist/**',
        'coverage/**',
        'tools/lint/fixture/**',
        'packages/web/public/**',
        'packages/sdk/api.d.ts',
      ],
      pluginPath: './tools/lint/plugin.mjs',
    }),
  },
  {
    path: 'tools/lint/fixture/oxlint.json',
    config: lintConfig({ globPrefix: '**/', ignorePatterns: [], pluginPath: '../plugin.mjs' }),
  },
];

const outputs = [
  ...configs.map(({ path, config }) => ({ path, wanted: `${JSON.stringify(config, undefined, 2)}\n` })),
  { path: 'docs/RULES.md', wanted: rulesDocument(readFileSync('packages/pipeline/rules.yml', 'utf8')) },
];

const isCheck = process.argv.includes('--check');
const stale = outputs.filter(({ path, wanted }) => {
  if (read(path) === wanted) return false;
  if (!isCheck) writeFileSync(path, wanted);
  return true;
});

if (isCheck && stale.length > 0) {
  console.error(`generated: out of date: ${stale.map(({ path }) => path).join(', ')}. Run: npm run generate`);
  process.exitCode = 1;
} else {
  console.log(
    stale.length === 0 ? 'generated: up to date' : `generated: wrote ${stale.map(({ path }) => path).join(', ')}`,
  );
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
