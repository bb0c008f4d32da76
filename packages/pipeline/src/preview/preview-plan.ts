/** The preview of one run of a compiled pipeline: what would run, what would not and why, and what every expression comes to. */
import { createExecution } from '../engine/advance.ts';
import type { EngineSwitches, Execution, ExecutionCause, ProjectScope } from '../engine/execution.ts';
import { executionId, type NodeId } from '../engine/ids.ts';
import { memberText, member } from '../engine/spec-members.ts';
import { NO_DOCUMENTS, type Documents } from '../language/documents.ts';
import { expandPipeline } from '../language/templates/expand-pipeline.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import type { CompiledPipeline } from '../plan/compile-plan.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import type { StepType } from '../steps/step-types.ts';
import { emptyNotes, type Notes } from './notes.ts';
import type { Preview } from './preview.ts';
import { Walker } from './walker.ts';

export interface PreviewRequest {
  readonly compiled: Pick<CompiledPipeline, 'pipeline' | 'planOf'>;
  /** What it was compiled from: tells where things stand. */
  readonly source: { readonly yaml: string; readonly documents?: Documents };
  readonly scope: ProjectScope;
  /** Why it would run; absent = somebody starts it by hand. */
  readonly cause?: ExecutionCause;
  readonly defaults?: Execution['defaults'];
  readonly switches?: EngineSwitches;
}

const HOUR_MS = 3_600_000;
const DEFAULTS: Execution['defaults'] = {
  pipelineTimeoutMs: 24 * HOUR_MS,
  stepTimeoutMs: 10 * HOUR_MS,
  approvalTimeoutMs: 24 * HOUR_MS,
};
const BY_HAND: ExecutionCause = { triggerType: 'MANUAL', triggeredBy: { uuid: 'you', identifier: 'you' } };
const ASSUMPTIONS = ['every step succeeds at its first attempt, and every approval is given.'];

export function previewPlan(request: PreviewRequest): Preview {
  const { identifier, name } = request.compiled.pipeline;
  const walker = new Walker(...ground(request));
  const root = walker.walk();
  if (root === undefined) throw new Error('A preview has no goal but its end.');
  return { identifier, name, assumptions: ASSUMPTIONS, root, problems: walker.problems };
}

/** What a walk stands on. */
export function ground(request: PreviewRequest): [Execution, Notes, YamlNode | undefined] {
  const { compiled, source, scope, cause = BY_HAND, defaults = DEFAULTS, switches } = request;
  const seed = 'preview';
  const plan = compiled.planOf(seed);
  const execution = createExecution(
    {
      // Expressions do not see what only a run has: see preview-foresight.ts.
      id: executionId(seed),
      scope,
      pipelineIdentifier: compiled.pipeline.identifier,
      runSequence: 0,
      seed,
      plan,
      cause,
      executionUrl: '',
      defaults,
      ...(switches === undefined ? {} : { switches }),
    },
    0,
  );
  const { map } = expandPipeline(source.yaml, source.documents ?? NO_DOCUMENTS);
  return [execution, emptyNotes(mayWait(plan), aliasesOf(plan)), map];
}

const WAITING_STEPS: ReadonlySet<StepType> = new Set<StepType>([
  ...(['Wait', 'HarnessApproval', 'CustomApproval', 'Barrier', 'Queue'] as const),
]);

function mayWait(plan: Plan): boolean {
  return Object.values(plan.nodes).some(
    (node) =>
      (node.kind === 'step' && WAITING_STEPS.has(node.stepType)) ||
      (node.kind === 'strategy' && node.maxConcurrency !== undefined) ||
      (node.executionInputs ?? []).length > 0,
  );
}

function aliasesOf(plan: Plan): ReadonlyMap<string, NodeId> {
  return new Map(
    Object.values(plan.nodes).flatMap((node: PlanNode): readonly [string, NodeId][] => {
      const key = node.kind === 'step' ? memberText(member(node.spec, 'outputAlias'), 'key') : '';
      return key === '' ? [] : [[key, node.id]];
    }),
  );
}
