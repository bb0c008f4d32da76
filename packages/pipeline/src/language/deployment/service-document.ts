/** `service:` documents, and services that a stage writes in place: what is deployed (pipelines.md §5.6). */
import type { Diagnostic, Findings, Place } from '../diagnostics.ts';
import type { Variable } from '../model.ts';
import { readFlag, readMap, warnUnknownKeys } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import type { MapNode } from '../yaml-node.ts';
import { readDeploymentType } from './deployment-types.ts';
import { ENTITY_KEYS, parseEntity, readEntity, type Entity } from './entity-document.ts';
import { readArtifacts, type Artifacts } from './read-artifacts.ts';
import { readConfigFiles, readManifests, type ConfigFile } from './read-manifests.ts';
import { readCustomDeploymentLink, type CustomDeploymentLink } from './custom-deployment-link.ts';
import type { ManifestSource } from './section.ts';

export interface Service extends Entity {
  readonly gitOpsEnabled: boolean;
  /** Absent for a service that is not configured yet. */
  readonly definition?: ServiceDefinition;
}

export interface ServiceDefinition extends Place {
  /** As written, such as `Kubernetes`. */
  readonly type: string;
  readonly artifacts?: Artifacts;
  readonly manifests: readonly ManifestSource[];
  readonly configFiles: readonly ConfigFile[];
  readonly variables: readonly Variable[];
  readonly customDeployment?: CustomDeploymentLink;
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
/** Keys of a definition's spec; those of other deployment types are kept and mean nothing yet. */
const SPEC_KEYS = [
  'artifacts',
  'manifests',
  'configFiles',
  'variables',
  'customDeploymentRef',
  'manifestConfigurations',
  'hooks',
  'manifestOverrideSets',
  'artifactOverrideSets',
  'variableOverrideSets',
  'environmentType',
  'applicationSettings',
  'connectionStrings',
  'startupCommand',
  'startupScript',
  'userData',
  'release',
  'ecsTaskDefinitionArn',
  'function',
  'addOns',
];

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

/** `what` as in `the service web`. */
export function readServiceDefinition(map: MapNode, what: string, findings: Findings): ServiceDefinition {
  warnUnknownKeys(map, ['type', 'spec'], `the definition of ${what}`, findings);
  const spec = readMap(map, 'spec', `the definition of ${what}`, findings);
  if (spec !== undefined) warnUnknownKeys(spec, SPEC_KEYS, `the spec of ${what}`, findings);
  const artifacts = readArtifacts(spec, what, findings);
  const customDeployment = readCustomDeploymentLink(spec, what, findings);
  return {
    type: readDeploymentType(map, 'type', what, findings),
    ...(artifacts === undefined ? {} : { artifacts }),
    manifests: readManifests(spec, what, findings),
    configFiles: readConfigFiles(spec, what, findings),
    variables: spec === undefined ? [] : readVariables(spec, what, findings),
    ...(customDeployment === undefined ? {} : { customDeployment }),
    path: map.path,
    range: map.range,
  };
}
