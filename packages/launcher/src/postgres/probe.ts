import { resolvePostgresBinaries } from './binaries.ts';
import { POSTGRES_MAJOR, inspectCluster } from './cluster.ts';
import { chooseRunAs, describeRunAs } from './run-as.ts';

/** What {@link probePostgres} has found. */
export interface PostgresProbe {
  readonly major: string;
  /** One sentence. */
  readonly runsAs: string;
}

/**
 * Proves that the embedded PostgreSQL can be run on a data directory, without running it there.
 *
 * @throws LauncherError with the codes of a start that fails for the same reason
 */
export function probePostgres(dataDirectory: string): PostgresProbe {
  const { runAs } = chooseRunAs(resolvePostgresBinaries(), dataDirectory);
  inspectCluster(dataDirectory);
  return { major: POSTGRES_MAJOR, runsAs: describeRunAs(runAs) };
}
