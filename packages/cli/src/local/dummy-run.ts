/**
 * A run in which nothing runs: mocks say what steps come to, and time is virtual. Everything else is decided as in a real one.
 *
 * - M1 No process, no container, no folder, no connection; no real time passes but that of computing.
 */
import { randomBytes } from 'node:crypto';
import {
  executionId,
  isFinal,
  performMocked,
  segmentsOf,
  type Execution,
  type ExecutionId,
  type FinalStatus,
  type Mock,
  type Segment,
  type TaskRequest,
  type Value,
} from '@bridle/pipeline';
import type { RunEvent } from '@bridle/protocol';
import { runVirtually, type CommittedChange, type PersonAnswer, type TaskEnd, type WaitingNode } from '@bridle/runtime';
import type { Decision, LocalRun, RunEnd, RunListener } from './local-run.ts';
import { EventStream } from './event-stream.ts';
import { LOCAL_DEFAULTS, LOCAL_SCOPE } from './local-settings.ts';
import { NodeEvents, waitingEvent } from './node-events.ts';
import { answerFor } from './people.ts';
import { identifiersOf } from './plan-places.ts';
import { prepareChild } from './start-child.ts';
import type { LocalRunRequest } from './start-local-run.ts';

const ID_BYTES = 16;

export type DummyRunRequest = Pick<
  LocalRunRequest,
  'repository' | 'pipeline' | 'plan' | 'seed' | 'cause' | 'notes' | 'secrets' | 'people' | 'onCommitted'
> & { readonly mocks: readonly Mock[] };

export function startDummyRun(request: DummyRunRequest, listener: RunListener): LocalRun {
  return new DummyRun(request, listener);
}

class DummyRun implements LocalRun {
  readonly executionId = executionId(randomBytes(ID_BYTES).toString('base64url'));
  readonly ended: Promise<RunEnd>;
  readonly #request: DummyRunRequest;
  readonly #events: EventStream;
  readonly #nodeEvents: NodeEvents;
  readonly #hide: (text: string) => string;
  /** The way to chained executions, for the names of their steps. */
  readonly #outside = new Map<ExecutionId, readonly Segment[]>();
  #neededPerson = false;

  constructor(request: DummyRunRequest, listener: RunListener) {
    this.#request = request;
    this.#events = new EventStream(listener);
    this.#hide = (text) => request.secrets.mask.text(text);
    this.#nodeEvents = new NodeEvents(this.#hide);
    this.#nodeEvents.name(this.executionId, request.pipeline.name);
    this.ended = this.#run();
    this.ended.catch(() => undefined); // whoever started it hears of it
  }

  /** It is over before anybody could. */
  abort(): void {}

  decide(_decision: Decision): Promise<string | undefined> {
    return Promise.resolve('Nobody is asked where nothing runs: answer with --approve, --reject or --intervene.');
  }

  async #run(): Promise<RunEnd> {
    const { notes, plan, seed, cause, pipeline, repository } = this.#request;
    for (const { level, text } of notes) this.#note(level, text);
    const { root, stuck } = await runVirtually({
      startAt: Date.now(),
      header: {
        id: this.executionId,
        scope: LOCAL_SCOPE,
        pipelineIdentifier: pipeline.identifier,
        runSequence: 1,
        seed,
        plan,
        cause,
        executionUrl: '',
        defaults: LOCAL_DEFAULTS,
      },
      perform: (task, execution) => this.#perform(task, execution),
      answer: (waiting, execution) => this.#answer(waiting, execution),
      startChild: (start) => {
        const node = start.parent.nodes[start.nodeExecutionId];
        const outside = node === undefined ? [] : [...this.#outsideOf(start.parent), ...segmentsOf(start.parent, node)];
        const prepared = prepareChild(start, repository);
        if (prepared.kind === 'refused') return prepared;
        this.#outside.set(start.childExecutionId, outside);
        this.#nodeEvents.name(start.childExecutionId, prepared.name);
        return { kind: 'runs', header: prepared.header };
      },
      onCommitted: (changes) => this.#onCommitted(changes),
    });
    if (stuck !== undefined) {
      this.#note(
        'warning',
        stuck === 'nothingHappens'
          ? 'The run stands still: a step hangs, and nothing stops it.'
          : 'The run was stopped: it goes round in circles.',
      );
    }
    await this.#events.settled();
    const { execution } = root;
    return {
      status: isFinal(execution.status) ? execution.status : ('Aborted' satisfies FinalStatus),
      durationMs: (execution.endedAt ?? execution.createdAt) - (execution.startedAt ?? execution.createdAt),
      neededPerson: this.#neededPerson,
    };
  }

  #perform(task: TaskRequest, execution: Execution): TaskEnd {
    const { mocks } = this.#request;
    const { end, mock } = performMocked({ mocks, isStrict: false }, task, execution, this.#outsideOf(execution));
    const said = mock === undefined ? 'it succeeds' : `the mock ${mock.subject.name.value} says ${mock.status}`;
    this.#events.push({
      type: 'log',
      time: new Date().toISOString(),
      planExecutionId: execution.id,
      node: task.taskId,
      line: 0,
      text: `Nothing runs here: ${said}.`,
    });
    return end;
  }

  #answer({ node }: WaitingNode, execution: Execution): readonly PersonAnswer[] {
    const waiting = waitingEvent(execution, node, this.#hide);
    if (waiting === undefined) return [];
    const { people } = this.#request;
    const answer = answerFor(waiting, { identifiers: identifiersOf(execution, node.id) }, { ...people, canAsk: false });
    if (answer.kind === 'decision') return toPersonAnswers(answer.decision, node.approval?.minimumCount ?? 1);
    this.#neededPerson = true;
    return [{ kind: 'interrupt', type: 'Abort', afterMs: 0 }];
  }

  #onCommitted(changes: readonly CommittedChange[]): void {
    this.#request.onCommitted?.(changes);
    for (const { execution } of changes) {
      for (const event of this.#nodeEvents.of(execution)) this.#events.push(event);
    }
  }

  #outsideOf({ id }: Execution): readonly Segment[] {
    return this.#outside.get(id) ?? [];
  }

  #note(level: Extract<RunEvent, { type: 'note' }>['level'], text: string): void {
    this.#events.push({ type: 'note', time: new Date().toISOString(), level, text });
  }
}

/** As many people as the approval wants. */
function toPersonAnswers(decision: Decision, count: number): readonly PersonAnswer[] {
  switch (decision.kind) {
    case 'approval':
      return Array.from({ length: decision.action === 'REJECT' ? 1 : count }, (_, index) => ({
        kind: 'approval' as const,
        afterMs: 0,
        by: { userId: `local-approver-${index + 1}`, name: 'you', email: '' },
        action: decision.action,
        approverInputs: decision.inputs,
      }));
    case 'intervention':
      return [{ kind: 'interrupt', type: decision.action as 'Retry', afterMs: 0 }];
    case 'inputs':
      return [{ kind: 'inputs', inputs: decision.values satisfies Readonly<Record<string, Value>>, afterMs: 0 }];
  }
}
