/** Services, environments, infrastructures and service overrides as the API prints them (api.md §9). */
import type {
  EnvironmentResponse,
  InfrastructureResponse,
  ServiceOverridesResponse,
  ServiceResponse,
} from '@bridle/protocol';
import type { DeploymentRow } from '../../store/deployment-documents.ts';

export function serviceResponse(row: DeploymentRow): ServiceResponse {
  return { service: { ...named(row), deleted: false, yaml: row.yaml }, ...times(row) };
}

export function environmentResponse(row: DeploymentRow): EnvironmentResponse {
  const type = row.type === 'Production' ? 'Production' : 'PreProduction';
  return { environment: { ...named(row), deleted: false, type, yaml: row.yaml }, ...times(row) };
}

export function infrastructureResponse(row: DeploymentRow): InfrastructureResponse {
  return {
    infrastructure: {
      ...named(row),
      // It belongs to whom its environment belongs to.
      environmentRef: row.environmentRef.replace(/^(?:account|org)\./, ''),
      ...(row.type === '' ? {} : { type: row.type }),
      ...(row.deploymentType === '' ? {} : { deploymentType: row.deploymentType }),
      yaml: row.yaml,
    },
    ...times(row),
  };
}

export function serviceOverridesResponse(row: DeploymentRow): ServiceOverridesResponse {
  return {
    ...row.owner,
    identifier: row.identifier,
    environmentRef: row.environmentRef,
    serviceRef: row.serviceRef,
    type: row.type,
    yaml: row.yaml,
    ...times(row),
  };
}

function named(row: DeploymentRow): Omit<ServiceResponse['service'], 'deleted' | 'yaml'> {
  return {
    ...row.owner,
    identifier: row.identifier,
    name: row.name,
    ...(row.description === '' ? {} : { description: row.description }),
    tags: { ...row.tags },
  };
}

function times(row: DeploymentRow): Pick<ServiceResponse, 'createdAt' | 'lastModifiedAt'> {
  return { createdAt: row.createdAt, lastModifiedAt: row.updatedAt };
}
