export {
  type CacheSettings,
  DEFAULT_SETTINGS,
  type ExecutorHost,
  type ExecutorSettings,
  type HttpSettings,
  type LogSink,
  type SecretBytes,
  type SecretMask,
  type ServiceLog,
  type SshSettings,
  type StepConnector,
  type StepContext,
  type StepExecutor,
  type StepFailure,
  type StepRequest,
  type StepResult,
  type StepStage,
  type StepUploads,
} from './executor.ts';
export { DockerHost } from './docker/docker-host.ts';
export { engineEnvironment } from './docker/engine.ts';
// By itself: the rest brings undici, which is loaded with the first request.
export { findProxy, type ProxySettings } from '@bridle/outgoing/proxies';
export { Mask, MaskLimitPassed, type MaskedLog } from './masking/mask.ts';
export { MASK_TEXT } from './masking/masked-stream.ts';
export { FifoPool } from './process/fifo-pool.ts';
export type { Isolation } from './process/isolation.ts';
export { checkReach, IsolationError, prepareIsolation, type IsolationWishes } from './process/prepare-isolation.ts';
export { Supervisor } from './process/supervisor.ts';
export { StepGroups } from './process/step-groups.ts';
export { readFoundFile } from './process/step-files.ts';
export { MARK_VARIABLE, ProcessTable, type ProcessSelection } from './process/process-table.ts';
export { Shells, SHELL_NAMES, type ShellName } from './process/shells.ts';
export { readJunit, ReportError } from './reports/junit.ts';
export type { TestCase } from './reports/test-case.ts';
export { hideSecrets } from './secrets/hide-result.ts';
export type { SecretPlace } from './secrets/place.ts';
export {
  MISSING_CONNECTOR,
  prepareStep,
  type BareStep,
  type FoundSecret,
  type PreparedStep,
} from './secrets/prepare-step.ts';
export { StepLog } from './step-log.ts';
export { findExecutor } from './registry.ts';
export { Workspaces, type GroupObserver, type StepWorkspace } from './workspace.ts';
