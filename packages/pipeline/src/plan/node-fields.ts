/** Fields of plan nodes, from the model's. */
import type { SourceRange } from '../language/diagnostics.ts';
import type { FailureStrategy, Pipeline, Stage, Step, StepGroup, Strategy } from '../language/model.ts';
import type { ExecutionInput } from '../language/node-parts.ts';
import type { PlanNode, PlanVariable, StrategyNode } from './plan.ts';

/** What every node has of its own. */
export function common({
  identifier,
  name,
  description,
  timeout,
}: Pipeline | Stage | StepGroup | Step): Pick<PlanNode, 'identifier' | 'name' | 'description' | 'timeout'> {
  return {
    identifier,
    name,
    ...(description === undefined ? {} : { description }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** What is done about failures and what is asked for; absent where there is nothing to say. */
export function handlingOf({
  failureStrategies,
  executionInputs = [],
}: {
  readonly failureStrategies: readonly FailureStrategy[];
  readonly executionInputs?: readonly ExecutionInput[];
}): Pick<PlanNode, 'failureStrategies' | 'executionInputs'> {
  return {
    ...(failureStrategies.length === 0
      ? {}
      : { failureStrategies: failureStrategies.map(({ errors, action }) => ({ errors, action })) }),
    ...(executionInputs.length === 0 ? {} : { executionInputs }),
  };
}

export function loopOf({
  loop,
  maxConcurrency,
  condition,
  onFailure,
}: Strategy): Pick<StrategyNode, 'when' | 'loop' | 'maxConcurrency' | 'onFailure'> {
  return {
    when: { status: 'All', ...(condition === undefined ? {} : { condition }) },
    loop,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    onFailure,
  };
}

export function variablesOf({ variables }: Pipeline | Stage | StepGroup): readonly PlanVariable[] {
  return variables.map(({ name, type, value }) => ({ name, type, value }));
}

/** What a template put there has no line in the pipeline's own text. */
export function lineOf({ start }: SourceRange): number {
  return start.document === undefined ? start.line : 0;
}
