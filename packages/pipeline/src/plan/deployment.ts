/**
 * What the sections of a Deployment stage come to, and what expressions call it (pipelines.md §3.5 CD).
 *
 * A stage has two sections before its steps: `service` (the service with its artifacts, manifests and variables, and the
 * environment, which changes them) and `infrastructure`. The engine resolves a section's spec when the section runs and keeps
 * `sectionOutcomes` of it; `deploymentRoots` gives the names that expressions find below the stage from then on. While a
 * section is being resolved its own parts are found too, as text that is resolved in its turn (`deploymentRoot`):
 * `releaseName: release-<+INFRA_KEY_SHORT_ID>` stands in the infrastructure that gives the key.
 *
 * Several services, environments or infrastructures make a loop around the stage: a matrix with the one axis `deployment`,
 * whose values are maps of scoped identifiers, services outermost, in the order of the text. The spec of a section is then a
 * choice among specs by that value (`chooseSection`): no expression takes part in it, so that it is the same on every replay.
 */
import type { Value } from '../expressions/values.ts';
import { Failure } from '../expressions/errors.ts';
import {
  expressionText,
  expressionTree,
  type ExpressionScope,
  type ScopeObject,
  type ScopeValue,
} from '../expressions/scope.ts';
import type {
  DeploymentVariables,
  InfrastructureSection,
  Section,
  ServiceSection,
} from '../language/deployment/section.ts';
import { artifactOutcome } from './artifacts.ts';
import { toBase64 } from './base64.ts';
import { infraKey, INFRA_KEY_SHORT_LENGTH } from './infra-key.ts';

export type Outcomes = Readonly<Record<string, Value>>;

/** The section that holds in one turn of the loops around its stage; `matrix` as `<+matrix>` gives it there. */
export function chooseSection(spec: Value, matrix: Readonly<Record<string, Value>> | undefined): Value {
  if (!isMap(spec) || spec['kind'] !== 'choice') return spec;
  const { axis, key, sections } = spec;
  const turn = typeof axis === 'string' ? matrix?.[axis] : undefined;
  if (!isMap(turn) || !isMap(sections) || !Array.isArray(key)) return null;
  const name = (key as readonly Value[]).map((member) => textOf(turn, member)).join('|');
  return Object.hasOwn(sections, name) ? (sections[name] ?? null) : null;
}

/** What a section came to; `spec` is its chosen spec with every expression resolved. */
export function sectionOutcomes(section: 'service' | 'infrastructure', spec: Value): Outcomes {
  if (!isSection(spec) || spec.kind !== section) return {};
  return spec.kind === 'service' ? serviceOutcomes(spec) : infrastructureOutcomes(spec);
}

function serviceOutcomes(spec: ServiceSection): Outcomes {
  const { identifier, name, description, tags, type, gitOpsEnabled } = spec.service;
  const { environment, artifacts } = spec;
  const primary = Object.hasOwn(artifacts.sources, artifacts.primary)
    ? artifacts.sources[artifacts.primary]
    : undefined;
  return {
    service: { identifier, name, description, tags, type, gitOpsEnabled },
    env: {
      identifier: environment.identifier,
      name: environment.name,
      description: environment.description,
      tags: environment.tags,
      type: environment.type,
      envGroupName: null,
      envGroupRef: environment.groupRef === '' ? null : environment.groupRef,
      variables: valuesOf(environment.variables),
    },
    artifacts: {
      primary: primary === undefined ? null : artifactOutcome(primary),
      sidecars: mapValues(artifacts.sidecars, artifactOutcome),
    },
    manifests: mapValues(spec.manifests, ({ identifier: id, type: kind, spec: rest }) => ({
      ...rest,
      identifier: id,
      type: kind,
    })),
    configFiles: spec.configFiles,
    serviceVariables: valuesOf(spec.variables),
    serviceVariableOverrides: valuesOf(spec.overrides),
  };
}

function infrastructureOutcomes(section: InfrastructureSection): Outcomes {
  const { identifier, name, description, tags, type, spec, variables, allowSimultaneousDeployments } = section;
  return {
    infra: {
      connectorRef: null,
      connector: null,
      namespace: null,
      releaseName: null,
      cluster: null,
      ...spec,
      identifier,
      infraIdentifier: identifier,
      name,
      description,
      tags,
      type,
      variables: valuesOf(variables),
      allowSimultaneousDeployments,
    },
  };
}

/** Root name → value, from the outcomes of the sections that are over. */
export function deploymentRoots(service: Outcomes | undefined, infrastructure: Outcomes | undefined): Outcomes {
  return {
    ...(service === undefined ? {} : serviceRoots(service)),
    ...(infrastructure === undefined ? {} : { infra: infrastructure['infra'] ?? null }),
    ...(service === undefined || infrastructure === undefined ? {} : keyRoots(keyParts(service, infrastructure))),
    // Both have a value only below a step that works with instances, or after an earlier deployment.
    instance: null,
    rollbackArtifact: null,
  };
}

function serviceRoots(service: Outcomes): Outcomes {
  const artifacts = service['artifacts'] ?? null;
  const manifests = service['manifests'] ?? null;
  const [only, ...others] = isMap(manifests) ? Object.values(manifests) : [];
  return {
    service: service['service'] ?? null,
    env: service['env'] ?? null,
    artifacts,
    artifact: isMap(artifacts) ? (artifacts['primary'] ?? null) : null,
    manifests,
    manifest: others.length === 0 ? (only ?? null) : null,
    serviceVariables: service['serviceVariables'] ?? null,
    serviceVariableOverrides: service['serviceVariableOverrides'] ?? null,
  };
}

function keyRoots(parts: readonly Value[]): Outcomes {
  const key = infraKey(parts);
  return { INFRA_KEY: key, INFRA_KEY_SHORT_ID: key.slice(0, INFRA_KEY_SHORT_LENGTH) };
}

/** What an infrastructure key is made of: the service, the environment, and where the infrastructure is. */
function keyParts(service: Outcomes, infrastructure: Outcomes): readonly Value[] {
  const [owner, env, infra] = [service['service'], service['env'], infrastructure['infra']];
  return [
    isMap(owner) ? (owner['identifier'] ?? null) : null,
    isMap(env) ? (env['identifier'] ?? null) : null,
    ...(isMap(infra) ? placeOf(infra) : []),
  ];
}

/** How many of the parts come from the service's section; they are the first ones. */
const SERVICE_PARTS = 2;

/** Fields of `<+infra>` that do not say where it is. The release name often holds the key itself. */
const NOT_A_PLACE = new Set([
  'identifier',
  'infraIdentifier',
  'name',
  'description',
  'tags',
  'type',
  'connector',
  'releaseName',
  'variables',
  'allowSimultaneousDeployments',
]);

function placeOf(infra: { readonly [key: string]: Value }): readonly Value[] {
  const fields = Object.entries(infra).filter(([key, value]) => !NOT_A_PLACE.has(key) && isScalar(value));
  const variables = isMap(infra['variables']) ? Object.entries(infra['variables']) : [];
  const inOrder = [fields, variables].flatMap((entries) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return inOrder.map(([, value]) => value).filter((value) => value !== null && value !== '');
}

/** One section as the scope of expressions sees it. */
export interface SectionView {
  /** The chosen spec, its expressions unresolved. */
  readonly spec: Value;
  /** Absent until the section is over. */
  readonly outcomes?: Outcomes;
  /** What names mean inside the spec. */
  readonly scope: ExpressionScope;
}

/** One of the roots of `deploymentRoots`, or `configFile`; parts of a section that is not over yet are resolved when they are read. */
export function deploymentRoot(
  name: string,
  service: SectionView | undefined,
  infrastructure: SectionView | undefined,
): ScopeValue | undefined {
  const serviceOutcome = outcomesOf(service, 'service');
  const infraOutcome = outcomesOf(infrastructure, 'infrastructure');
  if (name === 'configFile')
    return configFileRoot(serviceOutcome, service?.outcomes === undefined ? service?.scope : undefined);
  const isKey = name === 'INFRA_KEY' || name === 'INFRA_KEY_SHORT_ID';
  if (isKey && infrastructure !== undefined && infrastructure.outcomes === undefined) {
    if (serviceOutcome === undefined || infraOutcome === undefined) return undefined;
    return lateKey(name, keyParts(serviceOutcome, infraOutcome), service, infrastructure);
  }
  const roots = deploymentRoots(serviceOutcome, infraOutcome);
  const value = Object.hasOwn(roots, name) ? roots[name] : undefined;
  if (value === undefined) return undefined;
  const owner = name === 'infra' ? infrastructure : service;
  return owner === undefined || owner.outcomes !== undefined ? value : expressionTree(value, owner.scope);
}

function outcomesOf(view: SectionView | undefined, section: 'service' | 'infrastructure'): Outcomes | undefined {
  return view === undefined ? undefined : (view.outcomes ?? sectionOutcomes(section, view.spec));
}

/** As one expression over the parts, so that a key that asks for itself ends at the evaluator's limits. */
function lateKey(
  name: string,
  parts: readonly Value[],
  service: SectionView | undefined,
  infrastructure: SectionView,
): ScopeValue {
  const maker: ScopeObject = {
    get: () => undefined,
    toValue: () => null,
    call: (method, args) => (method === 'of' ? (keyRoots(args)[name] ?? null) : undefined),
  };
  const inner: ExpressionScope = {
    root: (root) => {
      if (root === 'maker') return maker;
      const index = Number(root.slice(1));
      const part = parts[index];
      const owner = index < SERVICE_PARTS ? service : infrastructure;
      // What a section that is over came to is data, whatever it looks like.
      if (typeof part !== 'string' || owner === undefined || owner.outcomes !== undefined) return part;
      return expressionText(part, owner.scope);
    },
  };
  return expressionText(`<+maker.of(${parts.map((_, index) => `p${String(index)}`).join(', ')})>`, inner);
}

function configFileRoot(service: Outcomes | undefined, scope: ExpressionScope | undefined): ScopeValue | undefined {
  const files = service?.['configFiles'];
  if (!isMap(files)) return undefined;
  return {
    get: () => undefined,
    toValue: () => Object.keys(files),
    call: (method, [id]) => {
      if (typeof id !== 'string' || !Object.hasOwn(files, id)) return null;
      const content = files[id];
      if (typeof content !== 'string') {
        throw new Failure('EXPRESSION_VALUE', `the config file ${id} is kept elsewhere and not loaded by Bridle`);
      }
      if (method === 'getAsBase64') return toBase64(content);
      if (method !== 'getAsString') return undefined;
      return scope === undefined ? content : expressionText(content, scope);
    },
  };
}

function valuesOf(variables: DeploymentVariables): Readonly<Record<string, Value>> {
  return mapValues(variables, ({ value }) => value);
}

function mapValues<From, To>(
  map: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(map: { readonly [key: string]: Value }, member: Value): string {
  const value = typeof member === 'string' ? map[member] : undefined;
  return typeof value === 'string' ? value : '';
}

function isScalar(value: Value): boolean {
  return value === null || typeof value !== 'object';
}

/** Plans are data of ours: who says its kind has the shape of that kind. */
function isSection(value: Value): value is Section {
  return isMap(value) && (value['kind'] === 'service' || value['kind'] === 'infrastructure');
}
