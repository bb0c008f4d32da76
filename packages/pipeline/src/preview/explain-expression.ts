/** One expression at one place of a pipeline: its value, what it waits for, or what is wrong with it, part by part. */
import { foreseeCondition, foreseeText, type Foreseen } from '../expressions/foresee.ts';
import { findExpressions } from '../expressions/lexer.ts';
import { findPlace } from './find-place.ts';
import { nullsOf, outlookOf, type Viewpoint } from './foreseen-texts.ts';
import type { ExpressionOutlook, Outlook, PreviewPart } from './preview.ts';
import { ground, type PreviewRequest } from './preview-plan.ts';
import { namesBehind } from './suggestions.ts';
import { readWaits } from './waits.ts';
import { Walker } from './walker.ts';

export interface Explanation {
  /** As it was evaluated. */
  readonly text: string;
  readonly result: ExpressionOutlook;
  /** Sub-expressions in the order they were evaluated, inner ones first. */
  readonly trace: readonly PreviewPart[];
}

/** A place of a pipeline as the run reaches it. */
export interface Place {
  readonly kind: 'place';
  readonly address: string;
  readonly outlook: Outlook;
  /** Names of what is around it and would be skipped: a run does not come here. */
  readonly skippedAround: readonly string[];
  explain(text: string): Explanation;
  /** The name that a text ends with, as far as it is written, and the names it may become. */
  complete(text: string): { readonly partial: string; readonly names: readonly string[] };
}

export interface UnknownPlace {
  readonly kind: 'unknown';
  readonly message: string;
  readonly hint?: string;
}

/**
 * @param at - the address or identifier of a node, a path of the YAML, or a line of it
 */
export function openPlace(request: PreviewRequest, at: string): Place | UnknownPlace {
  const [execution, notes, yaml] = ground(request);
  const found = findPlace(execution.plan, yaml, at);
  if (found.kind === 'unknown') return found;
  const { id, fqn, name } = found.node;
  let place: Place | undefined;
  const walker = new Walker(execution, notes, yaml, {
    node: id,
    arrive: (viewpoint, outlook, skippedAround) => {
      place = placeAt(viewpoint, { address: fqn, outlook, skippedAround });
    },
  });
  walker.walk();
  return place ?? { kind: 'unknown', message: `A run that succeeds does not come to ${name}.` };
}

export function explainExpression(request: PreviewRequest, at: string, text: string): Explanation | UnknownPlace {
  const place = openPlace(request, at);
  return place.kind === 'unknown' ? place : place.explain(text);
}

function placeAt(viewpoint: Viewpoint, about: Pick<Place, 'address' | 'outlook' | 'skippedAround'>): Place {
  return {
    kind: 'place',
    ...about,
    explain: (text) => explain(text, viewpoint),
    complete: (text) => complete(text, viewpoint),
  };
}

function explain(written: string, viewpoint: Viewpoint): Explanation {
  // People leave the signs out at a prompt.
  const text = written.includes('<+') ? written : `<+${written.trim()}>`;
  const options = nullsOf(viewpoint);
  const foreseen: Foreseen = isCondition(text)
    ? foreseeCondition(text, viewpoint.scope, options)
    : foreseeText(text, viewpoint.scope, options);
  const trace = foreseen.trace.map((part): PreviewPart =>
    'value' in part ? part : { expression: part.expression, waitsFor: readWaits(part.waitsFor) },
  );
  return { text, result: outlookOf(foreseen, viewpoint), trace };
}

/** Operators stand between the expressions: it is one program, as in `when`, and no text with expressions in it. */
function isCondition(text: string): boolean {
  let rest = '';
  let from = 0;
  for (const { start, end } of findExpressions(text)) {
    rest += text.slice(from, start);
    from = end;
  }
  rest += text.slice(from);
  return /^\s*[!(]|[=!<>]=|=[~^$]|&&|\|\||[?<>]/.test(rest);
}

const PATH_AT_END = /[A-Za-z_][\w-]*(?:\.[\w-]*)*$/;

function complete(text: string, viewpoint: Viewpoint): { readonly partial: string; readonly names: readonly string[] } {
  const [path = ''] = PATH_AT_END.exec(text) ?? [];
  const names = path.split('.');
  const partial = names.pop() ?? '';
  const behind = namesBehind(viewpoint.scope, names, viewpoint.around());
  return { partial, names: behind.names.filter((name) => name.startsWith(partial)).toSorted() };
}
