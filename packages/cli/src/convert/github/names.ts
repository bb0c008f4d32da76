/** What the names in a workflow stand for, found before anything is converted: stages, steps, outputs, variables. */
import type { SourceMap, SourceNode } from '../source.ts';
import { itemsOf, mapOf, textOf } from '../source-nodes.ts';
import { Identifiers } from '../identifiers.ts';
import { Ledger } from '../ledger.ts';
import { readMatrix } from './matrix.ts';

export interface StepNames {
  readonly identifier: string;
  /** What it does, for outputs that are called otherwise here. */
  readonly uses?: string;
  readonly isRun: boolean;
}

export interface JobNames {
  readonly key: string;
  readonly identifier: string;
  /** Steps by their id in the source. */
  readonly steps: ReadonlyMap<string, StepNames>;
  /** Steps by their place in the list. */
  readonly stepIdentifiers: readonly string[];
  readonly identifiers: Identifiers;
  /** How often it runs; absent: once, as the stage itself. */
  readonly turns?: number;
  /** The expression behind each output of the job. */
  readonly outputs: ReadonlyMap<string, string>;
}

export interface WorkflowNames {
  readonly jobs: ReadonlyMap<string, JobNames>;
  /** Names of the workflow's own variables and inputs, which become variables of the pipeline. */
  readonly variables: ReadonlySet<string>;
}

export function nameWorkflow(root: SourceMap, variables: ReadonlySet<string>): WorkflowNames {
  const stages = new Identifiers();
  const jobs = new Map<string, JobNames>();
  for (const { key, value } of mapOf(root.entries.get('jobs')?.value)?.entries.values() ?? []) {
    const job = mapOf(value);
    if (job !== undefined) jobs.set(key, nameJob(key, job, stages.take(key, 'job')));
  }
  return { jobs, variables };
}

function nameJob(key: string, job: SourceMap, identifier: string): JobNames {
  const identifiers = new Identifiers();
  const steps = new Map<string, StepNames>();
  const stepIdentifiers: string[] = [];
  for (const item of itemsOf(job.entries.get('steps')?.value)) {
    const step = mapOf(item);
    const id = field(step, 'id');
    const uses = field(step, 'uses');
    const command = field(step, 'run');
    const isRun = command !== undefined;
    const own = identifiers.take(
      id ?? field(step, 'name') ?? wordsOf(uses) ?? firstWords(command) ?? 'unnamed',
      'unnamed',
    );
    stepIdentifiers.push(own);
    if (id !== undefined) steps.set(id, { identifier: own, isRun, ...(uses === undefined ? {} : { uses }) });
  }
  const outputs = [...(mapOf(job.entries.get('outputs')?.value)?.entries.values() ?? [])].map(
    (entry) => [entry.key, textOf(entry.value) ?? ''] as const,
  );
  // Read once more where it is converted; here nobody needs to hear of it.
  const { strategy, turns } = readMatrix(job, new Ledger());
  const looped = strategy === undefined ? {} : { turns };
  return { key, identifier, steps, stepIdentifiers, identifiers, ...looped, outputs: new Map(outputs) };
}

function field(map: SourceMap | undefined, key: string): string | undefined {
  const node: SourceNode | undefined = map?.entries.get(key)?.value;
  return textOf(node);
}

/** The first words of a command: what people call a step without a name. */
export function firstWords(command: string | undefined): string | undefined {
  const [line = ''] = (command ?? '').trim().split('\n');
  const words = line
    .replaceAll(/\$\{\{[^]*?\}\}/g, ' ')
    .split(/\s+/)
    .slice(0, 4)
    .join(' ')
    .slice(0, 40);
  return words === '' ? undefined : words;
}

/** `actions/setup-node@v4` → `setup-node`. */
function wordsOf(uses: string | undefined): string | undefined {
  return uses?.replace(/@.*$/, '').split('/').at(-1);
}
