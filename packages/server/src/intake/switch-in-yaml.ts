import { keepWrittenNumbers } from '@bridle/pipeline';
import { parseDocument } from 'yaml';

/** The trigger's text with another `enabled`; comments and everything else stay. */
export function switchInYaml(yaml: string, isEnabled: boolean): string {
  const document = parseDocument(yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  if (document.errors.length > 0 || !document.hasIn(['trigger'])) return yaml;
  document.setIn(['trigger', 'enabled'], isEnabled);
  return document.toString({ lineWidth: 0 });
}
