export { LAUNCHER_ERROR_CODES, LauncherError, type LauncherErrorCode } from './errors.ts';
export type {
  ChildFailedMessage,
  DelegateMessage,
  DelegateReadyMessage,
  ServerMessage,
  ServerReadyMessage,
} from './messages.ts';
export {
  startPostgres,
  type PostgresExit,
  type RunningPostgres,
  type StartPostgresRequest,
} from './postgres/start-postgres.ts';
export { startTestPostgres, type TestPostgres } from './postgres/test-postgres.ts';
export {
  readSettings,
  type SettingProblem,
  type Settings,
  type SettingsContext,
  type SettingsResult,
} from './settings.ts';
