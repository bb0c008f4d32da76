/** Methods of lists and of maps. A position or key that does not exist gives null. */
import { ELEMENTS_PER_STEP } from '../limits.ts';
import { isReserved } from '../names.ts';
import { areEqual, isMember, positionIn } from '../operators.ts';
import type { Operand, OperandMap } from '../operands.ts';
import { joinTexts, methodTable, TO_STRING, type Arguments, type MethodTable } from './arguments.ts';

export const LIST_METHODS: MethodTable<readonly Operand[]> = methodTable<readonly Operand[]>({
  size: { arity: [0, 0], run: (list) => list.length },
  length: { arity: [0, 0], run: (list) => list.length },
  isEmpty: { arity: [0, 0], run: (list) => list.length === 0 },
  get: { arity: [1, 1], run: (list, args) => list[args.integer(0)] ?? null },
  contains: { arity: [1, 1], run: (list, args) => isMember(args.value(0), list, args.budget) },
  indexOf: { arity: [1, 1], run: (list, args) => positionIn(args.value(0), list, args.budget) },
  lastIndexOf: { arity: [1, 1], run: lastPosition },
  subList: {
    arity: [2, 2],
    run: (list, args) => list.slice(Math.max(0, args.integer(0)), Math.max(0, args.integer(1))),
  },
  join: { arity: [0, 1], run: (list, args) => joinTexts(list, args.count === 0 ? ',' : args.text(0), args) },
  equals: { arity: [1, 1], run: (list, args) => areEqual(list, args.value(0), args.budget) },
  toString: TO_STRING,
});

export const MAP_METHODS: MethodTable<OperandMap> = methodTable<OperandMap>({
  get: { arity: [1, 1], run: (map, args) => findEntry(map, args.text(0)) ?? null },
  getOrDefault: { arity: [2, 2], run: (map, args) => findEntry(map, args.text(0)) ?? args.value(1) },
  containsKey: { arity: [1, 1], run: (map, args) => findEntry(map, args.text(0)) !== undefined },
  containsValue: { arity: [1, 1], run: (map, args) => isMember(args.value(0), Object.values(map), args.budget) },
  keySet: { arity: [0, 0], run: (map, args) => counted(Object.keys(map), args) },
  values: { arity: [0, 0], run: (map, args) => counted(Object.values(map), args) },
  size: { arity: [0, 0], run: (map) => Object.keys(map).length },
  isEmpty: { arity: [0, 0], run: (map) => Object.keys(map).length === 0 },
  equals: { arity: [1, 1], run: (map, args) => areEqual(map, args.value(0), args.budget) },
  toString: TO_STRING,
});

/** The member of a map, never anything inherited. */
export function findEntry(map: OperandMap, key: string): Operand | undefined {
  return Object.hasOwn(map, key) && !isReserved(key) ? map[key] : undefined;
}

function lastPosition(list: readonly Operand[], args: Arguments): number {
  args.budget.spend(list.length);
  return list.findLastIndex((item) => areEqual(item, args.value(0), args.budget));
}

function counted<T>(items: readonly T[], args: Arguments): readonly T[] {
  args.budget.spend(items.length / ELEMENTS_PER_STEP);
  return items;
}
