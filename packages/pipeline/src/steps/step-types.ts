/** The step types that Bridle runs. One file beside this one per type: its spec schema, outputs and defaults, never how it runs. */
export const STEP_TYPES = [
  'ShellScript',
  'Run',
  'Http',
  'Wait',
  'HarnessApproval',
  'CustomApproval',
  'Barrier',
  'Queue',
  'FetchInstanceScript',
  'Test',
  'RunTests',
  'Background',
  'Plugin',
  'GitClone',
  'BuildAndPushDockerRegistry',
  'SaveCache',
  'RestoreCache',
  'SaveCacheS3',
  'RestoreCacheS3',
  'S3Upload',
  'ArtifactoryUpload',
  'Email',
  'Container',
] as const;

export type StepType = (typeof STEP_TYPES)[number];

/** Step types that a delegate performs; the others are carried by the engine itself (a `Wait` is a timer, not a process). */
export const DELEGATE_STEP_TYPES = [
  'ShellScript',
  'Run',
  'Http',
  'FetchInstanceScript',
  'Test',
  'RunTests',
  'Background',
  'Plugin',
  'GitClone',
  'BuildAndPushDockerRegistry',
  'SaveCache',
  'RestoreCache',
  'SaveCacheS3',
  'RestoreCacheS3',
  'S3Upload',
  'ArtifactoryUpload',
  'Email',
  'Container',
] as const satisfies readonly StepType[];

export type DelegateStepType = (typeof DELEGATE_STEP_TYPES)[number];
