/** What a service deploys, wherever it is written, and what a stage changes of it (pipelines.md §5.6). */
import type { Findings, Place } from '../diagnostics.ts';
import type { Variable } from '../model.ts';
import { readMap, reportNotRunYet, warnUnknownKeys } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import { find, isEmpty, type MapNode } from '../yaml-node.ts';
import { readCustomDeploymentLink, type CustomDeploymentLink } from './custom-deployment-link.ts';
import { readDeploymentType } from './deployment-types.ts';
import { readArtifacts, type Artifacts } from './read-artifacts.ts';
import { readConfigFiles, readManifests, type ConfigFile } from './read-manifests.ts';
import type { ManifestSource } from './section.ts';

/** Parts of a service that others may put something over. */
export interface ServiceParts {
  readonly artifacts?: Artifacts;
  readonly manifests: readonly ManifestSource[];
  readonly configFiles: readonly ConfigFile[];
  readonly variables: readonly Variable[];
}

export interface ServiceDefinition extends Place, ServiceParts {
  /** As written, such as `Kubernetes`. */
  readonly type: string;
  readonly customDeployment?: CustomDeploymentLink;
}

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

/** `what` as in `the service web`. */
export function readServiceDefinition(map: MapNode, what: string, findings: Findings): ServiceDefinition {
  warnUnknownKeys(map, ['type', 'spec'], `the definition of ${what}`, findings);
  const spec = readMap(map, 'spec', `the definition of ${what}`, findings);
  if (spec !== undefined) warnUnknownKeys(spec, SPEC_KEYS, `the spec of ${what}`, findings);
  const customDeployment = readCustomDeploymentLink(spec, what, findings);
  return {
    type: readDeploymentType(map, 'type', what, findings),
    ...readParts(spec, what, findings),
    ...(customDeployment === undefined ? {} : { customDeployment }),
    path: map.path,
    range: map.range,
  };
}

const OVERRIDE_KEYS = ['artifacts', 'manifests', 'variables', 'configFiles'];
const OVERRIDE_SETS = ['useArtifactOverrideSets', 'useManifestOverrideSets', 'useVariableOverrideSets'];

/** `stageOverrides`: what one stage changes of a service. */
export function readStageOverrides(map: MapNode, what: string, findings: Findings): ServiceParts {
  for (const key of OVERRIDE_SETS) {
    const node = find(map, key);
    if (node !== undefined && !isEmpty(node)) reportNotRunYet(node, `sets of overrides (${key})`, findings);
  }
  warnUnknownKeys(map, [...OVERRIDE_KEYS, ...OVERRIDE_SETS], what, findings);
  return readParts(map, what, findings);
}

function readParts(map: MapNode | undefined, what: string, findings: Findings): ServiceParts {
  const artifacts = readArtifacts(map, what, findings);
  return {
    ...(artifacts === undefined ? {} : { artifacts }),
    manifests: readManifests(map, what, findings),
    configFiles: readConfigFiles(map, what, findings),
    variables: map === undefined ? [] : readVariables(map, what, findings),
  };
}
