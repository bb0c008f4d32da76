/**
 * Finds `<+…>` in a text.
 *
 * - L1 `<+` opens, the next `>` closes the innermost open one: quotes do not protect it, `>` and `>=` cannot be used inside.
 * - L2 A `<+` that is never closed is plain text, and so is every `>` that closes nothing.
 * - L3 Linear in the text's length, whatever it holds.
 */

export interface ExpressionSpan {
  /** Offset of `<+`. */
  readonly start: number;
  /** Offset behind `>`. */
  readonly end: number;
  /** What stands between the delimiters. */
  readonly text: string;
  readonly children: readonly ExpressionSpan[];
}

interface OpenSpan {
  readonly start: number;
  readonly children: ExpressionSpan[];
}

/** The outermost expressions of a text in their order, each with those inside it. */
export function findExpressions(text: string): readonly ExpressionSpan[] {
  const roots: ExpressionSpan[] = [];
  const open: OpenSpan[] = [];
  let at = text.indexOf('<+');
  while (at !== -1) {
    if (text.startsWith('<+', at)) {
      open.push({ start: at, children: [] });
      at += 2;
    } else {
      const closed = open.pop();
      if (closed === undefined) break;
      const parent = open.at(-1)?.children ?? roots;
      const end = at + 1;
      parent.push({ start: closed.start, end, text: text.slice(closed.start + 2, at), children: closed.children });
      at = end;
    }
    at = open.length === 0 ? text.indexOf('<+', at) : nextDelimiter(text, at);
  }
  // L2: what was found inside never-closed ones stands on its own. A deeper one opened after all children of a shallower one.
  for (const unclosed of open) for (const child of unclosed.children) roots.push(child);
  return roots;
}

function nextDelimiter(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x3e) return at;
    if (character === 0x3c && text.charCodeAt(at + 1) === 0x2b) return at;
  }
  return -1;
}
