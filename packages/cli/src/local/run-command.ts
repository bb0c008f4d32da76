/** `bridle run`: reads what was asked for, refuses what cannot run before anything starts, runs it, and tells how it ended. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DockerHost, MaskLimitPassed } from '@bridle/executors';
import {
  compilePipeline,
  type CompiledPipeline,
  type ExpressionValues,
  type Mock,
  type RecordedSource,
} from '@bridle/pipeline';
import type { CommandAction, CommandContext, CommandInput } from '../command-line/command.ts';
import { exitCodeOf, type ExitCode } from '../command-line/exit-codes.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { shownPath } from '../diagnostics/sources.ts';
import { printDiagnostics } from '../inputs/compile-run.ts';
import { readInputs, type GivenInputs } from '../inputs/read-inputs.ts';
import { openRecord, type RunRecord } from '../record/open-record.ts';
import { makeSource, RememberedDocuments, type SourceFacts } from '../record/record-source.ts';
import { choosePipeline, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { Repository } from '../repository/repository.ts';
import { canAsk } from '../view/ask-inputs.ts';
import { choosePrinter } from '../view/choose-printer.ts';
import { createPrompter } from '../view/prompter.ts';
import { chooseSteps } from './choose-step.ts';
import { compileComplete } from './complete-inputs.ts';
import { connectorsOf } from './connectors.ts';
import { startDummyRun } from './dummy-run.ts';
import type { LocalRun, RunEnd, RunListener } from './local-run.ts';
import { LocalSecrets } from './local-secrets.ts';
import { readMocks } from './mock-options.ts';
import { findRequirements } from './requirements.ts';
import { findCause, type RunCause } from './run-cause.ts';
import { answersOf, executorOf, parallelOf, splitInputs, timeoutOf, type RunExecutor } from './run-options.ts';
import { readSecrets } from './secret-options.ts';
import { startLocalRun, type LocalRunRequest, type RunNote } from './start-local-run.ts';

const SEED_BYTES = 16;

export const runCommand: CommandAction = async (context, input) => {
  const prepared = await prepare(context, input);
  return prepared === undefined ? 2 : perform(context, input, prepared);
};

/** @throws UsageError when the folder that was named is none */
function codebaseRoot(given: string | undefined, { root }: Repository, folder: string): string {
  if (given === undefined) return root;
  const path = resolve(folder, given);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  throw new UsageError(`--codebase ${given} is no folder.`, undefined, 5);
}

interface Prepared {
  readonly request: LocalRunRequest;
  readonly file: string;
  readonly record: RunRecord | undefined;
  /** Nothing runs, and these say what steps come to; absent = a real run. */
  readonly mocks: readonly Mock[] | undefined;
}

/** `undefined` = it was said why not. @throws UsageError */
async function prepare(
  context: CommandContext,
  { arguments: [given], options }: CommandInput,
): Promise<Prepared | undefined> {
  const { folder, terminal, environment, signal } = context;
  const chosen = choosePipeline(folder, given);
  const { file, repository } = chosen;
  const people = {
    answers: answersOf(options),
    approvesAll: options.isOn('yes'),
    // Commander's name for "do wait", which is on unless --no-wait-on-approval was given.
    canAsk: canAsk(terminal) && options.fields() === undefined && options.isOn('no-wait-on-approval'),
  };
  const parallel = parallelOf(options);
  const executor = executorOf(options);
  const secrets = maskSecrets(
    readSecrets({ secrets: options.texts('secret'), files: options.texts('secrets-file') }, folder, environment),
  );
  const { inputs: inputOptions, expressionValues } = splitInputs(chosen, options);
  const started = findCause(
    chosen,
    readInputs(chosen, inputOptions, folder),
    { event: options.text('event'), trigger: options.text('trigger') },
    folder,
  );
  const more = {
    isStageChoiceFree: true,
    expressionValues,
    ...(started.known === undefined ? {} : { known: started.known }),
  } as const;
  const result = await compileComplete(chosen, started.inputs, more, terminal, signal);
  if (result.kind === 'refused') {
    await printDiagnostics(result.diagnostics, chosen, result.inputs, folder, terminal.err);
    return undefined;
  }
  const { compiled, inputs, warnings } = result;
  const seed = Buffer.from(crypto.getRandomValues(new Uint8Array(SEED_BYTES))).toString('hex');
  const whole = compiled.planOf(seed);
  const steps = options.texts('step');
  const { plan, lacks } = steps.length === 0 ? { plan: whole, lacks: [] } : chooseSteps(whole, steps);
  const shown = shownPath(file.path, folder);
  const isInPlace = options.isOn('in-place');
  const codebase = {
    root: codebaseRoot(options.text('codebase'), repository, folder),
    mode: isInPlace ? 'inPlace' : 'copy',
  } as const;
  const mocks = mocksOf(options, executor, { plan, folder });
  const requirements = await findRequirements({
    plan,
    file: shown,
    executor,
    secrets,
    findConnector: connectorsOf(repository, (reference) => secrets.find(reference)),
    hasPipeline: (identifier) => repository.findFile('pipeline', identifier) !== undefined,
    hasEngine: async () => (await new DockerHost({ mark: 'look' }).version()) !== undefined,
    isInPlace,
  });
  if (requirements.objections.length > 0) {
    throw new UsageError(requirements.objections.join('\n'), requirements.hints.join('\n'));
  }
  const recordFolder = options.text('record');
  const record =
    recordFolder === undefined
      ? undefined
      : openRecord(
          resolve(folder, recordFolder),
          recordFolder,
          sourceOf(chosen, compiled, inputs, started, {
            recordFolder: resolve(folder, recordFolder),
            expressionValues,
            steps,
          }),
        );
  return {
    file: shown,
    record,
    mocks,
    request: {
      repository,
      pipeline: compiled.pipeline,
      plan,
      seed,
      cause: started.cause,
      notes: [
        ...warnings.map(({ range, message, document }): RunNote => {
          const place = document ?? `${shown}:${range.start.line}`;
          return { level: 'warning', text: `${place}: ${message}` };
        }),
        ...started.notes,
        ...requirements.notes,
        ...lacks.map((text): RunNote => ({
          level: 'warning',
          text: `${text} is of a step that does not run: it has no value.`,
        })),
      ],
      codebase,
      executor: executor === 'dummy' ? 'auto' : executor,
      parallel,
      secrets,
      people,
      environment,
      ...(record === undefined ? {} : { artifactsFolder: record.artifactsFolder, onCommitted: record.onCommitted }),
    },
  };
}

/** @throws UsageError */
function mocksOf(
  options: Options,
  executor: RunExecutor,
  where: Parameters<typeof readMocks>[2],
): readonly Mock[] | undefined {
  const [words, file] = [options.texts('mock'), options.text('mocks')];
  if (executor === 'dummy') return readMocks(words, file, where);
  if (words.length === 0 && file === undefined) return undefined;
  throw new UsageError('Mocks are for runs in which nothing runs.', 'Add --executor dummy.');
}

function maskSecrets(given: ReadonlyMap<string, Buffer>): LocalSecrets {
  try {
    return new LocalSecrets(given);
  } catch (error) {
    if (error instanceof MaskLimitPassed) throw new UsageError(error.message);
    throw error;
  }
}

/** Compiled once more, for what was asked for on the way. */
function sourceOf(
  { file, repository }: ChosenPipeline,
  { resolvedYaml }: CompiledPipeline,
  { inputYaml, stages }: GivenInputs,
  { known }: RunCause,
  {
    expressionValues,
    ...facts
  }: Pick<SourceFacts, 'recordFolder' | 'steps'> & { readonly expressionValues: ExpressionValues },
): RecordedSource {
  const documents = new RememberedDocuments(repository);
  const request = {
    yaml: file.text,
    inputYaml,
    ...(stages === undefined ? {} : { stages, isStageChoiceFree: true as const }),
    ...(known === undefined ? {} : { known }),
    ...(Object.keys(expressionValues).length === 0 ? {} : { expressionValues }),
  };
  compilePipeline({ ...request, documents });
  return makeSource({ ...facts, request, documents, resolvedYaml, file: file.path });
}

async function perform(
  { terminal, environment, signal }: CommandContext,
  { options }: CommandInput,
  { request, file, record, mocks }: Prepared,
): Promise<ExitCode> {
  const timeoutMs = timeoutOf(options);
  const printer = choosePrinter(
    terminal,
    { fields: options.fields(), hasLogs: options.isOn('logs'), file },
    environment,
  );
  const begun = Promise.withResolvers<LocalRun>();
  const prompter = request.people.canAsk
    ? createPrompter({
        terminal,
        printer,
        decide: async (decision) => (await begun.promise).decide(decision),
        interrupt: () => void process.kill(process.pid, 'SIGINT'),
      })
    : undefined;
  let isTimeout = false;
  const listener: RunListener = (event) => {
    record?.hear(event);
    prompter?.on(event);
    return printer.on(event);
  };
  const starting =
    mocks === undefined ? await startLocalRun(request, listener) : startDummyRun({ ...request, mocks }, listener);
  begun.resolve(starting);
  const stop = (): void => {
    void printer.stopping();
    starting.abort();
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          isTimeout = true;
          starting.abort();
        }, timeoutMs);
  let end: RunEnd;
  try {
    end = await starting.ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await prompter?.close();
    record?.close();
  }
  await printer.end(end);
  const { err } = terminal;
  if (record?.problem !== undefined) await err.line(`${err.style.yellow('warning:')} ${record.problem}`);
  if (signal.aborted) return 130;
  if (isTimeout) return 7;
  return end.neededPerson ? 6 : exitCodeOf(end.status);
}
