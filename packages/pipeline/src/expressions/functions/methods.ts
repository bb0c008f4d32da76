/** Finds and calls the method of a value. */
import { describe, toText } from '../coerce.ts';
import { Failure, shorten } from '../errors.ts';
import { isReserved } from '../names.ts';
import { isList, SecretText, type Operand } from '../operands.ts';
import { checkArity, type Arguments, type MethodTable } from './arguments.ts';
import { LIST_METHODS, MAP_METHODS } from './collections.ts';
import { BOOLEAN_METHODS, NUMBER_METHODS } from './scalars.ts';
import { STRING_METHODS } from './strings.ts';

/** Calls a method of a value that is not null. Throws `Failure` when there is none of that name. */
export function callMethod(target: Exclude<Operand, null>, args: Arguments): Operand {
  if (isReserved(args.name)) throw new Failure('EXPRESSION_FUNCTION', `${args.name} is not available in expressions`);
  if (typeof target === 'string') return call(STRING_METHODS, target, target, args);
  if (typeof target === 'number') {
    return NUMBER_METHODS.has(args.name)
      ? call(NUMBER_METHODS, target, target, args)
      : call(STRING_METHODS, toText(target, args.budget), target, args);
  }
  if (typeof target === 'boolean') {
    return BOOLEAN_METHODS.has(args.name)
      ? call(BOOLEAN_METHODS, target, target, args)
      : call(STRING_METHODS, toText(target, args.budget), target, args);
  }
  if (target instanceof SecretText) {
    if (args.name === 'toString' && args.count === 0) return target;
    throw new Failure('EXPRESSION_VALUE', `${args.name}() cannot be called on a secret: its value is not known here`);
  }
  return isList(target) ? call(LIST_METHODS, target, target, args) : call(MAP_METHODS, target, target, args);
}

function call<T>(table: MethodTable<T>, target: T, shown: Operand, args: Arguments): Operand {
  const method = table.get(args.name);
  if (method === undefined) {
    throw new Failure('EXPRESSION_FUNCTION', `there is no method ${shorten(args.name, 60)}() for ${describe(shown)}`);
  }
  checkArity(args.name, method.arity, args.count);
  if (typeof target === 'string') args.budget.spendOn(target.length);
  return method.run(target, args);
}
