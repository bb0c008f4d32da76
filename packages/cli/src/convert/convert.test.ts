/** The invariants of convert.ts, over our own samples and over what becomes of them when they are damaged (C1, C2). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { canFire, checkPipeline, NO_DOCUMENTS, parseTrigger, type Diagnostic } from '@bridle/pipeline';
import { describe, expect, test } from 'vitest';
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { convert } from './convert.ts';
import { UNEXPECTED } from './ledger.ts';
import { SOURCE_SYSTEMS, type ConvertResult, type ReportItem, type SourceSystem } from './result.ts';

interface Sample {
  readonly system: SourceSystem;
  readonly name: string;
  readonly text: string;
}

const FOLDER = join(import.meta.dirname, 'samples');
const SAMPLES: readonly Sample[] = SOURCE_SYSTEMS.flatMap((system) =>
  readdirSync(join(FOLDER, system)).map((name) => ({
    system,
    name: `${system}/${name}`,
    text: readFileSync(join(FOLDER, system, name), 'utf8'),
  })),
);

type Converted = Extract<ConvertResult, { kind: 'converted' }>;

function converted({ text, system }: Pick<Sample, 'text' | 'system'>): Converted {
  const result = convert(text, system);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.diagnostics));
  return result;
}

/** What our own language has against it, warnings aside. */
function errorsOf({ files }: Converted): readonly string[] {
  return files.flatMap(({ path, yaml }) => {
    const found = path.includes('/triggers/')
      ? parseTrigger(yaml).diagnostics
      : checkPipeline(yaml, NO_DOCUMENTS).diagnostics;
    return found
      .filter(({ blocks }) => blocks !== 'nothing')
      .map((diagnostic) => `${path}: ${explain(diagnostic, yaml)}`);
  });
}

function explain({ code, message, range }: Diagnostic, yaml: string): string {
  return `${code} ${message} | ${yaml.split('\n')[range.start.line - 1] ?? ''}`;
}

describe.each(SAMPLES)('$name', (sample) => {
  test('gives a pipeline and triggers that Bridle takes without errors', () => {
    const result = converted(sample);
    expect(errorsOf(result)).toEqual([]);
    for (const { path, yaml } of result.files.filter((file) => file.path.includes('/triggers/')))
      expect([path, canFire(parseTrigger(yaml))]).toEqual([path, true]);
  });

  test('is accounted for, every value of it (C1)', () => {
    const result = converted(sample);
    const output = result.files.map(({ yaml }) => squeeze(yaml)).join('\n');
    const lost = leaves(sample.text).filter(
      ({ text, places }) => !isIn(output, text) && !isReported(result.report, places),
    );
    expect(lost.map(({ path, text }) => `${path}: ${text}`)).toEqual([]);
  });

  test('is read by those who know its keys: the audit finds nothing', () => {
    expect(converted(sample).report.filter(({ why }) => why === UNEXPECTED)).toEqual([]);
  });

  test('reports a key that nobody knows, wherever it is (C1)', () => {
    const silent: string[] = [];
    for (const damaged of withUnknownKeys(sample.text)) {
      const result = convert(damaged.text, sample.system);
      if (result.kind === 'refused') continue;
      const isKept = result.files.some(({ yaml }) => yaml.includes('zzvalue'));
      if (!isKept && !result.report.some(({ what }) => what.includes('zzkey'))) silent.push(damaged.path);
    }
    expect(silent).toEqual([]);
  });

  test('is converted alike each time', () => {
    expect(convert(sample.text, sample.system)).toEqual(convert(sample.text, sample.system));
  });
});

test('whatever becomes of a sample, it is converted into something that Bridle takes, or refused in words (C2)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.array(damage(), { minLength: 1, maxLength: 3 }), (sample, damages) => {
      const text = damages.reduce(applyDamage, sample.text);
      const result = convert(text, sample.system);
      if (result.kind === 'refused') {
        expect(result.diagnostics.length).toBeGreaterThan(0);
        return;
      }
      expect(errorsOf(result)).toEqual([]);
    }),
    { numRuns: 120 },
  );
}, 120_000);

test.each([
  ['no YAML', 'a: [b', 'YAML_SYNTAX'],
  ['a key twice', 'jobs: {}\njobs: {}\n', 'YAML_DUPLICATE_KEY'],
  ['nothing', '', 'ROOT_KEY_MISSING'],
  ['a list', '- a\n', 'STRUCTURE_INVALID'],
  ['no jobs', 'on: push\n', 'ROOT_KEY_MISSING'],
  [
    'jobs in a circle',
    'on: push\njobs:\n  a: {needs: b, steps: [{run: x}]}\n  b: {needs: a, steps: [{run: x}]}\n',
    'STRUCTURE_INVALID',
  ],
])('refuses %s, with a place', (_, text, code) => {
  const result = convert(text, 'github');
  expect(result.kind === 'refused' && result.diagnostics[0]).toMatchObject({
    code,
    range: { start: { line: expect.any(Number) } },
  });
});

test('refuses aliases that multiply', () => {
  const levels = Array.from(
    { length: 9 },
    (_, level) =>
      `a${String(level + 1)}: &a${String(level + 1)} [${Array.from({ length: 9 }, () => `*a${String(level)}`).join(', ')}]`,
  );
  const result = convert(`a0: &a0 [x]\n${levels.join('\n')}\njobs: {a: {steps: [{run: x}]}}\n`, 'github');
  expect(result.kind === 'refused' && result.diagnostics[0]?.code).toBe('YAML_TOO_LARGE');
});

test('repeats no value of what looks like a secret', () => {
  const text =
    'on: push\njobs:\n  a:\n    container: {image: x, credentials: {username: me, password: hunter2}}\n    steps:\n      - uses: docker/login-action@v3\n        with: {password: hunter2}\n';
  const result = converted({ text, system: 'github' });
  expect(JSON.stringify(result)).not.toContain('hunter2');
  expect(
    result.report.filter(({ what }) => what.startsWith('credentials') || what.includes('login-action')),
  ).toHaveLength(2);
});

/** Blank space and quotes are written anew. */
function squeeze(text: string): string {
  return text.replaceAll(/[\s"'\\]+/g, '');
}

function isIn(output: string, text: string): boolean {
  return output.includes(squeeze(text));
}

/** The item is at the value, at its key, or at a key or list item around it that is reported as a whole. */
function isReported(report: readonly ReportItem[], places: readonly string[]): boolean {
  const own = new Set(places.slice(-5));
  return report.some(({ level, line, column }) => {
    const place = `${String(line)}:${String(column)}`;
    // What is kept or done another way says so close by; what is left out takes all below it with it.
    return level === 'manual' || level === 'dropped' ? places.includes(place) : own.has(place);
  });
}

interface Leaf {
  readonly path: string;
  readonly text: string;
  readonly places: readonly string[];
}

function leaves(text: string): readonly Leaf[] {
  const lines = new LineCounter();
  const found: Leaf[] = [];
  const place = (node: Node | null): string => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return `${String(line)}:${String(col)}`;
  };
  const visit = (node: Node | null, path: string, places: readonly string[]): void => {
    const here = [...places, place(node)];
    if (isMap(node)) {
      for (const { key, value } of node.items as Pair<Node, Node | null>[])
        visit(value, `${path}.${String(key)}`, [...here, place(key)]);
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) visit(item as Node | null, `${path}[${String(index)}]`, here);
    } else if (isScalar(node) && node.value !== null && node.value !== '') {
      found.push({ path, text: node.source ?? JSON.stringify(node.value), places: here.slice(1) });
    }
  };
  const documents = parseAllDocuments(text, { lineCounter: lines });
  for (const document of Array.isArray(documents) ? documents : []) visit(document.contents as Node | null, '', []);
  return found;
}

/** The text once for every map in it, with a key more in that map. */
function withUnknownKeys(text: string): readonly { readonly path: string; readonly text: string }[] {
  const made: { path: string; text: string }[] = [];
  const parts = text.split(/^---\n/m);
  for (const [index, part] of parts.entries()) {
    const paths: (readonly (string | number)[])[] = [];
    const collect = (node: unknown, path: readonly (string | number)[]): void => {
      if (isMap(node)) {
        paths.push(path);
        for (const { key, value } of node.items as Pair<Node, Node | null>[]) collect(value, [...path, String(key)]);
      } else if (isSeq(node)) for (const [at, item] of node.items.entries()) collect(item, [...path, at]);
    };
    collect(parseDocument(part).contents, []);
    for (const path of paths) {
      const document = parseDocument(part);
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      if (!isMap(map)) continue;
      map.add(document.createPair('zzkey', 'zzvalue'));
      made.push({ path: path.join('.'), text: parts.with(index, document.toString()).join('---\n') });
    }
  }
  return made;
}

interface Damage {
  /** Which of the nodes, as a fraction of them. */
  readonly at: number;
  readonly value: unknown;
}

function damage(): fc.Arbitrary<Damage> {
  const texts = fc.constantFrom(
    '',
    'x',
    'a b/c:d',
    '${{ matrix.os }}',
    '${{ a && }}',
    '$CI_COMMIT_TAG =~ /x/',
    '<+input>',
    '0',
    '-1',
    'true',
    '"',
    "it's",
    'a,b',
    '{{ x }}',
    '*',
    '1.5',
    'ünïcödé',
    'status',
    'never',
    'manual',
    '9'.repeat(30),
    'y'.repeat(200),
  );
  const value = fc.oneof(
    texts,
    fc.constantFrom<unknown>(null, true, 0, 3.5, [], {}, [null], ['a', 'b'], [['a']], { a: 'b' }, [{ a: { b: 'c' } }]),
    fc.string({ maxLength: 12 }),
  );
  return fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), value });
}

/** One node of the text takes another value, or is gone (`undefined` of a list's item is null). */
function applyDamage(text: string, { at, value }: Damage): string {
  const parts = text.split(/^---\n/m);
  const documents = parts.map((part) => parseDocument(part));
  const places: { readonly document: Document; readonly path: readonly (string | number)[] }[] = [];
  const collect = (document: Document, node: unknown, path: readonly (string | number)[]): void => {
    if (path.length > 0) places.push({ document, path });
    if (isMap(node))
      for (const { key, value: member } of node.items as Pair<Node, Node | null>[])
        collect(document, member, [...path, String(key)]);
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) collect(document, item, [...path, index]);
  };
  for (const document of documents) collect(document, document.contents, []);
  const place = places[Math.floor(at * places.length)];
  if (place === undefined) return text;
  place.document.setIn(place.path, value);
  try {
    return documents.map((document) => document.toString()).join('---\n');
  } catch {
    return text; // the anchor of an alias is gone
  }
}
