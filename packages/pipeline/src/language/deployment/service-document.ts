/** `service:` documents, and services that a stage writes in place: what is deployed (pipelines.md §5.6). */
import type { Diagnostic, Findings } from '../diagnostics.ts';
import { readFlag, readMap, warnUnknownKeys } from '../read-fields.ts';
import type { MapNode } from '../yaml-node.ts';
import { readServiceDefinition, type ServiceDefinition } from './service-definition.ts';
import { ENTITY_KEYS, parseEntity, readEntity, type Entity } from './entity-document.ts';

export interface Service extends Entity {
  readonly gitOpsEnabled: boolean;
  /** Absent for a service that is not configured yet. */
  readonly definition?: ServiceDefinition;
}

export interface ParsedService {
  /** Absent when the text is no YAML or has no `service`. May hold gaps when a diagnostic blocks saving. */
  readonly service?: Service;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseService(yaml: string): ParsedService {
  const { entity, diagnostics } = parseEntity(yaml, 'service', readService);
  return { ...(entity === undefined ? {} : { service: entity }), diagnostics };
}

export const SERVICE_KEYS = [
  ...ENTITY_KEYS,
  'gitOpsEnabled',
  'serviceDefinition',
  'useFromStage',
  'releaseName',
] as const;
export function readService(map: MapNode, findings: Findings): Service {
  const entity = readEntity(map, 'service', findings);
  const what = `the service ${entity.identifier}`;
  warnUnknownKeys(map, SERVICE_KEYS, what, findings);
  const definition = readMap(map, 'serviceDefinition', what, findings);
  return {
    ...entity,
    gitOpsEnabled: readFlag(map, 'gitOpsEnabled', what, findings),
    ...(definition === undefined ? {} : { definition: readServiceDefinition(definition, what, findings) }),
  };
}
