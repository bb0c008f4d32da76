/** Pipelines: which there are, what they say, and whether a text is one. */
import { realpathSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { NO_DOCUMENTS } from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { describeDiagnostic } from '../diagnostics/describe-diagnostic.ts';
import { createSources } from '../diagnostics/sources.ts';
import { nameInputs } from '../inputs/input-names.ts';
import { listNamedFiles, type NamedFile } from '../repository/named-files.ts';
import { findRootKey, makeRepositoryFile } from '../repository/repository-file.ts';
import { openRepository } from '../repository/repository.ts';
import { createStyle } from '../terminal/style.ts';
import { checkFile } from '../validate/check-file.ts';
import { plural } from '../validate/checked-file.ts';
import { schemaOf } from './schema.ts';
import { bounded, jsonText, type Tool } from './tool.ts';

const LISTED = 50;
const LISTED_MAX = 500;

const listPipelines: Tool = {
  name: 'list_pipelines',
  title: 'List pipelines',
  description: 'Pipelines of the project: identifier, name, stages and how the last execution ended.',
  input: schemaOf({
    search: { type: 'string', description: 'only those with this in their name, identifier or tags' },
    limit: { type: 'integer', description: 'at most so many', minimum: 1, maximum: LISTED_MAX, default: LISTED },
  }),
  effect: 'reads',
  call: async (given, { connection, signal }) => {
    const limit = given.number('limit', LISTED);
    const found: object[] = [];
    const pages = connection.harness.pipelines.list({
      search: given.text('search'),
      pageSize: Math.min(limit, 100),
      signal,
    });
    for await (const { identifier, name, stageNames, executionSummaryInfo } of pages) {
      const lastStatus = executionSummaryInfo?.lastExecutionStatus ?? null;
      found.push({ identifier, name, stages: stageNames, lastStatus });
      if (found.length >= limit) break;
    }
    return bounded(jsonText(found), 'use search or limit');
  },
};

const getPipeline: Tool = {
  name: 'get_pipeline',
  title: 'Read a pipeline',
  description: 'The YAML of a pipeline, and the names of the inputs that a run asks for (those of run_pipeline).',
  input: schemaOf({ pipeline: { type: 'string', description: 'its identifier' } }, ['pipeline']),
  effect: 'reads',
  call: async (given, { connection, signal }) => {
    const { harness, org, project } = connection;
    const { yamlPipeline, resolvedTemplatesPipelineYaml } = await harness.raw.GET(
      '/pipeline/api/pipelines/{pipelineIdentifier}',
      {
        path: { pipelineIdentifier: given.need('pipeline') },
        query: { orgIdentifier: org, projectIdentifier: project, getTemplatesResolvedPipeline: true },
        signal,
      },
    );
    const inputs = nameInputs(resolvedTemplatesPipelineYaml ?? yamlPipeline, NO_DOCUMENTS, undefined);
    const asked =
      inputs.length === 0 ? 'It asks for no inputs.' : `Inputs: ${inputs.map(({ name }) => name).join(', ')}`;
    return `${asked}\n\n${bounded(yamlPipeline, 'read the rest with bridle get pipeline')}`;
  },
};

const validatePipeline: Tool = {
  name: 'validate_pipeline',
  title: 'Validate a document',
  description:
    'Checks a pipeline, template, input set or trigger on this machine, without the server: a file or folder below the working folder, or the YAML itself.',
  input: schemaOf({
    path: { type: 'string', description: 'a file or folder below the working folder' },
    yaml: { type: 'string', description: 'the document itself' },
  }),
  effect: 'reads',
  call: async (given, { folder }) => {
    const files = filesOf(given.text('path'), given.text('yaml'), folder);
    const style = createStyle(false);
    const found = files.flatMap(({ file, repository }) => {
      const sources = createSources(file, repository, folder);
      return (checkFile(file, repository) ?? []).map((each) => describeDiagnostic(each, sources.of(each), style));
    });
    const summary = `${plural(files.length, 'document')} checked: ${found.length === 0 ? 'nothing to say' : plural(found.length, 'finding')}`;
    return await Promise.resolve(bounded([summary, ...found].join('\n\n'), 'check fewer files'));
  },
};

function filesOf(path: string | undefined, yaml: string | undefined, folder: string): readonly NamedFile[] {
  if ((path === undefined) === (yaml === undefined)) throw new UsageError('Give path or yaml, one of them.');
  if (yaml !== undefined) {
    const file = makeRepositoryFile(resolve(folder, '(given text)'), findRootKey(yaml) ?? 'pipeline', yaml);
    return [{ file, repository: openRepository(folder), isStandardInput: false }];
  }
  return listNamedFiles(folder, [insideOf(folder, path ?? '')]);
}

/** Whoever calls was let into this folder, and into no other. @throws UsageError */
function insideOf(folder: string, path: string): string {
  let real;
  try {
    real = realpathSync(resolve(folder, path));
  } catch {
    throw new UsageError(`There is no file ${path}.`, undefined, 5);
  }
  const below = relative(realpathSync(folder), real);
  if (below.startsWith('..') || resolve(below) === below)
    throw new UsageError(`${path} is outside of the working folder.`);
  return real;
}

export const PIPELINE_TOOLS: readonly Tool[] = [listPipelines, getPipeline, validatePipeline];
