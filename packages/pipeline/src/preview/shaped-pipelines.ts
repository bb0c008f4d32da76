/** For tests: pipelines of a given shape, whose steps, groups and stages get their names in the order of the text. */
import type { Value } from '../expressions/values.ts';

export const STEPS = ['s1', 's2', 's3', 's4', 's5', 's6'] as const;
export const STAGES = ['t1', 't2', 't3'] as const;
export const GROUPS = ['g1', 'g2'] as const;
export const LOOPS = [
  ...([
    'matrix',
    'matrixOne',
    'matrixLabelled',
    'times',
    'timesVariable',
    'timesOne',
    'items',
    'itemsLate',
    'matrixLate',
  ] as const),
] as const;
export const OTHER_TYPES = ['Wait', 'HarnessApproval', 'CustomApproval', 'Queue', 'Http'] as const;

type LoopShape = (typeof LOOPS)[number];

export interface StageShape {
  readonly type: 'Custom' | 'CI' | 'Pipeline';
  readonly steps: readonly ItemShape[];
  readonly condition?: string | undefined;
  readonly loop?: LoopShape | undefined;
  readonly isWithNext: boolean;
  /** The value of its variable `v`. */
  readonly variable: string;
}

export type ItemShape =
  | {
      readonly kind: 'step';
      readonly condition?: string | undefined;
      readonly loop?: LoopShape | undefined;
      /** The values of its environment. */
      readonly texts: readonly string[];
      readonly timeout?: string | undefined;
      /** It asks for a value when it is reached. */
      readonly asks: boolean;
    }
  | { readonly kind: 'other'; readonly type: (typeof OTHER_TYPES)[number]; readonly condition?: string | undefined }
  | {
      readonly kind: 'group';
      readonly condition?: string | undefined;
      readonly loop?: LoopShape | undefined;
      readonly steps: readonly ItemShape[];
    }
  | { readonly kind: 'fork'; readonly steps: readonly ItemShape[] };

export function shapedPipeline(shapes: readonly StageShape[]): Value {
  const maker = new Maker();
  const stages: Value[] = [];
  for (let index = 0; index < shapes.length; index += 1) {
    const [one, next] = shapes.slice(index, index + 2);
    if (one === undefined) break;
    const stage = maker.stage(one, index);
    if (one.isWithNext && next !== undefined) {
      index += 1;
      stages.push({ parallel: [stage, maker.stage(next, index)] });
    } else stages.push(stage);
  }
  return {
    pipeline: {
      identifier: 'shaped',
      name: 'Shaped',
      properties: { ci: { codebase: { connectorRef: 'git', build: { type: 'branch', spec: { branch: 'main' } } } } },
      variables: [
        variable('on', 'yes'),
        { name: 'number', type: 'Number', value: 2 },
        variable('limit', '30m'),
        variable('derived', '<+pipeline.name>-<+pipeline.variables.number>'),
        variable('late', `<+pipeline.stages.t1.spec.execution.steps.s1.${RESULT}>`),
      ],
      stages,
    },
  };
}

const RESULT = 'output.outputVariables.result';

class Maker {
  readonly #steps: string[] = [...STEPS];
  readonly #groups: string[] = [...GROUPS];
  #extra = 0;
  #isCi = false;

  stage({ type, steps, condition, loop, variable: value }: StageShape, index: number): Value {
    this.#isCi = type === 'CI';
    return {
      stage: {
        identifier: STAGES[index] ?? `tx${String(index)}`,
        name: `Stage ${String(index)}`,
        type,
        variables: [variable('v', value)],
        ...(condition === undefined ? {} : { when: { pipelineStatus: 'Success', condition } }),
        ...(loop === undefined ? {} : loopOf(loop)),
        spec:
          type === 'Pipeline'
            ? { org: 'default', project: 'myproject', pipeline: 'child', outputs: [{ name: 'x', value: 'x' }] }
            : {
                ...(type === 'CI' ? { cloneCodebase: true } : {}),
                execution: { steps: steps.map((inner) => this.#item(inner)) },
              },
      },
    };
  }

  #item(shape: ItemShape): Value {
    if (shape.kind === 'fork') return { parallel: shape.steps.map((inner) => this.#item(inner)) };
    const { condition } = shape;
    const loop = 'loop' in shape ? shape.loop : undefined;
    const more = {
      ...(condition === undefined ? {} : { when: { stageStatus: 'Success', condition } }),
      ...(loop === undefined ? {} : loopOf(loop)),
    };
    if (shape.kind === 'group') {
      const identifier = this.#groups.shift() ?? this.#extraName();
      return {
        stepGroup: { identifier, name: identifier, ...more, steps: shape.steps.map((inner) => this.#item(inner)) },
      };
    }
    const identifier = this.#steps.shift() ?? this.#extraName();
    const named = { identifier, name: `Step ${identifier}`, ...more };
    if (shape.kind === 'step') return { step: { ...named, ...this.#script(shape, identifier) } };
    // Approvals and queues are not for CI stages.
    const type = this.#isCi ? 'Wait' : shape.type;
    return { step: { ...named, type, spec: OTHER_SPECS[type] } };
  }

  #script(
    { texts, timeout, asks }: Extract<ItemShape, { readonly kind: 'step' }>,
    identifier: string,
  ): Readonly<Record<string, Value>> {
    const values = asks ? [...texts, '<+input>.executionInput()'] : texts;
    const shared = {
      outputVariables: ['result', 'list'].map((name) => variable(name, name)),
      ...(identifier === 's1' ? { outputAlias: { key: 'shared', scope: 'Pipeline' } } : {}),
    };
    const environment = values.map((value, index): [string, string] => [`V${String(index)}`, value]);
    return {
      type: this.#isCi ? 'Run' : 'ShellScript',
      ...(timeout === undefined ? {} : { timeout }),
      spec: this.#isCi
        ? { ...shared, shell: 'Bash', command: 'true', envVariables: Object.fromEntries(environment) }
        : {
            ...shared,
            shell: 'Bash',
            onDelegate: true,
            source: SCRIPT,
            environmentVariables: environment.map(([name, value]) => variable(name, value)),
          },
    };
  }

  #extraName(): string {
    this.#extra += 1;
    return `x${String(this.#extra)}`;
  }
}

const SCRIPT: Value = { type: 'Inline', spec: { script: 'true' } };

const OTHER_SPECS: Readonly<Record<(typeof OTHER_TYPES)[number], Value>> = {
  Wait: { duration: '3s' },
  Queue: { key: 'k', scope: 'Stage' },
  Http: { url: 'http://x', method: 'GET', outputVariables: [variable('result', '<+httpResponseBody>')] },
  HarnessApproval: {
    approvalMessage: '<+stage.name>',
    approvers: { userGroups: ['account.all'], minimumCount: 1 },
    approverInputs: [{ name: 'wave', defaultValue: '1' }],
  },
  CustomApproval: {
    shell: 'Bash',
    source: SCRIPT,
    scriptTimeout: '1m',
    retryInterval: '5s',
    outputVariables: [variable('ok', 'ok'), variable('result', 'result')],
    approvalCriteria: { type: 'Jexl', spec: { expression: '<+output.ok> == "yes"' } },
  },
};

function variable(
  name: string,
  value: string,
): { readonly name: string; readonly type: string; readonly value: string } {
  return { name, type: 'String', value };
}

function loopOf(loop: LoopShape): { readonly strategy: Value } {
  switch (loop) {
    case 'matrix':
      return { strategy: { matrix: { a: ['x', 'y'], nodeName: 'on <+matrix.a>' } } };
    case 'matrixOne':
      return { strategy: { matrix: { a: ['x', 'y'], maxConcurrency: 1 } } };
    case 'matrixLabelled': {
      const nodeName = '<+matrix.a>-<+execution.steps.s1.output.outputVariables.result>';
      return { strategy: { matrix: { a: ['x', 'y'], nodeName } } };
    }
    case 'matrixLate':
      return { strategy: { matrix: { a: '<+execution.steps.s2.output.outputVariables.list>' } } };
    case 'times':
      return { strategy: { repeat: { times: 2 } } };
    case 'timesOne':
      return { strategy: { repeat: { times: 3, maxConcurrency: 1 } } };
    case 'timesVariable':
      return { strategy: { repeat: { times: '<+pipeline.variables.number>' } } };
    case 'items':
      return { strategy: { repeat: { items: ['p', 'q'] } } };
    case 'itemsLate': {
      const list = '<+pipeline.stages.t1.spec.execution.steps.s1.output.outputVariables.list>';
      return { strategy: { repeat: { items: `${list}.split(",")` } } };
    }
  }
}
