/** Pipeline + inputs → what is run, planned or explained; or everything that stands in the way, for people. */
import {
  compilePipeline,
  isBlocked,
  type CompiledPipeline,
  type Diagnostic,
  type PipelineRequest,
} from '@bridle/pipeline';
import { describeDiagnostic, isError } from '../diagnostics/describe-diagnostic.ts';
import { createSources } from '../diagnostics/sources.ts';
import type { ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { Stream } from '../terminal/terminal.ts';
import type { GivenInputs } from './read-inputs.ts';

export interface CompiledRun {
  readonly kind: 'compiled';
  readonly compiled: CompiledPipeline;
  readonly inputs: GivenInputs;
  readonly warnings: readonly Diagnostic[];
}

export interface RefusedRun {
  readonly kind: 'refused';
  readonly diagnostics: readonly Diagnostic[];
  readonly inputs: GivenInputs;
}

/** @param more - what a command adds to the request: what is known of the event, for example */
export function compileWith(
  { file, repository }: ChosenPipeline,
  inputs: GivenInputs,
  more: Pick<PipelineRequest, 'known' | 'expressionValues' | 'isStageChoiceFree'> = {},
): CompiledRun | RefusedRun {
  const { inputYaml, stages } = inputs;
  const compiled = compilePipeline({
    ...more,
    yaml: file.text,
    inputYaml,
    documents: repository,
    ...(stages === undefined ? {} : { stages }),
  });
  if (compiled.kind === 'needsDocuments') throw new Error('A repository answers every reference at once.');
  const found = compiled.kind === 'refused' ? compiled.diagnostics : compiled.warnings;
  const all = [...new Map([...inputs.diagnostics, ...found].map((each) => [keyOf(each), each])).values()];
  if (compiled.kind === 'refused' || isBlocked(inputs.diagnostics, 'run')) {
    return { kind: 'refused', diagnostics: all, inputs };
  }
  return { kind: 'compiled', compiled, inputs, warnings: all };
}

/** Errors before warnings, each with the place it points to. */
export async function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  { file, repository }: ChosenPipeline,
  { inputYaml }: GivenInputs,
  folder: string,
  stream: Stream,
): Promise<void> {
  const others = new Map([['inputs', { name: 'inputs', text: inputYaml }]]);
  const sources = createSources(file, repository, folder, others);
  const ordered = [...diagnostics.filter(isError), ...diagnostics.filter((each) => !isError(each))];
  for (const diagnostic of ordered) {
    await stream.line(`${describeDiagnostic(diagnostic, sources.of(diagnostic), stream.style)}\n`);
  }
}

function keyOf({ code, path, document, message }: Diagnostic): string {
  return JSON.stringify([code, path, document, message]);
}
