/** `bridle execute`: starts a pipeline of a server, and follows it where that is asked for. */
import { mergeInputs, NO_DOCUMENTS } from '@bridle/pipeline';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { readOwnInputs } from '../inputs/read-inputs.ts';
import { timeoutOf } from '../local/run-options.ts';
import { watchExecution } from '../watch/watch-execution.ts';
import { executionUrl, firstPage, pipelineNamed } from './target.ts';

export const execute = inProject(async (connection, context, input) => {
  const { harness } = connection;
  const { terminal, signal } = context;
  const { options } = input;
  const pipeline = pipelineNamed(input.arguments[0] ?? '');
  const isWatched = options.isOn('watch') || options.isOn('logs');
  // What is wrong with them is said before anything starts.
  if (timeoutOf(options) !== undefined && !isWatched) throw new UsageError('--timeout is for --watch.');
  const stages = options.texts('stage');
  const inputSets = options.texts('input-set');
  const notes = options.text('notes');
  const inputs = await inputsOf(connection, pipeline, context, input);
  const execution = await harness.pipelines.execute(pipeline, {
    ...(inputs === undefined ? {} : { inputs }),
    ...(inputSets.length === 0 ? {} : { inputSets }),
    ...(stages.length === 0 ? {} : { stages }),
    ...(notes === undefined ? {} : { notes }),
    signal,
  });
  const id = execution.planExecutionId;
  const url = executionUrl(connection, id, pipeline);
  if (!isWatched) {
    const fields = options.fields();
    if (fields !== undefined) await printJson(terminal.out, { planExecutionId: id, pipeline, url }, fields);
    else {
      await terminal.out.line(id);
      if (!terminal.isQuiet) await terminal.err.line(`Started: ${url}\nWatch it: bridle execution watch ${id}`);
    }
    return 0;
  }
  if (options.fields() === undefined && !terminal.isQuiet) await terminal.err.line(`Started ${id}: ${url}`);
  return await watchExecution(connection, id, context, options);
}, firstPage);

/** Names of inputs may be short: the pipeline is read for that. `undefined` = none were given. */
export async function inputsOf(
  { harness, org, project }: ProjectConnection,
  pipeline: string,
  { folder, signal }: Pick<CommandContext, 'folder' | 'signal'>,
  { options }: Pick<CommandInput, 'options'>,
): Promise<string | undefined> {
  if (options.texts('input').length === 0 && options.texts('inputs-file').length === 0) return undefined;
  const { yamlPipeline, resolvedTemplatesPipelineYaml } = await harness.raw.GET(
    '/pipeline/api/pipelines/{pipelineIdentifier}',
    {
      path: { pipelineIdentifier: pipeline },
      query: { orgIdentifier: org, projectIdentifier: project, getTemplatesResolvedPipeline: true },
      signal,
    },
  );
  const yaml = resolvedTemplatesPipelineYaml ?? yamlPipeline;
  const stages = options.texts('stage').length === 0 ? undefined : options.texts('stage');
  const inputYamls = readOwnInputs({ yaml, documents: NO_DOCUMENTS, stages }, options, folder);
  return mergeInputs({ yaml, inputSets: [], inputYamls, documents: NO_DOCUMENTS }).inputYaml;
}
