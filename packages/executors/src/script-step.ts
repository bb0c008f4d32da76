/** What steps with a script share: write the script, run it, read its outputs. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ARTIFACTS_FILE, ARTIFACTS_VARIABLE } from './artifact-files.ts';
import { failed, type SecretMask, type StepContext, type StepFailure, type StepResult } from './executor.ts';
import { makeEnvironment } from './process/environment.ts';
import { isVariableName, makeScript, type OutputCapture } from './process/script.ts';
import { parseShellName, type Shell } from './process/shells.ts';
import { spawnStep, type ProcessEnd } from './process/spawn-step.ts';
import { readStepOutputs, type OutputFiles, type OutputSource } from './process/step-outputs.ts';
import { StepLog } from './step-log.ts';
import { outputVariables, type DeclaredOutput } from './step-spec.ts';
import type { FolderOwner, StepWorkspace } from './workspace.ts';

/** A longer script is refused by the language already; here it guards the disk. */
const SCRIPT_BYTES_MAX = 4 * 1024 * 1024;
const OUTPUTS_MAX = 1_000;

/** The workspace as containers see it, as a path of its own or the start of one. */
const CONTAINER_WORKSPACE = /(?<![\w./}-])\/harness(?![\w.-])/;
const NO_HARNESS_FOLDER =
  'Warning: the script names /harness. That is the workspace in containers; on this host it is $HARNESS_WORKSPACE, where the script starts.';

export interface ScriptStep {
  readonly shell: string;
  readonly text: string;
  /** Stop at the first failing command and trace commands. */
  readonly isStrict: boolean;
  /** The step's own variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly outputs: readonly DeclaredOutput[];
  /** Where declared outputs are read from, and by which name. */
  readonly outputsFrom: OutputCapture['from'];
}

/** Where the files of a script lie. */
export interface ScriptFolder {
  /** As this process sees it. */
  readonly path: string;
  /** As the script sees it: the same, but for a container. */
  readonly inside: string;
  /** Its files are for whichever user an image names; the folders around it keep other users of this host out. */
  readonly isForAnyUser: boolean;
  /** Who runs the script, when it is not this process's user. */
  readonly owner?: FolderOwner;
}

/** A folder for the files of a script that runs on this host; made when missing. */
export function scriptFolder(path: string, { owner }: StepWorkspace): ScriptFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (owner !== undefined) {
    chmodSync(dirname(path), 0o711); // the way to it, which stays ours
    chownSync(path, owner.uid, owner.gid);
  }
  return { path, inside: path, isForAnyUser: false, ...(owner && { owner }) };
}

/** Runs the script as a process of this host. */
export async function runScriptStep(script: ScriptStep, context: StepContext): Promise<StepResult> {
  if (context.signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const shell = findShell(script.shell, context);
  if (typeof shell === 'string') return refuse(log, shell);
  const tooMuch = limitPassed(script);
  if (tooMuch !== undefined) return refuse(log, tooMuch);
  const { scratch, folder, isOfStage, owner } = context.workspace;
  const files: ScriptFolder = { path: scratch, inside: scratch, isForAnyUser: false, ...(owner && { owner }) };
  const environment = makeEnvironment(context.host.settings.inheritedNames, [
    context.step.environment,
    builtInVariables(files, isOfStage ? folder : undefined),
    script.variables,
  ]);
  if (environment.kind === 'refused') return refuse(log, environment.message);

  await log.line(`Executing step ${context.step.identifier} with ${shell.name} (${shell.path})`);
  if (isOfStage && CONTAINER_WORKSPACE.test(script.text)) await log.line(NO_HARNESS_FOLDER);
  const sources = await usableSources(script, log);
  const shPath = context.host.shells.find('Sh')?.path ?? shell.path;
  const program = writeScript(script, shell, sources, files, shPath);
  const end = await spawnStep(
    {
      program: shell.path,
      args: program,
      workspace: context.workspace,
      environment: environment.variables,
    },
    log,
    context.signal,
    context.host,
  );
  return conclude(end, sources, files, log, context.mask);
}

/** The step cannot be performed as it is written. */
export async function refuse(log: StepLog, message: string): Promise<StepResult> {
  await log.line(message);
  return failed(message);
}

function findShell(wanted: string, context: StepContext): Shell | string {
  const name = parseShellName(wanted);
  if (name === undefined) return unknownShell(wanted);
  const shells = context.host.shells;
  const programs = shells.candidates(name).join(' or ');
  return shells.find(name) ?? `The shell ${name} was not found on this delegate: it needs ${programs} in its PATH.`;
}

export function unknownShell(text: string): string {
  return `"${text}" is not a shell this step can use; it knows Bash, Sh, Python, Powershell and Pwsh.`;
}

export function limitPassed(script: ScriptStep): string | undefined {
  const bytes = Buffer.byteLength(script.text);
  if (bytes > SCRIPT_BYTES_MAX) return `The script has ${bytes} bytes; at most ${SCRIPT_BYTES_MAX} are run.`;
  if (script.outputs.length > OUTPUTS_MAX)
    return `${script.outputs.length} output variables are declared; at most ${OUTPUTS_MAX} are kept.`;
  return undefined;
}

/** Where the outputs of a script lie in a folder. */
export function outputFiles(folder: string): OutputFiles {
  return {
    plain: join(folder, 'output.env'),
    secret: join(folder, 'secret-output.env'),
    captured: join(folder, 'values'),
  };
}

/** @param workspaceFolder - of the step's CI stage, as the script sees it */
export function builtInVariables(files: ScriptFolder, workspaceFolder: string | undefined): Record<string, string> {
  const { plain, secret } = outputFiles(files.inside);
  const variables: Record<string, string> = {
    DRONE_OUTPUT: plain,
    HARNESS_OUTPUT_FILE: plain,
    HARNESS_OUTPUT_SECRET_FILE: secret,
  };
  if (workspaceFolder !== undefined) {
    variables['HARNESS_WORKSPACE'] = workspaceFolder;
    variables['DRONE_WORKSPACE'] = workspaceFolder;
    variables[ARTIFACTS_VARIABLE] = join(files.inside, ARTIFACTS_FILE);
  }
  return variables;
}

/** The files are there from the start: scripts append to them, and some test for them. */
export function makeOutputFile(files: ScriptFolder): void {
  const { plain, secret } = outputFiles(files.path);
  writeFile(files, plain, '');
  writeFile(files, secret, '');
  writeFile(files, join(files.path, ARTIFACTS_FILE), '');
}

export async function usableSources(script: ScriptStep, log: StepLog): Promise<readonly OutputSource[]> {
  const sources: OutputSource[] = [];
  for (const output of script.outputs) {
    const variable = output.value ?? output.name;
    if (isVariableName(variable)) sources.push({ name: output.name, variable, isSecret: output.isSecret });
    else
      await log.line(`The output variable ${output.name} is left out: no shell variable can be called "${variable}".`);
  }
  return sources;
}

/**
 * Answers with the interpreter's arguments.
 * @param shPath - a plain `sh` where the script runs
 */
export function writeScript(
  script: ScriptStep,
  shell: Shell,
  sources: readonly OutputSource[],
  files: ScriptFolder,
  shPath: string,
): readonly string[] {
  const capture: OutputCapture | undefined =
    sources.length === 0
      ? undefined
      : {
          names: [...new Set(sources.map((source) => source.variable))],
          from: script.outputsFrom,
          valuesPath: outputFiles(files.inside).captured,
          collectorPath: join(files.inside, 'collect.sh'),
          shPath,
        };
  const made = makeScript(shell, script.text, script.isStrict, capture);
  const name = `script${made.extension}`;
  writeFile(files, join(files.path, name), made.script);
  makeOutputFile(files);
  if (made.collector !== undefined) writeFile(files, join(files.path, 'collect.sh'), made.collector);
  return [...made.args, join(files.inside, name)];
}

/** At once: a few small files, which the step waits for anyway. */
function writeFile(files: ScriptFolder, path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  if (files.isForAnyUser) chmodSync(path, 0o666);
  if (files.owner !== undefined) chownSync(path, files.owner.uid, files.owner.gid);
}

/** Reads the outputs, hides the secret ones from then on, and says how the step ended. */
export async function conclude(
  end: ProcessEnd,
  sources: readonly OutputSource[],
  files: ScriptFolder,
  log: StepLog,
  mask: SecretMask,
): Promise<StepResult> {
  switch (end.kind) {
    case 'cancelled':
      await log.line('Execution was stopped before it ended.');
      return { kind: 'cancelled' };
    case 'notStarted':
      return refuse(log, end.message);
    case 'exited':
      break;
  }
  const outputs = readStepOutputs(outputFiles(files.path), sources, end.exitCode === 0);
  if (outputs.kind === 'read') for (const name of outputs.secretNames) mask.add(outputs.values.get(name) ?? '');
  if (outputs.kind === 'refused') {
    await log.line(outputs.message);
    await log.line(`Execution ended with exit code ${end.exitCode}`);
    return {
      kind: 'failed',
      exitCode: end.exitCode,
      outputs: {},
      failure: { message: outputs.message, types: ['APPLICATION_ERROR'] },
    };
  }
  await log.line(`Execution ended with exit code ${end.exitCode}${end.signal === undefined ? '' : ` (${end.signal})`}`);
  const kept = {
    outputs: outputVariables(outputs.values),
    ...(outputs.secretNames.size === 0 ? {} : { secretOutputs: [...outputs.secretNames] }),
  };
  if (end.exitCode === 0) return { kind: 'succeeded', exitCode: 0, ...kept };
  const failure = failureOf(end);
  if (end.limit !== undefined) await log.line(failure.message);
  return { kind: 'failed', exitCode: end.exitCode, ...kept, failure };
}

function failureOf(end: Extract<ProcessEnd, { kind: 'exited' }>): StepFailure {
  if (end.limit !== undefined) return end.limit;
  const message =
    end.signal === undefined
      ? `The script ended with exit code ${end.exitCode}.`
      : `The script was ended by ${end.signal} (exit code ${end.exitCode}).`;
  return { message, types: ['APPLICATION_ERROR'] };
}
