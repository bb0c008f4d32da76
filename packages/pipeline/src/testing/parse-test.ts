/** Test YAML → document with diagnostics. For a test, "run" means run: what blocks it makes the whole file one that is not run. */
import { Findings, type Diagnostic } from '../language/diagnostics.ts';
import { loadYaml } from '../language/load-yaml.ts';
import { findRoot } from '../language/parse-pipeline.ts';
import { readText } from '../language/read-fields.ts';
import { TEST_CASE_KEYS, TEST_KEYS } from '../language/words-of-tests.ts';
import { find, isEmpty, type MapNode } from '../language/yaml-node.ts';
import { readExpectations } from './read-expectations.ts';
import { mergeGiven, readGiven, readInterrupt, readMock } from './read-given.ts';
import { readMaps, readTexts, refuseUnknownKeys } from './read-parts.ts';
import type { Given, Mock, TestCase, TestDocument } from './document.ts';

export interface ParsedTest {
  /** Absent when the text is no YAML or has no `test`. */
  readonly test?: TestDocument;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseTest(yaml: string): ParsedTest {
  const { root, diagnostics } = loadYaml(yaml);
  const findings = new Findings();
  findings.addAll(diagnostics);
  const map = root === undefined && diagnostics.length > 0 ? undefined : findRoot(root, 'test', findings);
  if (map === undefined) return { diagnostics: findings.list() };
  const test = readTest(map, findings);
  return { test, diagnostics: findings.list() };
}

function readTest(map: MapNode, findings: Findings): TestDocument {
  const what = 'the test';
  refuseUnknownKeys(map, TEST_KEYS, 'The test', findings);
  const pipeline = readText(map, 'pipeline', what, findings);
  const place = find(map, 'pipeline');
  const shared = readGiven(map, what, findings);
  const cases = readMaps(map, 'cases', what, findings).map((item) => readCase(item, shared, findings));
  if (isEmpty(find(map, 'cases'))) {
    const hint = 'Add cases: with an item that has name and expect.';
    findings.add('FIELD_MISSING', 'run', find(map, 'cases') ?? map, 'The test has no cases.', hint);
  }
  reportDuplicates(cases, findings);
  return {
    ...(pipeline === undefined || place === undefined ? {} : { pipeline: { value: pipeline, place } }),
    cases,
  };
}

function readCase(map: MapNode, shared: Given, findings: Findings): TestCase {
  const name = readText(map, 'name', 'the case', findings) ?? '';
  if (name === '') {
    const place = find(map, 'name') ?? map;
    findings.add('FIELD_MISSING', 'run', place, 'The case has no name.', 'Say what it shows.');
  }
  const what = name === '' ? 'the case' : `the case "${name}"`;
  refuseUnknownKeys(map, TEST_CASE_KEYS, what.replace('the', 'The'), findings);
  const stages = readTexts(find(map, 'stages'), `stages of ${what}`, findings);
  const expect = find(map, 'expect');
  const list = expect?.kind === 'map' ? readExpectations(expect, findings) : [];
  if (expect === undefined || isEmpty(expect)) {
    const hint = 'Add expect: with status: Success, or what else it is to show.';
    findings.add('TEST_EXPECTS_NOTHING', 'run', expect ?? map, `Nothing is expected of ${what}.`, hint);
  } else if (expect.kind !== 'map') {
    findings.add('FIELD_TYPE', 'run', expect, `expect of ${what} must be a map.`);
  }
  return {
    ...mergeGiven(shared, readGiven(map, what, findings)),
    name: { value: name, place: find(map, 'name') ?? map },
    ...(stages.length === 0 ? {} : { stages }),
    interrupts: readMaps(map, 'interrupts', what, findings).flatMap((item) => readInterrupt(item, findings) ?? []),
    expect: { list, place: expect ?? map },
  };
}

/** A failing case is known by its name. */
function reportDuplicates(cases: readonly TestCase[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { name } of cases) {
    if (name.value !== '' && seen.has(name.value)) {
      findings.add('TEST_CASE_DUPLICATE', 'run', name.place, `There are two cases named "${name.value}".`);
    }
    seen.add(name.value);
  }
}

/** Mocks alone: a document with the one key `mocks`, as it stands in a test. */
export function parseMocks(yaml: string): {
  readonly mocks: readonly Mock[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { root, diagnostics } = loadYaml(yaml);
  const findings = new Findings();
  findings.addAll(diagnostics);
  if (root?.kind !== 'map') {
    if (root !== undefined)
      findings.add('STRUCTURE_INVALID', 'run', root, 'Mocks stand in a list below the key mocks.');
    return { mocks: [], diagnostics: findings.list() };
  }
  refuseUnknownKeys(root, ['mocks'], 'The document', findings);
  const mocks = readMaps(root, 'mocks', 'the document', findings).flatMap((item) => readMock(item, findings) ?? []);
  return { mocks, diagnostics: findings.list() };
}
