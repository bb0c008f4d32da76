/** A real run of a real pipeline, driven by hand: what the wire mapping is tested with. */
import {
  advance,
  compilePlan,
  createExecution,
  executionId,
  summarise,
  type EngineEvent,
  type Execution,
  type ExecutionCause,
  type NodeExecution,
  type TaskOutcome,
} from '@bridle/pipeline';
import type { ExecutionSummaryRow } from '../../store/execution-rows.ts';

export const SCOPE = { accountId: 'kmpySmUISimoRrJL6NL73w', orgIdentifier: 'default', projectIdentifier: 'myproject' };
export const MANUAL: ExecutionCause = {
  triggerType: 'MANUAL',
  triggeredBy: { uuid: 'user-id', identifier: 'ada', email: 'ada@example.com' },
};

export class Run {
  execution: Execution;

  constructor(yaml: string, cause: ExecutionCause = MANUAL) {
    const compiled = compilePlan({ yaml, inputYaml: '', seed: 'seed' });
    if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
    const header = {
      id: executionId('BOvtFC6xRReaPeJiOj2yvA'),
      scope: SCOPE,
      pipelineIdentifier: compiled.pipeline.identifier,
      runSequence: 9,
      seed: 'seed',
      plan: compiled.plan,
      cause,
      executionUrl: 'https://bridle.test/x',
      defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
    };
    this.execution = createExecution(header, 1_000);
    this.send({ kind: 'executionStarted', at: 1_000 });
  }

  send(event: EngineEvent): this {
    this.execution = advance(this.execution, event).execution;
    return this;
  }

  /** Starts and ends the step with this identifier. */
  complete(
    identifier: string,
    at: number,
    outcome: TaskOutcome = { kind: 'succeeded', exitCode: 0, outputs: {} },
  ): this {
    const { id } = this.node(identifier);
    return this.begin(identifier, at).send({ kind: 'taskCompleted', at, nodeExecutionId: id, outcome });
  }

  begin(identifier: string, at: number): this {
    return this.send({
      kind: 'taskStarted',
      at,
      nodeExecutionId: this.node(identifier).id,
      delegate: { id: 'delegate-id', name: 'laptop' },
    });
  }

  node(identifier: string): NodeExecution {
    const { plan } = this.execution;
    const found = this.nodes().find((node) => plan.nodes[node.nodeId]?.identifier === identifier);
    if (found === undefined) throw new Error(`${identifier} has not begun.`);
    return found;
  }

  nodes(): NodeExecution[] {
    return Object.values(this.execution.nodes);
  }

  row(more: Partial<ExecutionSummaryRow> = {}): ExecutionSummaryRow {
    const { execution } = this;
    return {
      id: execution.id,
      scope: execution.scope,
      pipelineIdentifier: execution.pipelineIdentifier,
      name: execution.pipelineIdentifier,
      runSequence: execution.runSequence,
      status: execution.status,
      isFinal: execution.endedAt !== undefined,
      version: execution.version,
      tags: {},
      modules: ['pms'],
      createdAt: execution.createdAt,
      ...(execution.startedAt === undefined ? {} : { startedAt: execution.startedAt }),
      ...(execution.endedAt === undefined ? {} : { endedAt: execution.endedAt }),
      cause: execution.cause,
      summary: summarise(execution),
      ...(execution.abort === undefined ? {} : { abort: execution.abort }),
      ...more,
    };
  }
}

const step = (identifier: string): string =>
  `step: { name: ${identifier}, identifier: ${identifier}, type: ShellScript, spec: { shell: Bash, onDelegate: true, source: { type: Inline, spec: { script: echo } } } }`;

export const ONE_STEP = `pipeline:
  name: test
  identifier: test
  stages:
    - stage:
        name: Stage
        identifier: s
        type: Custom
        spec:
          execution:
            steps:
              - ${step('a')}
`;

/** A fork of stages, and in a stage a group with a fork of steps. */
export const BRANCHED = `pipeline:
  name: branched
  identifier: branched
  stages:
    - parallel:
        - stage: { name: One, identifier: one, type: Custom, spec: { execution: { steps: [ { ${step('o')} } ] } } }
        - stage: { name: Two, identifier: two, type: Custom, spec: { execution: { steps: [ { ${step('w')} } ] } } }
    - stage:
        name: Last
        identifier: last
        type: Custom
        spec:
          execution:
            steps:
              - stepGroup:
                  name: Group
                  identifier: g
                  steps:
                    - parallel:
                        - ${step('x')}
                        - ${step('y')}
                    - ${step('z')}
`;
