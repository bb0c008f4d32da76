/** The files in deploy/ can be read by those they are for, and name only settings that the code reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every name of ours that the sources of server, launcher, delegate and executors mention. */
function knownSettings(): ReadonlySet<string> {
  const names = ['server', 'launcher', 'delegate', 'executors'].flatMap((name) => {
    const folder = `packages/${name}/src`;
    return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/(^|\/)(test-|testing\/)|\.test\.ts$/.test(file))
      .flatMap((file) => [...read(join(folder, file)).matchAll(/['"`[]((?:BRIDLE_|DATABASE_)[A-Z0-9_]+)/g)])
      .map((found) => found[1] ?? '');
  });
  return new Set(names);
}

const SETTINGS = knownSettings();

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

test('the settings of the code are found', () => {
  for (const name of ['BRIDLE_PORT', 'DATABASE_URL', 'BRIDLE_DELEGATE_URL', 'BRIDLE_TLS_CERT_FILE', 'BRIDLE_CA_FILE'])
    expect(SETTINGS).toContain(name);
});

test.each(readdirSync(join(ROOT, 'deploy')).filter((name) => !/^(\.env|delegate-token)$/.test(name)))(
  'deploy/%s names only settings that exist',
  (name) => {
    const named = [...read(`deploy/${name}`).matchAll(/\b(?:BRIDLE|DATABASE)_[A-Z0-9_]+/g)].map(([setting]) => setting);
    // The token of the example's shell.
    expect(named.filter((setting) => !SETTINGS.has(setting) && setting !== 'BRIDLE_TOKEN')).toEqual([]);
  },
);

describe('compose.yaml', () => {
  const compose = parse(read('deploy/compose.yaml')) as Compose;
  const stages = [...read('deploy/Dockerfile').matchAll(/^FROM \S+ AS (\S+)$/gm)].map((found) => found[1]);

  test('builds stages that the Dockerfile has, and depends on services that are there', () => {
    const services = Object.values(compose.services);
    const built = services.flatMap(({ build }) => (build === undefined ? [] : [build]));
    expect(built.map(({ target }) => target)).toEqual(['server', 'delegate']);
    for (const { target, dockerfile, context } of built) {
      expect(stages).toContain(target);
      expect(read(join('deploy', context, dockerfile))).toContain('npm ci');
    }
    for (const { depends_on: needed = {} } of services)
      for (const name of Object.keys(needed)) expect(Object.keys(compose.services)).toContain(name);
  });

  test('every volume and secret of a service is declared', () => {
    for (const { volumes = [], secrets = [] } of Object.values(compose.services)) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
    }
  });

  test('a delegate has more time to stop than its steps have to end', () => {
    const drainMs = Number(/BRIDLE_DELEGATE_DRAIN_MS=(\d+)/.exec(read('deploy/Dockerfile'))?.[1]);
    expect(Number.parseInt(compose.services['delegate']?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(drainMs);
  });
});

describe('the unit of systemd', () => {
  const text = read('deploy/bridle-delegate.service');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  test('is made of sections and assignments', () => {
    expect(lines.filter((line) => !/^(\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=.+)$/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('['))).toEqual(['[Unit]', '[Service]', '[Install]']);
  });

  test('starts a program that is there, and gives it more time to stop than its steps have to end', () => {
    const start = lines.find((line) => line.startsWith('ExecStart='))?.split(' ') ?? [];
    expect(read(start[1] ?? '')).toContain('startDelegate');
    const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
    expect(number(/^TimeoutStopSec=(\d+)$/m) * 1_000).toBeGreaterThan(
      number(/^Environment=BRIDLE_DELEGATE_DRAIN_MS=(\d+)$/m),
    );
  });
});
