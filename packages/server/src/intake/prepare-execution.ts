/** A saved pipeline + inputs + cause → what the execution service starts, or the reasons why it does not. */
import { executionId, isBlocked, type Diagnostic, type ExecutionCause, type PipelineRequest } from '@bridle/pipeline';
import { makeId, makeSecret } from '../auth/secrets.ts';
import type { StartRequest } from '../executions/service.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { compileWithDocuments } from './compile-documents.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import type { DocumentSource } from './document-source.ts';
import { findInputTexts } from './input-texts.ts';

/** What is to be run, and why. */
export interface ExecutionOrder extends Pick<PipelineRequest, 'inputYaml' | 'known' | 'stages' | 'expressionValues'> {
  readonly pipeline: PipelineRow;
  readonly cause: ExecutionCause;
  /** Input sets and overlays of the pipeline, folded in this order below `inputYaml`. */
  readonly inputSetReferences?: readonly string[];
}

export interface PreparedExecution {
  readonly kind: 'prepared';
  readonly request: StartRequest;
}

export interface RefusedExecution {
  readonly kind: 'refused';
  /** All that blocks, as one text. */
  readonly message: string;
  readonly diagnostics: readonly Diagnostic[];
  /** True when only the supplied inputs are at fault. */
  readonly isInputFault: boolean;
}

/**
 * Compiles the pipeline as it and all it refers to are saved now: what is changed or deleted afterwards does not concern the
 * execution. Nothing is written, and no sequence number is taken.
 */
export async function prepareExecution(
  source: DocumentSource,
  { pipeline, cause, inputSetReferences = [], ...order }: ExecutionOrder,
): Promise<PreparedExecution | RefusedExecution> {
  const { scope, yaml } = pipeline;
  const inputSets = await findInputTexts(source, scope, pipeline.identifier, inputSetReferences);
  if (inputSets.kind === 'refused') {
    return { kind: 'refused', message: inputSets.message, diagnostics: [], isInputFault: true };
  }
  const compiled = await compileWithDocuments(source, scope, { ...order, yaml, inputSets: inputSets.yamls });
  if (compiled.kind === 'tooManyDocuments') {
    return { kind: 'refused', message: compiled.message, diagnostics: [], isInputFault: false };
  }
  if (compiled.kind === 'refused') return refuse(compiled.diagnostics);
  const seed = makeSecret();
  return {
    kind: 'prepared',
    request: {
      scope,
      pipelineIdentifier: pipeline.identifier,
      name: compiled.pipeline.name,
      tags: compiled.pipeline.tags,
      modules: compiled.pipeline.modules,
      cause,
      plan: compiled.planOf(seed),
      seed,
      executionId: executionId(makeId()),
      pipelineYaml: yaml,
      resolvedYaml: compiled.resolvedYaml,
      inputYaml: compiled.inputYaml,
    },
  };
}

function refuse(diagnostics: readonly Diagnostic[]): RefusedExecution {
  const blocking = diagnostics.filter((diagnostic) => isBlocked([diagnostic], 'run'));
  return {
    kind: 'refused',
    message: describeDiagnostics(diagnostics, 'run'),
    diagnostics,
    isInputFault: blocking.every(({ code }) => code.startsWith('INPUT_')),
  };
}
