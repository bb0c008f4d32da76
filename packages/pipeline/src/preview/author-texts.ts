/** The texts of a plan node that may hold expressions, with the places where its author wrote them. */
import type { ValuePath } from '../expressions/evaluate.ts';
import type { Value } from '../expressions/values.ts';
import type { PlanNode, StrategyNode } from '../plan/plan.ts';
import { KEPT_FOR_THE_DELEGATE } from '../steps/kept-expressions.ts';

export interface AuthorText {
  /** From the node's YAML map: `spec.command`. */
  readonly path: ValuePath;
  readonly text: string;
  /** It is judged when the step has ended, and speaks of its result. */
  readonly isAboutResult?: true;
}

/** `section`: the spec of a section as it is in this turn. Conditions are not among them: they are judged as a whole. */
export function authorTexts(plan: PlanNode, section?: Value): readonly AuthorText[] {
  const timeout: readonly AuthorText[] =
    plan.timeout?.kind === 'expression' ? [{ path: ['timeout'], text: plan.timeout.text }] : [];
  return [...timeout, ...ownTexts(plan, section)];
}

function ownTexts(plan: PlanNode, section: Value | undefined): readonly AuthorText[] {
  switch (plan.kind) {
    case 'pipeline':
      return [...variablesOf(plan), ...leaves(plan.delegateSelectors, ['delegateSelectors'])];
    case 'stage':
      return [
        ...variablesOf(plan),
        ...leaves(plan.spec, ['spec']),
        ...leaves(plan.delegateSelectors, ['delegateSelectors']),
      ];
    case 'stepGroup':
      return [...variablesOf(plan), ...leaves(plan.delegateSelectors, ['delegateSelectors'])];
    case 'step': {
      const about = KEPT_FOR_THE_DELEGATE[plan.stepType];
      const isAbout = (path: ValuePath): boolean =>
        about.some((pattern) => matches(pattern, path.slice(1))) ||
        (plan.stepType === 'CustomApproval' && CRITERIA.includes(String(path[1])));
      return [
        ...leaves(plan.spec, ['spec']).map((leaf): AuthorText =>
          isAbout(leaf.path) ? { ...leaf, isAboutResult: true } : leaf,
        ),
        ...leaves(plan.delegateSelectors, ['spec', 'delegateSelectors']).filter(
          () => !hasMember(plan.spec, 'delegateSelectors'),
        ),
      ];
    }
    case 'section':
      return leaves(section ?? plan.spec, ['spec']);
    case 'strategy':
      return loopTexts(plan);
    case 'fork':
    case 'rollback':
      return [];
  }
}

const CRITERIA: readonly string[] = ['approvalCriteria', 'rejectionCriteria'];

function variablesOf({
  variables,
}: Extract<PlanNode, { readonly kind: 'pipeline' | 'stage' | 'stepGroup' }>): readonly AuthorText[] {
  return variables.flatMap(({ name, value }) => leaves(value, ['variables', name, 'value']));
}

function loopTexts({ loop, maxConcurrency }: StrategyNode): readonly AuthorText[] {
  const kind = loop.kind === 'matrix' ? 'matrix' : 'repeat';
  const more = leaves(maxConcurrency ?? null, ['strategy', kind, 'maxConcurrency']);
  switch (loop.kind) {
    case 'matrix':
      return [
        ...loop.axes.flatMap(({ name, values }) => leaves(values, ['strategy', 'matrix', name])),
        ...leaves(loop.exclude, ['strategy', 'matrix', 'exclude']),
        ...more,
      ];
    case 'times':
      return [...leaves(loop.times, ['strategy', 'repeat', 'times']), ...more];
    case 'items': {
      const { items, start = null, end = null, partitionSize = null } = loop;
      return [...leaves({ items, start, end, partitionSize }, ['strategy', 'repeat']), ...more];
    }
  }
}

function leaves(value: Value, path: ValuePath): readonly AuthorText[] {
  if (typeof value === 'string') return value.includes('<+') ? [{ path, text: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? (value as readonly Value[]).flatMap((item, index) => leaves(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => leaves(item as Value, [...path, key]));
}

/** `*` stands for any one segment. */
function matches(pattern: readonly string[], path: ValuePath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => segment === '*' || segment === String(path[index]))
  );
}

function hasMember(value: Value, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
