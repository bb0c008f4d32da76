/** A service that a stage names, with its document loaded and its inputs filled in. */
import type { Findings, Place } from '../diagnostics.ts';
import { parseScopedIdentifier } from '../documents.ts';
import type { Variable } from '../model.ts';
import { isLate } from '../read-fields.ts';
import { find, findText, replaceAt, type ListNode, type MapNode } from '../yaml-node.ts';
import { fillInputs, reportMissing } from './fill-inputs.ts';
import { readBlocking, type ReferenceLoader } from './load-references.ts';
import { checkArtifact } from './read-artifacts.ts';
import type { ServiceDefinition, ServiceParts } from './service-definition.ts';
import { readService } from './service-document.ts';
import type { InlineService, ServiceReference } from './service-use.ts';

export interface ResolvedService extends Place {
  /** With its scope; empty for a service that has no document. */
  readonly ref: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly gitOpsEnabled: boolean;
  readonly definition: ServiceDefinition;
}

export interface ServiceContext {
  readonly loader: ReferenceLoader;
  readonly findings: Findings;
  /** Identifier of the stage: names a service that has no name. */
  readonly stage: string;
}

export function resolveServiceReference(use: ServiceReference, context: ServiceContext): ResolvedService | undefined {
  const { loader, findings } = context;
  const reference = { kind: 'service', ...parseScopedIdentifier(use.ref) } as const;
  const map = loader.load(reference, 'service', use);
  if (map === undefined) return undefined;
  const key = 'serviceInputs';
  const filled = fillInputs(map, 'service', { node: use.inputs, key }, findings);
  const used = withoutOtherSources(filled.map);
  reportMissing({ ...filled, map: used }, key, use.inputs ?? use, findings);
  const service = readBlocking((own) => readService(used, own), findings);
  if (service.definition === undefined) {
    findings.add(
      'FIELD_MISSING',
      'run',
      service,
      `The service ${use.ref} has no serviceDefinition.`,
      'Say what it deploys before it is deployed.',
    );
    return undefined;
  }
  const resolved: ResolvedService = {
    ref: use.ref,
    identifier: service.identifier,
    name: service.name,
    description: service.description ?? '',
    tags: service.tags,
    gitOpsEnabled: service.gitOpsEnabled,
    definition: service.definition,
    path: use.path,
    range: use.range,
  };
  checkArtifacts(resolved, findings);
  return resolved;
}

export function resolveInlineService(use: InlineService, context: ServiceContext): ResolvedService {
  const { loader, findings, stage } = context;
  const document =
    use.ref === undefined
      ? undefined
      : loader.loadIfAny({ kind: 'service', ...parseScopedIdentifier(use.ref) }, 'service');
  const own = document === undefined ? undefined : readBlocking((inner) => readService(document, inner), findings);
  const bare = use.ref === undefined ? undefined : parseScopedIdentifier(use.ref).identifier;
  const identifier = own?.identifier ?? bare ?? findText(use.entity, 'identifier') ?? stage;
  const resolved: ResolvedService = {
    ref: use.ref ?? '',
    identifier,
    name: own?.name ?? findText(use.entity, 'name') ?? identifier,
    description: own?.description ?? findText(use.entity, 'description') ?? '',
    tags: own?.tags ?? {},
    gitOpsEnabled: own?.gitOpsEnabled ?? false,
    definition: use.definition,
    path: use.path,
    range: use.range,
  };
  return changeService(resolved, use.overrides, findings);
}

/** Artifacts replace, the rest is put over what the service has. */
export function changeService(
  service: ResolvedService,
  overrides: ServiceParts | undefined,
  findings: Findings,
): ResolvedService {
  const { definition } = service;
  const changed: ResolvedService =
    overrides === undefined
      ? service
      : {
          ...service,
          definition: {
            ...definition,
            ...(overrides.artifacts === undefined ? {} : { artifacts: overrides.artifacts }),
            manifests: putOver(definition.manifests, overrides.manifests),
            configFiles: putOver(definition.configFiles, overrides.configFiles),
            variables: putVariablesOver(definition.variables, overrides.variables),
          },
        };
  checkArtifacts(changed, findings);
  return changed;
}

/** Later ones of the same identifier take the place of earlier ones. */
export function putOver<Of extends { readonly identifier: string }>(
  below: readonly Of[],
  above: readonly Of[],
): readonly Of[] {
  return [...new Map([...below, ...above].map((item) => [item.identifier, item])).values()];
}

function putVariablesOver(below: readonly Variable[], above: readonly Variable[]): readonly Variable[] {
  return [...new Map([...below, ...above].map((variable) => [variable.name, variable])).values()];
}

/** Only the artifact that is chosen must be known; without a choice each may be. */
function checkArtifacts({ identifier, definition }: ResolvedService, findings: Findings): void {
  const { artifacts } = definition;
  if (artifacts === undefined) return;
  const what = `the service ${identifier}`;
  const { primary, primaryPlace, sources, sidecars } = artifacts;
  for (const source of [...sources, ...sidecars]) {
    const isUsed = isLate(primary) || source.identifier === primary || sidecars.includes(source);
    if (isUsed) checkArtifact(source, what, findings);
  }
  if (isLate(primary) || sources.some((source) => source.identifier === primary)) return;
  const known = sources.map((source) => source.identifier).join(', ');
  if (primary === '') {
    if (sources.length > 0)
      findings.add(
        'FIELD_MISSING',
        'run',
        primaryPlace,
        `${what.charAt(0).toUpperCase()}${what.slice(1)} has several artifact sources and no primaryArtifactRef.`,
        `Name one of ${known}.`,
      );
    return;
  }
  findings.add(
    'REFERENCE_NOT_FOUND',
    'run',
    primaryPlace,
    `There is no artifact source ${primary} in ${what}.`,
    known === '' ? undefined : `It has ${known}.`,
  );
}

/** What is asked for by sources that are not chosen need not be given. */
function withoutOtherSources(service: MapNode): MapNode {
  const primary = find(find(find(find(service, 'serviceDefinition'), 'spec'), 'artifacts'), 'primary');
  const sources = find(primary, 'sources');
  const chosen = findText(primary, 'primaryArtifactRef') ?? '';
  if (sources?.kind !== 'list' || chosen === '' || isLate(chosen)) return service;
  const items = sources.items.filter((item) => findText(item, 'identifier') === chosen);
  // A name that fits none is reported with all that it might have meant.
  if (items.length === 0) return service;
  const kept: ListNode = { ...sources, items };
  const reduced = replaceAt(service, new Map([[sources.path, kept]]));
  return reduced.kind === 'map' ? reduced : service;
}
