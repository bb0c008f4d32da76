/** `bridle trigger enable|disable`. */
import type { CommandAction } from '../command-line/command.ts';
import { inProject } from '../connection/connect.ts';
import { readTriggerName } from './named-trigger.ts';

export const enableTrigger = switching(true);
export const disableTrigger = switching(false);

function switching(isOn: boolean): CommandAction {
  return inProject(async ({ harness }, { terminal, signal }, { arguments: [name = ''] }) => {
    const { pipeline, trigger } = readTriggerName(name);
    await (isOn
      ? harness.triggers.enable(pipeline, trigger, { signal })
      : harness.triggers.disable(pipeline, trigger, { signal }));
    if (!terminal.isQuiet) await terminal.err.line(`The trigger ${name} is ${isOn ? 'enabled' : 'disabled'}.`);
    return 0;
  });
}
