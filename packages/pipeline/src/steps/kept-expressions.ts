/**
 * Parts of a step's spec that ask for the step's own result, such as `<+httpResponseCode> == 200`: only the delegate can
 * evaluate them, so the server leaves them as they are. Paths into the spec; `*` stands for any index.
 */
import type { StepType } from './step-types.ts';

export const KEPT_FOR_THE_DELEGATE: Readonly<Record<StepType, readonly (readonly string[])[]>> = {
  ShellScript: [],
  Run: [],
  Http: [['assertion'], ['outputVariables', '*', 'value']],
  Wait: [],
  HarnessApproval: [],
  CustomApproval: [],
  Barrier: [],
  Queue: [],
  FetchInstanceScript: [],
  Test: [],
  RunTests: [],
  Background: [],
  Plugin: [],
  GitClone: [],
  BuildAndPushDockerRegistry: [],
  SaveCache: [],
  RestoreCache: [],
  SaveCacheS3: [],
  RestoreCacheS3: [],
  S3Upload: [],
  ArtifactoryUpload: [],
  Email: [],
  Container: [],
};
