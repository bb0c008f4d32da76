/**
 * The sources know their commit without a clone; here it is known once the stage has cloned. A stage that asks for it clones, too.
 */
import type { PipelineDraft, StageDraft } from './draft.ts';
import type { Ledger } from './ledger.ts';

const OF_THE_CLONE =
  /<\+codebase\.|\bDRONE_(?:COMMIT|BRANCH|TAG|SOURCE_BRANCH|TARGET_BRANCH|PULL_REQUEST|REPO|REMOTE_URL|BUILD_EVENT)|\bCI_COMMIT_(?:SHA|BRANCH|MESSAGE)\b/;

export function cloneWhereAsked(stages: readonly StageDraft[], ledger: Ledger): readonly StageDraft[] {
  return stages.map((stage) => {
    if (stage.clones || stage.type !== 'CI') return stage;
    const { variables, steps, caching } = stage;
    if (!OF_THE_CLONE.test(JSON.stringify([variables, steps, caching ?? null]))) return stage;
    const how = 'The stage clones the codebase: what it asks of the commit is not known otherwise.';
    ledger.emulated(stage, `${stage.key} without a checkout`, how);
    return { ...stage, clones: true };
  });
}

/** Whether it clones, or asks in a condition what is built. */
export function hasCodebase({ stages }: PipelineDraft): boolean {
  return stages.some(({ clones }) => clones) || JSON.stringify(stages).includes('pipeline.properties.ci.codebase');
}
