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
import { listStages, listSteps, type Pipeline, type Stage, type StageItem } from '../model.ts';
import { STRATEGY_INSTANCES_MAX, type LateNumber } from '../node-parts.ts';
import { isLate, reportNotRunYet } from '../read-fields.ts';
import { resolveCustomDeployment, type CustomDeployment, type FetchInstances } from './custom-deployment.ts';
import type { DeploymentSpec } from './deployment-spec.ts';
import { CUSTOM_DEPLOYMENT } from './deployment-types.ts';
import type { EnvironmentUse } from './environment-use.ts';
import { ReferenceLoader } from './load-references.ts';
import { makeInfrastructureSection, makeServiceSection } from './make-sections.ts';
import {
  resolveEnvironmentReference,
  resolveInfrastructures,
  resolveInlineEnvironment,
  resolveOverrides,
  type ResolvedEnvironment,
  type ResolvedInfrastructure,
} from './resolve-environment.ts';
import {
  changeService,
  resolveInlineService,
  resolveServiceReference,
  type ResolvedService,
} from './resolve-service.ts';
import {
  DEPLOYMENT_AXIS,
  type DeploymentCombination,
  type InfrastructureSection,
  type Section,
  type SectionChoice,
  type ServiceSection,
} from './section.ts';
import type { ServiceUse } from './service-use.ts';
import type { StageSource } from './use-from-stage.ts';

export interface StageDeployment {
  readonly service: SectionPart<ServiceSection>;
  readonly infrastructure: SectionPart<InfrastructureSection>;
  /** Present when there are several combinations. */
  readonly loop?: DeploymentLoop;
  /** Present for custom deployments: what FetchInstanceScript steps of the stage are given. */
  readonly fetchInstances?: FetchInstances;
}

export interface SectionPart<Of extends Section> {
  readonly spec: Of | SectionChoice<Of>;
  /** 1-based line in the pipeline's text. */
  readonly line: number;
}

export interface DeploymentLoop {
  readonly combinations: readonly DeploymentCombination[];
  /** Absent = all at once. */
  readonly maxConcurrency?: LateNumber;
  readonly onFailure: 'RunAll' | 'SkipQueued';
  /** Judged once before the expansion. */
  readonly condition?: string;
}

export interface ResolvedDeployments {
  /** By the identifier of the stage; complete when nothing is needed and nothing blocks the run. */
  readonly deployments: ReadonlyMap<string, StageDeployment>;
  readonly diagnostics: readonly Diagnostic[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

/** `isWanted`: whether a stage is going to run; the others are looked at only where one of these takes something from them. */
export function resolveDeployments(
  pipeline: Pipeline,
  documents: Documents,
  isWanted: (stage: Stage) => boolean = () => true,
): ResolvedDeployments {
  const findings = new Findings();
  const resolver = new Resolver(pipeline, documents, findings);
  const deployments = new Map<string, StageDeployment>();
  for (const stage of listStages(pipeline.stages).filter(isWanted)) {
    const deployment = resolver.resolve(stage);
    if (deployment !== undefined) deployments.set(stage.identifier, deployment);
    checkSteps(stage, deployment, resolver.isIncomplete(), findings);
  }
  return { deployments, diagnostics: findings.list(), needsDocuments: [...resolver.loader.needs.values()] };
}

/** The parts of a stage before they are combined. */
interface Parts {
  readonly type: string;
  readonly services: readonly ResolvedService[];
  readonly environments: readonly ResolvedEnvironment[];
}

class Resolver {
  readonly loader: ReferenceLoader;
  readonly #pipeline: Pipeline;
  readonly #findings: Findings;
  readonly #parts = new Map<string, Parts>();

  constructor(pipeline: Pipeline, documents: Documents, findings: Findings) {
    this.loader = new ReferenceLoader(documents, findings);
    this.#pipeline = pipeline;
    this.#findings = findings;
  }

  isIncomplete(): boolean {
    return this.loader.needs.size > 0;
  }

  resolve(stage: Stage): StageDeployment | undefined {
    const { deployment } = stage;
    if (deployment === undefined) return undefined;
    const parts = this.#partsOf(stage, deployment);
    const custom = this.#customDeployment(parts, deployment);
    const [service] = parts.services;
    const [environment] = parts.environments;
    if (service === undefined || environment === undefined) return undefined;
    this.#checkTypes(parts, stage);
    return this.#combine(stage, deployment, parts, custom);
  }

  #partsOf(stage: Stage, deployment: DeploymentSpec): Parts {
    const known = this.#parts.get(stage.identifier);
    if (known !== undefined) return known;
    const services = deployment.services.flatMap((use) => this.#service(use, stage));
    const environments = deployment.environments.flatMap((use) => this.#environment(use, stage));
    const written = services.map(({ definition }) => definition.type).find((type) => type !== '') ?? '';
    const parts = { type: deployment.type === '' ? written : deployment.type, services, environments };
    this.#parts.set(stage.identifier, parts);
    return parts;
  }

  #service(use: ServiceUse, stage: Stage): readonly ResolvedService[] {
    const context = { loader: this.loader, findings: this.#findings, stage: stage.identifier };
    switch (use.kind) {
      case 'reference': {
        const service = resolveServiceReference(use, context);
        return service === undefined ? [] : [service];
      }
      case 'inline':
        return [resolveInlineService(use, context)];
      case 'fromStage': {
        const source = this.#source(use, stage, 'service');
        return (source?.services ?? []).map((service) =>
          use.overrides === undefined ? service : changeService(service, use.overrides, this.#findings),
        );
      }
    }
  }

  #environment(use: EnvironmentUse, stage: Stage): readonly ResolvedEnvironment[] {
    const context = { loader: this.loader, findings: this.#findings };
    switch (use.kind) {
      case 'reference': {
        const environment = resolveEnvironmentReference(use, context);
        return environment === undefined ? [] : [environment];
      }
      case 'inline':
        return [resolveInlineEnvironment(use, context)];
      case 'fromStage': {
        const environments = this.#source(use, stage, 'environment')?.environments ?? [];
        if (use.infrastructures.length === 0) return environments;
        return environments.map((environment) => ({
          ...environment,
          infrastructures: resolveInfrastructures(environment.ref, use.infrastructures, context),
        }));
      }
    }
  }

  /** The parts of the stage that another one takes from; it must be over before that one, and say them itself. */
  #source(use: StageSource, stage: Stage, what: 'service' | 'environment'): Parts | undefined {
    const refuse = (reason: string): undefined => {
      const message = `The stage ${stage.identifier} takes its ${what} from the stage ${use.stage}, ${reason}.`;
      this.#findings.add('DEPLOYMENT_SOURCE_INVALID', 'run', use, message, 'Name an earlier Deployment stage.');
      return undefined;
    };
    if (use.stage === '' || isLate(use.stage)) return undefined;
    const source = listStages(this.#pipeline.stages).find(({ identifier }) => identifier === use.stage);
    if (source === undefined) return refuse('which is not among the stages that run');
    const spec = source.deployment;
    if (spec === undefined) return refuse('which is no Deployment stage');
    if (!isBefore(source, stage, this.#pipeline.stages)) return refuse('which is not over before it begins');
    const uses = what === 'service' ? spec.services : spec.environments;
    if (uses.some(({ kind }) => kind === 'fromStage')) return refuse(`which takes its ${what} from another one`);
    return this.#partsOf(source, spec);
  }

  #customDeployment({ type, services, environments }: Parts, deployment: DeploymentSpec): CustomDeployment | undefined {
    if (type !== CUSTOM_DEPLOYMENT) return undefined;
    const infrastructures = environments.flatMap((environment) => environment.infrastructures);
    const links = [
      deployment.customDeployment,
      ...services.map(({ definition }) => definition.customDeployment),
      ...infrastructures.map(({ definition }) => definition.customDeployment),
    ].filter((link) => link !== undefined);
    const [link, ...others] = links;
    if (link === undefined) {
      if (!this.isIncomplete())
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
    if (stranger !== undefined)
      this.#findings.add(
        'DEPLOYMENT_MISMATCH',
        'run',
        stranger,
        `This belongs to the deployment template ${stranger.ref}, but the stage deploys by ${link.ref}.`,
      );
    return resolveCustomDeployment(link, this.loader, this.#findings);
  }

  #checkTypes({ type, services, environments }: Parts, stage: Stage): void {
    if (type === '') {
      const message = `The deploymentType of the stage ${stage.identifier} is missing.`;
      this.#findings.add('FIELD_MISSING', 'run', stage.deployment ?? stage, message);
      return;
    }
    for (const service of services) {
      const own = service.definition.type;
      if (own !== '' && own !== type)
        this.#mismatch(
          service,
          `The service ${service.identifier} is deployed as ${own}, but the stage deploys as ${type}.`,
        );
    }
    for (const environment of environments) {
      for (const infrastructure of environment.infrastructures) {
        const isCustom = infrastructure.definition.type === CUSTOM_DEPLOYMENT;
        const own = infrastructure.deploymentType;
        const isOther = own !== '' && own !== type;
        if (isOther || isCustom !== (type === CUSTOM_DEPLOYMENT)) {
          const kind = isOther ? own : infrastructure.definition.type;
          const name =
            infrastructure.identifier === '' ? 'The infrastructure' : `The infrastructure ${infrastructure.identifier}`;
          this.#mismatch(infrastructure, `${name} is for ${kind}, but the stage deploys as ${type}.`);
        }
      }
    }
  }

  #mismatch(place: Place, message: string): void {
    this.#findings.add('DEPLOYMENT_MISMATCH', 'run', place, message);
  }

  #combine(
    stage: Stage,
    deployment: DeploymentSpec,
    { type, services, environments }: Parts,
    custom: CustomDeployment | undefined,
  ): StageDeployment | undefined {
    const serviceSections = new Map<string, ServiceSection>();
    const infrastructureSections = new Map<string, InfrastructureSection>();
    const combinations = new Map<string, DeploymentCombination>();
    for (const service of services) {
      for (const environment of environments) {
        const overrides = resolveOverrides(environment, service.ref, { loader: this.loader, findings: this.#findings });
        const serviceKey = sectionKey(refOf(service), refOf(environment));
        serviceSections.set(serviceKey, makeServiceSection(service, environment, overrides, type));
        for (const infrastructure of environment.infrastructures) {
          this.#checkScope(service, infrastructure);
          const combination = {
            service: refOf(service),
            environment: refOf(environment),
            infrastructure: infrastructure.identifier,
          };
          const key = sectionKey(serviceKey, infrastructure.identifier);
          if (combinations.has(key))
            this.#mismatch(infrastructure, `${describe(combination)} is deployed twice by one stage.`);
          combinations.set(key, combination);
          const place = sectionKey(refOf(environment), infrastructure.identifier);
          infrastructureSections.set(place, makeInfrastructureSection(infrastructure, custom));
        }
      }
    }
    this.#checkVariables(infrastructureSections, deployment);
    const lines = {
      service: lineOf(deployment.services, stage),
      infrastructure: lineOf(deployment.environments, stage),
    };
    const fetchInstances = custom === undefined ? {} : { fetchInstances: custom.fetchInstances };
    const [service] = serviceSections.values();
    const [infrastructure] = infrastructureSections.values();
    if (service === undefined || infrastructure === undefined) return undefined;
    if (combinations.size === 1)
      return {
        service: { spec: service, line: lines.service },
        infrastructure: { spec: infrastructure, line: lines.infrastructure },
        ...fetchInstances,
      };
    return {
      service: { spec: choice(['service', 'environment'], serviceSections), line: lines.service },
      infrastructure: {
        spec: choice(['environment', 'infrastructure'], infrastructureSections),
        line: lines.infrastructure,
      },
      loop: this.#loop(stage, deployment, [...combinations.values()]),
      ...fetchInstances,
    };
  }

  /** An infrastructure may be kept for some services. */
  #checkScope(service: ResolvedService, { identifier, scopedServices, ...place }: ResolvedInfrastructure): void {
    if (scopedServices.length === 0 || service.ref === '' || scopedServices.includes(service.ref)) return;
    this.#mismatch(
      place,
      `The infrastructure ${identifier} admits only ${scopedServices.join(', ')}, and not the service ${service.ref}.`,
    );
  }

  /** A variable that the deployment template asks for and no infrastructure gives. */
  #checkVariables(sections: ReadonlyMap<string, InfrastructureSection>, place: Place): void {
    for (const { identifier, variables } of sections.values()) {
      for (const [name, { value }] of Object.entries(variables)) {
        if (typeof value !== 'string' || !value.includes('<+input>')) continue;
        this.#findings.add(
          'INPUT_MISSING',
          'run',
          place,
          `No value for the variable ${name} of the infrastructure${identifier === '' ? '' : ` ${identifier}`}, which its deployment template asks for.`,
          'Give it in the variables of the infrastructure.',
        );
      }
    }
  }

  #loop(stage: Stage, deployment: DeploymentSpec, combinations: readonly DeploymentCombination[]): DeploymentLoop {
    const { several } = deployment;
    if (stage.strategy !== undefined)
      reportNotRunYet(stage.strategy, 'a strategy of a stage that deploys several times by itself', this.#findings);
    if (combinations.length > STRATEGY_INSTANCES_MAX)
      this.#mismatch(
        deployment,
        `The stage ${stage.identifier} would deploy ${String(combinations.length)} times; ${String(STRATEGY_INSTANCES_MAX)} are the limit.`,
      );
    const maxConcurrency = this.#maxConcurrency(deployment, combinations);
    return {
      combinations,
      ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      onFailure: several.onFailure,
      ...(several.condition === undefined ? {} : { condition: several.condition }),
    };
  }

  /** What is not said to be parallel runs one after the other; never more at once than the author asked for. */
  #maxConcurrency(
    { several, ...place }: DeploymentSpec,
    combinations: readonly DeploymentCombination[],
  ): LateNumber | undefined {
    const hasServices = new Set(combinations.map(({ service }) => service)).size > 1;
    const hasPlaces = new Set(combinations.map((one) => sectionKey(one.environment, one.infrastructure))).size > 1;
    const parallel = [
      ...(hasServices ? [several.areServicesParallel] : []),
      ...(hasPlaces ? [several.areEnvironmentsParallel] : []),
    ];
    if (parallel.includes(false)) {
      if (parallel.includes(true))
        this.#findings.add(
          'CONSTRUCT_IGNORED',
          'nothing',
          place,
          'Services and environments are not both parallel: all combinations run one after the other.',
        );
      return 1;
    }
    if (several.maxConcurrency !== undefined) return several.maxConcurrency;
    return parallel.every((flag) => flag === true) ? undefined : 1;
  }
}

/** Steps that only one type of deployment has. */
function checkSteps(
  stage: Stage,
  deployment: StageDeployment | undefined,
  isIncomplete: boolean,
  findings: Findings,
): void {
  if (deployment?.fetchInstances !== undefined || isIncomplete) return;
  for (const step of listSteps([...stage.steps, ...stage.rollbackSteps])) {
    if (step.type !== 'FetchInstanceScript') continue;
    findings.add(
      'DEPLOYMENT_MISMATCH',
      'run',
      step,
      `The step ${step.identifier} fetches the instances of a custom deployment, but the stage ${stage.identifier} is none.`,
      'Use it in a Deployment stage of type CustomDeployment.',
    );
  }
}

/** Does one stage end before the other begins? Members of a parallel group do not. */
function isBefore(earlier: Stage, later: Stage, items: readonly StageItem[]): boolean {
  const indexOf = (stage: Stage): number => items.findIndex((item) => listStages([item]).includes(stage));
  const [first, second] = [indexOf(earlier), indexOf(later)];
  if (first !== second) return first < second;
  const item = items[first];
  // Within one group members run together, whatever groups they have in turn.
  return item?.kind === 'parallel' ? false : first < second;
}

function lineOf([first]: readonly Place[], stage: Stage): number {
  const { start } = (first ?? stage).range;
  return start.document === undefined ? start.line : stage.range.start.line;
}

function refOf({ ref, identifier }: { readonly ref: string; readonly identifier: string }): string {
  return ref === '' ? identifier : ref;
}

function sectionKey(...parts: readonly string[]): string {
  return parts.join('|');
}

function choice<Of extends Section>(
  key: readonly (keyof DeploymentCombination)[],
  sections: ReadonlyMap<string, Of>,
): SectionChoice<Of> {
  return { kind: 'choice', axis: DEPLOYMENT_AXIS, key, sections: Object.fromEntries(sections) };
}

function describe({ service, environment, infrastructure }: DeploymentCombination): string {
  return `The service ${service} to ${environment} ${infrastructure}`;
}
