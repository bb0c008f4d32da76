/** Settings of the API (`/ng/api/settings`) for which the environment gives another default. */
import { knownSetting, objectionTo, type SettingName, type UsualSettings } from './store/known-settings.ts';

/** Settings of the API that the environment gives another default. */
const USUAL_SETTINGS: Readonly<Record<string, SettingName>> = {
  BRIDLE_EXECUTIONS_DAYS: 'execution_retention_days',
  BRIDLE_EXECUTIONS_KEPT_PER_PIPELINE: 'executions_kept_per_pipeline',
  BRIDLE_LOGS_DAYS: 'log_retention_days',
  BRIDLE_TRIGGER_EVENTS_DAYS: 'trigger_event_retention_days',
  BRIDLE_AUDIT_DAYS: 'audit_retention_days',
};

/** @param refuse - makes the error of a setting that makes no sense */
export function readUsualSettings(
  env: Readonly<Record<string, string | undefined>>,
  refuse: (message: string) => Error,
): UsualSettings {
  const usual: Partial<Record<SettingName, string>> = {};
  for (const [name, setting] of Object.entries(USUAL_SETTINGS)) {
    const value = env[name] || undefined;
    const known = knownSetting(setting);
    if (value === undefined || known === undefined) continue;
    const objection = objectionTo(known, value);
    if (objection !== undefined) throw refuse(`${name} ${objection}: ${value}`);
    usual[setting] = value;
  }
  return usual;
}
