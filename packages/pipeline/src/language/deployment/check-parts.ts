/** Whether the parts of a Deployment stage belong together. */
import type { Findings, Place } from '../diagnostics.ts';
import { listSteps, type Stage } from '../model.ts';
import { CUSTOM_DEPLOYMENT } from './deployment-types.ts';
import type { ResolvedInfrastructure } from './resolve-environment.ts';
import type { ResolvedService } from './resolve-service.ts';
import type { InfrastructureSection } from './section.ts';
import type { StageParts } from './stage-parts.ts';

export function checkParts({ type, services, environments }: StageParts, stage: Stage, findings: Findings): void {
  if (type === '') {
    const message = `The deploymentType of the stage ${stage.identifier} is missing.`;
    findings.add('FIELD_MISSING', 'run', stage.deployment ?? stage, message);
    return;
  }
  const infrastructures = environments.flatMap((environment) => environment.infrastructures);
  for (const service of services) {
    checkServiceType(service, type, findings);
    for (const infrastructure of infrastructures) checkScope(service, infrastructure, findings);
  }
  for (const infrastructure of infrastructures) checkInfrastructureType(infrastructure, type, findings);
}

function checkServiceType(service: ResolvedService, type: string, findings: Findings): void {
  const own = service.definition.type;
  if (own === '' || own === type) return;
  reportMismatch(
    service,
    `The service ${service.identifier} is deployed as ${own}, but the stage deploys as ${type}.`,
    findings,
  );
}

function checkInfrastructureType(infrastructure: ResolvedInfrastructure, type: string, findings: Findings): void {
  const { definition, deploymentType } = infrastructure;
  const isOther = deploymentType !== '' && deploymentType !== type;
  const isCustom = definition.type === CUSTOM_DEPLOYMENT;
  if (!isOther && isCustom === (type === CUSTOM_DEPLOYMENT)) return;
  const kind = isOther ? deploymentType : definition.type;
  reportMismatch(
    infrastructure,
    `The infrastructure${named(infrastructure)} is for ${kind}, but the stage deploys as ${type}.`,
    findings,
  );
}

/** An infrastructure may be kept for some services. */
function checkScope(service: ResolvedService, infrastructure: ResolvedInfrastructure, findings: Findings): void {
  const { scopedServices } = infrastructure;
  if (scopedServices.length === 0 || service.ref === '' || scopedServices.includes(service.ref)) return;
  reportMismatch(
    infrastructure,
    `The infrastructure${named(infrastructure)} admits only ${scopedServices.join(', ')}, and not the service ${service.ref}.`,
    findings,
  );
}

export function reportMismatch(place: Place, message: string, findings: Findings): void {
  findings.add('DEPLOYMENT_MISMATCH', 'run', place, message);
}

/** A variable that the deployment template asks for and no infrastructure gives. */
export function checkVariables(sections: Iterable<InfrastructureSection>, place: Place, findings: Findings): void {
  for (const section of sections) {
    for (const [name, { value }] of Object.entries(section.variables)) {
      if (typeof value !== 'string' || !value.includes('<+input>')) continue;
      findings.add(
        'INPUT_MISSING',
        'run',
        place,
        `No value for the variable ${name} of the infrastructure${named(section)}, which its deployment template asks for.`,
        'Give it in the variables of the infrastructure.',
      );
    }
  }
}

/** Steps that only one type of deployment has; `deployment` is absent for stages of other types. */
export function checkSteps(stage: Stage, deployment: { readonly type: string } | undefined, findings: Findings): void {
  if (deployment?.type === CUSTOM_DEPLOYMENT) return;
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

function named({ identifier }: { readonly identifier: string }): string {
  return identifier === '' ? '' : ` ${identifier}`;
}
