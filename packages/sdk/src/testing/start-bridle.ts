/**
 * A server for the tests of programs that talk to Bridle or Harness: `bridle up --ephemeral` as a child process, in a folder and on a
 * port of its own. It ends with the process that started it, whatever ends that, and leaves nothing behind. For Node.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { BridleStartError } from './bridle-start-error.ts';
import { Faults } from './faults.ts';
import { Harness } from '../harness.ts';

export interface StartBridleOptions {
  /** `demo` (default): the pipelines `test` and `showcase` with the trigger `myhook`; `none`: an empty project. */
  readonly seed?: 'demo' | 'none' | undefined;
  /** The program: a path, or a name to look for. Default: that of the package `bridle` of the calling project, else the one in `PATH`. */
  readonly program?: string | undefined;
  /** Further variables of its environment, as the README of Bridle has them. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** How long the start may take. Default: 60,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** Hears what the server says. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

const START_MS_MAX = 60_000;
/** Of what it said, for the error of a start that failed. */
const SAID_LENGTH_MAX = 4_000;

interface Ready {
  readonly url: string;
  readonly token: string;
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly home: string;
}

/** A server that is up, and a client of its administrator. */
export class BridleServer implements AsyncDisposable {
  readonly url: string;
  /** A personal access token of an administrator. */
  readonly token: string;
  readonly accountId: string;
  /** The folder with all it keeps, its logs included; it is gone after the stop. */
  readonly home: string;
  /** In the project of the demo. */
  readonly harness: Harness;
  /** What goes wrong on purpose. */
  readonly faults: Faults;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  /** @internal */
  constructor(child: ChildProcess, ended: Promise<void>, ready: Ready) {
    this.#child = child;
    this.#ended = ended;
    this.url = ready.url;
    this.token = ready.token;
    this.accountId = ready.accountId;
    this.home = ready.home;
    const { url: baseUrl, token: apiKey, accountId, orgIdentifier: org, projectIdentifier: project } = ready;
    this.harness = new Harness({ baseUrl, apiKey, accountId, org, project, env: {} });
    this.faults = new Faults(this.harness);
  }

  /** Resolves when everything that was started has gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Resolves when the server answers. @throws BridleStartError */
export async function startBridle(options: StartBridleOptions = {}): Promise<BridleServer> {
  const { seed = 'demo', program = findProgram(), env = {}, timeoutMs = START_MS_MAX, onOutput } = options;
  const isScript = /\.[cm]?js$/.test(program);
  const words = ['up', '--ephemeral', '--json', '--seed', seed];
  const child = spawn(isScript ? process.execPath : program, isScript ? [program, ...words] : words, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-SAID_LENGTH_MAX);
    onOutput?.(text);
  });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const failed = (why: string): BridleStartError => new BridleStartError(`Bridle did not start: ${why}`, said.trim());
  return await new Promise((resolve, reject) => {
    const fail = (error: BridleStartError): void => {
      clearTimeout(timer);
      child.kill('SIGTERM');
      reject(error);
    };
    const timer = setTimeout(() => fail(failed(`it was not ready within ${timeoutMs} ms`)), timeoutMs);
    child.once('error', (error) => fail(failed(error.message)));
    child.once('close', (code) => fail(failed(`it ended with ${String(code)}`)));
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(new BridleServer(child, ended, JSON.parse(line) as Ready));
    });
  });
}

/** The project that calls knows best which release it is tested against. */
function findProgram(): string {
  try {
    const manifest = createRequire(join(process.cwd(), 'package.json')).resolve('bridle/package.json');
    return join(dirname(manifest), 'bin/bridle.mjs');
  } catch {
    return 'bridle';
  }
}
