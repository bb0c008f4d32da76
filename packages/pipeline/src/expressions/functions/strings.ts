/** Methods of text: those of Java's String that pipelines use. */
import { joinTexts, methodTable, TO_STRING, type Arguments, type MethodTable } from './arguments.ts';
import { replaceAll, replaceFirst, split } from './string-patterns.ts';
import { matchesWhole } from './regular-expressions.ts';

export const STRING_METHODS: MethodTable<string> = methodTable<string>({
  split: {
    arity: [1, 2],
    run: (text, args) => split(text, args.text(0), args.count > 1 ? args.integer(1) : 0, args.budget),
  },
  replace: {
    arity: [2, 2],
    run: (text, args) =>
      bounded(
        args,
        text.replaceAll(args.text(0), () => args.text(1)),
      ),
  },
  replaceAll: { arity: [2, 2], run: (text, args) => replaceAll(text, args.text(0), args.text(1), args.budget) },
  replaceFirst: { arity: [2, 2], run: (text, args) => replaceFirst(text, args.text(0), args.text(1), args.budget) },
  matches: { arity: [1, 1], run: (text, args) => matchesWhole(args.text(0), text, args.budget) },
  substring: { arity: [1, 2], run: substring },
  charAt: { arity: [1, 1], run: (text, args) => text.charAt(args.position(0, text.length - 1)) },
  indexOf: { arity: [1, 2], run: (text, args) => text.indexOf(args.text(0), args.count > 1 ? args.integer(1) : 0) },
  lastIndexOf: {
    arity: [1, 2],
    run: (text, args) =>
      args.count > 1 ? lastIndexFrom(text, args.text(0), args.integer(1)) : text.lastIndexOf(args.text(0)),
  },
  contains: { arity: [1, 1], run: (text, args) => text.includes(args.text(0)) },
  startsWith: {
    arity: [1, 2],
    run: (text, args) => text.startsWith(args.text(0), args.count > 1 ? args.position(1, text.length) : 0),
  },
  endsWith: { arity: [1, 1], run: (text, args) => text.endsWith(args.text(0)) },
  concat: { arity: [1, 1], run: (text, args) => text + args.text(0) },
  equals: { arity: [1, 1], run: (text, args) => args.value(0) !== null && text === args.text(0) },
  equalsIgnoreCase: { arity: [1, 1], run: (text, args) => args.value(0) !== null && fold(text) === fold(args.text(0)) },
  compareTo: { arity: [1, 1], run: (text, args) => compareUnits(text, args.text(0)) },
  compareToIgnoreCase: { arity: [1, 1], run: (text, args) => compareUnits(fold(text), fold(args.text(0))) },
  toLowerCase: { arity: [0, 0], run: (text) => text.toLowerCase() },
  toUpperCase: { arity: [0, 0], run: (text) => text.toUpperCase() },
  trim: { arity: [0, 0], run: (text) => text.trim() },
  strip: { arity: [0, 0], run: (text) => text.trim() },
  stripLeading: { arity: [0, 0], run: (text) => text.trimStart() },
  stripTrailing: { arity: [0, 0], run: (text) => text.trimEnd() },
  length: { arity: [0, 0], run: (text) => text.length },
  size: { arity: [0, 0], run: (text) => text.length },
  isEmpty: { arity: [0, 0], run: (text) => text === '' },
  isBlank: { arity: [0, 0], run: (text) => text.trim() === '' },
  toString: TO_STRING,
  join: { arity: [1, Number.POSITIVE_INFINITY], run: joinArguments },
});

function bounded(args: Arguments, text: string): string {
  args.budget.spendOn(text.length);
  return text;
}

function substring(text: string, args: Arguments): string {
  const end = args.count > 1 ? args.position(1, text.length) : text.length;
  return text.slice(args.position(0, end), end);
}

function lastIndexFrom(text: string, part: string, from: number): number {
  return from < 0 ? -1 : text.lastIndexOf(part, from);
}

/** `",".join("a", "b")` and `",".join(list)`, as Java's String.join with the separator in front. */
function joinArguments(separator: string, args: Arguments): string {
  const [first] = args.values;
  const items = args.count === 1 && Array.isArray(first) ? first : args.values;
  return joinTexts(items, separator, args);
}

function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** Java's order: the difference of the first UTF-16 units that differ, else of the lengths. */
function compareUnits(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = left.charCodeAt(at) - right.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
