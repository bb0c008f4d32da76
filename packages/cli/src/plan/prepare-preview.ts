/** What `plan` and `explain` look at: a pipeline with its inputs and its cause, compiled; or nothing, and everybody told why. */
import type { PreviewRequest } from '@bridle/pipeline';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { compileWith, printDiagnostics } from '../inputs/compile-run.ts';
import { readInputs } from '../inputs/read-inputs.ts';
import { LOCAL_DEFAULTS, LOCAL_SCOPE } from '../local/local-settings.ts';
import { findCause } from '../local/run-cause.ts';
import { choosePipeline, type ChosenPipeline } from '../repository/choose-pipeline.ts';

export interface PreparedPreview {
  readonly chosen: ChosenPipeline;
  readonly request: PreviewRequest;
}

/**
 * @param given - file or identifier of the pipeline
 * @returns `undefined` when it could not be run; what is wrong was printed
 * @throws UsageError
 */
export async function preparePreview(
  { terminal, folder }: Pick<CommandContext, 'terminal' | 'folder'>,
  { options }: Pick<CommandInput, 'options'>,
  given: string | undefined,
): Promise<PreparedPreview | undefined> {
  const chosen = choosePipeline(folder, given);
  const event = { event: options.text('event'), trigger: options.text('trigger') };
  const { cause, inputs, known, notes } = findCause(chosen, readInputs(chosen, options, folder), event, folder);
  const run = compileWith(chosen, inputs, { isStageChoiceFree: true, ...(known === undefined ? {} : { known }) });
  const found = run.kind === 'refused' ? run.diagnostics : run.warnings;
  const { err, isQuiet } = terminal;
  if (run.kind === 'refused' || !isQuiet) await printDiagnostics(found, chosen, inputs, folder, err);
  if (!isQuiet) for (const { text } of notes) await err.line(`${err.style.yellow('warning:')} ${text}`);
  if (run.kind === 'refused') return undefined;
  const source = { yaml: chosen.file.text, documents: chosen.repository };
  const request = { compiled: run.compiled, source, scope: LOCAL_SCOPE, defaults: LOCAL_DEFAULTS, cause };
  return { chosen, request };
}
