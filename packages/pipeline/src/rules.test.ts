/**
 * `rules.yml` lists the rules of the language and the engine with the data files that show them, and says of the others why
 * no file does. This keeps it true: a new data file is named there, and a rule whose file is gone is noticed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Rule {
  readonly id: string;
  readonly section: string;
  readonly rule: string;
  /** Paths below `src`. */
  readonly files?: readonly string[];
  readonly without?: string;
}

const SRC = import.meta.dirname;
const FOLDERS = ['language/testdata', 'engine/scenarios', 'expressions/testdata'];
const SECTIONS = ['1', '2', '3', '4', '5', '6'];

const rules = parse(readFileSync(join(SRC, '../rules.yml'), 'utf8')) as readonly Rule[];
const dataFiles = FOLDERS.flatMap((folder) =>
  readdirSync(join(SRC, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`),
);

test('the rules are told apart by their ids, and come in the order of their sections', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  const sections = rules.map(({ section }) => section);
  expect(sections).toEqual(sections.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true })));
  expect(new Set(sections.map((section) => section.split('.')[0]))).toEqual(new Set([...SECTIONS, '9']));
});

test('a rule is shown by files or says why none shows it', () => {
  const wrong = rules.filter(({ rule, files = [], without = '' }) => {
    const isSentence = /^\S.*\.$/.test(rule);
    return !isSentence || files.length > 0 === without.length > 0 || without === 'TODO';
  });
  expect(wrong).toEqual([]);
});

test('the files that rules name exist, and no rule names one twice', () => {
  const named = rules.flatMap(({ files = [] }) => files);
  expect(named.filter((file) => !dataFiles.includes(file))).toEqual([]);
  expect(rules.filter(({ files = [] }) => new Set(files).size < files.length)).toEqual([]);
});

test('every data file shows a rule of the list', () => {
  const named = new Set(rules.flatMap(({ files = [] }) => files));
  expect(dataFiles.filter((file) => !named.has(file))).toEqual([]);
});

test('what a refusal by name points at is a data file that shows the refusal', () => {
  const pointed = rules.flatMap(({ without = '' }) => /\(([\w-]+\.yml)\)/.exec(without)?.[1] ?? []);
  expect(pointed.filter((name) => !dataFiles.includes(`language/testdata/${name}`))).toEqual([]);
});
