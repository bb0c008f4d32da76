/** What a command asks of the database of a home: by the server's own program, on the database that runs or one started for it. */
import { askOwner, useDatabase, type Settings } from '@bridle/launcher';
import type { Environment } from './home-settings.ts';
import { OWNER_PROGRAM } from './programs.ts';

/** @throws LauncherError */
export function askHome(
  request: object,
  { settings, environment }: { readonly settings: Settings; readonly environment: Environment },
  signal: AbortSignal,
): Promise<unknown> {
  return useDatabase(settings, (databaseUrl) =>
    askOwner(request, { program: OWNER_PROGRAM, env: environment, home: settings.home, databaseUrl, signal }),
  );
}
