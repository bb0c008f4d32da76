/** `type` and `spec` of an infrastructure, wherever it is written (pipelines.md §5.6). */
import type { Findings, Place } from '../diagnostics.ts';
import type { Variable } from '../model.ts';
import { isLate, readFlag, readMap, readText } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import { find, findText, type MapNode } from '../yaml-node.ts';
import { readCustomDeploymentLink, type CustomDeploymentLink } from './custom-deployment-link.ts';
import { CUSTOM_DEPLOYMENT } from './deployment-types.ts';
import { toSpecMap, type SpecMap } from './spec-values.ts';

/** What an infrastructure is, wherever it is written. */
export interface InfrastructureDefinition extends Place {
  /** As written, such as `KubernetesDirect`. */
  readonly type: string;
  readonly spec: SpecMap;
  /** Of a custom deployment. */
  readonly variables: readonly Variable[];
  readonly customDeployment?: CustomDeploymentLink;
}

export function readInfrastructureDefinition(map: MapNode, what: string, findings: Findings): InfrastructureDefinition {
  const type = readText(map, 'type', what, findings) ?? '';
  const place = find(map, 'type') ?? map;
  if (type === '') findings.add('FIELD_MISSING', 'run', place, `The type of ${what} is missing.`);
  else if (isLate(type) && !type.includes('<+input>'))
    findings.add('FIELD_VALUE', 'run', place, `The type of ${what} cannot be an expression.`);
  const spec = readMap(map, 'spec', what, findings);
  const isCustom = type === CUSTOM_DEPLOYMENT;
  const customDeployment = isCustom ? readCustomDeploymentLink(spec, what, findings) : undefined;
  return {
    type,
    spec: toSpecMap(spec, isCustom ? ['variables', 'customDeploymentRef'] : []),
    variables: isCustom && spec !== undefined ? readVariables(spec, what, findings) : [],
    ...(customDeployment === undefined ? {} : { customDeployment }),
    path: map.path,
    range: map.range,
  };
}

/** Only who says `false` has deployments of a service wait for one another. */
export function readAllowsSimultaneous(map: MapNode, what: string, findings: Findings): boolean {
  const key = 'allowSimultaneousDeployments';
  return readFlag(map, key, what, findings) || findText(map, key) !== 'false';
}
