/**
 * The guard of the guard: lint rules can stop biting without a sound (a glob that no longer matches, an option that a later
 * entry replaces). The fixture breaks each of them on purpose, and this is the exact list of what must be found.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOMS } from '../rooms.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURE = join(import.meta.dirname, 'fixture');

interface Finding {
  readonly filename: string;
  readonly code: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

test('every deliberate violation is found, and nothing else', () => {
  expect(lintFixture()).toMatchInlineSnapshot(`
    [
      "delegate/src/shell.ts:02 eslint(no-restricted-imports)",
      "delegate/src/shell.ts:03 eslint(no-restricted-imports)",
      "delegate/src/shell.ts:04 eslint(no-restricted-imports)",
      "pipeline/src/engine/impure.ts:02 eslint(no-restricted-properties)",
      "pipeline/src/engine/impure.ts:03 bridle(no-argless-date)",
      "pipeline/src/engine/impure.ts:04 bridle(no-argless-date)",
      "pipeline/src/engine/impure.ts:05 eslint(no-restricted-properties)",
      "pipeline/src/engine/impure.ts:06 eslint(no-restricted-globals)",
      "pipeline/src/engine/outside.ts:02 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:03 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:04 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:05 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:06 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:07 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:10 eslint(no-restricted-imports)",
      "pipeline/src/engine/outside.ts:11 eslint(no-restricted-imports)",
      "pipeline/src/expressions/functions/deep.ts:03 eslint(no-restricted-imports)",
      "pipeline/src/expressions/functions/deep.ts:04 eslint(no-restricted-imports)",
      "pipeline/src/plan/first.ts:02 import(no-cycle)",
      "pipeline/src/plan/second.ts:01 import(no-cycle)",
      "runtime/src/BadName.ts:01 unicorn(filename-case)",
      "runtime/src/BadName.ts:04 import(no-default-export)",
      "runtime/src/BadName.ts:04 typescript(explicit-module-boundary-types)",
      "runtime/src/BadName.ts:04 typescript(explicit-module-boundary-types)",
      "runtime/src/BadName.ts:04 typescript(no-explicit-any)",
      "runtime/src/BadName.ts:08 typescript(no-floating-promises)",
      "runtime/src/BadName.ts:09 typescript(only-throw-error)",
      "runtime/src/BadName.ts:11 typescript(no-misused-promises)",
      "runtime/src/BadName.ts:13 typescript(switch-exhaustiveness-check)",
      "runtime/src/types.ts:01 typescript(consistent-type-imports)",
      "server/src/api/route.ts:02 eslint(no-restricted-imports)",
      "server/src/api/route.ts:03 eslint(no-restricted-imports)",
      "server/src/api/route.ts:04 eslint(no-restricted-imports)",
      "server/src/api/route.ts:05 eslint(no-restricted-imports)",
      "server/src/api/route.ts:06 import(no-cycle)",
      "server/src/api/route.ts:09 eslint(no-console)",
      "server/src/main.ts:04 eslint(no-restricted-imports)",
      "server/src/store/list.db.test.ts:05 eslint(no-restricted-imports)",
      "server/src/store/list.db.test.ts:06 vitest(no-focused-tests)",
      "server/src/store/list.db.test.ts:07 eslint(no-console)",
      "server/src/store/list.db.test.ts:09 bridle(no-skipped-test)",
      "server/src/store/list.ts:02 eslint(no-restricted-imports)",
      "server/src/store/list.ts:02 import(no-cycle)",
      "server/src/store/list.ts:03 eslint(no-restricted-imports)",
      "text/src/needy.ts:02 eslint(no-restricted-imports)",
      "text/src/needy.ts:03 eslint(no-restricted-imports)",
      "web/src/page.tsx:02 eslint(no-restricted-imports)",
      "web/src/page.tsx:03 eslint(no-restricted-imports)",
    ]
  `);
});

test('every package has a row in the import table', () => {
  const packages = readdirSync(join(ROOT, 'packages')).filter((name) =>
    existsSync(join(ROOT, 'packages', name, 'package.json')),
  );
  for (const name of [...packages.map((folder) => `packages/${folder}/src`), 'simulation', 'e2e', 'bench']) {
    expect(
      ROOMS.some((room) => room.folder === name || room.folder.startsWith(`${name}/`)),
      `${name} has no row in tools/rooms.ts`,
    ).toBe(true);
  }
});

test('every folder of the server and of the pipeline is a room', () => {
  for (const home of ['packages/server/src', 'packages/pipeline/src']) {
    const folders = readdirSync(join(ROOT, home), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders) {
      expect(
        ROOMS.map((room) => room.folder),
        `${home}/${name} has no row in tools/rooms.ts`,
      ).toContain(`${home}/${name}`);
    }
  }
});

/** `file:line rule` of all findings, sorted. */
function lintFixture(): readonly string[] {
  const binary = join(ROOT, 'node_modules/.bin/oxlint');
  const run = spawnSync(binary, ['--config', 'oxlint.json', '--format', 'json', '.'], {
    cwd: FIXTURE,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(run.stdout) as { readonly diagnostics: readonly Finding[] };
  return diagnostics
    .map(({ filename, code, labels }) => {
      const file = filename.replaceAll('\\', '/').replace(/^.*?packages\//, '');
      return `${file}:${String(labels[0]?.span.line ?? 0).padStart(2, '0')} ${code}`;
    })
    .sort();
}
