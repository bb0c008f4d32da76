/** From a sketch to the YAML a user would write: the simulation runs what the language compiles. JSON is YAML. */
import {
  compilePlan,
  type FailureAction,
  type FailureStrategy,
  type Loop,
  type Plan,
  type Timeout,
} from '@bridle/pipeline';
import { approvalSpec, buildSpec, chainSpec, customApprovalSpec, scriptSpec } from './step-specs.ts';
import {
  inputText,
  namedItems,
  VARIABLES,
  type SketchFork,
  type SketchItem,
  type SketchPipeline,
  type SketchStage,
} from './sketch.ts';

export function compiledPlanOf(sketch: SketchPipeline, seed: string): Plan {
  const result = compilePlan({ yaml: yamlOf(sketch), inputYaml: '', seed });
  if (result.kind === 'compiled') return result.plan;
  throw new Error(JSON.stringify(result));
}

export function yamlOf(sketch: SketchPipeline): string {
  const refs = [...namedItems(sketch.stages).values()].flatMap((item) => (item.kind === 'barrier' ? [item.ref] : []));
  const barriers = [...new Set(refs)].map((ref) => ({ identifier: ref, name: ref }));
  const pipeline = {
    identifier: sketch.identifier,
    name: sketch.identifier,
    ...timeoutOf(sketch),
    ...(barriers.length === 0 ? {} : { flowControl: { barriers } }),
    variables: Object.entries(VARIABLES).map(([name, value]) => ({ name, type: 'String', value })),
    stages: sketch.stages.map((item) => itemOf(item, 'Custom')),
  };
  return JSON.stringify({ pipeline }, null, 2);
}

type Conditional = Exclude<SketchItem, SketchFork>;

function itemOf(item: SketchItem, stageType: SketchStage['type']): object {
  if (item.kind === 'fork') return { parallel: item.children.map((child) => itemOf(child, stageType)) };
  const base = {
    identifier: item.identifier,
    name: item.identifier,
    ...timeoutOf(item),
    ...strategyOf(item),
    ...failureStrategiesOf(item),
  };
  const stageWhen = { pipelineStatus: item.status, ...conditionOf(item) };
  const when = { stageStatus: item.status, ...conditionOf(item) };
  const itemsOf = (items: readonly SketchItem[], type: SketchStage['type']): readonly object[] =>
    items.map((child) => itemOf(child, type));
  const rollbackOf = (items: readonly SketchItem[] | undefined, type: SketchStage['type']): object =>
    items === undefined ? {} : { rollbackSteps: itemsOf(items, type) };
  const step = (type: string, spec: object): object => ({ step: { ...base, type, when, spec } });
  switch (item.kind) {
    case 'stage': {
      const execution = { steps: itemsOf(item.children, item.type), ...rollbackOf(item.rollback, item.type) };
      const variables =
        item.asks === undefined ? {} : { variables: [{ name: 'tag', type: 'String', value: inputText(item.asks) }] };
      const spec = { ...buildSpec(item.type), execution };
      return { stage: { ...base, type: item.type, when: stageWhen, ...variables, spec } };
    }
    case 'chain':
      return { stage: { ...base, type: 'Pipeline', when: stageWhen, spec: chainSpec(item) } };
    case 'group':
      return {
        stepGroup: {
          ...base,
          when,
          steps: itemsOf(item.children, stageType),
          ...rollbackOf(item.rollback, stageType),
        },
      };
    case 'wait':
      return step('Wait', { duration: item.duration });
    case 'approval':
      return step('HarnessApproval', approvalSpec(item));
    case 'customApproval':
      return step('CustomApproval', customApprovalSpec(item));
    case 'barrier':
      return step('Barrier', { barrierRef: item.ref });
    case 'queue':
      return step('Queue', { key: item.key, scope: item.scope });
    case 'step': {
      const isRun = stageType === 'CI';
      const { onDelegate: _, ...spec } = scriptSpec(item, isRun);
      return step(isRun ? 'Run' : 'ShellScript', spec);
    }
  }
}

function strategyOf({ loop: sketch }: Conditional): object {
  if (sketch === undefined) return {};
  const { loop, maxConcurrency, onFailure, condition } = sketch;
  return {
    strategy: {
      ...loopOf(loop),
      ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      onFailure,
      ...(condition === undefined ? {} : { when: { condition: condition.text } }),
    },
  };
}

function loopOf(loop: Loop): object {
  const { kind: _, ...rest } = loop;
  if (loop.kind !== 'matrix') return { repeat: rest };
  const { axes, exclude, nodeName } = loop;
  return {
    matrix: {
      ...Object.fromEntries(axes.map(({ name, values }) => [name, values])),
      exclude,
      ...(nodeName === undefined ? {} : { nodeName }),
    },
  };
}

function failureStrategiesOf({ strategies }: Conditional): object {
  if (strategies === undefined) return {};
  return {
    failureStrategies: strategies.map(({ errors, action }: FailureStrategy) => ({
      onFailure: { errors, action: actionOf(action) },
    })),
  };
}

function actionOf(action: FailureAction): object {
  switch (action.kind) {
    case 'Retry':
    case 'RetryStepGroup': {
      const { kind, count, intervals, condition, onExhausted } = action;
      const spec = {
        retryCount: count,
        retryIntervals: intervals.map(durationOf),
        ...(condition === undefined ? {} : { condition }),
        ...(onExhausted === undefined ? {} : { onRetryFailure: { action: actionOf(onExhausted) } }),
      };
      return { type: kind, spec };
    }
    case 'ManualIntervention': {
      const { kind, timeout, onTimeout } = action;
      return { type: kind, spec: { timeout: durationOf(timeout), onTimeout: { action: actionOf(onTimeout) } } };
    }
    default:
      return { type: action.kind };
  }
}

function durationOf(timeout: Timeout): string {
  return timeout.kind === 'fixed' ? `${String(timeout.ms / 1_000)}s` : timeout.text;
}

function conditionOf({ condition }: Conditional): object {
  return condition === undefined ? {} : { condition: condition.text };
}

function timeoutOf({ timeout }: { readonly timeout?: string }): object {
  return timeout === undefined ? {} : { timeout };
}
