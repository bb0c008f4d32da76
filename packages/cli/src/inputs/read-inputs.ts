/** The inputs of one run, from all the ways in which they may be given; the later way wins: sets, files, single inputs. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  fillInputTemplate,
  mergeInputs,
  resolveInputSets,
  type Diagnostic,
  type Documents,
  type Value,
} from '@bridle/pipeline';
import { parse, type Tags } from 'yaml';
import type { Options } from '../command-line/options.ts';
import { suggestLine } from '../command-line/suggest-line.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readText, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import { findRootKey } from '../repository/repository-file.ts';
import type { Repository } from '../repository/repository.ts';
import { findInputs, nameInputs, type NamedInput } from './input-names.ts';

export interface GivenInputs {
  /** For `compilePipeline`: YAML rooted at `pipeline`. */
  readonly inputYaml: string;
  /** Stages that were chosen; absent = all. */
  readonly stages?: readonly string[];
  /** What was found about the inputs; `document` is `inputs` or the name of a set. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @param options - `INPUT_OPTIONS` as they were given
 * @throws UsageError for files that are not there, and for names that mean no input or several
 */
export function readInputs({ file, repository }: ChosenPipeline, options: Options, folder: string): GivenInputs {
  const stages = options.texts('stage').length === 0 ? undefined : options.texts('stage');
  const inputSets = findSets(options.texts('input-set'), repository, folder);
  const inputYamls = readOwnInputs({ yaml: file.text, documents: repository, stages }, options, folder);
  const merged = mergeInputs({ yaml: file.text, inputSets, inputYamls, documents: repository });
  return {
    inputYaml: merged.inputYaml,
    diagnostics: merged.diagnostics,
    ...(stages === undefined ? {} : { stages }),
  };
}

export interface AskedInputs {
  /** Of the pipeline that asks for them. */
  readonly yaml: string;
  readonly documents: Documents;
  /** Stages that were chosen; absent = all. */
  readonly stages: readonly string[] | undefined;
}

/** Those of files, then the single ones: YAML rooted at `pipeline`, to be merged in this order. @throws UsageError */
export function readOwnInputs(
  { yaml, documents, stages }: AskedInputs,
  options: Options,
  folder: string,
): readonly string[] {
  const inputs = nameInputs(yaml, documents, stages);
  const fill = (pairs: readonly Pair[]): string => fillInputTemplate(yaml, valuesOf(pairs, inputs), documents);
  const files = options.texts('inputs-file').map((name) => {
    const text = readText(resolve(folder, name), name);
    return findRootKey(text) === 'pipeline' ? text : fill(readPairs(text, name));
  });
  const single = options.texts('input').map(readPair);
  return [...files, ...(single.length === 0 ? [] : [fill(single)])];
}

interface Pair {
  readonly name: string;
  readonly value: unknown;
}

function readPair(text: string): Pair {
  const index = text.indexOf('=');
  if (index <= 0) throw new UsageError(`--input ${text} is not name=value.`);
  return { name: text.slice(0, index), value: text.slice(index + 1) };
}

function isNumberTag(tag: Tags[number]): boolean {
  return typeof tag !== 'string' && /:(?:int|float)$/.test(tag.tag);
}

function readPairs(text: string, name: string): readonly Pair[] {
  let parsed: unknown;
  try {
    // Numbers stay the texts that were written: of an input that is a number they are made numbers later.
    parsed = parse(text, { customTags: (tags) => tags.filter((tag) => !isNumberTag(tag)) });
  } catch (error) {
    throw new UsageError(`${name} is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`${name} holds no inputs.`, 'Write them below pipeline:, or as lines of name: value.');
  }
  return Object.entries(parsed).map(([key, value]) => ({ name: key, value: value as unknown }));
}

/** By the path of the input, typed as the input wants it. */
function valuesOf(pairs: readonly Pair[], inputs: readonly NamedInput[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    pairs.map(({ name, value }) => {
      const { field } = findOne(name, inputs);
      return [field.path, toValue(value, field.type === 'Number')];
    }),
  );
}

function findOne(name: string, inputs: readonly NamedInput[]): NamedInput {
  const found = findInputs(inputs, name);
  const [input, ...others] = found;
  const names = inputs.map((each) => each.name);
  if (input === undefined) {
    const known = names.length === 0 ? 'The pipeline asks for no inputs.' : `Inputs: ${names.join(', ')}.`;
    throw new UsageError(`The pipeline has no input "${name}".`, `${suggestInput(name, names)}${known}`);
  }
  if (others.length > 0) {
    throw new UsageError(
      `"${name}" may be one of ${found.length} inputs.`,
      `Say which: ${found.map((each) => each.name).join(', ')}.`,
    );
  }
  return input;
}

/** By the whole name, else by what stands last in one. */
function suggestInput(name: string, names: readonly string[]): string {
  const last = (each: string): string => each.slice(each.lastIndexOf('.') + 1);
  return suggestLine(name, names) || suggestLine(name, names.map(last));
}

/** A word of the command line is a text; for a number input it is a number if it looks like one, else the check says so. */
function toValue(value: unknown, isNumber: boolean): Value {
  if (typeof value === 'string' && isNumber && value.trim() !== '' && Number.isFinite(Number(value))) {
    return Number(value);
  }
  return value as Value; // what YAML gives is data: texts, numbers, booleans, null, lists and maps
}

function findSets(names: readonly string[], repository: Repository, folder: string): readonly string[] {
  const textOf = (name: string): string | undefined => {
    const path = resolve(folder, name);
    if (existsSync(path)) return readText(path, name);
    return (repository.findFile('inputSet', name) ?? repository.findFile('overlayInputSet', name))?.text;
  };
  const { inputSets, missing } = resolveInputSets(names, textOf);
  const [first] = missing;
  if (first === undefined) return inputSets;
  const known = [...repository.list('inputSet'), ...repository.list('overlayInputSet')].flatMap(
    (each) => each.field('identifier') ?? [],
  );
  throw new UsageError(
    `There is no input set "${first}": it is neither a file nor one of this repository.`,
    known.length === 0 ? undefined : `${suggestLine(first, known)}Input sets: ${known.join(', ')}.`,
    5,
  );
}
