/** Why the run exists: somebody called it, or an event did. With a trigger of the repository, what that makes of the event. */
import {
  eventCause,
  matchConditions,
  matchSource,
  mergeInputs,
  parseTrigger,
  readEventFile,
  resolveInputSets,
  resolveTriggerInputs,
  resolveTriggerReferences,
  suggest,
  triggerScope,
  type ExecutionCause,
  type PipelineRequest,
  type WebhookEvent,
} from '@bridle/pipeline';
import { resolve } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import type { GivenInputs } from '../inputs/read-inputs.ts';
import { readText, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { RunNote } from './start-local-run.ts';

export interface RunCause {
  readonly cause: ExecutionCause;
  readonly inputs: GivenInputs;
  readonly known?: NonNullable<PipelineRequest['known']>;
  readonly notes: readonly RunNote[];
}

export interface CauseOptions {
  readonly event: string | undefined;
  readonly trigger: string | undefined;
}

const BY_HAND: ExecutionCause = {
  triggerType: 'MANUAL',
  triggeredBy: { uuid: 'local', identifier: 'local', email: '' },
};

/** @throws UsageError */
export function findCause(
  chosen: ChosenPipeline,
  inputs: GivenInputs,
  { event: file, trigger: wanted }: CauseOptions,
  folder: string,
): RunCause {
  if (file === undefined) {
    if (wanted !== undefined) throw new UsageError('--trigger needs an event.', 'Give one with --event FILE.');
    return { cause: BY_HAND, inputs, notes: [] };
  }
  const event = readEvent(file, folder);
  if (wanted === undefined) {
    return { cause: eventCause(event, { identifier: 'local', name: 'local', eventId: 'local' }), inputs, notes: [] };
  }
  return withTrigger(chosen, inputs, event, wanted);
}

function readEvent(file: string, folder: string): WebhookEvent {
  const read = readEventFile(readText(resolve(folder, file), file));
  if (read.kind === 'event') return read.event;
  const place = read.position === undefined ? file : `${file}:${read.position.line}:${read.position.column}`;
  throw new UsageError(`${place}: ${read.message}`, read.hint);
}

function withTrigger(chosen: ChosenPipeline, inputs: GivenInputs, event: WebhookEvent, wanted: string): RunCause {
  const { file, repository } = chosen;
  const pipeline = file.field('identifier');
  const triggers = repository.list('trigger').filter((each) => {
    const of = each.field('pipelineIdentifier');
    return of === undefined || of === pipeline;
  });
  const found = triggers.find((each) => each.field('identifier') === wanted);
  if (found === undefined) {
    const known = triggers.flatMap((each) => each.field('identifier') ?? []);
    const nearest = suggest(wanted, known);
    const names = known.length === 0 ? 'The repository has none for this pipeline.' : `Triggers: ${known.join(', ')}.`;
    throw new UsageError(
      `There is no trigger ${wanted}.`,
      `${nearest === undefined ? '' : `Did you mean ${nearest}? `}${names}`,
      5,
    );
  }
  const { trigger, diagnostics } = parseTrigger(found.text);
  if (trigger === undefined) {
    throw new UsageError(
      `The trigger ${wanted} cannot be read: ${diagnostics.map(({ message }) => message).join(' ')}`,
    );
  }
  const scope = triggerScope(event);
  const resolved = resolveTriggerInputs(trigger.inputYaml, scope);
  if (resolved.kind === 'failed') throw new UsageError(`The trigger ${wanted}: ${resolved.message}`);
  const references = resolveTriggerReferences(trigger.inputSetRefs, scope);
  if (references.kind === 'failed') throw new UsageError(`The trigger ${wanted}: ${references.message}`);
  const sets = resolveInputSets(
    references.references,
    (identifier) =>
      (repository.findFile('inputSet', identifier) ?? repository.findFile('overlayInputSet', identifier))?.text,
  );
  if (sets.missing.length > 0) {
    throw new UsageError(
      `The trigger ${wanted} names the input set ${sets.missing.join(', ')}, which is not there.`,
      undefined,
      5,
    );
  }
  const merged = mergeInputs({
    yaml: file.text,
    inputSets: sets.inputSets,
    inputYamls: [...(resolved.inputYaml.trim() === '' ? [] : [resolved.inputYaml]), inputs.inputYaml],
    documents: repository,
  });
  const stages = inputs.stages ?? (trigger.stagesToExecute.length === 0 ? undefined : trigger.stagesToExecute);
  return {
    cause: eventCause(event, { identifier: wanted, name: trigger.name, eventId: 'local' }),
    inputs: {
      inputYaml: merged.inputYaml,
      diagnostics: [...inputs.diagnostics, ...merged.diagnostics],
      ...(stages === undefined ? {} : { stages }),
    },
    known: resolved.known,
    notes: notesOf(trigger, event, wanted),
  };
}

type Trigger = NonNullable<ReturnType<typeof parseTrigger>['trigger']>;

function notesOf({ source }: Trigger, event: WebhookEvent, wanted: string): readonly RunNote[] {
  const objection = objectionOf(source, event);
  if (objection === undefined) return [];
  const text = `The trigger ${wanted} does not answer to this event: a server would not start the pipeline. ${objection}`;
  return [{ level: 'warning', text }];
}

/** Which repository a connector means is known to a server only: it is not compared. */
function objectionOf(source: Trigger['source'], event: WebhookEvent): string | undefined {
  switch (source.kind) {
    case 'notRunYet':
      return undefined;
    case 'cron':
      return 'It fires at its times only.';
    case 'customWebhook': {
      const { matched, message } = matchConditions(source, event);
      return matched ? undefined : message;
    }
    case 'gitWebhook': {
      if (event.git === undefined) return `The event is not one of ${source.provider}.`;
      const found = matchSource(source, event.git);
      if (found.kind === 'differs') return found.reason;
      const { matched, message } = matchConditions(source, event);
      return matched ? undefined : message;
    }
  }
}
