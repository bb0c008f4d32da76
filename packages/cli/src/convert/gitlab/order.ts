/** `stages`, `needs` and `dependencies`: what comes after what, and whose artifacts a job gets. */
import { Identifiers } from '../identifiers.ts';
import type { Ledger } from '../ledger.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { describe, flagOf, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import type { GitlabJob } from './gitlab-job.ts';

const DEFAULT_STAGES = ['build', 'test', 'deploy'];

/** What each job comes after: what it needs, or everything of earlier stages. */
export function order(
  root: SourceMap,
  read: readonly { readonly entry: SourceEntry; readonly map: SourceMap }[],
  ledger: Ledger,
): readonly GitlabJob[] {
  const stagesEntry = ledger.takeEntry(root, 'stages') ?? ledger.takeEntry(root, 'types');
  const named = textsOf(stagesEntry?.value);
  const stages = ['.pre', ...(named.length === 0 ? DEFAULT_STAGES : named), '.post'];
  if (stagesEntry !== undefined)
    ledger.converted(
      stagesEntry,
      `stages: ${named.join(', ')}`,
      'Jobs of one stage run side by side; they keep the order of the stages.',
    );
  const identifiers = new Identifiers();
  const known = read.map(({ entry, map }) => {
    const stageEntry = ledger.takeEntry(map, 'stage');
    const stage = textOf(stageEntry?.value) ?? 'test';
    if (stageEntry !== undefined)
      ledger.converted(stageEntry, `stage: ${stage}`, 'It decides the place among the stages.');
    if (stageEntry !== undefined && !stages.includes(stage))
      ledger.manual(stageEntry, `stage: ${stage}`, 'It is not among the stages of the file.');
    return {
      entry,
      map,
      identifier: identifiers.take(entry.key, 'job'),
      rank: stages.includes(stage) ? stages.indexOf(stage) : stages.indexOf('test'),
    };
  });
  return known.map(({ entry, map, identifier, rank }): GitlabJob => {
    const earlier = known.filter((other) => other.rank < rank);
    const needs = readNeeds(map, ledger);
    const wanted = needs?.map(({ job }) => job) ?? earlier.map((other) => other.entry.key);
    for (const need of needs ?? [])
      if (!known.some((other) => other.entry.key === need.job) && !need.isOptional)
        ledger.manual({ place: entry.place }, `needs: ${need.job}`, 'There is no such job in this file.');
    const dependencies = ledger.takeEntry(map, 'dependencies');
    if (dependencies !== undefined)
      ledger.converted(
        dependencies,
        `dependencies: ${textsOf(dependencies.value).join(', ')}`,
        'It gets the artifacts of these.',
      );
    const sources =
      dependencies === undefined
        ? (needs?.filter(({ hasArtifacts }) => hasArtifacts).map(({ job }) => job) ?? wanted)
        : textsOf(dependencies.value);
    return {
      entry,
      map,
      identifier,
      needs: wanted,
      sources: known.filter((other) => sources.includes(other.entry.key)).map((other) => other.identifier),
    };
  });
}

interface Need {
  readonly job: string;
  readonly hasArtifacts: boolean;
  readonly isOptional: boolean;
}

function readNeeds(map: SourceMap, ledger: Ledger): readonly Need[] | undefined {
  const entry = ledger.takeEntry(map, 'needs');
  if (entry === undefined) return undefined;
  return itemsOf(entry.value).flatMap((item): readonly Need[] => {
    const need = mapOf(item);
    if (need === undefined) return textsOf(item).map((job) => ({ job, hasArtifacts: true, isOptional: false }));
    if (need.entries.has('project') || need.entries.has('pipeline')) {
      ledger.takeWhole(need);
      ledger.manual(item, `needs: ${describe(item)}`, 'Jobs of other pipelines and projects cannot be waited for.');
      return [];
    }
    const artifacts = ledger.takeEntry(need, 'artifacts');
    const optional = ledger.takeEntry(need, 'optional');
    ledger.report('dropped', need, 'parallel', 'It comes after all turns of the job.');
    if (artifacts !== undefined)
      ledger.converted(
        artifacts,
        `artifacts: ${textOf(artifacts.value) ?? ''}`,
        'It decides whether the artifacts are brought back.',
      );
    if (optional !== undefined)
      ledger.converted(
        optional,
        `optional: ${textOf(optional.value) ?? ''}`,
        'A stage that is left out is not waited for.',
      );
    return [
      {
        job: textOf(ledger.take(need, 'job')) ?? '',
        hasArtifacts: flagOf(artifacts?.value) !== false,
        isOptional: flagOf(optional?.value) === true,
      },
    ];
  });
}
