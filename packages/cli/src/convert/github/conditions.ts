/** `if` of jobs and steps: which part of it is the status half of `when`, and which its condition. */
import type { WhenDraft } from '../draft.ts';
import { parseExpression, type Expression } from './parse-expression.ts';
import { inParentheses } from '../jexl.ts';
import { STATUS_FUNCTIONS, translateTree, type Contexts } from './translate.ts';

export type ReadCondition =
  | { readonly kind: 'when'; readonly when: WhenDraft; readonly remarks: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** @param text - with or without `${{ }}` around it */
export function readCondition(text: string, contexts: Contexts): ReadCondition {
  const inner = /^\s*\$\{\{([^]*)\}\}\s*$/.exec(text)?.[1] ?? text;
  const expression = inner.includes('${{') ? undefined : parseExpression(inner);
  if (expression === undefined) return { kind: 'none', why: 'It cannot be read as an expression.' };
  const terms = conjunction(expression);
  const status = statusOf(terms);
  const rest = terms.filter((term) => !isStatusTerm(term));
  const made = rest.map((term) => translateTree(term, contexts));
  const refused = made.find((term) => term.kind === 'none');
  if (refused !== undefined) return refused;
  const texts = made.flatMap((term) => (term.kind === 'operand' ? [term.text] : []));
  const remarks = made.flatMap((term) => (term.kind === 'operand' && term.remark !== undefined ? [term.remark] : []));
  const condition = texts.length > 1 ? texts.map(inParentheses).join(' && ') : texts[0];
  return { kind: 'when', when: { status, ...(condition === undefined ? {} : { condition }) }, remarks };
}

function conjunction(expression: Expression): readonly Expression[] {
  if (expression.kind === 'binary' && expression.operator === '&&')
    return [...conjunction(expression.left), ...conjunction(expression.right)];
  return [expression];
}

/** A term that says nothing but how what came before must stand. */
function isStatusTerm(term: Expression): boolean {
  return statusTerm(term) !== undefined;
}

function statusTerm(term: Expression): WhenDraft['status'] | undefined {
  if (term.kind === 'call') {
    if (term.name === 'always') return 'All';
    if (term.name === 'failure' && term.args.length === 0) return 'Failure';
    return term.name === 'success' && term.args.length === 0 ? 'Success' : undefined;
  }
  if (term.kind === 'not' && term.operand.kind === 'call' && term.operand.name === 'cancelled') return 'All';
  if (term.kind === 'not' && term.operand.kind === 'call' && term.operand.name === 'failure') return 'Success';
  if (term.kind === 'binary' && term.operator === '||') {
    const both = [statusTerm(term.left), statusTerm(term.right)];
    if (both.includes('All') || (both.includes('Success') && both.includes('Failure'))) return 'All';
  }
  return undefined;
}

/** What asks for no status asks for success; one that is asked for inside of something else is judged there. */
function statusOf(terms: readonly Expression[]): WhenDraft['status'] {
  const asked = terms.flatMap((term) => statusTerm(term) ?? []);
  if (asked.includes('Failure')) return 'Failure';
  if (asked.includes('Success')) return 'Success';
  return asked.length > 0 || terms.some(mentionsStatus) ? 'All' : 'Success';
}

function mentionsStatus(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return STATUS_FUNCTIONS.includes(expression.name.toLowerCase()) || expression.args.some(mentionsStatus);
    case 'not':
      return mentionsStatus(expression.operand);
    case 'binary':
      return mentionsStatus(expression.left) || mentionsStatus(expression.right);
    default:
      return false;
  }
}
