/**
 * A trigger's `inputYaml` with its `<+trigger.…>` expressions replaced by the event's values.
 *
 * Values are put into scalars of the parsed document, never into its text: a payload cannot add keys, tags or aliases (S9).
 */
import { isScalar, parseDocument, visit } from 'yaml';
import { resolveText } from '../expressions/evaluate.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { KnownValues } from './check-value.ts';
import { keepWrittenNumbers } from './written-numbers.ts';

export type ResolvedInputs =
  | {
      readonly kind: 'resolved';
      readonly inputYaml: string;
      /** What the expressions that stayed are going to give: checked like any other value before the run. */
      readonly known: KnownValues;
    }
  | { readonly kind: 'failed'; readonly message: string };

const ABOUT_THE_EVENT = /<\+\s*(trigger|eventPayload)\b/;

/**
 * Text that is no YAML is given back as it is: compiling reports what is wrong with it.
 * @param event - what `trigger` and `eventPayload` mean (`triggerScope`)
 */
export function resolveTriggerInputs(inputYaml: string, event: ExpressionScope): ResolvedInputs {
  if (!ABOUT_THE_EVENT.test(inputYaml)) return { kind: 'resolved', inputYaml, known: new Map() };
  const document = parseDocument(inputYaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  if (document.errors.length > 0) return { kind: 'resolved', inputYaml, known: new Map() };
  const known = new Map<string, string>();
  let problem: string | undefined;
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string' || !ABOUT_THE_EVENT.test(node.value)) return undefined;
      const resolved = resolveText(node.value, event, { nulls: 'lenient' });
      if (resolved.error !== undefined) {
        problem = `${node.value} cannot be resolved: ${resolved.error.message}.`;
        return visit.BREAK;
      }
      const value = scalarOf(resolved.value);
      // The frozen YAML is author's text and is evaluated once more: a payload that holds `<+` must not get there (S9). Its
      // expression stays instead, and gives the value as data when it is used.
      if (typeof value === 'string' && value.includes('<+')) {
        known.set(node.value, value);
        return undefined;
      }
      node.value = value;
      // A block or quoted style was chosen for the expression's text, not for the value.
      if (isScalar(node)) delete node.type;
      return undefined;
    },
  });
  if (problem !== undefined) return { kind: 'failed', message: problem };
  return { kind: 'resolved', inputYaml: document.toString({ lineWidth: 0 }), known };
}

/** The input sets a trigger names; an expression may give one of them, or a list. */
export type ResolvedReferences =
  | { readonly kind: 'resolved'; readonly references: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

export function resolveTriggerReferences(written: readonly string[], event: ExpressionScope): ResolvedReferences {
  const references: string[] = [];
  for (const text of written) {
    if (!ABOUT_THE_EVENT.test(text)) {
      references.push(text);
      continue;
    }
    const { value, error } = resolveText(text, event, { nulls: 'lenient' });
    if (error !== undefined) return { kind: 'failed', message: `${text} cannot be resolved: ${error.message}.` };
    const items = Array.isArray(value) ? value : [value];
    references.push(...items.map((item) => String(scalarOf(item))));
  }
  return { kind: 'resolved', references };
}

/** An input is one value: lists and maps of the payload are given as JSON text, what does not exist as the text `null`. */
function scalarOf(value: Value): string | number | boolean {
  if (value === null) return 'null';
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
