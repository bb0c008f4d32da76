/** To which environments and infrastructures a Deployment stage deploys. */
import type { Findings, Place } from '../diagnostics.ts';
import { awaitsInput, readFlag, readMap, reportKind, reportNotRunYet, warnUnknownKeys } from '../read-fields.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';
import {
  readAllowsSimultaneous,
  readInfrastructureDefinition,
  type InfrastructureDefinition,
} from './infrastructure-definition.ts';
import { ignoreGitBranch, readReference, readUseFromStage, type StageSource } from './use-from-stage.ts';

export type EnvironmentUse = EnvironmentReference | InlineEnvironment | EnvironmentFromStage;

export interface InfrastructureReference extends Place {
  readonly identifier: string;
  readonly inputs?: YamlNode;
}

export interface EnvironmentReference extends Place {
  readonly kind: 'reference';
  /** With its scope, such as `account.prod`. */
  readonly ref: string;
  readonly inputs?: YamlNode;
  readonly overrideInputs?: YamlNode;
  /** `servicesOverrides`: inputs of overrides, service by service. */
  readonly overrideInputsOf: ReadonlyMap<string, YamlNode>;
  readonly infrastructures: readonly InfrastructureReference[];
  /** `deployToAll`: to every infrastructure of the environment. */
  readonly isToAll: boolean;
  /** The group of environments that names it. */
  readonly groupRef?: string;
}

/** The first version of the language: the infrastructure stands in the stage. */
export interface InlineEnvironment extends Place {
  readonly kind: 'inline';
  /** The environment; absent = it is written in place, or there is none. */
  readonly ref?: string;
  readonly entity?: MapNode;
  readonly identifier: string;
  readonly name: string;
  readonly definition: InfrastructureDefinition;
  readonly allowSimultaneousDeployments: boolean;
}

export interface EnvironmentFromStage extends StageSource {
  /** Other infrastructures of the same environment; empty = those of the stage. */
  readonly infrastructures: readonly InfrastructureReference[];
}

const WAYS = ['environment', 'environments', 'environmentGroup', 'infrastructure'] as const;
export const ENVIRONMENT_USE_KEYS = [
  'environmentRef',
  'deployToAll',
  'infrastructureDefinitions',
  'environmentInputs',
  'serviceOverrideInputs',
  'servicesOverrides',
  'provisioner',
  'gitOpsClusters',
  'useFromStage',
  'filters',
  'metadata',
  'gitBranch',
] as const;

/** `place` is where a missing environment is reported. */
export function readEnvironments(
  spec: MapNode | undefined,
  place: Place,
  what: string,
  findings: Findings,
): readonly EnvironmentUse[] {
  const [way, other] = WAYS.filter((key) => !isEmpty(find(spec, key)));
  if (spec === undefined || way === undefined) {
    findings.add(
      'FIELD_MISSING',
      'run',
      place,
      `There is no environment in ${what}.`,
      'Add environment: with an environmentRef.',
    );
    return [];
  }
  if (other !== undefined) {
    findings.add(
      'STRUCTURE_INVALID',
      'run',
      find(spec, other) ?? spec,
      `${what.charAt(0).toUpperCase()}${what.slice(1)} has both ${way} and ${other}.`,
      'Keep one of them.',
    );
    return [];
  }
  if (awaitsInput(find(spec, way))) return [];
  const map = readMap(spec, way, what, findings);
  if (map === undefined) return [];
  switch (way) {
    case 'environment':
      return readEnvironment(map, {}, `the environment of ${what}`, findings);
    case 'environments':
      return readValues(map, 'values', ['values', 'metadata', 'filters'], {}, `the environments of ${what}`, findings);
    case 'environmentGroup':
      return readGroup(map, `the environment group of ${what}`, findings);
    case 'infrastructure':
      return readInfrastructure(map, `the infrastructure of ${what}`, findings);
  }
}

function readGroup(map: MapNode, what: string, findings: Findings): readonly EnvironmentUse[] {
  const groupRef = readReference(map, 'envGroupRef', what, findings);
  ignoreGitBranch(map, what, findings);
  // Which environments are in a group is not known here: only those the stage names can be deployed to.
  if (readFlag(map, 'deployToAll', what, findings) || isEmpty(find(map, 'environments'))) {
    reportNotRunYet(find(map, 'deployToAll') ?? map, 'deployments to all environments of a group', findings);
    return [];
  }
  const keys = ['envGroupRef', 'deployToAll', 'environments', 'metadata', 'filters', 'gitBranch'];
  return readValues(map, 'environments', keys, { groupRef }, what, findings);
}

function readValues(
  map: MapNode,
  key: string,
  keys: readonly string[],
  group: { readonly groupRef?: string },
  what: string,
  findings: Findings,
): readonly EnvironmentUse[] {
  warnUnknownKeys(map, keys, what, findings);
  reportFilters(map, findings);
  const values = find(map, key);
  if (values === undefined || isEmpty(values)) {
    findings.add('FIELD_MISSING', 'run', values ?? map, `There is nothing in ${what}.`);
    return [];
  }
  if (awaitsInput(values)) return [];
  if (values.kind !== 'list') {
    reportKind(values, what, 'a list', findings);
    return [];
  }
  return values.items.flatMap((item) => {
    if (item.kind === 'map') return readEnvironment(item, group, `an item of ${what}`, findings);
    reportKind(item, `an item of ${what}`, 'a map with environmentRef', findings);
    return [];
  });
}

function readEnvironment(
  map: MapNode,
  group: { readonly groupRef?: string },
  what: string,
  findings: Findings,
): readonly EnvironmentUse[] {
  warnUnknownKeys(map, ENVIRONMENT_USE_KEYS, what, findings);
  ignoreGitBranch(map, what, findings);
  reportFilters(map, findings);
  for (const [key, name] of [
    ['provisioner', 'provisioners of environments'],
    ['gitOpsClusters', 'GitOps deployments'],
  ] as const) {
    const node = find(map, key);
    const isSet = key === 'provisioner' ? !isEmpty(find(node, 'steps')) : !isEmpty(node);
    if (node !== undefined && isSet) reportNotRunYet(node, name, findings);
  }
  const infrastructures = readInfrastructureReferences(map, what, findings);
  const from = readUseFromStage(map, what, findings);
  if (from !== undefined) return [{ ...from, infrastructures }];
  const ref = readReference(map, 'environmentRef', what, findings);
  if (ref === '') return [];
  const isToAll = readFlag(map, 'deployToAll', what, findings);
  if (!isToAll && infrastructures.length === 0 && !awaitsInput(find(map, 'infrastructureDefinitions'))) {
    findings.add(
      'FIELD_MISSING',
      'run',
      find(map, 'infrastructureDefinitions') ?? map,
      `There is no infrastructure in ${what}.`,
      'Add infrastructureDefinitions: with an identifier, or deployToAll: true.',
    );
    return [];
  }
  const place = find(map, 'environmentRef') ?? map;
  const inputs = find(map, 'environmentInputs');
  const overrideInputs = find(map, 'serviceOverrideInputs');
  return [
    {
      kind: 'reference',
      ref,
      ...(inputs === undefined ? {} : { inputs }),
      ...(overrideInputs === undefined ? {} : { overrideInputs }),
      overrideInputsOf: readServicesOverrides(map, what, findings),
      infrastructures,
      isToAll,
      ...group,
      path: place.path,
      range: place.range,
    },
  ];
}

function readServicesOverrides(map: MapNode, what: string, findings: Findings): ReadonlyMap<string, YamlNode> {
  const node = find(map, 'servicesOverrides');
  const read = new Map<string, YamlNode>();
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return read;
  if (node.kind !== 'list') reportKind(node, `servicesOverrides of ${what}`, 'a list', findings);
  for (const item of node.kind === 'list' ? node.items : []) {
    const serviceRef = findText(item, 'serviceRef');
    const inputs = find(item, 'serviceOverrideInputs');
    if (serviceRef === undefined) reportKind(item, `an item of servicesOverrides`, 'a map with serviceRef', findings);
    else if (inputs !== undefined) read.set(serviceRef, inputs);
  }
  return read;
}

function readInfrastructureReferences(
  map: MapNode,
  what: string,
  findings: Findings,
): readonly InfrastructureReference[] {
  const node = find(map, 'infrastructureDefinitions') ?? find(map, 'infrastructureDefinition');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind !== 'map') {
      reportKind(item, `an infrastructure of ${what}`, 'a map with an identifier', findings);
      return [];
    }
    warnUnknownKeys(item, ['identifier', 'inputs', 'metadata'], `an infrastructure of ${what}`, findings);
    const identifier = readReference(item, 'identifier', `an infrastructure of ${what}`, findings);
    const inputs = find(item, 'inputs');
    const place = find(item, 'identifier') ?? item;
    return identifier === ''
      ? []
      : [{ identifier, ...(inputs === undefined ? {} : { inputs }), path: place.path, range: place.range }];
  });
}

function readInfrastructure(map: MapNode, what: string, findings: Findings): readonly EnvironmentUse[] {
  const keys = [
    'environmentRef',
    'environment',
    'infrastructureDefinition',
    'allowSimultaneousDeployments',
    'useFromStage',
    'infrastructureKey',
  ];
  warnUnknownKeys(map, keys, what, findings);
  const from = readUseFromStage(map, what, findings);
  if (from !== undefined) {
    const overrides = find(find(map, 'useFromStage'), 'overrides');
    if (overrides !== undefined && !isEmpty(overrides))
      reportNotRunYet(overrides, 'overrides of useFromStage', findings);
    return [{ ...from, infrastructures: [] }];
  }
  const entity = readMap(map, 'environment', what, findings);
  const ref = isEmpty(find(map, 'environmentRef')) ? undefined : readReference(map, 'environmentRef', what, findings);
  const definition = readMap(map, 'infrastructureDefinition', what, findings);
  if (definition === undefined) {
    if (!awaitsInput(find(map, 'infrastructureDefinition'))) {
      const message = `There is no infrastructureDefinition in ${what}.`;
      findings.add('FIELD_MISSING', 'run', find(map, 'infrastructureDefinition') ?? map, message);
    }
    return [];
  }
  const provisioner = find(definition, 'provisioner');
  if (!isEmpty(find(provisioner, 'steps')) && provisioner !== undefined)
    reportNotRunYet(provisioner, 'provisioners of infrastructures', findings);
  return [
    {
      kind: 'inline',
      ...(ref === undefined || ref === '' ? {} : { ref }),
      ...(entity === undefined ? {} : { entity }),
      identifier: findText(definition, 'identifier') ?? '',
      name: findText(definition, 'name') ?? findText(definition, 'identifier') ?? '',
      definition: readInfrastructureDefinition(definition, what, findings),
      allowSimultaneousDeployments: readAllowsSimultaneous(map, what, findings),
      path: map.path,
      range: map.range,
    },
  ];
}

function reportFilters(map: MapNode, findings: Findings): void {
  const filters = find(map, 'filters');
  if (filters !== undefined && !isEmpty(filters)) reportNotRunYet(filters, 'filters of environments', findings);
}
