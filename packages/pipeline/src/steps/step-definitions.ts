/** The step types that Bridle runs. A new one does not compile until it stands here and beside an executor. */
import { artifactoryUpload } from './artifactory-upload.ts';
import { background } from './background.ts';
import { barrier } from './barrier.ts';
import { buildAndPush } from './build-and-push.ts';
import { restoreCache, restoreCacheS3, saveCache, saveCacheS3 } from './caches.ts';
import { container } from './container.ts';
import { customApproval } from './custom-approval.ts';
import { email } from './email.ts';
import { fetchInstanceScript } from './fetch-instance-script.ts';
import { gitClone } from './git-clone.ts';
import { harnessApproval } from './harness-approval.ts';
import { http } from './http.ts';
import { plugin } from './plugin.ts';
import { queue } from './queue.ts';
import { runTests } from './run-tests.ts';
import { run } from './run.ts';
import { s3Upload } from './s3-upload.ts';
import { shellScript } from './shell-script.ts';
import type { StepDefinition } from './step-definition.ts';
import { STEP_TYPES, type StepType } from './step-types.ts';
import { test } from './test.ts';
import { wait } from './wait.ts';

export const STEP_DEFINITIONS = {
  ShellScript: shellScript,
  Run: run,
  Http: http,
  Wait: wait,
  HarnessApproval: harnessApproval,
  CustomApproval: customApproval,
  Barrier: barrier,
  Queue: queue,
  FetchInstanceScript: fetchInstanceScript,
  Test: test,
  RunTests: runTests,
  Background: background,
  Plugin: plugin,
  GitClone: gitClone,
  BuildAndPushDockerRegistry: buildAndPush,
  SaveCache: saveCache,
  RestoreCache: restoreCache,
  SaveCacheS3: saveCacheS3,
  RestoreCacheS3: restoreCacheS3,
  S3Upload: s3Upload,
  ArtifactoryUpload: artifactoryUpload,
  Email: email,
  Container: container,
} satisfies Record<StepType, StepDefinition>;

export function isStepType(text: string): text is StepType {
  return (STEP_TYPES as readonly string[]).includes(text);
}

export function findStepDefinition(type: string): StepDefinition | undefined {
  return isStepType(type) ? STEP_DEFINITIONS[type] : undefined;
}
