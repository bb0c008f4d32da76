/** The plan that a record is replayed under, with the inputs, the chosen stages and the seed of then. */
import { existsSync } from 'node:fs';
import {
  compilePlan,
  isBlocked,
  recordedDocuments,
  type Diagnostic,
  type Documents,
  type ExecutionRecord,
  type Plan,
} from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { describeDiagnostic, type DescribedSource } from '../diagnostics/describe-diagnostic.ts';
import { createSources, shownPath } from '../diagnostics/sources.ts';
import type { FoundRecord } from '../record/read-record.ts';
import { chooseSteps } from '../local/choose-step.ts';
import { requestOf } from '../record/record-source.ts';
import { choosePipeline, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { Style } from '../terminal/style.ts';

export interface Present {
  readonly kind: 'compiled';
  readonly plan: Plan;
  /** As it is shown: the file, or that it is the recorded one. */
  readonly shown: string;
  /** The file as one can point into it; absent for the recorded pipeline, and where templates have moved its lines. */
  readonly file?: string;
}

export type PresentResult =
  | Present
  /** It cannot run with the inputs of then; what is wrong, for people. */
  | { readonly kind: 'refused'; readonly text: string };

export interface PresentOptions {
  readonly folder: string;
  readonly pipeline: string | undefined;
  readonly isRecorded: boolean;
  readonly style: Style;
}

/** @throws UsageError when there is no pipeline to replay it under, or when the steps that were chosen then are not in it */
export function compilePresent(found: FoundRecord, options: PresentOptions): PresentResult {
  const { record } = found;
  if (options.isRecorded) return compileRecorded(record, options.style);
  const chosen = findPresent(found, options);
  const { file, repository } = chosen;
  const result = compile(record, file.text, repository);
  const shown = shownPath(file.path, options.folder);
  if (result.kind === 'refused') {
    const inputs = { name: 'the recorded inputs', text: record.header.source.inputYaml };
    const sources = createSources(file, repository, options.folder, new Map([['inputs', inputs]]));
    const what = `${shown} does not run with the inputs of then`;
    return refused(what, result.diagnostics, (diagnostic) => sources.of(diagnostic), options.style);
  }
  const hasTemplates = record.header.source.documents.some(({ reference }) => reference.kind === 'template');
  return { kind: 'compiled', plan: result.plan, shown, ...(hasTemplates ? {} : { file: shown }) };
}

function compileRecorded(record: ExecutionRecord, style: Style): PresentResult {
  const { source } = record.header;
  const shown = 'the recorded pipeline';
  const result = compile(record, source.yaml, recordedDocuments(source));
  if (result.kind === 'compiled') return { kind: 'compiled', plan: result.plan, shown };
  const text = { name: shown, text: source.yaml };
  return refused(
    'The recorded pipeline does not run any more',
    result.diagnostics,
    ({ document }) => (document === undefined ? text : undefined),
    style,
  );
}

/** The file that was named, the one the run was made of, or the pipeline that has its identifier today. */
function findPresent({ record, pipelinePath }: FoundRecord, { folder, pipeline }: PresentOptions): ChosenPipeline {
  if (pipeline !== undefined) return choosePipeline(folder, pipeline);
  if (pipelinePath !== undefined && existsSync(pipelinePath)) return choosePipeline(folder, pipelinePath);
  const { pipelineIdentifier } = record.header.execution;
  try {
    return choosePipeline(folder, pipelineIdentifier);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const gone = pipelinePath === undefined ? '' : ` (${shownPath(pipelinePath, folder)} is not there)`;
    throw new UsageError(
      `The pipeline ${pipelineIdentifier} of the record is not found${gone}.`,
      'Name it with --pipeline, or replay it as it was recorded with --recorded.',
      5,
    );
  }
}

type Compiled =
  | { readonly kind: 'compiled'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

function compile({ header }: ExecutionRecord, yaml: string, documents: Documents): Compiled {
  const { execution, source } = header;
  const result = compilePlan({ ...requestOf(source, yaml), seed: execution.seed, documents });
  if (result.kind === 'needsDocuments') throw new Error('A repository and a record answer every reference at once.');
  if (result.kind === 'refused' || source.steps === undefined) return result;
  return { kind: 'compiled', plan: chooseSteps(result.plan, source.steps).plan };
}

function refused(
  what: string,
  diagnostics: readonly Diagnostic[],
  sourceOf: (diagnostic: Diagnostic) => DescribedSource | undefined,
  style: Style,
): PresentResult {
  const blocking = diagnostics.filter((each) => isBlocked([each], 'run'));
  const texts = blocking.map((each) => `${describeDiagnostic(each, sourceOf(each), style)}\n`);
  return { kind: 'refused', text: [...texts, style.red(`${what}: nothing was replayed.`)].join('\n') };
}
