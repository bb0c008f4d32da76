/** `bridle trigger test`: would this trigger answer to this event? Nothing is sent and nothing starts. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  matchConditions,
  matchSource,
  parseTrigger,
  readEventFile,
  resolveTriggerInputs,
  triggerScope,
  type WebhookEvent,
} from '@bridle/pipeline';
import type { CommandAction, CommandContext } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { describeConditions, type ShownCondition } from './conditions.ts';
import { readTriggerName } from './named-trigger.ts';
import { readHeaders, readPayload } from './payload.ts';

interface Verdict {
  readonly matches: boolean;
  readonly message: string;
  readonly conditions: readonly ShownCondition[];
  /** With the values of the event; empty where it does not match. */
  readonly inputYaml: string;
}

export const testTrigger: CommandAction = async (context, input) => {
  const {
    arguments: [name = ''],
    options,
  } = input;
  const file = resolve(context.folder, name);
  const isFile = existsSync(file) && statSync(file).isFile();
  const event = readEvent(await readPayload(options, context), readHeaders(options));
  const fields = options.fields();
  if (isFile) return await tell(judge(readFileSync(file, 'utf8'), event, name), context, fields);
  const { pipeline, trigger } = readTriggerName(name);
  const onServer = inProject(async ({ harness }, { signal }) => {
    const { yaml } = await harness.triggers.get(pipeline, trigger, { signal });
    return await tell(judge(yaml, event, name), context, fields);
  });
  return await onServer(context, input);
};

/** @throws UsageError */
function readEvent(payload: string, headers: Readonly<Record<string, string>>): WebhookEvent {
  const hasHeaders = Object.keys(headers).length > 0;
  const text = hasHeaders ? JSON.stringify({ headers, payload: JSON.parse(payload) as unknown }) : payload;
  const read = readEventFile(text);
  if (read.kind === 'event') return read.event;
  throw new UsageError(`The payload: ${read.message}`, read.hint);
}

function judge(yaml: string, event: WebhookEvent, name: string): Verdict {
  const { trigger, diagnostics } = parseTrigger(yaml);
  if (trigger === undefined) {
    throw new UsageError(`The trigger ${name} cannot be read: ${diagnostics.map(({ message }) => message).join(' ')}`);
  }
  const { source } = trigger;
  const no = (message: string): Verdict => ({ matches: false, message, conditions: [], inputYaml: '' });
  if (source.kind === 'cron') return no('It fires at its times only.');
  if (source.kind === 'notRunYet') return no('Triggers of this kind do not fire here yet.');
  if (source.kind === 'gitWebhook') {
    if (event.git === undefined) return no(`The event is not one of ${source.provider}: its headers say which it is.`);
    const found = matchSource(source, event.git);
    if (found.kind === 'differs') return no(found.reason);
  }
  const { matched, message, results } = matchConditions(source, event);
  if (!matched) return { matches: false, message, conditions: results, inputYaml: '' };
  const inputs = resolveTriggerInputs(trigger.inputYaml, triggerScope(event));
  if (inputs.kind === 'failed') return { matches: false, message: inputs.message, conditions: results, inputYaml: '' };
  return { matches: true, message, conditions: results, inputYaml: inputs.inputYaml };
}

async function tell(
  verdict: Verdict,
  { terminal }: CommandContext,
  fields: readonly string[] | undefined,
): Promise<0 | 1> {
  const { matches, message, conditions, inputYaml } = verdict;
  const { out } = terminal;
  if (fields === undefined) {
    const { green, red } = out.style;
    await out.line(matches ? green('It would start the pipeline.') : `${red('It would start nothing.')} ${message}`);
    for (const line of describeConditions(conditions, out.style)) await out.line(`  ${line}`);
    if (inputYaml.trim() !== '') await out.line(`With these inputs:\n${inputYaml.trimEnd()}`);
  } else await printJson(out, verdict, fields);
  return matches ? 0 : 1;
}
