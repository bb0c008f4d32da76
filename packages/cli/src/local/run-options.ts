/** The options of `bridle run`, read and checked before anything is done. */
import { availableParallelism } from 'node:os';
import { checkPipeline, listStages, NODE_INTERRUPTS, parseDuration, suggest } from '@bridle/pipeline';
import { Options, type OptionValue } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { GivenAnswer } from './people.ts';

export type RunExecutor = 'auto' | 'process' | 'docker' | 'dummy';

const PARALLEL_MAX = 1_000;
/** Steps wait more than they compute. */
const PARALLEL_LEAST = 4;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export function executorOf(options: Options): RunExecutor {
  const kind = options.text('executor');
  return kind === 'process' || kind === 'docker' || kind === 'dummy' ? kind : 'auto';
}

/** @throws UsageError */
export function parallelOf(options: Options): number {
  const text = options.text('parallel');
  if (text === undefined) return Math.max(PARALLEL_LEAST, availableParallelism());
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > PARALLEL_MAX) throw new UsageError(`--parallel takes a number from 1 to ${PARALLEL_MAX}.`);
  return number;
}

/** @throws UsageError */
export function timeoutOf(options: Options): number | undefined {
  const text = options.text('timeout');
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new UsageError(`--timeout ${text} is no duration.`, 'Write 30s, 10m, 1h30m.');
  return Math.min(ms, TIMEOUT_MS_MAX);
}

/** @throws UsageError */
export function answersOf(options: Options): readonly GivenAnswer[] {
  const approvals = new Map<string, Record<string, string>>();
  for (const text of options.texts('approve')) {
    const [, place = text, name, value = ''] = /^([^:=]+):([^=]+)=(.*)$/s.exec(text) ?? [];
    const inputs = approvals.get(place) ?? {};
    if (name !== undefined) inputs[name] = value;
    approvals.set(place, inputs);
  }
  return [
    ...[...approvals].map(([place, inputs]): GivenAnswer => ({ kind: 'approve', place, inputs })),
    ...options.texts('reject').map((place): GivenAnswer => ({ kind: 'reject', place, inputs: {} })),
    ...options.texts('intervene').map(readIntervention),
  ];
}

function readIntervention(text: string): GivenAnswer {
  const at = text.lastIndexOf('=');
  const action = text.slice(at + 1);
  const known = NODE_INTERRUPTS.find((each) => each.toLowerCase() === action.toLowerCase());
  if (at <= 0) throw new UsageError(`--intervene ${text} is not PLACE=ACTION.`);
  if (known === undefined) {
    const nearest = suggest(action, NODE_INTERRUPTS);
    const hint = nearest === undefined ? '' : `Did you mean ${nearest}? `;
    throw new UsageError(
      `--intervene ${text}: there is no action ${action}.`,
      `${hint}Actions: ${NODE_INTERRUPTS.join(', ')}.`,
    );
  }
  return { kind: 'intervene', place: text.slice(0, at), action: known };
}

/**
 * `--from` as the stages it stands for, and `-i '<+…>=value'` taken out of the inputs: values for what stages that are not
 * chosen would have given.
 * @throws UsageError
 */
export function splitInputs(
  { file, repository }: ChosenPipeline,
  options: Options,
): { readonly inputs: Options; readonly expressionValues: Readonly<Record<string, string>> } {
  const from = options.text('from');
  if (from !== undefined && options.texts('stage').length > 0) {
    throw new UsageError('--from and --stage exclude each other.');
  }
  const { pipeline } = checkPipeline(file.text, repository);
  const known = pipeline === undefined ? [] : listStages(pipeline.stages).map(({ identifier }) => identifier);
  const named = from === undefined ? options.texts('stage') : [from];
  const unknown = known.length === 0 ? undefined : named.find((stage) => !known.includes(stage));
  if (unknown !== undefined) {
    const nearest = suggest(unknown, known);
    const hint = nearest === undefined ? '' : `Did you mean ${nearest}? `;
    throw new UsageError(`The pipeline has no stage ${unknown}.`, `${hint}Stages: ${known.join(', ')}.`, 5);
  }
  const stages = from === undefined ? named : known.slice(known.indexOf(from));
  const values = options.texts('input').filter((text) => text.startsWith('<+'));
  const kept: [string, OptionValue][] = [
    ['stage', [...stages]],
    ['input-set', [...options.texts('input-set')]],
    ['inputs-file', [...options.texts('inputs-file')]],
    ['input', options.texts('input').filter((text) => !values.includes(text))],
  ];
  return { inputs: new Options(new Map(kept)), expressionValues: Object.fromEntries(values.map(readExpressionValue)) };
}

function readExpressionValue(text: string): readonly [string, string] {
  const at = text.indexOf('>=');
  if (at < 0) throw new UsageError(`--input ${text} is not <+expression>=value.`);
  return [text.slice(0, at + 1), text.slice(at + 2)];
}
