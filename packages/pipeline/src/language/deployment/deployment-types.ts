/** The words of Deployment stages that are fixed (pipelines.md §5.6). */
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
