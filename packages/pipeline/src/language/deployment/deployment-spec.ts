/**
 * The `spec` of a Deployment stage: which services it deploys to which environments and infrastructures, by reference or
 * written in place (files of the first version). References are resolved later (`stage-deployments.ts`), because their
 * documents must be loaded first.
 */
import type { Findings, Place } from '../diagnostics.ts';
import {
  awaitsInput,
  isLate,
  readFlag,
  readMap,
  readText,
  reportKind,
  reportNotRunYet,
  warnUnknownKeys,
} from '../read-fields.ts';
import type { LateNumber } from '../node-parts.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';
import { readCustomDeploymentLink, type CustomDeploymentLink } from './custom-deployment-link.ts';
import { readDeploymentType } from './deployment-types.ts';
import { readEnvironments, type EnvironmentUse } from './environment-use.ts';
import { readServices, type ServiceUse } from './service-use.ts';

export interface DeploymentSpec extends Place {
  /** As written, such as `Kubernetes`; empty when there is none. */
  readonly type: string;
  readonly customDeployment?: CustomDeploymentLink;
  readonly services: readonly ServiceUse[];
  readonly environments: readonly EnvironmentUse[];
  readonly several: SeveralDeployments;
}

/** How several combinations of services, environments and infrastructures are run. */
export interface SeveralDeployments {
  /** `services.metadata.parallel` and `environments.metadata.parallel`; absent = nothing is said. */
  readonly areServicesParallel?: boolean;
  readonly areEnvironmentsParallel?: boolean;
  readonly maxConcurrency?: LateNumber;
  readonly onFailure: 'RunAll' | 'SkipQueued';
  readonly condition?: string;
}

export const DEPLOYMENT_SPEC_KEYS = [
  'deploymentType',
  'execution',
  'service',
  'services',
  'serviceConfig',
  'environment',
  'environments',
  'environmentGroup',
  'infrastructure',
  'customDeploymentRef',
  'gitOpsEnabled',
  'tags',
  'deploymentMetadata',
  'multiDeploymentConfig',
] as const;

/** `spec` of the stage; absent = there is none. `what` as in `the stage deploy`. */
export function readDeploymentSpec(
  spec: MapNode | undefined,
  stage: Place,
  what: string,
  findings: Findings,
): DeploymentSpec {
  if (spec !== undefined) warnUnknownKeys(spec, DEPLOYMENT_SPEC_KEYS, `the spec of ${what}`, findings);
  const type = spec === undefined ? '' : readDeploymentType(spec, 'deploymentType', what, findings);
  const gitOps = find(spec, 'gitOpsEnabled');
  if (gitOps !== undefined && spec !== undefined && readFlag(spec, 'gitOpsEnabled', what, findings))
    reportNotRunYet(gitOps, 'GitOps deployments', findings);
  const customDeployment = readCustomDeploymentLink(spec, what, findings);
  const place: Place = spec ?? stage;
  return {
    type,
    ...(customDeployment === undefined ? {} : { customDeployment }),
    services: readServices(spec, place, what, findings),
    environments: readEnvironments(spec, place, what, findings),
    several: readSeveral(spec, what, findings),
    path: place.path,
    range: place.range,
  };
}

function readSeveral(spec: MapNode | undefined, what: string, findings: Findings): SeveralDeployments {
  const key = find(spec, 'deploymentMetadata') === undefined ? 'multiDeploymentConfig' : 'deploymentMetadata';
  const map = spec === undefined ? undefined : readMap(spec, key, what, findings);
  const owner = `${key} of ${what}`;
  if (map !== undefined) warnUnknownKeys(map, ['maxConcurrency', 'onFailure', 'when'], owner, findings);
  const maxConcurrency = map === undefined ? undefined : readCount(map, owner, findings);
  const condition = readCondition(map, owner, findings);
  const areServicesParallel = readParallel(find(spec, 'services'));
  const areEnvironmentsParallel = readParallel(find(spec, 'environments') ?? find(spec, 'environmentGroup'));
  return {
    ...(areServicesParallel === undefined ? {} : { areServicesParallel }),
    ...(areEnvironmentsParallel === undefined ? {} : { areEnvironmentsParallel }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    onFailure: readOnFailure(map, owner, findings),
    ...(condition === undefined ? {} : { condition }),
  };
}

function readParallel(node: YamlNode | undefined): boolean | undefined {
  const text = findText(find(node, 'metadata'), 'parallel');
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

function readCount(map: MapNode, what: string, findings: Findings): LateNumber | undefined {
  const text = readText(map, 'maxConcurrency', what, findings)?.trim() ?? '';
  const node = find(map, 'maxConcurrency');
  if (text === '' || node === undefined || awaitsInput(node)) return undefined;
  if (isLate(text)) return text;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  reportKind(node, `maxConcurrency of ${what}`, 'a whole number above 0', findings);
  return undefined;
}

function readOnFailure(map: MapNode | undefined, what: string, findings: Findings): 'RunAll' | 'SkipQueued' {
  const text = map === undefined ? undefined : readText(map, 'onFailure', what, findings);
  const node = find(map, 'onFailure');
  if (text === undefined || text === '' || text === 'RunAll' || node === undefined) return 'RunAll';
  if (text === 'SkipQueued') return text;
  if (!awaitsInput(node)) {
    findings.add('FIELD_VALUE', 'run', node, `onFailure of ${what} is "${text}"; it takes RunAll or SkipQueued.`);
  }
  return 'RunAll';
}

/** One condition, written as a text or below `condition`. */
function readCondition(map: MapNode | undefined, what: string, findings: Findings): string | undefined {
  const when = find(map, 'when');
  if (map === undefined || when === undefined || isEmpty(when) || awaitsInput(when)) return undefined;
  const text =
    when.kind === 'map' ? readText(when, 'condition', what, findings) : readText(map, 'when', what, findings);
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
