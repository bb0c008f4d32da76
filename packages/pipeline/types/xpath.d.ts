/**
 * The part of `xpath` that this project uses. The package's own declarations ask for the DOM library, which would let
 * browser globals into the pure package unnoticed; `tsconfig.base.json` maps the name to this file instead.
 */

/** A node of the document that was searched (element, attribute, text, …). */
export interface SelectedNode {
  readonly textContent?: string | null;
}

/** Evaluates an XPath 1.0 expression. Throws when the expression cannot be parsed. */
export function select(expression: string, node: unknown): readonly SelectedNode[] | string | number | boolean | null;
