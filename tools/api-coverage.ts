/**
 * Writes docs/API-COVERAGE.md from tools/api-endpoints.ts, or with `--check` says whether the written page is still right.
 *
 * The list is held against the routes that the server has:
 * 1. an endpoint that is whole, partial or refused has a route, one that is absent has none;
 * 2. a route that is documented has an entry;
 * 3. none of the 25 that clients touch first is absent or refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { buildApp } from '../packages/server/src/api/app.ts';
import type { ApiDependencies } from '../packages/server/src/api/dependencies.ts';
import { FIRST, SECTIONS, type EndpointRow } from './api-endpoints.ts';

const PAGE = 'docs/API-COVERAGE.md';

interface Endpoint {
  readonly section: string;
  readonly method: string;
  readonly path: string;
  readonly state: 'whole' | 'partial' | 'absent' | 'refused';
  /** What is missing, or why it is refused. */
  readonly note: string;
}

const endpoints = SECTIONS.flatMap(({ title, remark, rows }) =>
  rows.flatMap(([methods, path, own = remark]) =>
    endpointsOf(title, own === undefined ? [methods, path] : [methods, path, own]),
  ),
);
const { documented, has } = await readRoutes();
const problems = [...compare(), ...firstMissing()];
const page = writePage();
const isCheck = process.argv.includes('--check');
const isStale = readPage() !== page;
if (isCheck && isStale) problems.push(`${PAGE} is out of date. Run: npm run coverage`);
if (!isCheck && problems.length === 0) writeFileSync(PAGE, page);
for (const problem of problems) console.error(`coverage: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else console.log(`coverage: ${isStale ? 'wrote' : 'up to date:'} ${PAGE}`);

function endpointsOf(section: string, [methods, path, remark = '']: EndpointRow): readonly Endpoint[] {
  const [word = '', ...rest] = remark.split(':');
  const state = word === 'partial' || word === 'absent' || word === 'refused' ? word : 'whole';
  const note = rest.join(':').trim();
  if (state === 'whole' && remark !== '') throw new Error(`${path}: ${remark} begins with no state.`);
  if ((state === 'partial' || state === 'refused') && note === '') throw new Error(`${path} does not say why.`);
  return methods.split(',').map((method) => ({ section, method, path, state, note }));
}

/** The server without anything behind it: its routes are there before anybody asks. */
async function readRoutes(): Promise<{
  readonly documented: ReadonlySet<string>;
  readonly has: (endpoint: Endpoint) => boolean;
}> {
  const nothing = { stopping: new AbortController().signal } as unknown as ApiDependencies;
  const app = await buildApp(nothing, { version: '0.0.0' });
  await app.ready();
  const { paths } = app.swagger() as { readonly paths: Readonly<Record<string, object>> };
  const found = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => keyOf(method.toUpperCase(), path)),
  );
  await app.close();
  const set = new Set(found);
  return {
    documented: set,
    // Second names of a route are served, and not documented twice.
    has: ({ method, path }) =>
      set.has(keyOf(method, path)) || app.hasRoute({ method, url: path.replaceAll(/\{(\w+)\}/g, ':$1') }),
  };
}

function keyOf(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
}

function compare(): readonly string[] {
  const listed = new Set(endpoints.map(({ method, path }) => keyOf(method, path)));
  const isOwn = (key: string): boolean => / \/(?:bridle\/|healthz$|readyz$)/.test(key);
  return [
    ...endpoints.flatMap((endpoint) => {
      const { method, path, state } = endpoint;
      if (has(endpoint) === (state !== 'absent')) return [];
      return state === 'absent'
        ? [`${method} ${path} is listed as absent, but there is a route`]
        : [`${method} ${path} is listed as ${state}, but there is no route`];
    }),
    ...[...documented]
      .filter((key) => !listed.has(key) && !isOwn(key))
      .map((key) => `${key} is not listed in tools/api-endpoints.ts`),
  ];
}

function firstMissing(): readonly string[] {
  const byKey = new Map(endpoints.map((endpoint) => [keyOf(endpoint.method, endpoint.path), endpoint]));
  return FIRST.flatMap(([, rows]) =>
    rows.flatMap(([methods, path]) =>
      methods.split(',').flatMap((method) => {
        const found = byKey.get(keyOf(method, path));
        return found?.state === 'whole' || found?.state === 'partial'
          ? []
          : [`${method} ${path} is among the first 25 and ${found?.state ?? 'not listed'}`];
      }),
    ),
  );
}

function writePage(): string {
  const count = (state: Endpoint['state']): number => endpoints.filter((endpoint) => endpoint.state === state).length;
  const lines = [
    '# API coverage',
    '',
    'Every endpoint of the HTTP API that clients of Harness use, and how far Bridle answers it. This page is written by',
    '`npm run coverage` from `tools/api-endpoints.ts`, and `npm run verify` holds both against the routes of the server.',
    '',
    '- **whole**: request and answer are as clients expect them.',
    '- **partial**: it answers; what is missing is said.',
    '- **refused**: it answers that it does not do this, and why.',
    '- **absent**: there is nothing at that address yet.',
    '',
    `${count('whole')} whole, ${count('partial')} partial, ${count('refused')} refused, ${count('absent')} absent. All are served below \`/gateway\` too, and those of`,
    '`/v1` below `/pipeline/api`. What each one takes and answers is at `/docs` and in `/openapi.json` of a server.',
    '',
    "Bridle's own interface (`/bridle/api`, `/healthz`, `/readyz`) is not listed here.",
    '',
    '## The first 25',
    '',
    'What a client touches first, in order of importance.',
    '',
    '| # | what | state |',
    '| --- | --- | --- |',
    ...FIRST.map(([what, rows], index) => `| ${index + 1} | ${what} | ${firstState(rows)} |`),
    ...SECTIONS.flatMap(({ title }) => sectionOf(title)),
    '',
  ];
  return lines.join('\n');
}

function firstState(rows: readonly EndpointRow[]): string {
  const keys = new Set(rows.flatMap(([methods, path]) => methods.split(',').map((method) => keyOf(method, path))));
  const partial = endpoints.filter(({ method, path, state }) => state === 'partial' && keys.has(keyOf(method, path)));
  return partial.length === 0 ? 'whole' : `partial: ${[...new Set(partial.map(({ note }) => note))].join('; ')}`;
}

function sectionOf(title: string): readonly string[] {
  const rows = endpoints.filter(({ section }) => section === title);
  return [
    '',
    `## ${title}`,
    '',
    '| method | path | state |',
    '| --- | --- | --- |',
    ...rows.map(
      ({ method, path, state, note }) => `| ${method} | \`${path}\` | ${note === '' ? state : `${state}: ${note}`} |`,
    ),
  ];
}

function readPage(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return undefined;
  }
}
