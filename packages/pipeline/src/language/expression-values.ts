/**
 * Expressions that refer to stages which are not chosen: nothing will be there when they are resolved, so their values are
 * asked for at the start (pipelines.md §9).
 */
import { findExpressions, type ExpressionSpan } from '../expressions/lexer.ts';
import { NO_DOCUMENTS, type DocumentReference, type Documents } from './documents.ts';
import { Findings, type SourceRange } from './diagnostics.ts';
import type { SuppliedInputs } from './merge-inputs.ts';
import { selectStages } from './select-stages.ts';
import { expandPipeline } from './templates/expand-pipeline.ts';
import { walk, type MapEntry, type MapNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

/** An expression whose value must be supplied. */
export interface ExpressionValue {
  /** With its delimiters: the key under which the value is given. */
  readonly expression: string;
  /** The stage that is not chosen. */
  readonly stage: string;
  /** Where it stands first. */
  readonly path: string;
  readonly range: SourceRange;
}

export interface ExpressionValueRequest {
  readonly yaml: string;
  /** Identifiers of the chosen stages. */
  readonly stages: readonly string[];
  readonly documents?: Documents;
}

/** What must be supplied as `expressionValues` when only these stages run. Inputs that are expressions may ask for more. */
export function listExpressionValues({ yaml, stages, documents = NO_DOCUMENTS }: ExpressionValueRequest): {
  readonly expressions: readonly ExpressionValue[];
  /** Not empty = what templates refer to is not known yet: ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
} {
  const { map, needsDocuments } = expandPipeline(yaml, documents);
  if (map === undefined) return { expressions: [], needsDocuments };
  const { map: chosen, unchosen } = selectStages(map, stages, new Findings());
  const found = new Map<string, ExpressionValue>();
  walk(chosen, (node) => {
    if (node.kind !== 'scalar') return;
    for (const { expression, stage } of referencesIn(node.text, unchosen)) {
      if (!found.has(expression)) found.set(expression, { expression, stage, path: node.path, range: node.range });
    }
  });
  return { expressions: [...found.values()], needsDocuments };
}

export type ExpressionValues = Readonly<Record<string, string>>;

export interface ExpressionChoice {
  /** Stages that are not chosen. */
  readonly unchosen: readonly string[];
  readonly expressionValues: ExpressionValues;
}

/**
 * Puts the supplied values in the place of the expressions that refer to stages which are not chosen, and reports those that
 * have none. `values`: the inputs, with the texts of the pipeline that hold such expressions added; `nodes`: their places.
 */
export function placeExpressionValues(
  map: MapNode,
  inputs: SuppliedInputs,
  choice: ExpressionChoice,
  findings: Findings,
): { readonly nodes: readonly ScalarNode[]; readonly values: SuppliedInputs } {
  if (choice.unchosen.length === 0) return { nodes: [], values: inputs };
  const placer = new Placer(choice, findings);
  const values = new Map(inputs);
  const nodes: ScalarNode[] = [];
  walk(map, (node) => {
    if (node.kind !== 'scalar') return;
    const input = inputs.get(node.path);
    const replaced = placer.replaced(input ?? node);
    if (replaced === node) return;
    if (input === undefined) nodes.push(node);
    values.set(node.path, replaced);
  });
  return { nodes, values };
}

class Placer {
  readonly #choice: ExpressionChoice;
  readonly #findings: Findings;

  constructor(choice: ExpressionChoice, findings: Findings) {
    this.#choice = choice;
    this.#findings = findings;
  }

  replaced(node: YamlNode): YamlNode {
    switch (node.kind) {
      case 'scalar':
        return this.#replacedScalar(node);
      case 'list':
        return { ...node, items: node.items.map((item) => this.replaced(item)) };
      case 'map': {
        const entries = [...node.entries].map(([key, entry]): [string, MapEntry] => [
          key,
          { ...entry, value: this.replaced(entry.value) },
        ]);
        return { ...node, entries: new Map(entries) };
      }
    }
  }

  #replacedScalar(node: ScalarNode): ScalarNode {
    const { unchosen, expressionValues } = this.#choice;
    const references = referencesIn(node.text, unchosen);
    let text = '';
    let at = 0;
    for (const { expression, stage, start, end } of references) {
      const value = Object.hasOwn(expressionValues, expression) ? expressionValues[expression] : undefined;
      if (value === undefined) {
        this.#findings.add(
          'EXPRESSION_VALUE_MISSING',
          'run',
          node,
          `${expression} (line ${String(node.range.start.line)}) refers to the stage ${stage}, which is not chosen.`,
          'Supply a value for it, or choose that stage too.',
        );
        continue;
      }
      text += node.text.slice(at, start) + asExpression(value);
      at = end;
    }
    if (at === 0) return node;
    text += node.text.slice(at);
    const { path, range } = node;
    return { kind: 'scalar', value: text, text, style: node.style === 'plain' ? 'quoted' : node.style, path, range };
  }
}

interface Reference {
  readonly expression: string;
  readonly stage: string;
  readonly start: number;
  readonly end: number;
}

/** The innermost expressions that name one of the stages, in their order. */
function referencesIn(text: string, stages: readonly string[]): readonly Reference[] {
  if (stages.length === 0 || !text.includes('<+')) return [];
  return findExpressions(text).flatMap((span) => referencesOf(span, text, stages));
}

function referencesOf(span: ExpressionSpan, text: string, stages: readonly string[]): readonly Reference[] {
  const { start, end, children } = span;
  const stage = stageNamedIn(ownText(span, text), stages);
  if (stage !== undefined) return [{ expression: text.slice(start, end), stage, start, end }];
  return children.flatMap((child) => referencesOf(child, text, stages));
}

/** Without the expressions inside. */
function ownText({ start, end, children }: ExpressionSpan, text: string): string {
  let own = '';
  let at = start + 2;
  for (const child of children) {
    own += `${text.slice(at, child.start)} `;
    at = child.end;
  }
  return own + text.slice(at, end - 1);
}

/** `pipeline.stages.ID`, `stages.ID`, also `["ID"]`, and with the postfix of a loop's turn. */
const STAGE_PATH =
  /(?<![\w$."'])(?:pipeline\s*\.\s*)?stages\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*["']([A-Za-z_]\w*)["']\s*\])/g;
const TURN = /(?:_\d+)+$/;

function stageNamedIn(text: string, stages: readonly string[]): string | undefined {
  for (const [, dotted, indexed] of text.matchAll(STAGE_PATH)) {
    const name = dotted ?? indexed ?? '';
    const stage = [name, name.replace(TURN, '')].find((candidate) => stages.includes(candidate));
    if (stage !== undefined) return stage;
  }
  return undefined;
}

/**
 * A value as an expression, so that it stands in conditions, in other expressions and in plain text alike. What holds an
 * expression is one already.
 */
function asExpression(value: string): string {
  if (value.includes('<+')) return value;
  // A `>` would end the expression.
  return `<+${JSON.stringify(value).replaceAll('>', String.raw`\u003e`)}>`;
}
