/** An environment that a stage names, with the infrastructures in it, their documents loaded and inputs filled in. */
import type { Findings, Place } from '../diagnostics.ts';
import { parseScopedIdentifier, type DocumentReference } from '../documents.ts';
import type { Variable } from '../model.ts';
import { findText, type MapNode, type YamlNode } from '../yaml-node.ts';
import { readEnvironment } from './environment-document.ts';
import type { EnvironmentReference, InfrastructureReference, InlineEnvironment } from './environment-use.ts';
import { fillInputs, reportMissing } from './fill-inputs.ts';
import type { InfrastructureDefinition } from './infrastructure-definition.ts';
import { INFRASTRUCTURE_ROOT, readInfrastructure } from './infrastructure-document.ts';
import { readBlocking, type ReferenceLoader } from './load-references.ts';
import type { ConfigFile } from './read-manifests.ts';
import type { ManifestSource } from './section.ts';
import { OVERRIDES_ROOT, readServiceOverrides, type ServiceOverrides } from './service-overrides-document.ts';

export interface ResolvedEnvironment extends Place {
  /** With its scope; empty for an environment that has no document. */
  readonly ref: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly type: string;
  readonly groupRef: string;
  readonly variables: readonly Variable[];
  readonly manifests: readonly ManifestSource[];
  readonly configFiles: readonly ConfigFile[];
  readonly overrideInputs?: YamlNode;
  readonly overrideInputsOf: ReadonlyMap<string, YamlNode>;
  readonly infrastructures: readonly ResolvedInfrastructure[];
}

export interface ResolvedInfrastructure extends Place {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly definition: InfrastructureDefinition;
  /** Empty = it does not say. */
  readonly deploymentType: string;
  readonly scopedServices: readonly string[];
  readonly allowSimultaneousDeployments: boolean;
}

export interface EnvironmentContext {
  readonly loader: ReferenceLoader;
  readonly findings: Findings;
}

export function resolveEnvironmentReference(
  use: EnvironmentReference,
  context: EnvironmentContext,
): ResolvedEnvironment | undefined {
  const { loader, findings } = context;
  const map = loader.load({ kind: 'environment', ...parseScopedIdentifier(use.ref) }, 'environment', use);
  // Asked for at once, so that a run needs few rounds of loading.
  const infrastructures = use.isToAll
    ? allInfrastructures(use, context)
    : resolveInfrastructures(use.ref, use.infrastructures, context);
  if (map === undefined) return undefined;
  const key = 'environmentInputs';
  const filled = fillInputs(map, 'environment', { node: use.inputs, key }, findings);
  reportMissing(filled, key, use.inputs ?? use, findings);
  const environment = readBlocking((own) => readEnvironment(filled.map, own), findings);
  return {
    ref: use.ref,
    identifier: environment.identifier,
    name: environment.name,
    description: environment.description ?? '',
    tags: environment.tags,
    type: environment.type,
    groupRef: use.groupRef ?? '',
    variables: environment.variables,
    manifests: environment.manifests,
    configFiles: environment.configFiles,
    ...(use.overrideInputs === undefined ? {} : { overrideInputs: use.overrideInputs }),
    overrideInputsOf: use.overrideInputsOf,
    infrastructures,
    path: use.path,
    range: use.range,
  };
}

/** The named infrastructures of an environment. */
export function resolveInfrastructures(
  environmentRef: string,
  uses: readonly InfrastructureReference[],
  { loader, findings }: EnvironmentContext,
): readonly ResolvedInfrastructure[] {
  return uses.flatMap((use) => {
    const reference: DocumentReference = {
      kind: 'infrastructure',
      scope: parseScopedIdentifier(environmentRef).scope,
      identifier: use.identifier,
      environmentRef,
    };
    const map = loader.load(reference, INFRASTRUCTURE_ROOT, use);
    return map === undefined ? [] : [resolveInfrastructure(map, use.inputs, use, findings)];
  });
}

/** `deployToAll`; the infrastructures that the stage names as well are given its inputs. */
function allInfrastructures(
  use: EnvironmentReference,
  { loader, findings }: EnvironmentContext,
): readonly ResolvedInfrastructure[] {
  const reference: DocumentReference = {
    kind: 'infrastructures',
    scope: parseScopedIdentifier(use.ref).scope,
    environmentRef: use.ref,
  };
  const maps = loader.loadAll(reference, INFRASTRUCTURE_ROOT, use);
  return maps.map((map) => {
    const named = use.infrastructures.find(({ identifier }) => identifier === findText(map, 'identifier'));
    return resolveInfrastructure(map, named?.inputs, named ?? use, findings);
  });
}

function resolveInfrastructure(
  map: MapNode,
  inputs: YamlNode | undefined,
  place: Place,
  findings: Findings,
): ResolvedInfrastructure {
  const filled = fillInputs(map, 'infrastructure', { node: inputs, key: 'inputs' }, findings);
  reportMissing(filled, 'inputs', inputs ?? place, findings);
  const infrastructure = readBlocking((own) => readInfrastructure(filled.map, own), findings);
  return {
    identifier: infrastructure.identifier,
    name: infrastructure.name,
    description: infrastructure.description ?? '',
    tags: infrastructure.tags,
    definition: infrastructure,
    deploymentType: infrastructure.deploymentType,
    scopedServices: infrastructure.scopedServices,
    allowSimultaneousDeployments: infrastructure.allowSimultaneousDeployments,
    path: place.path,
    range: place.range,
  };
}

export function resolveInlineEnvironment(
  use: InlineEnvironment,
  { loader, findings }: EnvironmentContext,
): ResolvedEnvironment {
  const document =
    use.ref === undefined
      ? undefined
      : loader.loadIfAny({ kind: 'environment', ...parseScopedIdentifier(use.ref) }, 'environment');
  const map = document ?? use.entity;
  const own = map === undefined ? undefined : readBlocking((inner) => readEnvironment(map, inner), findings);
  const bare = use.ref === undefined ? '' : parseScopedIdentifier(use.ref).identifier;
  const identifier = own?.identifier ?? bare;
  return {
    ref: use.ref ?? '',
    identifier,
    name: own?.name ?? identifier,
    description: own?.description ?? '',
    tags: own?.tags ?? {},
    type: own?.type ?? '',
    groupRef: '',
    variables: own?.variables ?? [],
    manifests: own?.manifests ?? [],
    configFiles: own?.configFiles ?? [],
    overrideInputsOf: new Map(),
    infrastructures: [
      {
        identifier: use.identifier,
        name: use.name,
        description: '',
        tags: {},
        definition: use.definition,
        deploymentType: '',
        scopedServices: [],
        allowSimultaneousDeployments: use.allowSimultaneousDeployments,
        path: use.path,
        range: use.range,
      },
    ],
    path: use.path,
    range: use.range,
  };
}

/** What the environment changes of the service, if anything. */
export function resolveOverrides(
  environment: ResolvedEnvironment,
  serviceRef: string,
  { loader, findings }: EnvironmentContext,
): ServiceOverrides | undefined {
  if (environment.ref === '' || serviceRef === '') return undefined;
  const map = loader.loadIfAny(overridesReference(environment.ref, serviceRef), OVERRIDES_ROOT);
  if (map === undefined) return undefined;
  const key = 'serviceOverrideInputs';
  const given = environment.overrideInputsOf.get(serviceRef) ?? environment.overrideInputs;
  const filled = fillInputs(map, 'environment', { node: given, key }, findings);
  reportMissing(filled, key, given ?? environment, findings);
  return readBlocking((own) => readServiceOverrides(filled.map, own), findings);
}

export function overridesReference(environmentRef: string, serviceRef: string): DocumentReference {
  return { kind: 'serviceOverrides', scope: parseScopedIdentifier(environmentRef).scope, environmentRef, serviceRef };
}
