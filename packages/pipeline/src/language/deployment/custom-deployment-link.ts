/** `customDeploymentRef`: the template that says how a custom deployment finds its instances. */
import type { Findings, Place } from '../diagnostics.ts';
import { isLate, readMap, readText, warnUnknownKeys } from '../read-fields.ts';
import { find, type MapNode } from '../yaml-node.ts';
import { ignoreGitBranch } from './use-from-stage.ts';

export interface CustomDeploymentLink extends Place {
  /** With its scope, such as `org.vms`. */
  readonly ref: string;
  /** Absent = the stable version. */
  readonly versionLabel?: string;
}

export function readCustomDeploymentLink(
  map: MapNode | undefined,
  what: string,
  findings: Findings,
): CustomDeploymentLink | undefined {
  const link = map === undefined ? undefined : readMap(map, 'customDeploymentRef', what, findings);
  if (link === undefined) return undefined;
  const owner = `customDeploymentRef of ${what}`;
  warnUnknownKeys(link, ['templateRef', 'versionLabel', 'gitBranch'], owner, findings);
  ignoreGitBranch(link, owner, findings);
  const ref = readText(link, 'templateRef', owner, findings) ?? '';
  const versionLabel = readText(link, 'versionLabel', owner, findings) ?? '';
  if (ref === '') {
    findings.add('FIELD_MISSING', 'run', link, `The ${owner} has no templateRef.`);
    return undefined;
  }
  for (const key of ['templateRef', 'versionLabel'] as const) {
    const node = find(link, key);
    if (node?.kind !== 'scalar' || !isLate(node.text) || node.text.includes('<+input>')) continue;
    findings.add(
      'REFERENCE_LATE',
      'run',
      node,
      `The ${key} of ${owner} is an expression, but what it names must be known before the run begins.`,
      'Write it out, or ask for it with <+input>.',
    );
    return undefined;
  }
  return { ref, ...(versionLabel === '' ? {} : { versionLabel }), path: link.path, range: link.range };
}
