/**
 * The schemas and the readers say the same. When one of these fails after a change of a reader, the schema of the same
 * part (this folder) lacks the change.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../expressions/values.ts';
import { parseEnvironment } from '../deployment/environment-document.ts';
import { parseInfrastructure } from '../deployment/infrastructure-document.ts';
import { parseService } from '../deployment/service-document.ts';
import { NO_DOCUMENTS } from '../documents.ts';
import type { DiagnosticCode } from '../diagnostic-codes.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { parseInputSet, parseOverlayInputSet } from '../input-set-document.ts';
import { loadYaml } from '../load-yaml.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { expandPipeline } from '../templates/expand-pipeline.ts';
import { parseTemplate } from '../templates/template-document.ts';
import { parseTest } from '../../testing/parse-test.ts';
import { parseTrigger } from '../trigger-document.ts';
import { toValue } from '../yaml-node.ts';
import { checkBySchema } from './check-by-schema.ts';
import { DOCUMENT_KINDS, documentSchema, type DocumentKind } from './document-schema.ts';
import { breakOnePlace, documentsOf } from './test-documents.ts';

const READERS: Readonly<Record<DocumentKind, (yaml: string) => { readonly diagnostics: readonly Diagnostic[] }>> = {
  pipeline: (yaml) => ({
    diagnostics: [...parsePipeline(yaml).diagnostics, ...expandPipeline(yaml, NO_DOCUMENTS).loaded.diagnostics],
  }),
  template: parseTemplate,
  inputSet: parseInputSet,
  overlayInputSet: parseOverlayInputSet,
  trigger: parseTrigger,
  service: parseService,
  environment: parseEnvironment,
  infrastructure: parseInfrastructure,
  test: parseTest,
};

/** What is said below `pipeline` of an input set is judged when the set meets its pipeline, not when it is saved. */
const READ_ALONE = DOCUMENT_KINDS.filter((kind) => kind !== 'inputSet');

function reports(kind: DocumentKind, yaml: string): readonly Diagnostic[] {
  return READERS[kind](yaml).diagnostics;
}

/**
 * The reader may name a field, the map that lacks it, or the thing around; and what has a type that the reader refuses, it
 * does not read.
 */
function areRelated(path: string, reported: string): boolean {
  const around = reported.replace(/\.type$/, '');
  return path.startsWith(around) || reported.startsWith(path);
}

/** Problems of the schema that no report of the reader is about. */
function untold(kind: DocumentKind, yaml: string, document: Value): readonly string[] {
  const told = reports(kind, yaml);
  return checkBySchema(documentSchema(kind), document)
    .filter(({ path }) => !told.some((report) => areRelated(path, report.path)))
    .map(({ path, message }) => `${path}: ${message}`);
}

const FOLDER = join(import.meta.dirname, '../testdata');
const SECTIONS: Readonly<Record<string, DocumentKind>> = {
  pipeline: 'pipeline',
  trigger: 'trigger',
  'template-document': 'template',
  overlay: 'overlayInputSet',
};

interface Shown {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly yaml: string;
}

function readShown(): readonly Shown[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const [, ...parts] = readFileSync(join(FOLDER, file), 'utf8').split(/^#=== (.*)\n/m);
    return parts.flatMap((section, index): readonly Shown[] => {
      // Referenced templates have their own name in the section's.
      const kind = SECTIONS[section] ?? (/^template \S+ \S+/.test(section) ? 'template' : undefined);
      return index % 2 === 1 || kind === undefined
        ? []
        : [{ name: `${file} (${section})`, kind, yaml: parts[index + 1] ?? '' }];
    });
  });
}

const SHOWN = readShown();

describe('the documents of testdata', () => {
  test('are there for the kinds that have files', () => {
    expect(new Set(SHOWN.map(({ kind }) => kind))).toEqual(new Set(Object.values(SECTIONS)));
    expect(SHOWN.length).toBeGreaterThan(60);
  });

  test.each(SHOWN)('$name: what the schema refuses, the reader reports', ({ kind, yaml }) => {
    expect(untold(kind, yaml, toValue(loadYaml(yaml).root))).toEqual([]);
  });

  test.each(SHOWN)('$name: what is wrong with the structure, the schema refuses too', ({ kind, yaml }) => {
    const { root, diagnostics } = loadYaml(yaml);
    // What is no YAML has no value that a schema could judge.
    if (diagnostics.some(({ blocks }) => blocks !== 'nothing')) return;
    const problems = checkBySchema(documentSchema(kind), toValue(root));
    const structural = reports(kind, yaml).filter(({ code }) => STRUCTURAL.has(code));
    const missed = structural.filter(({ path }) => !problems.some((problem) => areRelated(problem.path, path)));
    expect(missed.map(({ code, path }) => `${code} ${path}`)).toEqual([]);
  });
});

const STRUCTURAL: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'ROOT_KEY_MISSING',
  'IDENTIFIER_MISSING',
  'IDENTIFIER_INVALID',
  'IDENTIFIER_RESERVED',
  'STAGE_TYPE_UNKNOWN',
  'STEP_TYPE_UNKNOWN',
  'TRIGGER_SOURCE_UNKNOWN',
]);

/** Always the same documents: `npm test` says the same of the same code. */
const SEED = 2026;

/** Codes that the reader never reports about a document that was made by the schema. */
const SHAPE: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([...STRUCTURAL, 'FIELD_TYPE']);

describe.each(READ_ALONE)('a %s', (kind) => {
  const schema = documentSchema(kind);
  const oracle = Compile(schema);

  test('made by its schema has a shape that the reader takes', () => {
    fc.assert(
      fc.property(documentsOf(schema), (document) => {
        expect(checkBySchema(schema, document)).toEqual([]);
        expect(oracle.Check(document)).toBe(true);
        // JSON is YAML.
        const { diagnostics } = READERS[kind](JSON.stringify(document));
        expect(diagnostics.filter(({ code }) => SHAPE.has(code))).toEqual([]);
      }),
      { numRuns: 60, seed: SEED },
    );
  });

  test('that was broken is refused by whom the schema standard would, and reported by the reader', () => {
    fc.assert(
      fc.property(documentsOf(schema).chain(breakOnePlace), (document) => {
        expect(checkBySchema(schema, document).length === 0).toBe(oracle.Check(document));
        expect(untold(kind, JSON.stringify(document), document)).toEqual([]);
      }),
      { numRuns: 100, seed: SEED },
    );
  });
});
