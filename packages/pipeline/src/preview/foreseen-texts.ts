/** Every expression of a node with what it comes to, seen from the node as it begins. */
import { foreseeText, type Foreseen } from '../expressions/foresee.ts';
import { findExpressions } from '../expressions/lexer.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { NullPolicy } from '../expressions/policy.ts';
import type { AuthorText } from './author-texts.ts';
import type { TextPlace } from './places.ts';
import type { ExpressionOutlook, PreviewExpression, Wait } from './preview.ts';
import { ASKED_ROOT } from './preview-foresight.ts';
import { functionHint, hintFor } from './suggestions.ts';
import { doubtAbout, readWaits, waitValue } from './waits.ts';

export interface Viewpoint {
  readonly scope: ExpressionScope;
  readonly nulls: NullPolicy | undefined;
  /** Address of the node. */
  readonly node: string;
  /** Names that an expression may begin with there. */
  around(): readonly string[];
  /** There is an event that started the run. */
  readonly hasEvent: boolean;
}

export function foreseeTexts(
  texts: readonly AuthorText[],
  viewpoint: Viewpoint,
  placeOf: (text: AuthorText, offset: number) => TextPlace,
): readonly PreviewExpression[] {
  return texts.flatMap((leaf) =>
    findExpressions(leaf.text).map(({ start, end }): PreviewExpression => {
      const text = leaf.text.slice(start, end);
      const seen = leaf.isAboutResult === true ? withResult(viewpoint) : viewpoint;
      const isAsked = text.startsWith(`<+${ASKED_ROOT}`);
      return {
        text: isAsked ? '<+input>' : text,
        path: leaf.path.join('.'),
        ...placeOf(leaf, start),
        result: outlookOf(foreseeText(text, seen.scope, nullsOf(seen)), seen),
      };
    }),
  );
}

export function nullsOf({ nulls }: Pick<Viewpoint, 'nulls'>): { readonly nulls?: NullPolicy } {
  return nulls === undefined ? {} : { nulls };
}

export function outlookOf(foreseen: Foreseen, viewpoint: Viewpoint): ExpressionOutlook {
  const { unresolved } = foreseen;
  switch (foreseen.kind) {
    case 'value':
      // Nothing but a name that is not there: null, or a slip.
      return foreseen.value === null && unresolved.length > 0
        ? { kind: 'neverKnown', ...missing(unresolved, viewpoint), fails: false }
        : {
            kind: 'value',
            value: foreseen.value,
            isSecret: foreseen.usesSecret,
            ...(unresolved.length === 0 ? {} : { missing: unresolved }),
          };
    case 'later': {
      const waitsFor = readWaits(foreseen.waitsFor);
      const doubt = doubtAbout(waitsFor);
      return { kind: 'knownLater', waitsFor, ...(doubt === undefined ? {} : { doubt }) };
    }
    case 'error': {
      const { code, message } = foreseen.error;
      if (code === 'EXPRESSION_UNRESOLVED')
        return { kind: 'neverKnown', ...missing(unresolved, viewpoint), fails: true };
      const hint = functionHint(message);
      return { kind: 'neverKnown', message, ...(hint === undefined ? {} : { hint }), fails: true };
    }
  }
}

function missing(
  unresolved: readonly string[],
  viewpoint: Viewpoint,
): { readonly message: string; readonly hint?: string } {
  const { scope, hasEvent } = viewpoint;
  const message = `there is no ${unresolved.join(', and no ')}`;
  const isOfEvent = unresolved.some((name) => /^(?:trigger|eventPayload)\b/.test(name));
  if (isOfEvent && !hasEvent) return { message, hint: 'Nothing started this run but you: give it an event.' };
  for (const reference of unresolved) {
    const hint = hintFor(scope, reference, viewpoint.around());
    if (hint !== undefined) return { message, hint };
  }
  return { message };
}

/** The names that only stand for something when the step has ended. */
const RESULT_NAMES: ReadonlySet<string> = new Set([
  ...['httpResponseCode', 'httpResponseBody', 'httpMethod', 'httpUrl', 'output'],
]);

function withResult(viewpoint: Viewpoint): Viewpoint {
  const { scope, node } = viewpoint;
  const wait: Wait = { kind: 'ownResult', node, text: 'the result of the step itself' };
  return { ...viewpoint, scope: { root: (name) => (RESULT_NAMES.has(name) ? waitValue(wait) : scope.root(name)) } };
}
