/**
 * Steps that run something in a container of their own: a script by a shell that the image must have, or the image's own
 * entrypoint.
 *
 * The script goes by a mounted file; its outputs come back the same way as on the host.
 */
import { failed, type SecretMask, type StepContext, type StepResult } from '../executor.ts';
import { parseShellName, type Shell } from '../process/shells.ts';
import type { OutputSource } from '../process/step-outputs.ts';
import {
  conclude,
  limitPassed,
  makeOutputFile,
  refuse,
  unknownShell,
  usableSources,
  writeScript,
  type ScriptFolder,
  type ScriptStep,
} from '../script-step.ts';
import { StepLog } from '../step-log.ts';
import { variableMap, type SpecObject } from '../step-spec.ts';
import { readContainerSpec, type ContainerSpec } from './container-spec.ts';
import { runContainer, type ContainerEnd } from './run-container.ts';
import { filesFolderOf, openStepContainer } from './step-container.ts';

export interface ImageStep {
  readonly container: ContainerSpec;
  readonly variables: Readonly<Record<string, string>>;
  readonly isPlugin: boolean;
  /** In place of the image's own; not together with a script. */
  readonly entrypoint?: readonly string[] | undefined;
}

/**
 * A step with an image and maybe a script (`Run`, `Test`, …).
 * @throws SpecError
 */
export async function runWithImage(
  spec: SpecObject,
  script: ScriptStep | undefined,
  context: StepContext,
): Promise<StepResult> {
  const container = readContainerSpec(spec);
  if (script === undefined) {
    const variables = variableMap(spec['envVariables'], 'envVariables');
    return runImage({ container, variables, isPlugin: false }, context);
  }
  return runScriptInImage({ container, variables: script.variables, isPlugin: false }, script, context);
}

/** Runs the image's entrypoint, or the given one, and keeps what it wrote to its output file. */
export async function runImage(step: ImageStep, context: StepContext): Promise<StepResult> {
  if (context.signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const opened = await openStepContainer(
    { ...step, spec: step.container, filesFolder: filesFolderOf(context) },
    context,
    log,
  );
  if ('kind' in opened) return opened;
  makeOutputFile(opened.files);
  await log.line(`Executing step ${context.step.identifier} in ${opened.image}`);
  const request = step.entrypoint === undefined ? opened.request : { ...opened.request, entrypoint: step.entrypoint };
  return concludeContainer(await runContainer(request, opened.run, log), [], opened.files, log, context.mask);
}

/** Runs a script in the image. */
export async function runScriptInImage(step: ImageStep, script: ScriptStep, context: StepContext): Promise<StepResult> {
  if (context.signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const name = parseShellName(script.shell);
  if (name === undefined) return refuse(log, unknownShell(script.shell));
  const tooMuch = limitPassed(script);
  if (tooMuch !== undefined) return refuse(log, tooMuch);
  const opened = await openStepContainer(
    { ...step, spec: step.container, filesFolder: filesFolderOf(context) },
    context,
    log,
  );
  if ('kind' in opened) return opened;
  const shell = await opened.findShell(name);
  if (typeof shell === 'string') return refuse(log, shell);
  await log.line(`Executing step ${context.step.identifier} with ${shell.name} (${shell.path}) in ${opened.image}`);
  const sources = await usableSources(script, log);
  const args = writeScript(script, shell, sources, opened.files, shell.path);
  const end = await runContainer({ ...opened.request, entrypoint: scriptEntrypoint(shell, args) }, opened.run, log);
  return concludeContainer(end, sources, opened.files, log, context.mask);
}

/**
 * The engine carries stdout and stderr apart and may mix up their order, so they are made one before the script begins. PowerShell
 * has no way to do that for itself.
 */
export function scriptEntrypoint(shell: Shell, args: readonly string[]): readonly string[] {
  switch (shell.family) {
    case 'posix':
      return [shell.path, '-c', 'exec "$0" "$@" 2>&1', shell.path, ...args];
    case 'python':
      return [
        shell.path,
        '-c',
        'import os, sys; os.dup2(1, 2); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])',
        ...args,
      ];
    case 'powershell':
      return [shell.path, ...args];
  }
}

async function concludeContainer(
  end: ContainerEnd,
  sources: readonly OutputSource[],
  files: ScriptFolder,
  log: StepLog,
  mask: SecretMask,
): Promise<StepResult> {
  switch (end.kind) {
    case 'cancelled':
      return conclude(end, sources, files, log, mask);
    case 'notStarted':
      await log.line(end.message);
      return failed(end.message, end.types);
    case 'lost': {
      const message = `The container was lost while it ran: ${end.message}`;
      await log.line(message);
      return failed(message, ['INFRASTRUCTURE_FAILURE']);
    }
    case 'exited':
      break;
  }
  const result = await conclude(end, sources, files, log, mask);
  if (!end.isOutOfMemory || result.kind !== 'failed') return result;
  const message = `The container needed more memory than its limit (exit code ${end.exitCode}).`;
  await log.line(message);
  return { ...result, failure: { message, types: ['RESOURCE_LIMITS_FAILURE'] } };
}
