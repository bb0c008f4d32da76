/**
 * ANSI escape sequences in log text: read into styled spans for a page, or taken away for copies, search and downloads.
 * Nothing here throws, on any text; what is unknown is dropped. Limits are those of `tokens.ts` and `line.ts`.
 */
import { TerminalLine } from './line.ts';
import { applySgr, PLAIN_STYLE, type AnsiSpan, type TextStyle } from './style.ts';
import { tokenize } from './tokens.ts';

export interface AnsiLine {
  readonly spans: readonly AnsiSpan[];
  /** What the next line begins with: a style goes on until it is ended. */
  readonly style: TextStyle;
}

/** Reads one line, which holds no line feed; one that it holds all the same counts as its end. */
export function parseAnsiLine(line: string, start: TextStyle = PLAIN_STYLE): AnsiLine {
  const terminal = new TerminalLine();
  let style = start;
  for (const token of tokenize(line)) {
    switch (token.kind) {
      case 'text':
        terminal.write(token.text, style);
        break;
      case 'style':
        style = applySgr(style, token.parameters);
        break;
      case 'link':
        style = withLink(style, token.target);
        break;
      case 'newline':
        return { spans: terminal.spans(), style };
      case 'carriageReturn':
        terminal.carriageReturn();
        break;
      case 'backspace':
        terminal.backspace();
        break;
      case 'erase':
        terminal.erase(token.part);
        break;
    }
  }
  return { spans: terminal.spans(), style };
}

/** One line as it reads in the end: progress bars are overwritten, styles are gone. */
export function plainLine(line: string): string {
  return parseAnsiLine(line)
    .spans.map((span) => span.text)
    .join('');
}

function withLink(style: TextStyle, target: string | undefined): TextStyle {
  if (target !== undefined) return { ...style, link: target };
  const { link: _ended, ...rest } = style;
  return rest;
}
