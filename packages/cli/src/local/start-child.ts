/** Pipelines of chained stages: those of the repository. */
import { randomBytes } from 'node:crypto';
import {
  compilePipeline,
  isBlocked,
  printChildInputs,
  resolveInputSets,
  type ExecutionHeader,
  type Plan,
} from '@bridle/pipeline';
import type { ChildStart } from '@bridle/runtime';
import type { Repository } from '../repository/repository.ts';

export type PreparedChild =
  | { readonly kind: 'prepared'; readonly header: ExecutionHeader; readonly name: string }
  | { readonly kind: 'refused'; readonly reason: string };

const SEED_BYTES = 16;

export function prepareChild(
  { parent, nodeExecutionId, childExecutionId, request }: ChildStart,
  repository: Repository,
  seed: string = randomBytes(SEED_BYTES).toString('hex'),
): PreparedChild {
  const { pipelineIdentifier, orgIdentifier, projectIdentifier, inputSetReferences, outputs } = request;
  const file = repository.findFile('pipeline', pipelineIdentifier);
  if (file === undefined) {
    return {
      kind: 'refused',
      reason: `There is no pipeline ${pipelineIdentifier} below .harness/ of this repository.`,
    };
  }
  const { inputSets, missing } = resolveInputSets(
    inputSetReferences,
    (identifier) =>
      (repository.findFile('inputSet', identifier) ?? repository.findFile('overlayInputSet', identifier))?.text,
  );
  if (missing.length > 0) {
    return {
      kind: 'refused',
      reason: `There is no input set ${missing.join(', ')} below .harness/ of this repository.`,
    };
  }
  const compiled = compilePipeline({
    yaml: file.text,
    inputYaml: printChildInputs(request.inputs),
    inputSets,
    documents: repository,
  });
  if (compiled.kind === 'needsDocuments') throw new Error('A repository answers every reference at once.');
  if (compiled.kind === 'refused') {
    const why = compiled.diagnostics.filter((each) => isBlocked([each], 'run')).map(({ message }) => message);
    return { kind: 'refused', reason: `The pipeline ${pipelineIdentifier} cannot run. ${why.join(' ')}` };
  }
  const plan = compiled.planOf(seed);
  const chained = chainedStage(plan);
  if (chained !== undefined) {
    return {
      kind: 'refused',
      reason: `The pipeline ${pipelineIdentifier} cannot be chained: its stage ${chained} is of type Pipeline itself, and a chain has one link only.`,
    };
  }
  const { rerun: _rerun, ...cause } = parent.cause;
  const header: ExecutionHeader = {
    id: childExecutionId,
    scope: { accountId: parent.scope.accountId, orgIdentifier, projectIdentifier },
    pipelineIdentifier,
    runSequence: 1,
    seed,
    plan,
    cause,
    executionUrl: '',
    defaults: parent.defaults,
    parent: { executionId: parent.id, nodeExecutionId, outputs },
  };
  return { kind: 'prepared', header, name: compiled.pipeline.name };
}

function chainedStage(plan: Plan): string | undefined {
  return Object.values(plan.nodes).find((node) => node.kind === 'stage' && node.stageType === 'Pipeline')?.identifier;
}
