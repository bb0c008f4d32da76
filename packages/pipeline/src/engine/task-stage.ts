/** What a delegate hears of the CI stage around a step. */
import { objectionToSharedPath } from '../steps/shared-paths.ts';
import { ciStageAround } from './ci-stage.ts';
import type { Draft } from './draft.ts';
import type { TaskStage } from './effects.ts';
import { resolveValue, type Resolved } from './evaluation.ts';
import type { NodeExecutionId } from './ids.ts';
import { memberText, memberTexts } from './spec-members.ts';

/** Absent outside of CI stages. */
export function taskStage(draft: Draft, id: NodeExecutionId): Resolved<{ readonly stage?: TaskStage }> {
  const around = ciStageAround(draft, id);
  if (around === undefined) return { kind: 'value', value: {} };
  const { identifier, ci = {} } = around.plan;
  const { needs, ...texts } = ci;
  const resolved = resolveValue(draft, around.node.id, texts);
  if (resolved.kind === 'error') return resolved;
  const sharedPaths = memberTexts(resolved.value, 'sharedPaths');
  for (const path of sharedPaths) {
    const objection = objectionToSharedPath(path);
    if (objection !== undefined)
      return { kind: 'error', message: `the sharedPaths of the stage ${identifier} name "${path}", ${objection}.` };
  }
  const os = memberText(resolved.value, 'os');
  const arch = memberText(resolved.value, 'arch');
  return {
    kind: 'value',
    value: {
      stage: {
        identifier,
        sharedPaths,
        ...(os === '' ? {} : { os }),
        ...(arch === '' ? {} : { arch }),
        ...(needs === undefined ? {} : { needs }),
      },
    },
  };
}
