/**
 * Those who look at executions now and then: they answer what is asked of them, twice and too late at times, pause and
 * resume, and say their word about nodes whether it makes sense or not.
 */
import {
  isFinal,
  NODE_INTERRUPTS,
  type ApprovalActivity,
  type EngineEvent,
  type Execution,
  type InterruptType,
  type NodeExecution,
} from '@bridle/pipeline';
import { NoAnswer, type Network } from './network.ts';
import { EXECUTOR } from './step-specs.ts';
import type { World } from './world.ts';

const LOOK_MIN_MS = 1_000;
const LOOK_MAX_MS = 8_000;
const REJECTION = 0.15;

const APPROVERS = [
  EXECUTOR,
  { userId: 'ann', name: 'Ann', email: 'ann@example.test' },
  { userId: 'bob', name: 'Bob', email: 'bob@example.test' },
] as const;

/** What somebody answers who is asked about a failed step; some of it is no answer at all. */
const ANSWERS: readonly InterruptType[] = [
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'Retry',
  'Retry',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
  'Abort',
  'ProceedWithDefaultValues',
];

type Order = (at: number) => EngineEvent;

export class People {
  readonly #world: World;
  readonly #network: Network;
  readonly #executions: () => Iterable<Execution>;

  constructor(world: World, network: Network, executions: () => Iterable<Execution>) {
    this.#world = world;
    this.#network = network;
    this.#executions = executions;
  }

  async look(): Promise<never> {
    for (;;) {
      await this.#world.sleep(this.#world.random.between(LOOK_MIN_MS, LOOK_MAX_MS));
      for (const execution of this.#executions()) if (!isFinal(execution.status)) this.#lookAt(execution);
    }
  }

  #lookAt(execution: Execution): void {
    const { faults, answers } = this.#world.scenario;
    const nodes = Object.values(execution.nodes).filter(({ status }) => !isFinal(status));
    for (const node of nodes) {
      const order = this.#answer(execution, node);
      if (order !== undefined && this.#world.random.chance(answers)) this.#send(execution, order);
    }
    if (execution.pause !== undefined) {
      if (this.#world.random.chance(0.5)) this.#send(execution, this.#interrupt('Resume'));
    } else if (this.#world.fault(faults.hold)) this.#send(execution, this.#interrupt('Pause'));
    if (nodes.length > 0 && this.#world.fault(faults.interrupt)) {
      const node = this.#world.random.pick(nodes);
      this.#send(execution, this.#interrupt(this.#world.random.pick(NODE_INTERRUPTS), node));
    }
  }

  /** What the node asks for, answered in one of the ways there are. */
  #answer({ plan }: Execution, node: NodeExecution): Order | undefined {
    const { random } = this.#world;
    switch (node.status) {
      case 'ApprovalWaiting':
        return node.approval === undefined ? undefined : this.#approval(node);
      case 'InterventionWaiting':
        return this.#interrupt(random.pick(ANSWERS), node);
      case 'InputWaiting': {
        if (random.chance(0.2)) return this.#interrupt('ProceedWithDefaultValues', node);
        const inputs = (plan.nodes[node.nodeId]?.executionInputs ?? []).map(({ path }) => [path.join('.'), 'green']);
        const supplied = Object.fromEntries(inputs) as Readonly<Record<string, string>>;
        return (at) => ({ kind: 'inputSubmitted', at, nodeExecutionId: node.id, inputs: supplied });
      }
      default:
        return undefined;
    }
  }

  #approval({ id }: NodeExecution): Order {
    const { random } = this.#world;
    const user = random.pick(APPROVERS);
    const action: ApprovalActivity['action'] = random.chance(REJECTION) ? 'REJECT' : 'APPROVE';
    return (at) => ({
      kind: 'approvalDecided',
      at,
      nodeExecutionId: id,
      activity: { user, action, comments: '', approverInputs: { reason: user.name }, at },
    });
  }

  #interrupt(type: InterruptType, node?: NodeExecution): Order {
    const interruptId = this.#world.random.id();
    return (at) => ({
      kind: 'interruptRequested',
      at,
      interrupt: { interruptId, type, at, by: EXECUTOR, ...(node === undefined ? {} : { nodeExecutionId: node.id }) },
    });
  }

  /** Nobody asks again: who has no answer looks once more. */
  #send({ id, runSequence }: Execution, order: Order): void {
    const call = this.#network.call('order', (replica) =>
      replica.runner.deliver(id, (at, { status }) => (isFinal(status) ? undefined : order(at))),
    );
    this.#world.live(
      call.then(
        ({ kind }) => this.#world.note('order', `${runSequence} ${kind}`),
        (error: unknown) => {
          if (!(error instanceof NoAnswer)) throw error;
        },
      ),
    );
  }
}
