/** `bridle trigger curl`: the line that calls the webhook, to be copied. */
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { readTriggerName } from './named-trigger.ts';

export const triggerCurl = inProject(async ({ harness }, { terminal, signal }, { arguments: [name = ''] }) => {
  const { pipeline, trigger } = readTriggerName(name);
  const { webhookCurlCommand, webhookUrl, type } = await harness.triggers.details(pipeline, trigger, { signal });
  if (webhookCurlCommand === undefined) {
    const how = webhookUrl === undefined ? `${type} triggers are not called.` : `Its provider calls ${webhookUrl}.`;
    throw new UsageError(`The trigger ${name} has no webhook that is called by curl.`, how);
  }
  await terminal.out.line(webhookCurlCommand);
  return 0;
});
