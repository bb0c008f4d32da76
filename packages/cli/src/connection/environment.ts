/** The variables of the environment that say where a server is and who asks: ours, and those of the tools around Harness. */
import { ENVIRONMENT_NAMES } from '@bridle/sdk';
import type { Layer, SettingName } from './settings.ts';

/** The first one that is set wins. */
export const VARIABLES: Readonly<Record<SettingName, readonly string[]>> = {
  url: ENVIRONMENT_NAMES.baseUrl,
  token: ENVIRONMENT_NAMES.apiKey,
  account: ENVIRONMENT_NAMES.accountId,
  org: ENVIRONMENT_NAMES.org,
  project: ENVIRONMENT_NAMES.project,
};

/** An empty variable counts as not set. */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  return Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([setting, names]) => {
      const from = names.find((name) => (environment[name] ?? '').trim() !== '');
      return from === undefined ? [] : [[setting, { value: environment[from]?.trim() ?? '', from }]];
    }),
  );
}
