/** The words of Deployment stages that are fixed (pipelines.md §5.6). */
import type { Findings } from '../diagnostics.ts';
import { isLate, readText } from '../read-fields.ts';
import { didYouMean } from '../suggest.ts';
import { find, type MapNode } from '../yaml-node.ts';

export const DEPLOYMENT_TYPES = [
  'Kubernetes',
  'NativeHelm',
  'Ssh',
  'WinRm',
  'ServerlessAwsLambda',
  'AzureWebApp',
  'AzureFunction',
  'CustomDeployment',
  'ECS',
  'Elastigroup',
  'TAS',
  'Asg',
  'GoogleCloudFunctions',
  'AwsLambda',
  'AWS_SAM',
  'GoogleCloudRun',
  'AzureContainerApps',
  'Salesforce',
  'GoogleManagedInstanceGroup',
  'AiAgent',
] as const;

export const ENVIRONMENT_TYPES = ['Production', 'PreProduction'] as const;

export const CUSTOM_DEPLOYMENT = 'CustomDeployment';

/** One of the deployment types; the empty text when there is none. An unknown one is reported. */
export function readDeploymentType(map: MapNode, key: string, what: string, findings: Findings): string {
  const type = readText(map, key, what, findings) ?? '';
  if (type !== '' && !isLate(type) && !(DEPLOYMENT_TYPES as readonly string[]).includes(type)) {
    findings.add(
      'FIELD_VALUE',
      'run',
      find(map, key) ?? map,
      `${type} is not a type of deployment: ${what}.`,
      didYouMean(type, DEPLOYMENT_TYPES),
    );
  }
  return type;
}
