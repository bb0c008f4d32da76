/** `infrastructureDefinition:` documents, and infrastructures that a stage writes in place (pipelines.md §5.6). */
import type { Diagnostic, Findings } from '../diagnostics.ts';
import { readText, warnUnknownKeys } from '../read-fields.ts';
import { find, type MapNode } from '../yaml-node.ts';
import { readDeploymentType } from './deployment-types.ts';
import {
  readAllowsSimultaneous,
  readInfrastructureDefinition,
  type InfrastructureDefinition,
} from './infrastructure-definition.ts';
import { ENTITY_KEYS, parseEntity, readEntity, type Entity } from './entity-document.ts';

export interface Infrastructure extends Entity, InfrastructureDefinition {
  /** The environment that owns it, as written. */
  readonly environmentRef: string;
  /** As written, such as `Kubernetes`. */
  readonly deploymentType: string;
  readonly allowSimultaneousDeployments: boolean;
  /** Services that may be deployed to it; empty = all. */
  readonly scopedServices: readonly string[];
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
    allowSimultaneousDeployments: readAllowsSimultaneous(map, what, findings),
    scopedServices: readTexts(map, 'scopedServices'),
  };
}

function readTexts(map: MapNode, key: string): readonly string[] {
  const node = find(map, key);
  return node?.kind === 'list' ? node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])) : [];
}
