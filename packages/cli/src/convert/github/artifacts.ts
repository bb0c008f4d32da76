/** `actions/upload-artifact` and `actions/download-artifact`. */
import type { StepDraft } from '../draft.ts';
import { keepAsArtifacts } from '../shell-text.ts';
import type { YamlMap } from '../yaml-value.ts';
import { input, labelOf, lines, unknown, type UsesStep } from './uses-step.ts';

/** Kept as artifacts of the execution, and as a cache of the execution for the jobs that fetch them. */
export function upload(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const name = input(step, 'name') ?? 'artifact';
  const paths = lines(input(step, 'path'));
  const how = 'The files are artifacts of the execution, and a cache under its id hands them to later stages.';
  state.ledger.emulated(uses, labelOf(step), how, 'Stages on different delegates need SaveCacheS3 and RestoreCacheS3.');
  state.ledger.report('dropped', step.with, 'retention-days', 'Artifacts go after 30 days (BRIDLE_ARTIFACTS_DAYS).');
  state.ledger.report('dropped', step.with, 'if-no-files-found', 'Paths that lead to nothing are passed over.');
  const kept = paths.filter((path) => !path.startsWith('!'));
  if (kept.length < paths.length)
    state.ledger.manual(
      uses,
      `path: ${paths.join(' ')}`,
      'What begins with ! cannot be left out again.',
      'Name what is kept.',
    );
  const identifier = state.names.identifiers.take(`hand_over_${name}`, 'hand_over');
  return [
    { ...step.frame, type: 'Run', spec: { shell: 'Sh', command: keepAsArtifacts(kept) }, notes: step.notes },
    {
      ...step.frame,
      identifier,
      name: `hand over ${step.frame.name}`.slice(0, 128),
      type: 'SaveCache',
      spec: { key: artifactKey(name), sourcePaths: [...kept], override: true },
    },
  ];
}

function artifactKey(name: string): string {
  return `artifact-${name}-<+pipeline.executionId>`;
}

export function download(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const name = input(step, 'name');
  const folder = input(step, 'path');
  if (name === undefined) return [unknown(step, 'It fetches all artifacts; name each one.')];
  const how = 'It is brought back from a cache of the execution, to where it was saved from.';
  if (folder === undefined) state.ledger.emulated(uses, labelOf(step), how);
  else {
    state.ledger.manual(uses, `${labelOf(step)} to ${folder}`, how, `Move it to ${folder} in the step that needs it.`);
    step.notes.push(`TODO: the files come back to where they were saved from, not to ${folder}.`);
  }
  const spec: YamlMap = { key: artifactKey(name), failIfKeyNotFound: true };
  return [{ ...step.frame, type: 'RestoreCache', spec, notes: step.notes }];
}
