/** The inputs of a case, from its sets, trees and names; and the event that starts it. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  checkPipeline,
  fillInputTemplate,
  isBlocked,
  mergeInputs,
  resolveInputSets,
  type Diagnostic,
  type ExecutionCause,
  type NamedInputValue,
  type Placed,
  type TestCase,
  type Value,
} from '@bridle/pipeline';
import { suggestLine } from '../command-line/suggest-line.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { findInputs, nameInputs, type NamedInput } from '../inputs/input-names.ts';
import type { GivenInputs } from '../inputs/read-inputs.ts';
import { findCause, type RunCause } from '../local/run-cause.ts';
import { readText, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { TestFile } from './find-tests.ts';

export type CaseInputs =
  | ({ readonly kind: 'read' } & Pick<RunCause, 'cause' | 'inputs' | 'known'>)
  /** The test's file is at fault. */
  | { readonly kind: 'wrong'; readonly diagnostics: readonly Diagnostic[] };

/** Who starts the runs of tests; an answer `by: starter` is that person's. */
export const STARTER = { userId: 'starter', name: 'starter', email: 'starter@example.com' };
const BY_HAND: ExecutionCause = {
  triggerType: 'MANUAL',
  triggeredBy: { uuid: STARTER.userId, identifier: STARTER.name, email: STARTER.email },
};

export function readCaseInputs(chosen: ChosenPipeline, test: TestCase, file: TestFile): CaseInputs {
  const { event, trigger } = test;
  const wrong: Diagnostic[] = [];
  const inputs = readInputs(chosen, test, file, wrong);
  if (event === undefined) {
    if (trigger !== undefined) wrong.push(fileInvalid(trigger, 'A trigger needs an event.', 'Name one with event:.'));
    return wrong.length > 0 ? { kind: 'wrong', diagnostics: wrong } : { kind: 'read', cause: BY_HAND, inputs };
  }
  if (wrong.length > 0) return { kind: 'wrong', diagnostics: wrong };
  try {
    const options = { event: event.value, trigger: trigger?.value };
    return { kind: 'read', ...findCause(chosen, inputs, options, dirname(file.path)) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: 'wrong', diagnostics: [fileInvalid(event, error.message, error.hint)] };
  }
}

function readInputs(
  { file: pipeline, repository }: ChosenPipeline,
  { inputs, inputSets, stages }: TestCase,
  file: TestFile,
  wrong: Diagnostic[],
): GivenInputs {
  const chosenStages = stages?.map(({ value }) => value);
  const known = inputs.some(({ kind }) => kind === 'named') ? namesOf({ file: pipeline, repository }) : [];
  const textOf = (name: string): string | undefined => {
    const path = resolve(dirname(file.path), name);
    if (name.startsWith('.') && existsSync(path)) return readText(path, name);
    return (repository.findFile('inputSet', name) ?? repository.findFile('overlayInputSet', name))?.text;
  };
  const sets = inputSets.flatMap((set) => {
    const resolved = resolveInputSets([set.value], textOf);
    for (const missing of resolved.missing) wrong.push(fileInvalid(set, `There is no input set ${missing}.`));
    return resolved.inputSets;
  });
  const inputYamls = inputs.map((given) =>
    given.kind === 'tree'
      ? given.yaml
      : fillInputTemplate(pipeline.text, valuesOf(given.values, known, wrong), repository),
  );
  // What cannot be read asks for nothing: then compiling says what is wrong, and not with the test.
  if (wrong.some(({ code }) => code === 'TEST_INPUT_UNKNOWN') && !isReadable(pipeline.text, repository))
    wrong.length = 0;
  const merged = mergeInputs({ yaml: pipeline.text, inputSets: sets, inputYamls, documents: repository });
  return {
    inputYaml: merged.inputYaml,
    diagnostics: merged.diagnostics,
    ...(chosenStages === undefined ? {} : { stages: chosenStages }),
  };
}

function valuesOf(
  given: readonly NamedInputValue[],
  known: readonly NamedInput[],
  wrong: Diagnostic[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    given.flatMap((input): [string, Value][] => {
      const { value: name } = input.name;
      const [found, ...others] = findInputs(known, name);
      const names = known.map((each) => each.name);
      if (found === undefined) {
        const all = names.length === 0 ? 'It asks for none.' : `Inputs: ${names.join(', ')}.`;
        const hint = `${suggestLine(name, [...names, ...names.map(lastPart)])}${all}`;
        wrong.push(inputUnknown(input.name, `The pipeline has no input ${name}.`, hint));
        return [];
      }
      if (others.length > 0) {
        const hint = `It may be ${[found, ...others].map((each) => each.name).join(' or ')}.`;
        wrong.push(inputUnknown(input.name, `${name} is the name of several inputs.`, hint));
        return [];
      }
      return [[found.field.path, typed(input, found)]];
    }),
  );
}

/** Read once for all cases of a pipeline. */
const NAMES = new WeakMap<ChosenPipeline['file'], readonly NamedInput[]>();

/** Of all stages: what is given to all cases may be of a stage that is not chosen in one. */
function namesOf({ file, repository }: ChosenPipeline): readonly NamedInput[] {
  const known = NAMES.get(file) ?? nameInputs(file.text, repository, undefined);
  NAMES.set(file, known);
  return known;
}

function isReadable(yaml: string, repository: ChosenPipeline['repository']): boolean {
  return !isBlocked(checkPipeline(yaml, repository).diagnostics, 'save');
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Variables that are texts keep the spelling of what is written: `1.10` stays `1.10`. */
function typed({ value, written }: NamedInputValue, { field }: NamedInput): Value {
  return field.type === 'String' || field.type === 'Secret' ? written : value;
}

function fileInvalid({ place }: Placed<string>, message: string, hint?: string): Diagnostic {
  return {
    code: 'TEST_FILE_INVALID',
    blocks: 'run',
    message,
    ...(hint === undefined ? {} : { hint }),
    range: place.range,
    path: place.path,
  };
}

function inputUnknown(name: Placed<string>, message: string, hint: string): Diagnostic {
  return { ...fileInvalid(name, message, hint), code: 'TEST_INPUT_UNKNOWN' };
}
