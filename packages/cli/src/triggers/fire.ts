/** `bridle trigger fire|replay`: calls a custom webhook and says what became of it. */
import { isHarnessError, type FiredEvent } from '@bridle/sdk';
import type { CommandContext } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { printJson } from '../command-line/json.ts';
import type { Options } from '../command-line/options.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { describeConditions } from './conditions.ts';
import { readTriggerName } from './named-trigger.ts';
import { readHeaders, readPayload } from './payload.ts';

/** A decision takes milliseconds; this is for servers that are busy. */
const DECISION_MS_MAX = 60_000;

export const fireTrigger = inProject(async (connection, context, { arguments: [name = ''], options }) => {
  const { pipeline, trigger } = readTriggerName(name);
  const payload = await readPayload(options, context);
  const token = options.text('webhook-token');
  const event = await connection.harness.triggers.fireCustom(pipeline, trigger, payload, {
    headers: readHeaders(options),
    signal: context.signal,
    ...(token === undefined ? {} : { token }),
  });
  return await follow(event, connection, context, options);
});

/** The same payload again: what happened to it is looked up, and sent as a new event. */
export const replayEvent = inProject(async (connection, context, { arguments: [eventId = ''], options }) => {
  const { harness } = connection;
  const { signal } = context;
  const { payload, targetIdentifier = '', triggerIdentifier = '' } = await harness.triggers.event(eventId, { signal });
  const event = await harness.triggers.fireCustom(targetIdentifier, triggerIdentifier, payload, {
    headers: readHeaders(options),
    signal,
  });
  return await follow(event, connection, context, options);
});

async function follow(
  event: FiredEvent,
  { settings }: ProjectConnection,
  { terminal, signal }: CommandContext,
  options: Options,
): Promise<ExitCode> {
  const { out, err } = terminal;
  const { eventCorrelationId } = event;
  const fields = options.fields();
  const told = {
    eventCorrelationId,
    status: 'QUEUED',
    executionId: null as string | null,
    url: null as string | null,
    message: '',
  };
  if (options.isOn('detach')) {
    if (fields === undefined) await out.line(eventCorrelationId);
    else await printJson(out, told, fields);
    return 0;
  }
  if (fields === undefined && !terminal.isQuiet) await err.line(`Event ${eventCorrelationId} was accepted.`);
  try {
    const execution = await event.waitForExecution({ signal, timeoutMs: DECISION_MS_MAX });
    const url = `${settings.url.value}/x/${execution.planExecutionId}`;
    if (fields === undefined) {
      await out.line(execution.planExecutionId);
      if (!terminal.isQuiet) await err.line(`It started the execution: ${url}`);
    } else
      await printJson(
        out,
        { ...told, status: 'TARGET_EXECUTION_REQUESTED', executionId: execution.planExecutionId, url },
        fields,
      );
    return 0;
  } catch (error) {
    if (!isHarnessError(error, 'triggerNotMatched')) throw error;
    if (fields === undefined) {
      await err.line(`${err.style.red('It started nothing:')} ${error.status}: ${error.reasons[0] ?? ''}`);
      for (const line of describeConditions(error.conditions, err.style)) await err.line(`  ${line}`);
    } else await printJson(out, { ...told, status: error.status, message: error.reasons[0] ?? '' }, fields);
    return 1;
  }
}
