/** Inputs that nobody gave: those of the codebase are known here, others are asked for on a terminal, or named all at once. */
import { basename } from 'node:path';
import { fillInputTemplate, mergeInputs, type Diagnostic, type PipelineRequest, type Value } from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { compileWith, type CompiledRun, type RefusedRun } from '../inputs/compile-run.ts';
import { nameInputs, type NamedInput } from '../inputs/input-names.ts';
import type { GivenInputs } from '../inputs/read-inputs.ts';
import type { ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askGitLine } from './codebase/user-git.ts';

type More = Pick<PipelineRequest, 'known' | 'expressionValues' | 'isStageChoiceFree'>;

const CODEBASE = 'pipeline.properties.ci.codebase.';

/** @throws UsageError when inputs are missing and nobody can be asked */
export async function compileComplete(
  chosen: ChosenPipeline,
  inputs: GivenInputs,
  more: More,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<CompiledRun | RefusedRun> {
  let compiled = compileWith(chosen, inputs, more);
  const ofCodebase = missingIn(compiled).filter((path) => path.startsWith(CODEBASE));
  if (ofCodebase.length > 0) {
    const values = await Promise.all(
      ofCodebase.map(async (path) => [path, await codebaseValue(path, chosen.repository.root)] as const),
    );
    compiled = compileWith(chosen, withValues(chosen, compiled.inputs, Object.fromEntries(values)), more);
  }
  const missing = missingIn(compiled);
  if (missing.length === 0 || compiled.kind !== 'refused' || !isInputsOnly(compiled)) return compiled;
  const fields = nameInputs(chosen.file.text, chosen.repository, inputs.stages).filter(({ field }) =>
    missing.includes(field.path),
  );
  const { askInputs, canAsk } = await import('../view/ask-inputs.ts');
  if (!canAsk(terminal)) throw missingInputs(fields);
  const values = await askInputs(
    fields.map(({ field }) => field),
    terminal,
    signal,
  );
  if (values === undefined) throw new UsageError('The run was not started: an input was not given.');
  const types = new Map(fields.map(({ field }) => [field.path, field.type]));
  const typed = [...values].map(
    ([path, value]) => [path, types.get(path) === 'Number' ? Number(value) : value] as const,
  );
  return compileWith(chosen, withValues(chosen, compiled.inputs, Object.fromEntries(typed)), more);
}

function missingIn(compiled: CompiledRun | RefusedRun): readonly string[] {
  if (compiled.kind === 'compiled') return [];
  return compiled.diagnostics.filter(({ code }) => code === 'INPUT_MISSING').map(({ path }) => path);
}

/** Nothing else stands in the way: questions would be in vain. */
function isInputsOnly({ diagnostics }: RefusedRun): boolean {
  return diagnostics.every(({ blocks, code }: Diagnostic) => blocks === 'nothing' || code === 'INPUT_MISSING');
}

/** What was given before wins. */
function withValues(
  { file, repository }: ChosenPipeline,
  inputs: GivenInputs,
  values: Readonly<Record<string, Value>>,
): GivenInputs {
  const inputYamls = [fillInputTemplate(file.text, values, repository), inputs.inputYaml];
  const merged = mergeInputs({ yaml: file.text, inputYamls, documents: repository });
  return { ...inputs, inputYaml: merged.inputYaml };
}

/** A working tree needs no connector, and is of the branch that is checked out. */
async function codebaseValue(path: string, root: string): Promise<Value> {
  const field = path.slice(CODEBASE.length);
  if (field === 'connectorRef') return 'local';
  if (field === 'repoName') return basename(root);
  const branch = (await askGitLine(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])) ?? 'HEAD';
  if (field === 'build') return { type: 'branch', spec: { branch } };
  return field === 'build.type' ? 'branch' : branch;
}

function missingInputs(inputs: readonly NamedInput[]): UsageError {
  const width = Math.max(...inputs.map(({ name }) => name.length));
  const lines = inputs.map(({ name, field }) => `  ${name.padEnd(width)}  ${rulesOf(field)}`);
  const [first] = inputs;
  const count = inputs.length === 1 ? 'an input that was' : `${inputs.length} inputs that were`;
  return new UsageError(
    `The pipeline needs ${count} not given:\n${lines.join('\n')}`,
    `Give ${inputs.length === 1 ? 'it' : 'each'} with -i ${first?.name ?? 'NAME'}=VALUE, in a file with -f, or by --input-set.`,
  );
}

function rulesOf({ type, allowedValues, regex, isMany, description }: NamedInput['field']): string {
  const rules = [
    type === 'Any' ? 'any value' : type,
    ...(allowedValues === undefined ? [] : [`${isMany ? 'some' : 'one'} of ${allowedValues.join(', ')}`]),
    ...(regex === undefined ? [] : [`must match ${regex}`]),
    ...(description === undefined || description === '' ? [] : [description]),
  ];
  return rules.join('; ');
}
