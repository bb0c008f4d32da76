/**
 * Pipelines of other systems as pipelines of Harness.
 *
 * - C1 Nothing of the source disappears silently: every key of it is in the output or in the report (ledger.ts).
 * - C2 What is written passes our own language without errors, whatever the source.
 * - C3 What could not be converted stops the run where it would have been, and says so; it is not passed over.
 */
import { assemblePipeline } from './assemble.ts';
import { cloneWhereAsked } from './clone-where-asked.ts';
import type { ConvertedSource } from './draft.ts';
import { convertDrone } from './drone/convert-drone.ts';
import { convertWorkflow } from './github/workflow.ts';
import { convertGitlab } from './gitlab/convert-gitlab.ts';
import { askForRealFailures } from './real-failures.ts';
import type { ConvertOptions, ConvertResult, SourceSystem } from './result.ts';
import { loadSource, type SourceMap } from './source.ts';
import { assembleTrigger } from './triggers.ts';

/** Pure: the same source gives the same files and report. */
export function convert(source: string, from: SourceSystem, options: ConvertOptions = {}): ConvertResult {
  const loaded = loadSource(source);
  if (loaded.kind === 'refused') return loaded;
  const made = CONVERTERS[from](loaded.documents, options);
  if (made.kind === 'refused') return made;
  const { triggers, ledger } = made;
  const draft = { ...made.draft, stages: askForRealFailures(cloneWhereAsked(made.draft.stages, ledger), ledger) };
  const files = [
    { path: `.harness/${draft.identifier}.yaml`, yaml: assemblePipeline(draft, TITLES[from], ledger) },
    ...triggers.map((trigger) => assembleTrigger(trigger, draft, options)),
  ];
  const output = squeeze(files.map(({ yaml }) => yaml).join('\n'));
  const isInOutput = (text: string): boolean => output.includes(squeeze(text));
  const wholes = draft.stages.map(({ place }) => place);
  for (const document of loaded.documents) ledger.audit(document, isInOutput, wholes);
  return { kind: 'converted', files, report: ledger.items() };
}

/** Without what is written anew: blank space, quotes. */
function squeeze(text: string): string {
  return text.replaceAll(/[\s"'\\]+/g, '');
}

/** What each system is called. */
export const TITLES: Readonly<Record<SourceSystem, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI',
  drone: 'Drone',
};

const CONVERTERS: Readonly<
  Record<SourceSystem, (documents: readonly SourceMap[], options: ConvertOptions) => ConvertedSource>
> = { github: convertWorkflow, gitlab: convertGitlab, drone: convertDrone };
