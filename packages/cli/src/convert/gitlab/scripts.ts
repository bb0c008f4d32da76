/** The scripts of a job as steps, and what takes the place of a job that starts another pipeline. */
import { IGNORE_FAILURE, type StepDraft } from '../draft.ts';
import type { Identifiers } from '../identifiers.ts';
import { refuseInShell } from '../shell-text.ts';
import type { SourceMap } from '../source.ts';
import { describe, textOf, textsOf, valueOf } from '../source-nodes.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';
import type { ReadArtifacts } from './files.ts';
import type { GitlabJob } from './gitlab-job.ts';
import { readRetry } from './retry.ts';
import { prepareVariables, type VariableScope } from './variables.ts';

interface ScriptSurroundings {
  readonly image: YamlMap;
  readonly artifacts: ReadArtifacts;
  readonly ignores: boolean;
  readonly identifiers: Identifiers;
}

export function scripts(
  { map, entry }: GitlabJob,
  scope: VariableScope,
  { image, artifacts, ignores, identifiers }: ScriptSurroundings,
  notes: string[],
): { readonly before: readonly StepDraft[]; readonly after: readonly StepDraft[] } {
  const { ledger } = scope;
  const [first, main, last] = ['before_script', 'script', 'after_script'].map((key) => ledger.take(map, key));
  const lines = [...textsOf(first), ...textsOf(main)];
  const after = textsOf(last);
  const command = lines.join('\n');
  const prepared = prepareVariables(command, main ?? entry, 'script', scope);
  const done =
    after.length === 0 ? undefined : prepareVariables(after.join('\n'), last ?? entry, 'after_script', scope);
  const retry = readRetry(map, ledger, ignores);
  const identifier = identifiers.take('script', 'script');
  const called = main === undefined ? calledPipeline(map, ledger) : undefined;
  if (main === undefined && called === undefined) {
    ledger.manual(entry, `the job ${entry.key}`, 'It has no script.');
    notes.push('TODO: the job has no script.');
  }
  const script: StepDraft = {
    identifier,
    name: 'script',
    type: 'Run',
    failureStrategies: [...retry, ...(ignores ? [IGNORE_FAILURE] : [])].slice(0, retry.some(isOfAll) ? 1 : 2),
    spec: {
      ...image,
      shell: main === undefined ? 'Sh' : 'Bash',
      command:
        main === undefined
          ? refuseInShell(called ?? `the job ${entry.key} has no script`)
          : [...prepared.before, command].join('\n'),
      reports: artifacts.reports,
    },
    notes: [
      ...prepared.notes,
      ...(called === undefined ? [] : [`TODO: a stage of the type Pipeline takes the place of ${called}`]),
    ],
  };
  if (done === undefined) return { before: [script], after: [] };
  ledger.converted(
    last ?? entry,
    'after_script',
    'It is a step of its own, which runs whatever came before and whose failure is ignored.',
  );
  const own = identifiers.take('after_script', 'after_script');
  const cleanup: StepDraft = {
    identifier: own,
    name: 'after_script',
    type: 'Run',
    when: { status: 'All' },
    failureStrategies: [IGNORE_FAILURE],
    spec: { ...image, shell: 'Bash', command: [...done.before, ...after].join('\n') },
    notes: done.notes,
  };
  return { before: [script], after: [cleanup] };
}

function isOfAll(strategy: Yaml): boolean {
  return JSON.stringify(strategy).includes('"AllErrors"');
}

/** `trigger`: another pipeline. */
function calledPipeline(map: SourceMap, ledger: VariableScope['ledger']): string | undefined {
  const entry = ledger.takeEntry(map, 'trigger');
  if (entry === undefined) return undefined;
  ledger.takeWhole(entry.value);
  const what = `trigger: ${describe(entry.value)}`;
  ledger.manual(
    entry,
    `trigger: ${textOf(entry.value) ?? JSON.stringify(valueOf(entry.value))}`,
    'Convert the pipeline it starts, and start it by a stage of the type Pipeline.',
  );
  return what;
}
