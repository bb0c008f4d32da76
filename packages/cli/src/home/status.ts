import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRunning, homePaths, readRunningUrl, LauncherError, type Settings } from '@bridle/launcher';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { VERSION } from '../version.ts';
import { askHome } from './ask-home.ts';
import { readHomeSettings, type HomeSettings } from './home-settings.ts';
import { bytesIn, freeBytes, printBytes } from './sizes.ts';

/** A server that takes longer to say that it is ready is not. */
const ANSWER_WITHIN_MS = 5_000;

/** As the server's program has it (`overview.ts` of its store). */
interface Overview {
  readonly postgres: string;
  readonly databaseBytes: number;
  readonly executions: { readonly running: number; readonly waiting: number };
  readonly tasks: { readonly queued: number; readonly running: number };
  readonly triggerEvents: number;
  readonly delegates: readonly { readonly name: string; readonly isConnected: boolean }[];
}

interface HomeStatus {
  readonly isRunning: boolean;
  readonly home: string;
  readonly pid: number | null;
  readonly url: string | null;
  /** The administrator's token is in it; absent before the first start. */
  readonly tokenFile: string | null;
  /** Whether the server says that it is ready. */
  readonly answers: boolean;
  readonly version: { readonly running: string | null; readonly bridle: string; readonly node: string };
  readonly database: {
    readonly kind: 'embedded' | 'external';
    readonly postgres: string | null;
    readonly bytes: number | null;
    /** Why it could not be asked. */
    readonly trouble: string | null;
  };
  readonly delegates: Overview['delegates'];
  readonly queue: Pick<Overview, 'executions' | 'tasks' | 'triggerEvents'> | null;
  readonly disk: { readonly homeBytes: number; readonly freeBytes: number };
}

export const status: CommandAction = async (context, input) => {
  const home = readHomeSettings(context, input);
  const found = await readStatus(home, context.signal);
  if (context.signal.aborted) return 130;
  const fields = input.options.fields();
  if (fields === undefined) await print(found, context.terminal);
  else await printJson(context.terminal.out, found, fields);
  return found.isRunning && found.answers ? 0 : 1;
};

async function readStatus(home: HomeSettings, signal: AbortSignal): Promise<HomeStatus> {
  const { settings } = home;
  const running = findRunning(homePaths(settings.home));
  const url = running?.facts?.url;
  const tokenFile = join(settings.home, 'admin-token');
  const asked = isDatabaseUp(settings) ? await ask(home, signal) : undefined;
  const overview = asked?.kind === 'asked' ? asked.overview : undefined;
  return {
    isRunning: running !== undefined,
    home: settings.home,
    pid: running?.process.pid ?? null,
    url: url ?? null,
    tokenFile: existsSync(tokenFile) ? tokenFile : null,
    answers: url !== undefined && (await isReady(url, signal)),
    version: { running: running?.facts?.version ?? null, bridle: VERSION, node: process.versions.node },
    database: {
      kind: settings.databaseUrl === undefined ? 'embedded' : 'external',
      postgres: overview?.postgres ?? null,
      bytes: overview?.databaseBytes ?? null,
      trouble: asked?.kind === 'failed' ? asked.reason : null,
    },
    delegates: overview?.delegates ?? [],
    queue:
      overview === undefined
        ? null
        : { executions: overview.executions, tasks: overview.tasks, triggerEvents: overview.triggerEvents },
    disk: { homeBytes: bytesIn(settings.home), freeBytes: freeBytes(settings.home) },
  };
}

/** A look must not start a PostgreSQL. */
function isDatabaseUp({ databaseUrl, home }: Settings): boolean {
  const { dataDirectory } = homePaths(home);
  return databaseUrl !== undefined || (existsSync(dataDirectory) && readRunningUrl(dataDirectory) !== undefined);
}

async function ask(
  home: HomeSettings,
  signal: AbortSignal,
): Promise<
  { readonly kind: 'asked'; readonly overview: Overview } | { readonly kind: 'failed'; readonly reason: string }
> {
  try {
    return { kind: 'asked', overview: (await askHome({ kind: 'status' }, home, signal)) as Overview };
  } catch (error) {
    if (!(error instanceof LauncherError) && !signal.aborted) throw error;
    return { kind: 'failed', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '' };
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    return (await fetch(`${url}/readyz`, { signal: limit })).ok;
  } catch {
    return false;
  }
}

async function print(found: HomeStatus, { out, symbols }: Terminal): Promise<void> {
  const { style } = out;
  const [symbol, paint, word] = found.answers
    ? ([symbols.success, style.green, 'running'] as const)
    : found.isRunning
      ? ([symbols.warning, style.yellow, 'running, but does not answer'] as const)
      : ([symbols.skipped, style.faint, 'not running'] as const);
  const lines: (readonly [string, string])[] = [
    ['Bridle', `${found.version.running ?? found.version.bridle}, Node ${found.version.node}`],
    ['Home', found.home],
    ...(found.url === null ? [] : [['Open', found.url] as const]),
    ...(found.tokenFile === null ? [] : [['Token', `in ${found.tokenFile}`] as const]),
    ...(found.pid === null ? [] : [['Process', String(found.pid)] as const]),
    ['PostgreSQL', describeDatabase(found)],
    ...describeQueue(found),
    ['Disk', `${printBytes(found.disk.homeBytes)} in the home, ${printBytes(found.disk.freeBytes)} free`],
  ];
  await out.line(paint(`${symbol} ${word}`));
  for (const [label, value] of lines) await out.line(`  ${style.faint(label.padEnd(12))}${value}`);
}

function describeDatabase({ database: { kind, postgres, bytes, trouble }, isRunning }: HomeStatus): string {
  if (trouble !== null) return `${kind}, cannot be asked: ${trouble}`;
  if (postgres === null) return isRunning ? `${kind}, not up` : kind;
  return `${postgres}, ${kind}, ${printBytes(bytes ?? 0)}`;
}

function describeQueue({ queue, delegates }: HomeStatus): readonly (readonly [string, string])[] {
  if (queue === null) return [];
  const { executions, tasks, triggerEvents } = queue;
  const connected = delegates.filter(({ isConnected }) => isConnected).length;
  return [
    ['Delegates', delegates.length === 0 ? 'none' : `${connected} of ${delegates.length} connected`],
    ['Executions', `${executions.running} running, ${executions.waiting} in line`],
    ['Steps', `${tasks.running} on delegates, ${tasks.queued} in line`],
    ['Events', `${triggerEvents} to be decided`],
  ];
}
