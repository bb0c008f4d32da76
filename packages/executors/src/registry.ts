/** Step type → executor. A step type of the language without its executor does not compile. */
import type { DelegateStepType } from '@bridle/pipeline';
import type { StepExecutor } from './executor.ts';
import { fetchInstanceScript } from './fetch-instance-script.ts';
import { run } from './run.ts';
import { shellScript } from './shell-script.ts';
import { runTests, test } from './test-steps.ts';

/**
 * Loaded when first used: what an executor brings along (the expression language, HTTP and Docker clients, …) takes memory, and
 * each spawn of a step costs time in proportion to the memory of this process.
 */
function lazily(load: () => Promise<StepExecutor>): StepExecutor {
  return { run: async (context) => (await load()).run(context) };
}

const EXECUTORS = {
  ShellScript: shellScript,
  Run: run,
  Http: lazily(async () => (await import('./http.ts')).http),
  FetchInstanceScript: fetchInstanceScript,
  Plugin: lazily(async () => (await import('./docker/plugin.ts')).plugin),
  Background: lazily(async () => (await import('./background.ts')).background),
  Container: lazily(async () => (await import('./docker/container.ts')).container),
  BuildAndPushDockerRegistry: lazily(async () => (await import('./docker/build-and-push.ts')).buildAndPush),
  GitClone: lazily(async () => (await import('./git/git-clone.ts')).gitClone),
  Test: test,
  RunTests: runTests,
  SaveCache: lazily(async () => (await import('./storage/save-cache.ts')).saveCache),
  SaveCacheS3: lazily(async () => (await import('./storage/save-cache.ts')).saveCacheS3),
  RestoreCache: lazily(async () => (await import('./storage/restore-cache.ts')).restoreCache),
  RestoreCacheS3: lazily(async () => (await import('./storage/restore-cache.ts')).restoreCacheS3),
  S3Upload: lazily(async () => (await import('./storage/s3-upload.ts')).s3Upload),
  ArtifactoryUpload: lazily(async () => (await import('./storage/artifactory-upload.ts')).artifactoryUpload),
  Email: lazily(async () => (await import('./mail/email.ts')).email),
} satisfies Record<DelegateStepType, StepExecutor>;

/** What the server asks for without a step: the test of a connector, the files of a pull request. */
const ERRANDS: ReadonlyMap<string, StepExecutor> = new Map([
  ['ConnectorTest', lazily(async () => (await import('./connector-test/connector-test.ts')).connectorTest)],
  ['ChangedFiles', lazily(async () => (await import('./git/changed-files.ts')).changedFiles)],
]);

/** The executor of a step type; `undefined` for one this build does not know (a newer server). */
export function findExecutor(stepType: string): StepExecutor | undefined {
  return isKnown(stepType) ? EXECUTORS[stepType] : ERRANDS.get(stepType);
}

function isKnown(stepType: string): stepType is DelegateStepType {
  return Object.hasOwn(EXECUTORS, stepType);
}
