/** `infrastructureDefinition:` documents, and infrastructures that a stage writes in place (pipelines.md §5.6). */
import type { Diagnostic, Findings, Place } from '../diagnostics.ts';
import type { Variable } from '../model.ts';
import { isLate, readFlag, readMap, readText, warnUnknownKeys } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import { find, type MapNode } from '../yaml-node.ts';
import { CUSTOM_DEPLOYMENT, readDeploymentType } from './deployment-types.ts';
import { ENTITY_KEYS, parseEntity, readEntity, type Entity } from './entity-document.ts';
import { toSpecMap, type SpecMap } from './spec-values.ts';
import { readCustomDeploymentLink, type CustomDeploymentLink } from './custom-deployment-link.ts';

export interface Infrastructure extends Entity, InfrastructureDefinition {
  /** The environment that owns it, as written. */
  readonly environmentRef: string;
  /** As written, such as `Kubernetes`. */
  readonly deploymentType: string;
  readonly allowSimultaneousDeployments: boolean;
  /** Services that may be deployed to it; empty = all. */
  readonly scopedServices: readonly string[];
}

/** What an infrastructure is, wherever it is written. */
export interface InfrastructureDefinition extends Place {
  /** As written, such as `KubernetesDirect`. */
  readonly type: string;
  readonly spec: SpecMap;
  /** Of a custom deployment. */
  readonly variables: readonly Variable[];
  readonly customDeployment?: CustomDeploymentLink;
}

export interface ParsedInfrastructure {
  /** Absent when the text is no YAML or has no `infrastructureDefinition`. May hold gaps when a diagnostic blocks saving. */
  readonly infrastructure?: Infrastructure;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseInfrastructure(yaml: string): ParsedInfrastructure {
  const { entity, diagnostics } = parseEntity(yaml, INFRASTRUCTURE_ROOT, readInfrastructure);
  return { ...(entity === undefined ? {} : { infrastructure: entity }), diagnostics };
}

export const INFRASTRUCTURE_ROOT = 'infrastructureDefinition';

export const INFRASTRUCTURE_KEYS = [
  ...ENTITY_KEYS,
  'environmentRef',
  'deploymentType',
  'type',
  'spec',
  'allowSimultaneousDeployments',
  'scopedServices',
] as const;

export function readInfrastructure(map: MapNode, findings: Findings): Infrastructure {
  const entity = readEntity(map, 'infrastructure', findings);
  const what = `the infrastructure ${entity.identifier}`;
  warnUnknownKeys(map, INFRASTRUCTURE_KEYS, what, findings);
  const environmentRef = readText(map, 'environmentRef', what, findings) ?? '';
  if (environmentRef === '')
    findings.add(
      'FIELD_MISSING',
      'run',
      find(map, 'environmentRef') ?? map,
      `The environmentRef of ${what} is missing.`,
    );
  return {
    ...readInfrastructureDefinition(map, what, findings),
    ...entity,
    environmentRef,
    deploymentType: readDeploymentType(map, 'deploymentType', what, findings),
    allowSimultaneousDeployments: readFlag(map, 'allowSimultaneousDeployments', what, findings),
    scopedServices: readTexts(map, 'scopedServices'),
  };
}

/** `type` and `spec` of a map. */
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

function readTexts(map: MapNode, key: string): readonly string[] {
  const node = find(map, key);
  return node?.kind === 'list' ? node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])) : [];
}
