/** What a conversion gives: pipelines and triggers as YAML, and an account of every part of the source. */
import type { Diagnostic } from '@bridle/pipeline';

export const SOURCE_SYSTEMS = ['github', 'gitlab', 'drone'] as const;
/** What the source is written for: GitHub Actions, GitLab CI, Drone. */
export type SourceSystem = (typeof SOURCE_SYSTEMS)[number];

/**
 * What became of a part of the source:
 * `converted` – it does the same; `emulated` – something else takes its place, and differs as the item says;
 * `manual` – a person has to complete it, a `# TODO` marks where; `dropped` – it has no effect any more.
 */
export const REPORT_LEVELS = ['converted', 'emulated', 'manual', 'dropped'] as const;
export type ReportLevel = (typeof REPORT_LEVELS)[number];

export interface ReportItem {
  readonly level: ReportLevel;
  /** In the source, both 1-based. */
  readonly line: number;
  readonly column: number;
  /** The part of the source, by its own words. */
  readonly what: string;
  /** What became of it, or why nothing did. */
  readonly why: string;
  /** The next step, when one is known. */
  readonly hint?: string;
}

export interface ConvertOptions {
  /** The name of the pipeline where the source has none. */
  readonly name?: string;
  /** Written into trigger documents, which otherwise take both from the request that saves them. */
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

export interface ConvertedFile {
  /** Where it belongs in a repository, such as `.harness/build.yaml`. */
  readonly path: string;
  readonly yaml: string;
}

export type ConvertResult =
  | { readonly kind: 'converted'; readonly files: readonly ConvertedFile[]; readonly report: readonly ReportItem[] }
  /** The text is not what it should be: not YAML, or not of this system. */
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };
