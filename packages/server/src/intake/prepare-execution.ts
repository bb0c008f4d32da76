/** A saved pipeline + inputs + cause → what the execution service starts, or the reasons why it does not. */
import {
  compilePipeline,
  executionId,
  isBlocked,
  type Diagnostic,
  type ExecutionCause,
  type KnownValues,
} from '@bridle/pipeline';
import { makeId, makeSecret } from '../auth/secrets.ts';
import type { StartRequest } from '../executions/service.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import { compileKnown } from './known-documents.ts';

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
 * Compiles the pipeline as it is saved now. Nothing is written, and no sequence number is taken. `known`: see
 * `compilePipeline`.
 */
export function prepareExecution(
  pipeline: PipelineRow,
  inputYaml: string,
  cause: ExecutionCause,
  known?: KnownValues,
): PreparedExecution | RefusedExecution {
  const seed = makeSecret();
  const compiled =
    known === undefined || known.size === 0
      ? compileKnown(pipeline.yaml, inputYaml)
      : compilePipeline({ yaml: pipeline.yaml, inputYaml, known });
  // Nothing asks for documents before templates and services are expanded.
  if (compiled.kind === 'needsDocuments')
    throw new Error('The pipeline refers to documents, which are not loaded here.');
  if (compiled.kind === 'refused') {
    const { diagnostics } = compiled;
    const blocking = diagnostics.filter((diagnostic) => isBlocked([diagnostic], 'run'));
    return {
      kind: 'refused',
      message: describeDiagnostics(diagnostics, 'run'),
      diagnostics,
      isInputFault: blocking.every(({ code }) => code.startsWith('INPUT_')),
    };
  }
  return {
    kind: 'prepared',
    request: {
      scope: pipeline.scope,
      pipelineIdentifier: pipeline.identifier,
      name: compiled.pipeline.name,
      tags: compiled.pipeline.tags,
      modules: compiled.pipeline.modules,
      cause,
      plan: compiled.planOf(seed),
      seed,
      executionId: executionId(makeId()),
      pipelineYaml: pipeline.yaml,
      resolvedYaml: compiled.resolvedYaml,
      inputYaml: compiled.inputYaml,
    },
  };
}
