import { keepWrittenNumbers } from '@bridle/pipeline';
import { parseDocument } from 'yaml';

/** What a pipeline is called and what is said of it; absent = it stays. */
export interface PipelineLabels {
  readonly name?: string;
  /** Empty = none any more. */
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The pipeline's text with other labels; comments and everything else stay. */
export function relabelPipeline(yaml: string, { name, description, tags }: PipelineLabels): string {
  const document = parseDocument(yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  if (document.errors.length > 0 || !document.hasIn(['pipeline'])) return yaml;
  if (name !== undefined) document.setIn(['pipeline', 'name'], name);
  if (description === '') document.deleteIn(['pipeline', 'description']);
  else if (description !== undefined) document.setIn(['pipeline', 'description'], description);
  if (tags !== undefined) document.setIn(['pipeline', 'tags'], document.createNode(tags));
  return document.toString({ lineWidth: 0 });
}
