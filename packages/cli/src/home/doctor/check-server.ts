/** The port, the database and its clock, and the addresses: how much of it there is depends on whether Bridle runs. */
import { createServer } from 'node:net';
import {
  findRunning,
  homePaths,
  LauncherError,
  probePostgres,
  readRunningUrl,
  type RunningBridle,
  type Settings,
} from '@bridle/launcher';
import { askHome } from '../ask-home.ts';
import type { HomeSettings } from '../home-settings.ts';
import { failed, ok, warning, type Check } from './check.ts';

const ANSWER_WITHIN_MS = 5_000;
/** Times of steps are the database's; a browser shows them beside its own. */
const CLOCK_MS_MAX = 2_000;

export async function checkServer(home: HomeSettings, signal: AbortSignal): Promise<readonly Check[]> {
  const { settings } = home;
  const running = findRunning(homePaths(settings.home));
  return [
    checkPostgres(settings),
    ...(await checkClock(home, signal)),
    await checkPort(settings, running),
    ...(await checkAddresses(settings, running, signal)),
  ];
}

function checkPostgres({ home, databaseUrl }: Settings): Check {
  const name = 'PostgreSQL';
  if (databaseUrl !== undefined) return ok(name, 'external');
  try {
    const { major, runsAs } = probePostgres(homePaths(home).dataDirectory);
    return ok(name, `version ${major}; ${runsAs}`);
  } catch (error) {
    if (!(error instanceof LauncherError)) throw error;
    return failed(name, error.message, error.hint);
  }
}

async function checkClock(home: HomeSettings, signal: AbortSignal): Promise<readonly Check[]> {
  const { databaseUrl, home: folder } = home.settings;
  if (databaseUrl === undefined && readRunningUrl(homePaths(folder).dataDirectory) === undefined) return [];
  const name = 'clock';
  try {
    const { now } = (await askHome({ kind: 'status' }, home, signal)) as { readonly now: number };
    const apartMs = Math.abs(Date.now() - now);
    return apartMs <= CLOCK_MS_MAX
      ? [ok(name, 'as the database has it')]
      : [
          warning(
            name,
            `${(apartMs / 1_000).toFixed(0)} s from the database’s`,
            'Let both machines follow a time server.',
          ),
        ];
  } catch (error) {
    if (!(error instanceof LauncherError)) throw error;
    return [failed('database', error.message.split('\n')[0] ?? '', 'See that it runs, and that --pg names it.')];
  }
}

async function checkPort({ host, port }: Settings, running: RunningBridle | undefined): Promise<Check> {
  const name = 'port';
  const address = `${host}:${port}`;
  if (port === 0) return ok(name, 'any free one');
  if (running?.facts !== undefined && Number(URL.parse(running.facts.url)?.port) === port)
    return ok(name, `${address}, ours`);
  const trouble = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  switch (trouble) {
    case undefined:
      return ok(name, `${address} is free`);
    case 'EADDRINUSE':
      return failed(name, `${address} is taken`, 'Stop what listens there, or choose another one with --port.');
    case 'EACCES':
      return failed(name, `this user may not listen on ${address}`, 'Choose a port above 1023 with --port.');
    default:
      return failed(
        name,
        `nobody can listen on ${address}: ${trouble}`,
        'BRIDLE_HOST has to be an address of this machine.',
      );
  }
}

async function checkAddresses(
  { publicUrl }: Settings,
  running: RunningBridle | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  if (running === undefined) return [];
  const own = running.facts?.url;
  const name = 'address';
  if (own === undefined) return [warning(name, 'the server is still starting', 'Ask again in a moment.')];
  const urls = publicUrl === undefined || publicUrl === own ? [own] : [own, publicUrl];
  return Promise.all(
    urls.map(async (url) => {
      try {
        const { ok: isReady } = await fetch(`${url}/readyz`, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
        });
        return isReady
          ? ok(name, `${url} answers`)
          : failed(name, `${url} is not ready`, 'Its log in logs/ of the home says why.');
      } catch {
        return failed(
          name,
          `${url} does not answer`,
          'See whether a firewall or a proxy stands in the way; BRIDLE_PUBLIC_URL has to lead to the server.',
        );
      }
    }),
  );
}
