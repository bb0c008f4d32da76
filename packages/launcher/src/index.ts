export { LAUNCHER_ERROR_CODES, LauncherError, type LauncherErrorCode } from './errors.ts';
export { homePaths, type Home } from './home/home.ts';
export { inspectLock, type LockState } from './home/lock.ts';
export { findRunning, stopRunning, type RunningBridle, type StopOutcome } from './home/running.ts';
export type {
  ChildFailedMessage,
  DelegateMessage,
  DelegateReadyMessage,
  ServerMessage,
  ServerReadyMessage,
} from './messages.ts';
export { askOwner, type OwnerCall } from './owner/ask-owner.ts';
export { restoreHome, type RestoreHomeRequest } from './owner/restore-home.ts';
export { upgradeHome, type UpgradeHomeRequest, type UpgradeOutcome } from './owner/upgrade-home.ts';
export {
  startPostgres,
  type PostgresExit,
  type RunningPostgres,
  type StartPostgresRequest,
} from './postgres/start-postgres.ts';
export { probePostgres, type PostgresProbe } from './postgres/probe.ts';
export { isMasterKey, readSettings } from './settings.ts';
export { readRunningUrl } from './postgres/running-url.ts';
export { useDatabase } from './postgres/use-database.ts';
export { startTestPostgres, type TestPostgres } from './postgres/test-postgres.ts';
export { type SettingProblem, type Settings, type SettingsContext, type SettingsResult } from './settings.ts';
export { makeEphemeralHome, type EphemeralHome } from './supervise/ephemeral-home.ts';
export { runBridle, type BridleReady, type RunBridleRequest } from './supervise/run-bridle.ts';
export { npmGone, parentGone, stopRequests } from './supervise/stop-requests.ts';
export { wantsColour, type Output } from './supervise/terminal.ts';
