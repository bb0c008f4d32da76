/** Expressions of GitHub Actions as programs of Harness. */
import { asText, inParentheses, none, operand, quote, remarks, truth, type Operand } from '../jexl.ts';
import { parseExpression, type BinaryOperator, type Expression } from './parse-expression.ts';

/** What the names of an expression lead to at its place. */
export interface Contexts {
  reference(names: readonly string[]): Operand;
  /** A comparison whose meaning is not that of its parts; `undefined` = nothing special. */
  compare(names: readonly string[], value: string): Operand | undefined;
  /** `success()`, `failure()`, `always()`, `cancelled()` where they are no part of `when`. */
  status(name: string): Operand;
}

/** One reference or program, without `${{ }}`. */
export function translate(text: string, contexts: Contexts): Operand {
  const expression = parseExpression(text);
  return expression === undefined ? none('It cannot be read as an expression.') : translateTree(expression, contexts);
}

export function translateTree(expression: Expression, contexts: Contexts): Operand {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string'
        ? operand(quote(expression.value))
        : operand(String(expression.value));
    case 'reference':
      return constantNames(expression.names, (names) => contexts.reference(names));
    case 'not': {
      const inner = translateTree(expression.operand, contexts);
      return inner.kind === 'none' ? inner : truth(`!${wrapped(inner.text)}`, inner.remark);
    }
    case 'call':
      return call(expression.name, expression.args, contexts);
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, contexts);
  }
}

function constantNames(names: readonly (string | Expression)[], use: (names: readonly string[]) => Operand): Operand {
  const texts = names.filter((name) => typeof name === 'string');
  if (texts.length < names.length || texts.includes('*'))
    return none('Names that are worked out, and lists of members (*), have nothing that corresponds to them.');
  return use(texts);
}

/** A single reference needs no parentheses. */
function wrapped(text: string): string {
  return /^(?:<\+[^<>]*>|\([^()]*\)|"[^"]*")$/.test(text) ? text : `(${text})`;
}

/** Words, since `>` would end an expression inside of a text. */
const WORDS: Readonly<Record<BinaryOperator, string>> = {
  '&&': '&&',
  '||': '||',
  '==': '==',
  '!=': '!=',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

function binary(operator: BinaryOperator, left: Expression, right: Expression, contexts: Contexts): Operand {
  const special = operator === '==' || operator === '!=' ? comparison(operator, left, right, contexts) : undefined;
  if (special !== undefined) return special;
  if (operator === '||' && left.kind === 'binary' && left.operator === '&&') {
    const choice = ternary(left, right, contexts);
    if (choice !== undefined) return choice;
  }
  const from = translateTree(left, contexts);
  const to = translateTree(right, contexts);
  if (from.kind === 'none') return from;
  if (to.kind === 'none') return to;
  const note = remarks(from, to);
  if (operator === '||' && !isTruth(from, left)) return operand(`${wrapped(from.text)} ?: ${wrapped(to.text)}`, note);
  if (operator === '&&' && !isTruth(to, right))
    return none('The value of a && b is that of b only where both are true or false; use a && b || c.');
  const make = operator === '&&' || operator === '||' ? inParentheses : (text: string) => text;
  return truth(`${make(from.text)} ${WORDS[operator]} ${make(to.text)}`, note);
}

function isTruth(made: Operand, expression: Expression): boolean {
  if (made.kind === 'operand' && made.isBoolean === true) return true;
  return expression.kind === 'literal' && typeof expression.value === 'boolean';
}

/** `a && 'x' || 'y'`, which people write for a choice. */
function ternary(left: Expression & { kind: 'binary' }, right: Expression, contexts: Contexts): Operand | undefined {
  const chosen = left.right;
  if (chosen.kind !== 'literal' || typeof chosen.value === 'boolean' || !chosen.value) return undefined;
  const parts = [left.left, chosen, right].map((part) => translateTree(part, contexts));
  const refused = parts.find((part) => part.kind === 'none');
  if (refused !== undefined) return refused;
  const [test = '', yes = '', no = ''] = parts.map((part) => (part.kind === 'operand' ? part.text : ''));
  return operand(`${wrapped(test)} ? ${yes} : ${wrapped(no)}`, remarks(...parts));
}

function comparison(
  operator: '==' | '!=',
  left: Expression,
  right: Expression,
  contexts: Contexts,
): Operand | undefined {
  const [reference, literal] = left.kind === 'reference' ? [left, right] : [right, left];
  if (reference.kind !== 'reference' || literal.kind !== 'literal') return undefined;
  const names = reference.names.filter((name) => typeof name === 'string');
  if (names.length < reference.names.length) return undefined;
  const made = contexts.compare(names, String(literal.value));
  if (made === undefined || made.kind === 'none' || operator === '==') return made;
  return truth(`!(${made.text})`, made.remark);
}

function call(name: string, args: readonly Expression[], contexts: Contexts): Operand {
  const word = name.toLowerCase();
  if (STATUS_FUNCTIONS.includes(word)) return contexts.status(word);
  const ofRef = word === 'startswith' ? startOfRef(args) : undefined;
  if (ofRef !== undefined) return contexts.compare(['github', 'ref'], ofRef) ?? none('It asks for a ref.');
  const made = args.map((arg) => translateTree(arg, contexts));
  const refused = made.find((arg) => arg.kind === 'none');
  if (refused !== undefined) return refused;
  const texts = made.map((arg) => (arg.kind === 'operand' ? wrapped(arg.text) : ''));
  const [first = '', second = ''] = texts;
  const note = remarks(...made);
  switch (word) {
    case 'contains':
      return truth(`${first}.contains(${second})`, note);
    case 'startswith':
      return truth(`${first} =^ ${second}`, note);
    case 'endswith':
      return truth(`${first} =$ ${second}`, note);
    case 'tojson':
      return operand(`json.format(${first})`, note);
    case 'fromjson':
      return operand(`json.object(${first})`, note);
    case 'format':
      return format(args, texts, note);
    default:
      return none(`The function ${name} has nothing that corresponds to it.`);
  }
}

export const STATUS_FUNCTIONS: readonly string[] = ['success', 'failure', 'always', 'cancelled'];

/** `startsWith(github.ref, 'refs/heads/x')` as a comparison with a pattern. */
function startOfRef(args: readonly Expression[]): string | undefined {
  const [where, what] = args;
  if (
    where?.kind !== 'reference' ||
    !(where.names.length === 2 && where.names[0] === 'github' && where.names[1] === 'ref')
  )
    return undefined;
  if (what?.kind !== 'literal' || typeof what.value !== 'string') return undefined;
  return `${what.value}**`;
}

function format(args: readonly Expression[], texts: readonly string[], note: string | undefined): Operand {
  const [pattern] = args;
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string')
    return none('The pattern of format is worked out.');
  const parts = pattern.value
    .split(/(\{\d+\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const [, index] = /^\{(\d+)\}$/.exec(part) ?? [];
      return index === undefined ? quote(part.replaceAll('{{', '{').replaceAll('}}', '}')) : texts[Number(index) + 1];
    });
  return parts.includes(undefined)
    ? none('format names an argument that is not there.')
    : operand(parts.join(' + '), note);
}

export interface Interpolated {
  readonly text: string;
  readonly translations: readonly { readonly text: string; readonly into: string }[];
  /** What differs, and what could not be translated and stands there as it was. */
  readonly remarks: readonly string[];
  readonly failures: readonly { readonly text: string; readonly why: string }[];
}

/** A text in an expression may hold `}}`; one that is never closed ends where the next `}}` is. */
const PLACES = /\$\{\{((?:'[^']*'|(?!\}\})[^'])*)\}\}|\$\{\{([^]*?)\}\}/g;

/** A text with `${{ }}` in it. */
export function interpolate(text: string, contexts: Contexts): Interpolated {
  const found: string[] = [];
  const failures: { text: string; why: string }[] = [];
  const translations: { text: string; into: string }[] = [];
  const made = text.replaceAll(PLACES, (whole, closed: string | undefined, open: string | undefined) => {
    const inner = closed ?? open ?? '';
    const result = translate(inner, contexts);
    if (result.kind === 'none') {
      failures.push({ text: whole, why: result.why });
      return whole;
    }
    if (result.remark !== undefined) found.push(result.remark);
    const literal = /^"((?:[^"\\<>])*)"$/.exec(result.text);
    const into = literal?.[1] ?? asText(result.text);
    translations.push({ text: whole, into });
    return into;
  });
  return { text: made, translations, remarks: [...new Set(found)], failures };
}
