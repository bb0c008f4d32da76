/** What surely runs in a run in which nothing fails: what it lacks is said before anything starts. */
import { findExpressions, type Plan, type PlanNode, type Value } from '@bridle/pipeline';

/** Neither conditional nor for failures only, and neither is what holds it. */
export function isSure(plan: Plan, node: PlanNode): boolean {
  for (let current: PlanNode | undefined = node; current !== undefined;) {
    const { when, kind, parentId }: PlanNode = current;
    if (kind === 'rollback' || when.condition !== undefined || when.status === 'Failure') return false;
    current = parentId === undefined ? undefined : plan.nodes[parentId];
  }
  return true;
}

/** All texts of a value. */
export function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value as Readonly<Record<string, Value>>).flatMap(textsIn);
}

/** The secrets that a text names by their identifiers: `<+secrets.getValue("token")>`. */
export function secretsNamedIn(text: string): readonly string[] {
  if (!text.includes('secrets.getValue')) return [];
  return findExpressions(text).flatMap(({ start, end }) =>
    [...text.slice(start, end).matchAll(/secrets\.getValue\(\s*(["'])([^"'<>]+)\1\s*\)/g)].flatMap(
      ([, , reference]) => reference ?? [],
    ),
  );
}

/** Variables that a text asks for, by name: of the pipeline, of a stage, of a group. */
export function variablesNamedIn(text: string): readonly string[] {
  if (!text.includes('variables.')) return [];
  return findExpressions(text).flatMap(({ start, end }) =>
    [...text.slice(start, end).matchAll(/\bvariables\.([A-Za-z_$][\w$]*)/g)].flatMap(([, name]) => name ?? []),
  );
}
