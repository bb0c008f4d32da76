/** `json.*`: reading JSON text by JSONPath (RFC 9535, with `$` optional and hyphens in dotted names, as pipelines write it). */
import { FunctionExpressionType, JSONPathEnvironment, type FilterFunction, type JSONPathQuery } from 'json-p3';
import { describe, toJson } from '../coerce.ts';
import { Failure, shorten } from '../errors.ts';
import {
  JSON_PATH_LENGTH_MAX,
  JSON_PATH_RESULTS_MAX,
  JSON_TEXT_LENGTH_MAX,
  JSON_VISITS_PER_STEP,
  VALUE_DEPTH_MAX,
} from '../limits.ts';
import type { Budget, Operand } from '../operands.ts';
import type { Value } from '../values.ts';
import type { Arguments } from './arguments.ts';
import { compileRegex } from './regular-expressions.ts';

type JsonValue = Parameters<JSONPathQuery['query']>[0];

const environment = new JSONPathEnvironment({ maxRecursionDepth: 200 });
// The library's own run on the platform's backtracking expressions.
environment.functionRegister.set(
  'match',
  regexFunction((pattern, text) => compileRegex(pattern).matches(text)),
);
environment.functionRegister.set(
  'search',
  regexFunction((pattern, text) => compileRegex(pattern).test(text)),
);

function regexFunction(test: (pattern: string, text: string) => boolean): FilterFunction {
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call: (text: unknown, pattern: unknown): boolean =>
      typeof text === 'string' && typeof pattern === 'string' && test(pattern, text),
  };
}

/** The value a path leads to, null when there is none; a path that can lead to several gives their list. */
export function jsonSelect(args: Arguments): Operand {
  const query = compileQuery(args.text(0));
  const found = run(query, readJson(args.value(1), args.budget), args.budget);
  return query.singularQuery() ? (found[0] ?? null) : found;
}

/** All values a path leads to; when it leads to one list, that list. */
export function jsonList(args: Arguments): Operand {
  const query = compileQuery(args.text(0));
  const found = run(query, readJson(args.value(1), args.budget), args.budget);
  const [only] = found;
  return query.singularQuery() && Array.isArray(only) ? only : found;
}

export function jsonObject(args: Arguments): Operand {
  return readJson(args.value(0), args.budget);
}

export function jsonFormat(args: Arguments): string {
  return toJson(args.value(0), args.budget);
}

/** JSON text, parsed; a list or map is taken as it is. */
function readJson(source: Operand, budget: Budget): Operand {
  if (typeof source !== 'string') {
    if (source === null || typeof source !== 'object')
      throw new Failure('EXPRESSION_VALUE', `JSON text is needed, not ${describe(source)}`);
    return source;
  }
  if (source.length > JSON_TEXT_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `JSON text is longer than ${JSON_TEXT_LENGTH_MAX} characters`);
  }
  budget.spendOn(source.length);
  try {
    return JSON.parse(source) as Value;
  } catch {
    throw new Failure('EXPRESSION_VALUE', `JSON text is needed, but ${describe(source)} is none`);
  }
}

function compileQuery(path: string): JSONPathQuery {
  if (path.length > JSON_PATH_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `a JSON path is longer than ${JSON_PATH_LENGTH_MAX} characters`);
  }
  if (/[^]\$/.test(path.replaceAll(QUOTED, ''))) {
    throw new Failure('EXPRESSION_VALUE', 'a JSON path may name the root "$" only at its beginning');
  }
  try {
    return environment.compile(normalise(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure('EXPRESSION_VALUE', `"${shorten(path, 100)}" is not a JSON path: ${shorten(reason)}`);
  }
}

/**
 * Pays for following a path, by an estimate from above of the values it can look at: descents and filters look at whatever lies
 * below each value found so far, and each further selector in `[a, b]` can look at everything once more.
 */
function pay(path: string, value: Operand, budget: Budget): void {
  const bare = path.replaceAll(QUOTED, '');
  const branches = bare.match(/\.\.|\?/g)?.length ?? 0;
  const commas = bare.match(/,/g)?.length ?? 0;
  if (branches + commas === 0) return;
  const { visits, depth } = weigh(value, budget);
  budget.spend((visits * depth ** Math.max(0, branches - 1) * 2 ** commas) / JSON_VISITS_PER_STEP);
}

/** How many values a descent looks at, each counted once for every level above it, and the number of levels. */
function weigh(value: Operand, budget: Budget, level = 1): { readonly visits: number; readonly depth: number } {
  if (level > VALUE_DEPTH_MAX)
    throw new Failure('EXPRESSION_LIMIT', `a value is nested more than ${VALUE_DEPTH_MAX} deep`);
  budget.spend(level / JSON_VISITS_PER_STEP);
  let [visits, depth] = [level, level];
  if (typeof value !== 'object' || value === null) return { visits, depth };
  for (const item of Object.values(value) as Operand[]) {
    const inner = weigh(item, budget, level + 1);
    visits += inner.visits;
    depth = Math.max(depth, inner.depth);
  }
  return { visits, depth };
}

const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
const QUOTED_OR_NAME = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\.((?:[\p{L}\p{N}_$]+-)+[\p{L}\p{N}_$-]*)/gu;

function normalise(path: string): string {
  const rooted = path.startsWith('$') ? path : `$${path.startsWith('[') || path.startsWith('.') ? '' : '.'}${path}`;
  return rooted.replaceAll(QUOTED_OR_NAME, (whole, name: string | undefined) =>
    name === undefined ? whole : `['${name}']`,
  );
}

function run(query: JSONPathQuery, value: Operand, budget: Budget): Operand[] {
  const found: Operand[] = [];
  pay(query.toString(), value, budget);
  try {
    for (const node of query.lazyQuery(value as JsonValue)) {
      if (found.length >= JSON_PATH_RESULTS_MAX) {
        throw new Failure('EXPRESSION_LIMIT', `a JSON path leads to more than ${JSON_PATH_RESULTS_MAX} values`);
      }
      budget.spend(1);
      found.push(node.value as Value);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure('EXPRESSION_VALUE', `the JSON path cannot be followed: ${shorten(reason)}`);
  }
  return found;
}
