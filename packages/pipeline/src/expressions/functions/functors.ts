/** The functors: functions that are called on a fixed name, such as `json.select(…)`. */
import { toText } from '../coerce.ts';
import { Failure } from '../errors.ts';
import { SecretText, type Operand } from '../operands.ts';
import { SecretReference } from '../scope.ts';
import { checkArity, type Arguments } from './arguments.ts';
import { jsonFormat, jsonList, jsonObject, jsonSelect } from './json.ts';
import { regexOver } from './regular-expressions.ts';
import { escapeCharacters } from './shell.ts';
import { replaceAll } from './string-patterns.ts';
import { xmlSelect } from './xml.ts';

export interface Functor {
  readonly arity: readonly [number, number];
  run(args: Arguments): Operand;
}

const FUNCTORS: ReadonlyMap<string, Functor> = new Map<string, Functor>([
  ['json.select', { arity: [2, 2], run: jsonSelect }],
  ['json.list', { arity: [2, 2], run: jsonList }],
  ['json.object', { arity: [1, 1], run: jsonObject }],
  ['json.format', { arity: [1, 1], run: jsonFormat }],
  ['xml.select', { arity: [2, 2], run: xmlSelect }],
  ['regex.extract', { arity: [2, 2], run: regexExtract }],
  [
    'regex.match',
    { arity: [2, 2], run: (args) => regexOver(args.text(0), args.text(1), args.budget).test(args.text(1)) },
  ],
  [
    'regex.replace',
    { arity: [3, 3], run: (args) => replaceAll(args.text(2), args.text(0), args.text(1), args.budget) },
  ],
  [
    'shell.escapeChars',
    { arity: [1, 2], run: (args) => escapeCharacters(args.text(0), args.count > 1 ? args.text(1) : undefined) },
  ],
  ['secrets.getValue', { arity: [1, 1], run: secretValue }],
]);
/** `json.select` and the like. */
export const FUNCTOR_KEYS: readonly string[] = [...FUNCTORS.keys()];
const FUNCTOR_NAMES: ReadonlySet<string> = new Set([...FUNCTORS.keys()].map((key) => key.split('.', 1)[0] ?? key));

/** Whether a name belongs to functors; it may still name a step or stage of the user's. */
export function isFunctorName(name: string): boolean {
  return FUNCTOR_NAMES.has(name);
}

export function findFunctor(name: string, method: string): Functor | undefined {
  return FUNCTORS.get(`${name}.${method}`);
}

export function callFunctor(functor: Functor, args: Arguments): Operand {
  checkArity(args.name, functor.arity, args.count);
  return functor.run(args);
}

/** The first match of the regular expression; null when there is none. */
function regexExtract(args: Arguments): Operand {
  const text = args.text(1);
  const matcher = regexOver(args.text(0), text, args.budget).matcher(text);
  return matcher.find() ? text.slice(matcher.start(), matcher.end()) : null;
}

/** A use of the secret, to be filled in where the plaintext is known. */
function secretValue(args: Arguments): Operand {
  const identifier = args.value(0);
  if (identifier === null || identifier === '')
    throw new Failure('EXPRESSION_VALUE', 'secrets.getValue() needs the identifier of a secret, not null');
  return new SecretText([new SecretReference('stored', toText(identifier, args.budget))]);
}
