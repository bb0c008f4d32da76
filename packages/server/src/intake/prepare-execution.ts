/**
 * A saved pipeline + inputs + cause + starter → what the execution service starts, or the reasons why it does not. Every start
 * comes through here: whether whoever starts it may is asked here, and nowhere else.
 */
import {
  executionId,
  isBlocked,
  namedUses,
  type Diagnostic,
  type DocumentReference,
  type ExecutionActor,
  type ExecutionCause,
  type PipelineRequest,
  type Plan,
} from '@bridle/pipeline';
import type { Grant, Question } from '../auth/decide.ts';
import { deniedOf, describeDenied, mayUseEverything, questionsOfRun } from '../auth/uses.ts';
import { makeSecret } from '../auth/secrets.ts';
import { makeId } from '../store/make-id.ts';
import type { StartRequest } from '../executions/service.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { compileWithDocuments } from './compile-documents.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import type { DocumentSource } from './document-source.ts';
import { findInputTexts } from './input-texts.ts';

/** In whose name something is run, and what they have been given. */
export interface Starter {
  readonly actor: ExecutionActor;
  readonly grants: readonly Grant[];
}

/** What is to be run, and why. */
export interface ExecutionOrder extends Pick<PipelineRequest, 'inputYaml' | 'known' | 'stages' | 'expressionValues'> {
  readonly pipeline: PipelineRow;
  readonly cause: ExecutionCause;
  /** `undefined`: the stage of an execution that a release started which did not know yet in whose name. */
  readonly starter: Starter | undefined;
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

/** Whoever starts it may not run it, or may not use what it names. */
export interface DeniedExecution {
  readonly kind: 'denied';
  readonly message: string;
  readonly questions: readonly Question[];
  /** What would run if it were allowed. */
  readonly request: StartRequest;
}

/**
 * Compiles the pipeline as it and all it refers to are saved now: what is changed or deleted afterwards does not concern the
 * execution. Nothing is written, and no sequence number is taken.
 */
export async function prepareExecution(
  source: DocumentSource,
  { pipeline, cause, starter, inputSetReferences = [], ...order }: ExecutionOrder,
): Promise<PreparedExecution | RefusedExecution | DeniedExecution> {
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
  const request: StartRequest = {
    scope,
    pipelineIdentifier: pipeline.identifier,
    name: compiled.pipeline.name,
    tags: compiled.pipeline.tags,
    modules: compiled.pipeline.modules,
    cause,
    ...(starter === undefined ? {} : { actor: starter.actor }),
    plan: compiled.planOf(seed),
    seed,
    executionId: executionId(makeId()),
    pipelineYaml: yaml,
    resolvedYaml: compiled.resolvedYaml,
    inputYaml: compiled.inputYaml,
  };
  const questions = deniedTo(starter, request, compiled.documents);
  if (questions.length === 0) return { kind: 'prepared', request };
  const message = `${describeDenied(questions)}. Whoever starts a pipeline must be allowed to use what it names.`;
  return { kind: 'denied', message, questions, request };
}

function deniedTo(
  starter: Starter | undefined,
  { scope, pipelineIdentifier, plan }: { scope: PipelineRow['scope']; pipelineIdentifier: string; plan: Plan },
  documents: readonly DocumentReference[],
): readonly Question[] {
  if (starter === undefined || mayUseEverything(starter.grants)) return [];
  return deniedOf(starter.grants, questionsOfRun(scope, pipelineIdentifier, namedUses(plan), documents));
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
