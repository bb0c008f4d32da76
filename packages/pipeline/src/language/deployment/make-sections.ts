/** Resolved services, environments and infrastructures → the sections of the plan. */
import type { Value } from '../../expressions/values.ts';
import type { Variable } from '../model.ts';
import { readMap } from '../read-fields.ts';
import { secretText } from '../secret-values.ts';
import { Findings } from '../diagnostics.ts';
import type { CustomDeployment } from './custom-deployment.ts';
import type { ArtifactNode } from './read-artifacts.ts';
import type { ResolvedEnvironment, ResolvedInfrastructure } from './resolve-environment.ts';
import { putOver, type ResolvedService } from './resolve-service.ts';
import type {
  ArtifactSource,
  DeploymentVariables,
  InfrastructureSection,
  ManifestSource,
  ServiceSection,
} from './section.ts';
import type { ServiceOverrides } from './service-overrides-document.ts';
import { toSpecMap } from './spec-values.ts';

/** `type` is the stage's type of deployment. */
export function makeServiceSection(
  service: ResolvedService,
  environment: ResolvedEnvironment,
  overrides: ServiceOverrides | undefined,
  type: string,
): ServiceSection {
  const { definition } = service;
  const own = toVariables(environment.variables);
  const changed = toVariables(overrides?.variables ?? []);
  const manifests = [environment.manifests, overrides?.manifests ?? []].reduce(
    (below, above) => putOver<ManifestSource>(below, above),
    definition.manifests,
  );
  const files = putOver(putOver(definition.configFiles, environment.configFiles), overrides?.configFiles ?? []);
  return {
    kind: 'service',
    service: {
      ref: service.ref,
      identifier: service.identifier,
      name: service.name,
      description: service.description,
      tags: service.tags,
      type,
      gitOpsEnabled: service.gitOpsEnabled,
    },
    environment: {
      ref: environment.ref,
      identifier: environment.identifier,
      name: environment.name,
      description: environment.description,
      tags: environment.tags,
      type: environment.type,
      groupRef: environment.groupRef,
      variables: own,
    },
    artifacts: {
      primary: definition.artifacts?.primary ?? '',
      sources: byIdentifier((definition.artifacts?.sources ?? []).map(toSource)),
      sidecars: byIdentifier((definition.artifacts?.sidecars ?? []).map(toSource)),
    },
    manifests: byIdentifier(manifests),
    configFiles: Object.fromEntries(files.map(({ identifier, content }) => [identifier, content])),
    variables: { ...toVariables(definition.variables), ...own, ...changed },
    overrides: { ...own, ...changed },
  };
}

export function makeInfrastructureSection(
  infrastructure: ResolvedInfrastructure,
  custom: CustomDeployment | undefined,
): InfrastructureSection {
  const { identifier, name, description, tags, definition, allowSimultaneousDeployments } = infrastructure;
  return {
    kind: 'infrastructure',
    identifier,
    name,
    description,
    tags,
    type: definition.type,
    spec: definition.spec,
    variables: { ...toVariables(custom?.variables ?? []), ...toVariables(definition.variables) },
    allowSimultaneousDeployments,
  };
}

function toVariables(variables: readonly Variable[]): DeploymentVariables {
  return Object.fromEntries(
    variables.map(({ name, type, value }) => [name, { type, value: type === 'Secret' ? secretText(value) : value }]),
  );
}

function toSource({ identifier, type, map }: ArtifactNode): ArtifactSource {
  // Kinds were checked when the artifacts were read.
  return { identifier, type, spec: toSpecMap(readMap(map, 'spec', '', new Findings())) };
}

function byIdentifier<Of extends { readonly identifier: string } & { readonly [key: string]: Value }>(
  items: readonly Of[],
): Readonly<Record<string, Of>> {
  return Object.fromEntries(items.map((item) => [item.identifier, item]));
}
