export { HomeInUse } from './home.ts';
export { RegistrationRefused } from './session.ts';
export { readSettings, SettingsError, type DelegateSettings } from './settings.ts';
export { startDelegate, type RunningDelegate } from './start.ts';
