/**
 * The Deployment stages of a pipeline whose inputs are frozen → what their sections hold (see `section.ts`).
 *
 * - D1 Documents come from `Documents`; what is not loaded yet is collected, all of it that can be reached so far.
 * - D2 Everything that decides what is deployed where is known before the run begins; only texts inside stay late.
 * - D3 One combination of service, environment and infrastructure makes a plain stage; several make a loop around it, services
 *   outermost, in the order of the text.
 */
import { Findings, type Diagnostic, type Place } from '../diagnostics.ts';
import type { DocumentReference, Documents } from '../documents.ts';
import { listStages, type Pipeline, type Stage } from '../model.ts';
import { checkParts, checkSteps, checkVariables, reportMismatch } from './check-parts.ts';
import { resolveCustomDeployment, type CustomDeployment, type FetchInstances } from './custom-deployment.ts';
import { makeLoop, type DeploymentLoop } from './deployment-loop.ts';
import type { DeploymentSpec } from './deployment-spec.ts';
import { CUSTOM_DEPLOYMENT } from './deployment-types.ts';
import { ReferenceLoader } from './load-references.ts';
import { makeInfrastructureSection, makeServiceSection } from './make-sections.ts';
import { overridesReference, resolveOverrides } from './resolve-environment.ts';
import {
  DEPLOYMENT_AXIS,
  type DeploymentCombination,
  type InfrastructureSection,
  type Section,
  type SectionChoice,
  type ServiceSection,
} from './section.ts';
import { OVERRIDES_ROOT } from './service-overrides-document.ts';
import { StagePartsResolver, type StageParts } from './stage-parts.ts';

export interface StageDeployment {
  /** The type of deployment, such as `Kubernetes`. */
  readonly type: string;
  readonly service: SectionPart<ServiceSection>;
  readonly infrastructure: SectionPart<InfrastructureSection>;
  /** Present when there are several combinations. */
  readonly loop?: DeploymentLoop;
  /** Present for custom deployments: what FetchInstanceScript steps of the stage are given. */
  readonly fetchInstances?: FetchInstances;
}

export interface SectionPart<Of extends Section> {
  readonly spec: Of | SectionChoice<Of>;
  /** 1-based line in the pipeline's text; 0 when the stage came from a template. */
  readonly line: number;
}

export interface ResolvedDeployments {
  /** By the identifier of the stage; complete when nothing is needed and nothing blocks the run. */
  readonly deployments: ReadonlyMap<string, StageDeployment>;
  readonly diagnostics: readonly Diagnostic[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

/** `pipeline` holds the stages that are going to run, and no others. */
export function resolveDeployments(pipeline: Pipeline, documents: Documents): ResolvedDeployments {
  const findings = new Findings();
  const resolver = new Resolver(pipeline, documents, findings);
  const deployments = new Map<string, StageDeployment>();
  for (const stage of listStages(pipeline.stages)) {
    const deployment = resolver.resolve(stage);
    if (deployment !== undefined) deployments.set(stage.identifier, deployment);
    // Without a deployment something else is wrong, or missing, that is said already.
    if (stage.deployment === undefined || deployment !== undefined) checkSteps(stage, deployment, findings);
  }
  return { deployments, diagnostics: findings.list(), needsDocuments: resolver.needsDocuments() };
}

class Resolver {
  readonly #loader: ReferenceLoader;
  readonly #parts: StagePartsResolver;
  readonly #findings: Findings;

  constructor(pipeline: Pipeline, documents: Documents, findings: Findings) {
    this.#loader = new ReferenceLoader(documents, findings);
    this.#parts = new StagePartsResolver(pipeline, this.#loader, findings);
    this.#findings = findings;
  }

  needsDocuments(): readonly DocumentReference[] {
    return [...this.#loader.needs.values()];
  }

  isComplete(): boolean {
    return this.#loader.needs.size === 0;
  }

  resolve(stage: Stage): StageDeployment | undefined {
    const { deployment } = stage;
    if (deployment === undefined) return undefined;
    const parts = this.#parts.resolve(stage, deployment);
    this.#askForOverrides(deployment);
    const custom = parts.type === CUSTOM_DEPLOYMENT ? this.#customDeployment(parts, deployment) : undefined;
    if (parts.services.length === 0 || parts.environments.length === 0) return undefined;
    checkParts(parts, stage, this.#findings);
    return this.#combine(stage, deployment, parts, custom);
  }

  /** D1: what is named in the stage need not wait for the documents of services and environments. */
  #askForOverrides({ services, environments }: DeploymentSpec): void {
    for (const service of services) {
      for (const environment of environments) {
        if (service.kind === 'reference' && environment.kind === 'reference')
          this.#loader.loadIfAny(overridesReference(environment.ref, service.ref), OVERRIDES_ROOT);
      }
    }
  }

  /** The one template that stage, services and infrastructures name. */
  #customDeployment({ services, environments }: StageParts, deployment: DeploymentSpec): CustomDeployment | undefined {
    const definitions = environments.flatMap(({ infrastructures }) => infrastructures.map((one) => one.definition));
    const [link, ...others] = [
      deployment.customDeployment,
      ...services.map(({ definition }) => definition.customDeployment),
      ...definitions.map(({ customDeployment }) => customDeployment),
    ].filter((named) => named !== undefined);
    if (link === undefined) {
      if (this.isComplete())
        this.#findings.add(
          'FIELD_MISSING',
          'run',
          deployment,
          'A stage of deployment type CustomDeployment has no customDeploymentRef.',
          'Add it with the templateRef of a template of type CustomDeployment.',
        );
      return undefined;
    }
    const stranger = others.find(({ ref }) => ref !== link.ref);
    if (stranger !== undefined) {
      const message = `This belongs to the deployment template ${stranger.ref}, but the stage deploys by ${link.ref}.`;
      reportMismatch(stranger, message, this.#findings);
    }
    return resolveCustomDeployment(link, this.#loader, this.#findings);
  }

  #combine(
    stage: Stage,
    deployment: DeploymentSpec,
    { type, services, environments }: StageParts,
    custom: CustomDeployment | undefined,
  ): StageDeployment | undefined {
    const serviceSections = new Map<string, ServiceSection>();
    const infrastructureSections = new Map<string, InfrastructureSection>();
    const combinations = new Map<string, DeploymentCombination>();
    const context = { loader: this.#loader, findings: this.#findings };
    for (const service of services) {
      for (const environment of environments) {
        const [serviceRef, environmentRef] = [refOf(service), refOf(environment)];
        const overrides = resolveOverrides(environment, service.ref, context);
        const section = makeServiceSection(service, environment, overrides, type);
        serviceSections.set(keyOf(serviceRef, environmentRef), section);
        for (const infrastructure of environment.infrastructures) {
          const { identifier } = infrastructure;
          const key = keyOf(serviceRef, environmentRef, identifier);
          if (combinations.has(key)) {
            const what = `The service ${serviceRef} to ${environmentRef} ${identifier}`;
            reportMismatch(infrastructure, `${what} is deployed twice by one stage.`, this.#findings);
          }
          combinations.set(key, {
            service: serviceRef,
            environment: environmentRef,
            infrastructure: identifier,
          });
          const place = keyOf(environmentRef, identifier);
          infrastructureSections.set(place, makeInfrastructureSection(infrastructure, custom));
        }
      }
    }
    checkVariables(infrastructureSections.values(), deployment, this.#findings);
    const [service] = serviceSections.values();
    const [infrastructure] = infrastructureSections.values();
    if (service === undefined || infrastructure === undefined) return undefined;
    const isOne = combinations.size === 1;
    return {
      type,
      service: {
        spec: isOne ? service : choice(['service', 'environment'], serviceSections),
        line: lineOf(deployment.services, stage),
      },
      infrastructure: {
        spec: isOne ? infrastructure : choice(['environment', 'infrastructure'], infrastructureSections),
        line: lineOf(deployment.environments, stage),
      },
      ...(isOne ? {} : { loop: makeLoop(stage, deployment, [...combinations.values()], this.#findings) }),
      ...(custom === undefined ? {} : { fetchInstances: custom.fetchInstances }),
    };
  }
}

function lineOf([first]: readonly Place[], stage: Stage): number {
  const { start } = (first ?? stage).range;
  return start.document === undefined ? start.line : 0;
}

function refOf({ ref, identifier }: { readonly ref: string; readonly identifier: string }): string {
  return ref === '' ? identifier : ref;
}

/** See `SectionChoice`; no identifier has a `|`. */
function keyOf(...parts: readonly string[]): string {
  return parts.join('|');
}

function choice<Of extends Section>(
  key: readonly (keyof DeploymentCombination)[],
  sections: ReadonlyMap<string, Of>,
): SectionChoice<Of> {
  return { kind: 'choice', axis: DEPLOYMENT_AXIS, key, sections: Object.fromEntries(sections) };
}
