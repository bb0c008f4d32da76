/** `build` of a codebase or a GitClone step: a type, and the field of its spec that says which one. */
import { BUILD_TYPES } from '../../steps/git-clone.ts';
import type { Findings } from '../diagnostics.ts';
import { find, findText, isEmpty, type YamlNode } from '../yaml-node.ts';

export function checkBuild(build: YamlNode | undefined, what: string, findings: Findings): void {
  if (build?.kind !== 'map') return;
  const type = findText(build, 'type');
  // An unknown type, or one that is an expression, is judged with the other fields.
  const field = Object.entries(BUILD_TYPES).find(([name]) => name === type)?.[1];
  if (field === undefined || !isEmpty(find(find(build, 'spec'), field))) return;
  const message = `The build of ${what} is of the type ${String(type)} and needs spec.${field}.`;
  findings.add('FIELD_MISSING', 'run', build, message);
}
