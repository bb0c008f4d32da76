/**
 * `Background`: starts a service and is done; the service goes on beside the steps that follow, until its stage is over.
 *
 * - G1 The step succeeds once the service has started. How the service ends changes no status; a step that fails later says in its
 *   log which services no longer ran.
 * - G2 What a service writes goes to the log of its step as it comes: that log stays open until the service has ended, long after the
 *   step. The last lines of a service that ended early are shown, too, by a later step that failed, the service's secrets hidden.
 */
import { failed, type LogSink, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { makeEnvironment } from './process/environment.ts';
import { parseShellName } from './process/shells.ts';
import { spawnStep, type ProcessEnd, type StepProcess } from './process/spawn-step.ts';
import { performStep } from './perform-step.ts';
import { readCommand } from './run.ts';
import { builtInVariables, refuse, scriptFolder, unknownShell, writeScript, type ScriptStep } from './script-step.ts';
import { ServiceOutlet, ServiceOutput } from './stage-services.ts';
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
  const { identifier } = context.step;
  const output = new ServiceOutput();
  const outlet = new ServiceOutlet(identifier, context.keepLog?.());
  const sink: LogSink = {
    write: async (bytes) => {
      await output.write(bytes);
      await outlet.write(bytes);
    },
  };
  let end: ProcessEnd | undefined;
  // Nobody cancels it but the end of its stage.
  const ended = spawnStep({ ...process, workspace }, sink, new AbortController().signal, context.host).then(
    (how) => (end = how),
    (error: unknown) => (end = { kind: 'notStarted', message: error instanceof Error ? error.message : String(error) }),
  );
  void ended.then((how) => outlet.end(how.kind === 'notStarted' ? undefined : describe(how)));
  const first = await Promise.race([started.promise, ended]);
  if (first !== undefined && first.kind !== 'exited') return first;
  context.workspace.services.push({
    identifier,
    stageEnds: () => outlet.stageEnds(),
    ended: async () =>
      end === undefined ? undefined : { how: describe(end), lastLines: output.lastLines(context.mask) },
  });
  return undefined;
}

function describe(end: ProcessEnd): string {
  return end.kind === 'exited' ? `ended with exit code ${end.exitCode}` : 'was stopped';
}
