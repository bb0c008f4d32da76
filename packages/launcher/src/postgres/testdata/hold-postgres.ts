/**
 * Starts a PostgreSQL as a process of its own, for tests that kill it: prints one line of JSON (`{ url, pid }`, or
 * `{ code, message }` when it could not start) and holds it until stdin ends.
 *
 * Arguments: `test` or `start`, and for `start` the request as JSON.
 */
import { LauncherError } from '../../errors.ts';
import { startPostgres, type StartPostgresRequest } from '../start-postgres.ts';
import { startTestPostgres } from '../test-postgres.ts';

const [kind, request] = process.argv.slice(2);
try {
  const postgres =
    kind === 'test'
      ? await startTestPostgres()
      : await startPostgres(JSON.parse(request ?? '{}') as StartPostgresRequest);
  process.stdout.write(`${JSON.stringify({ url: postgres.url, pid: postgres.pid })}\n`);
  process.stdin.resume();
  process.stdin.once('end', () => void postgres.stop());
} catch (error) {
  const code = error instanceof LauncherError ? error.code : 'BUG';
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`);
  process.exitCode = 1;
}
