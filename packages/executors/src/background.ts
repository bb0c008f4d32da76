/**
 * `Background`: starts a service and is done; the service goes on beside the steps that follow, until its stage is over.
 *
 * - G1 The step succeeds once the service has started. How the service ends changes no status; a step that fails later says in its
 *   log which services no longer ran.
 * - G2 What a service writes is not part of its step's log, which is closed long before the service ends. Only its end is kept, and
 *   shown, with the service's secrets hidden, by a later step that failed.
 */
import { failed, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { makeEnvironment } from './process/environment.ts';
import { parseShellName } from './process/shells.ts';
import { spawnStep, type ProcessEnd, type StepProcess } from './process/spawn-step.ts';
import { performStep } from './perform-step.ts';
import { readCommand } from './run.ts';
import { builtInVariables, refuse, scriptFolder, unknownShell, writeScript, type ScriptStep } from './script-step.ts';
import { ServiceOutput } from './stage-services.ts';
import { StepLog } from './step-log.ts';
import { SpecError, textOf, type SpecObject } from './step-spec.ts';

export const background: StepExecutor = {
  run: (context) => performStep(context, (spec) => startService(spec, context)),
};

async function startService(spec: SpecObject, context: StepContext): Promise<StepResult> {
  if (context.workspace.serviceScratch === undefined)
    throw new SpecError('A Background step works in a CI stage only: elsewhere there is no stage to end its service.');
  if (textOf(spec['image'], 'image')) {
    const { startServiceContainer } = await import('./docker/service.ts');
    return startServiceContainer(spec, context);
  }
  const script = readCommand(spec);
  if (script === undefined) throw new SpecError('A Background step needs an image or a command.');
  return startProcess(script, context.workspace.serviceScratch, context);
}

async function startProcess(script: ScriptStep, scratch: string, context: StepContext): Promise<StepResult> {
  if (context.signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const { host, step, workspace } = context;
  const name = parseShellName(script.shell);
  if (name === undefined) return refuse(log, unknownShell(script.shell));
  const shell = host.shells.find(name);
  if (shell === undefined) return refuse(log, `The shell ${name} was not found on this delegate.`);
  const files = scriptFolder(scratch, workspace);
  const environment = makeEnvironment(host.settings.inheritedNames, [
    step.environment,
    builtInVariables(files, workspace.folder),
    script.variables,
  ]);
  if (environment.kind === 'refused') return refuse(log, environment.message);
  const args = writeScript(script, shell, [], files, shell.path);
  const end = await spawnService({ program: shell.path, args, workspace, environment: environment.variables }, context);
  if (end !== undefined) return failed(end.kind === 'notStarted' ? end.message : 'The service was not started.');
  await log.line(`The service ${step.identifier} has started; it runs until the stage is over.`);
  return { kind: 'succeeded', outputs: {} };
}

/** Resolves with `undefined` when the process has started. */
async function spawnService(process: StepProcess, context: StepContext): Promise<ProcessEnd | undefined> {
  const started = Promise.withResolvers<undefined>();
  const workspace = {
    ...process.workspace,
    noteGroup: (group: number): void => {
      process.workspace.noteGroup(group);
      started.resolve(undefined);
    },
  };
  const output = new ServiceOutput();
  let end: ProcessEnd | undefined;
  // Nobody cancels it but the end of its stage.
  const ended = spawnStep({ ...process, workspace }, output, new AbortController().signal, context.host).then(
    (how) => (end = how),
    (error: unknown) => (end = { kind: 'notStarted', message: error instanceof Error ? error.message : String(error) }),
  );
  const first = await Promise.race([started.promise, ended]);
  if (first !== undefined && first.kind !== 'exited') return first;
  context.workspace.services.push({
    identifier: context.step.identifier,
    ended: async () =>
      end === undefined ? undefined : { how: describe(end), lastLines: output.lastLines(context.mask) },
  });
  return undefined;
}

function describe(end: ProcessEnd): string {
  return end.kind === 'exited' ? `ended with exit code ${end.exitCode}` : 'was stopped';
}
