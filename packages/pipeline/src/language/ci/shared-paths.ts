/** `sharedPaths`: absolute paths that all containers of a CI stage see alike, beside the workspace (pipelines.md §6.2). */
import type { Findings } from '../diagnostics.ts';
import { isLate, reportKind } from '../read-fields.ts';
import { find, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/])/;
const WILDCARD = /[*?[\]]/;
const STEP_UP = /(?:^|[\\/])\.\.(?:[\\/]|$)/;
const WORKSPACE = /^\/harness(?:\/|$)/;
/** Of the container's own system: what is shared there breaks every image. */
const SYSTEM_PATHS: readonly string[] = ['', '/proc', '/sys', '/dev'];

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
  const objection = isLate(path) ? undefined : objectionTo(path);
  if (objection === undefined) return [path];
  findings.add('FIELD_VALUE', 'run', node, `The sharedPaths of ${what} name "${path}", ${objection}.`);
  return [];
}

/** Completes `The path is …, ` of a message; `undefined` for a path that can be shared. Expressions are judged when they are resolved. */
export function objectionTo(path: string): string | undefined {
  if (!ABSOLUTE.test(path)) return 'which is not an absolute path';
  if (WILDCARD.test(path)) return 'but wildcards are not expanded';
  if (STEP_UP.test(path)) return 'which leads upwards';
  if (WORKSPACE.test(path)) return 'which is shared already: it is the workspace';
  return SYSTEM_PATHS.includes(path.replace(/\/+$/, '')) ? "which belongs to the container's own system" : undefined;
}
