/** One case: the pipeline is compiled with what it is given, runs in virtual time, and is held against what is expected. */
import {
  checkCase,
  checkPipeline,
  executionId,
  isBlocked,
  judge,
  judgeRefusal,
  listPlanPlaces,
  listRunPlaces,
  listWrittenNames,
  performMocked,
  segmentsOf,
  type Diagnostic,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type Mismatch,
  type Mock,
  type Named,
  type NodeExecutionId,
  type NodeId,
  type Segment,
  type TaskRequest,
  type TestCase,
  type TestInterrupt,
} from '@bridle/pipeline';
import { runVirtually, type PersonAnswer, type VirtualRun } from '@bridle/runtime';
import { compileWith } from '../inputs/compile-run.ts';
import { LOCAL_DEFAULTS, LOCAL_SCOPE } from '../local/local-settings.ts';
import { prepareChild } from '../local/start-child.ts';
import type { ChosenPipeline } from '../repository/choose-pipeline.ts';
import { readCaseInputs } from './case-inputs.ts';
import { answersTo, toAct, type GivenAnswer } from './case-people.ts';
import type { TestFile } from './find-tests.ts';
import { mockedChild } from './mocked-child.ts';

export interface CaseResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed';
  readonly mismatches: readonly Mismatch[];
  /** What is wrong with the case itself: not empty = it says nothing about the pipeline. */
  readonly diagnostics: readonly Diagnostic[];
  /** Virtual; absent where nothing ran. */
  readonly durationMs?: number;
  /** How long the case took to be run. */
  readonly elapsedMs: number;
  /** What no step came to. */
  readonly unusedMocks?: readonly Mock[];
  /** Absent where nothing ran. */
  readonly ran?: Execution;
}

/** Runs of tests begin on a Monday morning, unless the test says when. */
const START_AT = Date.UTC(2026, 0, 5, 9);
/** The same in every run of a case: ids are derived from it. */
const SEED = 'test';
const EXECUTION_ID: ExecutionId = executionId('test');

export async function runCase(chosen: ChosenPipeline, test: TestCase, file: TestFile): Promise<CaseResult> {
  const begunAt = performance.now();
  const result = await run(chosen, test, file);
  return {
    name: test.name.value,
    outcome: result.mismatches.length === 0 && !isBlocked(result.diagnostics, 'run') ? 'passed' : 'failed',
    ...result,
    elapsedMs: performance.now() - begunAt,
  };
}

type Ran = Omit<CaseResult, 'name' | 'outcome' | 'elapsedMs'>;

async function run(chosen: ChosenPipeline, test: TestCase, file: TestFile): Promise<Ran> {
  const read = readCaseInputs(chosen, test, file);
  if (read.kind === 'wrong') return { mismatches: [], diagnostics: read.diagnostics };
  const compiled = compileWith(chosen, read.inputs, {
    // As for whoever runs a pipeline on this machine.
    isStageChoiceFree: true,
    ...(read.known === undefined ? {} : { known: read.known }),
  });
  if (compiled.kind === 'refused') {
    const reasons = compiled.diagnostics.filter((each) => isBlocked([each], 'run')).map(toReason);
    return { mismatches: judgeRefusal(test.expect.list, reasons, test.expect.place), diagnostics: [] };
  }
  const header: ExecutionHeader = {
    id: EXECUTION_ID,
    scope: LOCAL_SCOPE,
    pipelineIdentifier: compiled.compiled.pipeline.identifier,
    runSequence: 1,
    seed: SEED,
    plan: compiled.compiled.planOf(SEED),
    cause: read.cause,
    executionUrl: '',
    defaults: LOCAL_DEFAULTS,
  };
  return new CaseRun(chosen, test).run(header);
}

function toReason({ code, message, range, document }: Diagnostic): { readonly code: string; readonly message: string } {
  const line = String(range.start.line);
  const where =
    document === undefined ? ` (line ${line})` : document === 'inputs' ? '' : ` (line ${line} of ${document})`;
  return { code, message: `${message}${where}` };
}

/** Of stages that were not chosen: what is given to all cases may be about them. */
function writtenNames({ file, repository }: ChosenPipeline, { stages }: TestCase): readonly Named[] {
  const { pipeline } = stages === undefined ? {} : checkPipeline(file.text, repository);
  return pipeline === undefined ? [] : listWrittenNames(pipeline);
}

/** A person who repeats a step whenever it fails would never come to an end. */
const ANSWERS_PER_STEP_MAX = 100;

class CaseRun {
  readonly #chosen: ChosenPipeline;
  readonly #test: TestCase;
  readonly #tasks = new Map<NodeExecutionId, TaskRequest>();
  readonly #given = new Map<PersonAnswer, GivenAnswer>();
  /** The way to the stage that started a chained execution. */
  readonly #outside = new Map<ExecutionId, readonly Segment[]>();
  readonly #unmocked = new Set<string>();

  readonly #used = new Set<Mock>();
  /** Why interrupts did not count; `undefined` = one did. */
  readonly #objections = new Map<TestInterrupt, string | undefined>();
  /** By plan node: how often people were asked about it. */
  readonly #asked = new Map<string, number>();

  constructor(chosen: ChosenPipeline, test: TestCase) {
    this.#chosen = chosen;
    this.#test = test;
  }

  async run(header: ExecutionHeader): Promise<Ran> {
    const { startAt = START_AT, interrupts, expect } = this.#test;
    const run = await runVirtually({
      header,
      startAt,
      perform: (task, execution) => {
        this.#tasks.set(task.taskId, task);
        const { end, mock } = performMocked(this.#test, task, execution, this.#outsideOf(execution));
        if (mock === undefined) this.#unmocked.add(task.fqn);
        else this.#used.add(mock);
        return end;
      },
      answer: (waiting, execution) => {
        const asked = this.#countAsked(execution.id, waiting.node.nodeId);
        if (asked > ANSWERS_PER_STEP_MAX) return [];
        const answers = answersTo(this.#test, waiting, execution, this.#outsideOf(execution));
        for (const answer of answers) this.#given.set(answer.given, answer);
        return answers.map(({ given }) => given);
      },
      startChild: (start) => {
        const node = start.parent.nodes[start.nodeExecutionId];
        const outside = node === undefined ? [] : [...this.#outsideOf(start.parent), ...segmentsOf(start.parent, node)];
        const mocked = mockedChild(this.#test.mocks, start, outside);
        if (mocked !== undefined) {
          this.#used.add(mocked.mock);
          return mocked.child;
        }
        const prepared = prepareChild(start, this.#chosen.repository, start.nodeExecutionId);
        if (prepared.kind === 'refused') return prepared;
        this.#outside.set(start.childExecutionId, outside);
        return { kind: 'runs', header: prepared.header };
      },
      acts: interrupts.map((interrupt, index) => {
        this.#objections.set(interrupt, 'The run was over before.');
        return toAct(interrupt, index, (objection) => void this.#objections.set(interrupt, objection));
      }),
    });
    const find = (id: ExecutionId): Execution | undefined => run.executions.get(id)?.execution;
    const { execution } = run.root;
    const finished = { execution, find, tasks: this.#tasks, startedAt: startAt, endedAt: run.endedAt };
    return {
      mismatches: [...this.#troubles(run), ...judge(expect.list, finished, this.#test)],
      diagnostics: checkCase(this.#test, listPlanPlaces(header.plan), [
        ...listRunPlaces(execution, find),
        ...writtenNames(this.#chosen, this.#test),
      ]),
      durationMs: run.endedAt - startAt,
      unusedMocks: this.#test.mocks.filter((mock) => !this.#used.has(mock)),
      ran: execution,
    };
  }

  #countAsked(id: ExecutionId, node: NodeId): number {
    const key = `${id} ${node}`;
    const count = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, count);
    return count;
  }

  #outsideOf({ id }: Execution): readonly Segment[] {
    return this.#outside.get(id) ?? [];
  }

  /** What no expectation is about. */
  #troubles({ stuck, unheard }: VirtualRun): readonly Mismatch[] {
    const { name, isStrict } = this.#test;
    const troubles: Mismatch[] = [];
    if (stuck !== undefined) {
      const actual = stuck === 'tooManyEvents' ? 'it goes round in circles' : 'nothing happens any more';
      troubles.push({ title: 'the run', place: name.place, expected: 'it ends', actual });
    }
    for (const { answer, reason, isLate } of unheard) {
      const given = this.#given.get(answer);
      if (isLate || given === undefined) continue;
      troubles.push({ title: 'answer', place: given.answer.place, expected: 'it counts', actual: reason });
    }
    for (const [{ place }, objection] of this.#objections) {
      if (objection !== undefined)
        troubles.push({ title: 'interrupt', place, expected: 'it counts', actual: objection });
    }
    if ([...this.#asked.values()].some((count) => count > ANSWERS_PER_STEP_MAX)) {
      const expected = 'an end of the questions';
      const actual = `the same step asked more than ${String(ANSWERS_PER_STEP_MAX)} times; say with attempt: which try an answer is for`;
      troubles.push({ title: 'answers', place: name.place, expected, actual });
    }
    if (isStrict && this.#unmocked.size > 0) {
      const actual = `none for ${[...this.#unmocked].join(', ')}`;
      troubles.push({ title: 'strict', place: name.place, expected: 'a mock for each step', actual });
    }
    return troubles;
  }
}
