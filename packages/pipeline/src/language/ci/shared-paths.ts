/** `sharedPaths`: absolute paths that all containers of a CI stage see alike, beside the workspace (pipelines.md §6.2). */
import { objectionToSharedPath } from '../../steps/shared-paths.ts';
import type { Findings } from '../diagnostics.ts';
import { isLate, reportKind } from '../read-fields.ts';
import { find, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';

export function readSharedPaths(spec: MapNode, what: string, findings: Findings): readonly string[] {
  const node = find(spec, 'sharedPaths');
  if (node === undefined || isEmpty(node)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => readPath(item, what, findings));
}

function readPath(node: YamlNode, what: string, findings: Findings): readonly string[] {
  if (node.kind !== 'scalar') {
    reportKind(node, `a path in the sharedPaths of ${what}`, 'text', findings);
    return [];
  }
  const path = node.text.trim();
  if (path === '') return [];
  const objection = isLate(path) ? undefined : objectionToSharedPath(path);
  if (objection === undefined) return [path];
  findings.add('FIELD_VALUE', 'run', node, `The sharedPaths of ${what} name "${path}", ${objection}.`);
  return [];
}
