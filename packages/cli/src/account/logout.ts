/** `bridle logout`: forgets the token of a profile. The token itself stays valid. */
import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { saveProfile } from '../connection/config-file.ts';
import { findConfig } from '../connection/find-config.ts';
import { noProfile } from '../connection/read-settings.ts';

export const logout: CommandAction = async ({ terminal, environment }, { options }) => {
  const config = findConfig(environment);
  const name = options.text('profile') ?? config.current;
  if (name === undefined) throw new UsageError('You are signed in nowhere: there is no profile.', undefined, 4);
  const profile = config.profiles.get(name);
  if (profile === undefined) throw noProfile(name, config);
  const { token, ...rest } = profile;
  if (token !== undefined) saveProfile(config.path, name, rest, false);
  if (terminal.isQuiet) return 0;
  await terminal.out.line(
    token === undefined
      ? `The profile "${name}" has no token.`
      : `The token of the profile "${name}" is forgotten. It stays valid until it is revoked: bridle token revoke`,
  );
  return 0;
};
