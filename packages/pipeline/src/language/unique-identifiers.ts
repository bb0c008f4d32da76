/**
 * Identifiers are unique: stages in the pipeline, steps and groups in their step list (parallel groups included: their
 * members share the list's paths). The same identifier in another group of a stage is allowed with a warning.
 */
import type { Findings } from './diagnostics.ts';
import { listStages, type Pipeline, type Stage, type Step, type StepGroup, type StepItem } from './model.ts';

export function checkUniqueIdentifiers(pipeline: Pipeline, findings: Findings): void {
  const stages = new Map<string, Stage>();
  checkInstances(listStages(pipeline.stages), findings);
  for (const stage of listStages(pipeline.stages)) {
    const first = stages.get(stage.identifier);
    if (first === undefined) stages.set(stage.identifier, stage);
    else if (stage.identifier !== '') {
      const line = String(first.range.start.line);
      findings.add(
        'IDENTIFIER_DUPLICATE',
        'save',
        stage,
        `The stage identifier ${stage.identifier} is used already in line ${line}.`,
        'Each stage of a pipeline needs an identifier of its own.',
      );
    }
    const seen = new Map<string, Step | StepGroup>();
    checkList(stage.steps, seen, findings);
    checkList(stage.rollbackSteps, seen, findings);
  }
}

function checkList(items: readonly StepItem[], inStage: Map<string, Step | StepGroup>, findings: Findings): void {
  const inList = new Set<string>();
  checkInstances(membersOf(items), findings);
  for (const item of membersOf(items)) {
    const { identifier } = item;
    const first = inStage.get(identifier);
    if (first === undefined) {
      inStage.set(identifier, item);
    } else if (identifier !== '') {
      const line = String(first.range.start.line);
      if (inList.has(identifier)) {
        findings.add(
          'IDENTIFIER_DUPLICATE',
          'save',
          item,
          `The step identifier ${identifier} is used already in line ${line}.`,
          'Steps and groups of one list need identifiers of their own.',
        );
      } else {
        findings.add(
          'IDENTIFIER_REPEATED',
          'nothing',
          item,
          `The step identifier ${identifier} is used already in line ${line}, in another list of the stage.`,
          'Expressions such as <+steps.…> may mean the other one.',
        );
      }
    }
    inList.add(identifier);
    if (item.kind === 'stepGroup') {
      checkList(item.steps, inStage, findings);
      checkList(item.rollbackSteps, inStage, findings);
    }
  }
}

function membersOf(items: readonly StepItem[]): readonly (Step | StepGroup)[] {
  return items.flatMap((item) => (item.kind === 'parallel' ? membersOf(item.items) : [item]));
}

const TURN = /(?:_\d+)+$/;

/** The instances of a loop are called like `build_0`: another member of that name hides one of them. */
function checkInstances(members: readonly (Stage | Step | StepGroup)[], findings: Findings): void {
  const looped = new Map(
    members.flatMap((member) => (member.strategy === undefined ? [] : [[member.identifier, member]])),
  );
  if (looped.size === 0) return;
  for (const member of members) {
    const loop = TURN.test(member.identifier) ? looped.get(member.identifier.replace(TURN, '')) : undefined;
    if (loop === undefined) continue;
    const line = String(loop.range.start.line);
    findings.add(
      'IDENTIFIER_REPEATED',
      'nothing',
      member,
      `An instance of the loop ${loop.identifier} in line ${line} may be called ${member.identifier} too.`,
      'Expressions may mean the other one: rename one of the two.',
    );
  }
}
