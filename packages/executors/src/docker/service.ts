/** A service in a container: reached by the other containers of its stage by the name of its step, and by this host at its ports. */
import { join } from 'node:path';
import { failed, type SecretMask, type StepContext, type StepResult } from '../executor.ts';
import { parseShellName } from '../process/shells.ts';
import { readCommand } from '../run.ts';
import { refuse, unknownShell, writeScript } from '../script-step.ts';
import { ServiceOutlet, ServiceOutput, type ServiceEnd } from '../stage-services.ts';
import { StepLog } from '../step-log.ts';
import { variableMap, type SpecObject } from '../step-spec.ts';
import type { ContainerRequest } from './container-request.ts';
import { readContainerSpec, readEntrypoint } from './container-spec.ts';
import { Demultiplexer } from './demux.ts';
import { readPorts } from './limits.ts';
import { scriptEntrypoint } from './run-image.ts';
import { startService, type ContainerRun, type ServiceStart } from './run-container.ts';
import { openStepContainer, type StepContainer } from './step-container.ts';

/** Asked for of the engine; fewer are shown. */
const LOG_LINES = 200;

/** @throws SpecError */
export async function startServiceContainer(spec: SpecObject, context: StepContext): Promise<StepResult> {
  if (context.signal.aborted) return { kind: 'cancelled' };
  const log = new StepLog(context.log);
  const container = readContainerSpec(spec);
  const ports = readPorts(spec['portBindings']);
  const entrypoint = readEntrypoint(spec['entrypoint']);
  const script = entrypoint === undefined ? readCommand(spec) : undefined;
  const name = script === undefined ? undefined : parseShellName(script.shell);
  if (script !== undefined && name === undefined) return refuse(log, unknownShell(script.shell));
  const opened = await openStepContainer(
    {
      spec: container,
      variables: variableMap(spec['envVariables'], 'envVariables'),
      filesFolder: join(context.workspace.serviceScratch ?? context.workspace.scratch, 'container'),
      isPlugin: false,
    },
    context,
    log,
  );
  if ('kind' in opened) return opened;
  const request = serviceRequest(opened, ports, context);
  if (script === undefined || name === undefined) {
    return conclude(
      await startService(withEntrypoint(request, entrypoint), opened.run),
      opened,
      ports.length > 0,
      context,
      log,
    );
  }
  const shell = await opened.findShell(name);
  if (typeof shell === 'string') return refuse(log, shell);
  const args = writeScript(script, shell, [], opened.files, shell.path);
  const started = await startService({ ...request, entrypoint: scriptEntrypoint(shell, args) }, opened.run);
  return conclude(started, opened, ports.length > 0, context, log);
}

function serviceRequest(
  opened: StepContainer,
  ports: ContainerRequest['ports'],
  context: StepContext,
): ContainerRequest {
  const { network } = opened.request;
  return {
    ...opened.request,
    ports,
    ...(network === undefined ? {} : { network: { ...network, aliases: serviceNames(context) } }),
  };
}

/** A service that runs what its image is made for runs where its image is made to. */
function withEntrypoint(request: ContainerRequest, entrypoint: readonly string[] | undefined): ContainerRequest {
  if (entrypoint !== undefined) return { ...request, entrypoint };
  const { workingFolder: _, ...others } = request;
  return others;
}

/** `step`, and with its step groups in front: `group_step`, `outer_group_step`. Names in a network are looked up in small letters, too. */
export function serviceNames({ step }: Pick<StepContext, 'step'>): readonly string[] {
  const path = (step.fqn ?? '').split('.execution.steps.')[1]?.split('.steps.') ?? [];
  const groups = path.slice(0, -1);
  const names = [step.identifier];
  for (let from = groups.length - 1; from >= 0; from -= 1) {
    names.push([...groups.slice(from), step.identifier].join('_'));
  }
  return [...new Set(names.flatMap((name) => [name, name.toLowerCase()]))];
}

async function conclude(
  started: ServiceStart,
  opened: StepContainer,
  hasPorts: boolean,
  context: StepContext,
  log: StepLog,
): Promise<StepResult> {
  switch (started.kind) {
    case 'cancelled':
      await log.line('Execution was stopped before it ended.');
      return started;
    case 'notStarted':
      await log.line(started.message);
      return failed(started.message, started.types);
    case 'started':
      break;
  }
  const { identifier } = context.step;
  const { containerId } = started;
  const outlet = new ServiceOutlet(identifier, context.keepLog?.());
  context.workspace.services.push({
    identifier,
    stageEnds: () => outlet.stageEnds(),
    ended: () => endOfService(opened.run, containerId, context.mask),
  });
  const there = hasPorts ? ' and this host at its ports' : '';
  await log.line(
    `The service ${identifier} (${opened.image}) has started; containers of this stage reach it as ${identifier}${there}. It runs until the stage is over.`,
  );
  void followService(opened.run, containerId, outlet, context.mask);
  return { kind: 'succeeded', outputs: {} };
}

/** From its first byte on: the engine keeps what a service writes. Ends with the container. */
async function followService(
  run: ContainerRun,
  containerId: string,
  outlet: ServiceOutlet,
  mask: SecretMask,
): Promise<void> {
  try {
    const container = run.engine.client.getContainer(containerId);
    const output = await container.logs({ follow: true, stdout: true, stderr: true });
    const demultiplexer = new Demultiplexer();
    for await (const chunk of output as AsyncIterable<Buffer>) {
      for (const piece of demultiplexer.push(chunk)) await outlet.write(piece);
    }
  } catch {
    // The engine has gone, or the container: either way nothing more comes.
  }
  await outlet.end((await endOfService(run, containerId, mask))?.how);
}

async function endOfService(run: ContainerRun, containerId: string, mask: SecretMask): Promise<ServiceEnd | undefined> {
  const container = run.engine.client.getContainer(containerId);
  try {
    const { State } = await container.inspect();
    if (State.Running) return undefined;
    const how = State.OOMKilled
      ? 'needed more memory than its limit'
      : `ended with exit code ${State.ExitCode}${State.Error === '' ? '' : ` (${State.Error})`}`;
    const output = new ServiceOutput();
    const bytes = await container.logs({ stdout: true, stderr: true, tail: LOG_LINES });
    for (const piece of new Demultiplexer().push(bytes)) await output.write(piece);
    return { how, lastLines: output.lastLines(mask) };
  } catch {
    return undefined; // nothing certain can be said
  }
}
