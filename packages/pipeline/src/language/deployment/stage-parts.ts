/** What a Deployment stage names, resolved one by one: its services and its environments with their infrastructures. */
import type { Findings } from '../diagnostics.ts';
import { listStages, type Pipeline, type Stage, type StageItem } from '../model.ts';
import { isLate } from '../read-fields.ts';
import type { DeploymentSpec } from './deployment-spec.ts';
import type { EnvironmentUse } from './environment-use.ts';
import type { ReferenceLoader } from './load-references.ts';
import {
  resolveEnvironmentReference,
  resolveInfrastructures,
  resolveInlineEnvironment,
  type ResolvedEnvironment,
} from './resolve-environment.ts';
import {
  changeService,
  resolveInlineService,
  resolveServiceReference,
  type ResolvedService,
} from './resolve-service.ts';
import type { ServiceUse } from './service-use.ts';
import type { StageSource } from './use-from-stage.ts';

export interface StageParts {
  /** The stage's type of deployment, or that of its service. */
  readonly type: string;
  readonly services: readonly ResolvedService[];
  readonly environments: readonly ResolvedEnvironment[];
}

export class StagePartsResolver {
  readonly #pipeline: Pipeline;
  readonly #loader: ReferenceLoader;
  readonly #findings: Findings;
  /** By the identifier of the stage: later stages may take from it. */
  readonly #known = new Map<string, StageParts>();

  constructor(pipeline: Pipeline, loader: ReferenceLoader, findings: Findings) {
    this.#pipeline = pipeline;
    this.#loader = loader;
    this.#findings = findings;
  }

  resolve(stage: Stage, deployment: DeploymentSpec): StageParts {
    const known = this.#known.get(stage.identifier);
    if (known !== undefined) return known;
    const services = deployment.services.flatMap((use) => this.#service(use, stage));
    const environments = deployment.environments.flatMap((use) => this.#environment(use, stage));
    const written = services.map(({ definition }) => definition.type).find((type) => type !== '') ?? '';
    const parts = { type: deployment.type === '' ? written : deployment.type, services, environments };
    this.#known.set(stage.identifier, parts);
    return parts;
  }

  #service(use: ServiceUse, stage: Stage): readonly ResolvedService[] {
    const context = { loader: this.#loader, findings: this.#findings, stage: stage.identifier };
    switch (use.kind) {
      case 'reference': {
        const service = resolveServiceReference(use, context);
        return service === undefined ? [] : [service];
      }
      case 'inline':
        return [resolveInlineService(use, context)];
      case 'fromStage': {
        const services = this.#source(use, stage, 'service')?.services ?? [];
        const { overrides } = use;
        return overrides === undefined
          ? services
          : services.map((service) => changeService(service, overrides, this.#findings));
      }
    }
  }

  #environment(use: EnvironmentUse, stage: Stage): readonly ResolvedEnvironment[] {
    const context = { loader: this.#loader, findings: this.#findings };
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
  #source(use: StageSource, stage: Stage, what: 'service' | 'environment'): StageParts | undefined {
    const refuse = (reason: string): undefined => {
      const message = `The stage ${stage.identifier} takes its ${what} from the stage ${use.stage}, ${reason}.`;
      this.#findings.add('DEPLOYMENT_SOURCE_INVALID', 'run', use, message, 'Name an earlier Deployment stage.');
      return undefined;
    };
    // Reported where it was read.
    if (use.stage === '' || isLate(use.stage)) return undefined;
    const source = listStages(this.#pipeline.stages).find(({ identifier }) => identifier === use.stage);
    if (source === undefined) return refuse('which is not among the stages that run');
    const spec = source.deployment;
    if (spec === undefined) return refuse('which is no Deployment stage');
    if (!isBefore(source, stage, this.#pipeline.stages)) return refuse('which is not over before it begins');
    const uses = what === 'service' ? spec.services : spec.environments;
    if (uses.some(({ kind }) => kind === 'fromStage')) return refuse(`which takes its ${what} from another one`);
    return this.resolve(source, spec);
  }
}

/** Does one stage end before the other begins? Members of a parallel group do not. */
function isBefore(earlier: Stage, later: Stage, items: readonly StageItem[]): boolean {
  const indexOf = (stage: Stage): number => items.findIndex((item) => listStages([item]).includes(stage));
  return indexOf(earlier) < indexOf(later);
}
