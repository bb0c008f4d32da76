/** Methods of numbers and booleans. Those of text work on them too, by their text form. */
import { areEqual } from '../operators.ts';
import { methodTable, TO_STRING, type MethodTable } from './arguments.ts';

export const NUMBER_METHODS: MethodTable<number> = methodTable<number>({
  toString: TO_STRING,
  intValue: { arity: [0, 0], run: (number) => Math.trunc(number) },
  longValue: { arity: [0, 0], run: (number) => Math.trunc(number) },
  doubleValue: { arity: [0, 0], run: (number) => number },
  equals: { arity: [1, 1], run: (number, args) => areEqual(number, args.value(0), args.budget) },
  compareTo: { arity: [1, 1], run: (number, args) => Math.sign(number - Number(args.text(0))) || 0 },
});

export const BOOLEAN_METHODS: MethodTable<boolean> = methodTable<boolean>({
  toString: TO_STRING,
  booleanValue: { arity: [0, 0], run: (flag) => flag },
  equals: { arity: [1, 1], run: (flag, args) => areEqual(flag, args.value(0), args.budget) },
});
