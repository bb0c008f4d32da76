/**
 * A script on another host, by SSH.
 *
 * - S1 No text, variable or secret of the step shows in a process list or a file name on either host (R1); the files lie in a private
 *   folder of the host that is removed when the step is over.
 * - S2 stdout and stderr are one stream there: their bytes come in the order they were written, all of them.
 * - S3 A stopped step gets SIGTERM, its grace, SIGKILL, as on the delegate. That is best effort: what has left the step's process
 *   group is found on Linux only, and nothing can be ended from here on a host that does not answer. A host that loses the connection
 *   ends the step's processes by itself (R2).
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { ClientChannel } from 'ssh2';
import { failed, type StepContext, type StepResult } from '../executor.ts';
import { AddressRefused } from '@bridle/outgoing';
import { describeFailure } from '../http/call-failure.ts';
import { makeEnvironment } from '../process/environment.ts';
import { OUTPUT_TOTAL_BYTES_MAX } from '../process/outputs.ts';
import { MARK_VARIABLE } from '../process/process-table.ts';
import { isVariableName } from '../process/script.ts';
import { parseShellName, SHELL_FAMILIES, SHELL_PROGRAMS, type Shell } from '../process/shells.ts';
import type { ProcessEnd } from '../process/spawn-step.ts';
import {
  builtInVariables,
  conclude,
  limitPassed,
  outputFiles,
  refuse,
  unknownShell,
  usableSources,
  writeScript,
  type ScriptStep,
} from '../script-step.ts';
import { StepLog } from '../step-log.ts';
import { SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { copyChannel } from './channel-output.ts';
import { openSsh, SshFailure, type SshConnection } from './connection.ts';
import { findSshLogin, readSshAddress } from './login.ts';
import { killText, launchText, prepareText, readText, removeText } from './remote-texts.ts';

/** Of one file of outputs: what is read beyond the limit only shows that it was passed. */
const OUTPUT_FILE_BYTES_MAX = OUTPUT_TOTAL_BYTES_MAX * 2 + 1;
const OUTPUT_FILES = ['plain', 'secret', 'captured'] as const;
const PREPARED_BYTES_MAX = 256 * 1024;
/** For the last words with a host; it may be gone. */
const FAREWELL_MS_MAX = 10_000;
/** Shells that are POSIX refuse to set these, and end. */
const FIXED_VARIABLES: ReadonlySet<string> = new Set([
  'UID',
  'EUID',
  'PPID',
  'BASHOPTS',
  'SHELLOPTS',
  'BASH_VERSINFO',
  'IFS',
]);

/**
 * @param target - `executionTarget` of the step
 * @throws SpecError
 */
export async function runRemoteScript(
  script: ScriptStep,
  target: SpecObject,
  context: StepContext,
): Promise<StepResult> {
  if (context.signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const hostText = textOf(target['host'], 'executionTarget.host')?.trim() ?? '';
  if (hostText === '')
    throw new SpecError(
      'A ShellScript step that does not run on the delegate (onDelegate: false) needs executionTarget.host.',
    );
  const tooMuch = limitPassed(script);
  if (tooMuch !== undefined) return refuse(log, tooMuch);
  if (script.text.includes('\0')) return refuse(log, 'The script holds a NUL character.');
  const login = await findSshLogin(
    textOf(target['connectorRef'], 'executionTarget.connectorRef')?.trim() ?? '',
    context.step.connectors,
  );
  const address = readSshAddress(hostText, login.port);
  await log.line(`Executing step ${context.step.identifier} on ${address.host} port ${address.port} as ${login.user}`);
  let connection: SshConnection | undefined;
  try {
    connection = await openSsh(address, login, context.host.settings, context.signal);
    if (connection.notice !== undefined) await log.line(connection.notice);
    const workingDirectory =
      textOf(target['workingDirectory'], 'executionTarget.workingDirectory')?.trim() || undefined;
    return await new RemoteRun(script, workingDirectory, connection, context, log).perform();
  } catch (error) {
    return await conclusionOf(error, context, log);
  } finally {
    connection?.close();
  }
}

async function conclusionOf(error: unknown, { signal }: StepContext, log: StepLog): Promise<StepResult> {
  if (signal.aborted) {
    await log.line('Execution was stopped before it ended.');
    return { kind: 'cancelled' };
  }
  if (error instanceof SshFailure || error instanceof AddressRefused) {
    await log.line(error.message);
    return failed(error.message, [error instanceof SshFailure ? error.type : 'AUTHORIZATION_ERROR']);
  }
  throw error;
}

class RemoteRun {
  readonly #script: ScriptStep;
  readonly #workingDirectory: string | undefined;
  readonly #connection: SshConnection;
  readonly #context: StepContext;
  readonly #log: StepLog;

  constructor(
    script: ScriptStep,
    workingDirectory: string | undefined,
    connection: SshConnection,
    context: StepContext,
    log: StepLog,
  ) {
    this.#script = script;
    this.#workingDirectory = workingDirectory;
    this.#connection = connection;
    this.#context = context;
    this.#log = log;
  }

  async perform(): Promise<StepResult> {
    const prepared = await this.#prepare();
    if (typeof prepared === 'string') return refuse(this.#log, prepared);
    const { folder, shell, shPath } = prepared;
    let isTidy = false;
    try {
      this.#context.signal.throwIfAborted();
      const result = await this.#run(folder, shell, shPath);
      isTidy = result.kind !== 'cancelled';
      return result;
    } finally {
      if (!isTidy) await this.#tell(this.#tidyText(folder));
    }
  }

  /** A folder and an interpreter on the host, or why there is none. */
  async #prepare(): Promise<{ readonly folder: string; readonly shell: Shell; readonly shPath: string } | string> {
    const name = parseShellName(this.#script.shell);
    if (name === undefined) return unknownShell(this.#script.shell);
    const programs = SHELL_PROGRAMS[name];
    const mark = newMark();
    const said = (await this.#ask(prepareText(mark, programs), PREPARED_BYTES_MAX)).toString();
    const find = (key: string): string | undefined =>
      said
        .split('\n')
        .find((line) => line.startsWith(`${mark} ${key} /`))
        ?.slice(mark.length + key.length + 2);
    const folder = find('folder');
    if (folder === undefined)
      return said.includes(mark)
        ? 'The host gives no folder for temporary files.'
        : `The host does not start a POSIX shell for this user: ${said.slice(0, 500).trim()}`;
    const path = find('program');
    if (path !== undefined)
      return { folder, shell: { name, family: SHELL_FAMILIES[name], path }, shPath: find('sh') ?? path };
    await this.#tell(this.#tidyText(folder));
    return `The shell ${name} was not found on the host: it needs ${programs.join(' or ')} in its PATH.`;
  }

  async #run(folder: string, shell: Shell, shPath: string): Promise<StepResult> {
    const { step, workspace, host, mask } = this.#context;
    const path = join(workspace.scratch, 'remote');
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const files = { path, inside: folder, isForAnyUser: false };
    const sources = await usableSources(this.#script, this.#log);
    const [...args] = writeScript(this.#script, shell, sources, files, shPath);
    const layered = makeEnvironment([], [step.environment, builtInVariables(files, undefined), this.#script.variables]);
    if (layered.kind === 'refused') return refuse(this.#log, layered.message);
    // Of this delegate's own environment nothing goes to another host.
    const environment = await this.#settable(layered.variables);
    const text = launchText({
      folder,
      workingDirectory: this.#workingDirectory,
      environment: { ...environment, [MARK_VARIABLE]: workspace.mark },
      files: readAll(path),
      program: shell.path,
      args,
      graceSeconds: Math.ceil(host.settings.killGraceMs / 1_000),
    });
    const end = await this.#launch(folder, text);
    if (end.kind === 'exited') await this.#harvest(folder, path);
    const result = await conclude(end, sources, files, this.#log, mask);
    rmSync(path, { recursive: true, force: true });
    return result;
  }

  async #settable(variables: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const inherited = makeEnvironment([], []);
    const own = inherited.kind === 'usable' ? inherited.variables : {};
    const declared = { ...this.#context.step.environment, ...this.#script.variables };
    const settable: Record<string, string> = {};
    for (const [name, value] of Object.entries(variables)) {
      if (Object.hasOwn(own, name) && !Object.hasOwn(declared, name)) continue;
      if (isVariableName(name) && !FIXED_VARIABLES.has(name)) settable[name] = value;
      else await this.#log.line(`The variable ${name} is left out: a shell on the host cannot set it.`);
    }
    return settable;
  }

  async #launch(folder: string, text: string): Promise<ProcessEnd> {
    const { signal, host } = this.#context;
    const channel = await this.#connection.startShell();
    const ended = endOf(channel);
    let stopping: Promise<void> | undefined;
    const stop = (): void => {
      // The watcher on the host sends SIGTERM: it needs no further session, and none of the host's may be free.
      channel.end();
      stopping ??= this.#kill(folder, ended);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      channel.stderr.resume(); // only what comes before the shell obeys
      channel.write(text); // and stays open: its end would end the step (R2)
      await copyChannel(channel, this.#log, ended, host.settings.pipeGraceMs);
      const end = await ended;
      if (stopping === undefined) return end;
      await stopping;
      return { kind: 'cancelled' };
    } finally {
      signal.removeEventListener('abort', stop);
      channel.close();
    }
  }

  /** SIGKILL when it did not end within its grace. */
  async #kill(folder: string, ended: Promise<unknown>): Promise<void> {
    const over = ended.then(
      () => true,
      () => true,
    );
    if (await Promise.race([over, later(this.#context.host.settings.killGraceMs, false)])) return;
    await this.#tell(killText(folder, MARK_VARIABLE, this.#context.workspace.mark));
    // A host that does not answer any more cannot be made to.
    if (!(await Promise.race([over, later(FAREWELL_MS_MAX, false)]))) this.#connection.close();
  }

  /** Reads what the script left as outputs, ends what it left running, and takes its folder away. */
  async #harvest(folder: string, path: string): Promise<void> {
    const there = outputFiles(folder);
    const here = outputFiles(path);
    const mark = newMark();
    const read = readText(
      OUTPUT_FILES.map((key) => there[key]),
      OUTPUT_FILE_BYTES_MAX,
      mark,
    );
    const bytesMax = OUTPUT_FILES.length * OUTPUT_FILE_BYTES_MAX + PREPARED_BYTES_MAX;
    const said = await this.#ask(`${read}${this.#tidyText(folder)}`, bytesMax);
    OUTPUT_FILES.forEach((key, index) => {
      const content = partOf(said, mark, index);
      if (content.length > 0) writeFileSync(here[key], content.subarray(1), { mode: 0o600 }); // behind the `+`: it is there
    });
  }

  #tidyText(folder: string): string {
    return `${killText(folder, MARK_VARIABLE, this.#context.workspace.mark)}${removeText(folder)}`;
  }

  /** The host's answer; it gets a last chance when the step is stopped meanwhile. */
  async #ask(text: string, bytesMax: number): Promise<Buffer> {
    const { signal } = this.#context;
    const gone = Promise.withResolvers<never>();
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      timer = setTimeout(() => gone.reject(new Error('the host does not answer')), FAREWELL_MS_MAX);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([this.#connection.ask(text, bytesMax), gone.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
      clearTimeout(timer);
    }
  }

  async #tell(text: string): Promise<void> {
    const told = this.#connection.ask(text, PREPARED_BYTES_MAX).then(
      () => undefined,
      () => undefined, // the host is gone
    );
    await Promise.race([told, later(FAREWELL_MS_MAX, undefined)]);
  }
}

/** How the shell ended, which is how the script did. */
function endOf(channel: ClientChannel): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    channel.once('exit', (code: number | null, signal?: string) => {
      if (code !== null) return resolve({ kind: 'exited', exitCode: code });
      const name = `SIG${signal ?? ''}`;
      const number = Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? 0;
      resolve({ kind: 'exited', exitCode: 128 + number, signal: name as NodeJS.Signals });
    });
    channel.once('close', () =>
      reject(new SshFailure('The connection to the host was lost while the script was running.', 'CONNECTIVITY')),
    );
    channel.once('error', (error: unknown) =>
      reject(new SshFailure(`The connection to the host broke: ${describeFailure(error)}`, 'CONNECTIVITY')),
    );
  });
}

function readAll(path: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(path)) files.set(name, readFileSync(join(path, name), 'utf8'));
  return files;
}

/** What stands behind the n-th mark. */
function partOf(said: Buffer, mark: string, index: number): Buffer {
  let start = -1;
  for (let found = 0; found <= index; found += 1) {
    start = said.indexOf(mark, start + 1);
    if (start === -1) return Buffer.alloc(0);
  }
  const end = said.indexOf(mark, start + 1);
  return said.subarray(start + mark.length, end === -1 ? said.length : end);
}

function newMark(): string {
  return `bridle-${randomBytes(16).toString('hex')}`;
}

function later<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms).unref());
}
