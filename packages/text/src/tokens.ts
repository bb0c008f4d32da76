/** Cuts terminal output into text and control sequences. Every pattern is linear in the length of its input. */

/** What a terminal is told: text to print, or something to do. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  /** `ESC [ … m` with the text between. */
  | { readonly kind: 'style'; readonly parameters: string }
  /** Start of a link, or with `undefined` the end of one. */
  | { readonly kind: 'link'; readonly target: string | undefined }
  | { readonly kind: 'newline' }
  | { readonly kind: 'carriageReturn' }
  | { readonly kind: 'backspace' }
  /** `ESC [ K`: to the end of the line, to its start, or all of it. */
  | { readonly kind: 'erase'; readonly part: 'after' | 'before' | 'line' };

/** Longer targets are not links but mischief. */
const LINK_LENGTH_MAX = 2048;

/**
 * Escape sequences and control characters, the longer forms first. Sequences that are cut off, as by the end of a log
 * batch, are taken as far as they go.
 *
 * - CSI: `ESC [` or U+009B, parameters, intermediates, a final byte.
 * - Strings (OSC, DCS, SOS, PM, APC): up to BEL, `ESC \` or U+009C, and never beyond the line.
 * - Other escapes: `ESC`, intermediates, one byte; a lone `ESC`.
 */
const CONTROL =
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~]?)|(?:\u001b\]|\u009d)([^\u0007\u001b\u009c\r\n]*)(?:\u0007|\u001b\\|\u009c)|(?:\u001b[PX^_]|[\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\r\n]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]?|\r\n|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** Cuts `text` into tokens. Nothing is lost but control characters that say nothing about text. */
export function* tokenize(text: string): Generator<Token> {
  let end = 0;
  for (const match of text.matchAll(CONTROL)) {
    if (match.index > end) yield { kind: 'text', text: text.slice(end, match.index) };
    end = match.index + match[0].length;
    const token = tokenOf(match);
    if (token !== undefined) yield token;
  }
  if (end < text.length) yield { kind: 'text', text: text.slice(end) };
}

/** The text without escape sequences and control characters, but for line breaks, carriage returns, backspaces and tabs. */
export function stripAnsi(text: string): string {
  return text.replace(CONTROL, (control) => (KEPT.has(control) ? control : ''));
}

const KEPT: ReadonlySet<string> = new Set(['\n', '\r', '\r\n', '\b']);

function tokenOf(match: RegExpExecArray): Token | undefined {
  const [control, parameters, final, text] = match;
  switch (control) {
    case '\n':
    case '\r\n':
      return { kind: 'newline' };
    case '\r':
      return { kind: 'carriageReturn' };
    case '\b':
      return { kind: 'backspace' };
    default:
  }
  if (final === 'm') return styleOf(parameters ?? '');
  if (final === 'K') return eraseOf(parameters ?? '');
  return text === undefined ? undefined : linkOf(text);
}

/** `ESC [ > … m` and `ESC [ ? … m` are questions to the terminal, not styles. */
function styleOf(parameters: string): Token | undefined {
  return /^[\d;:]*$/.test(parameters) ? { kind: 'style', parameters } : undefined;
}

function eraseOf(parameters: string): Token | undefined {
  if (parameters === '' || parameters === '0') return { kind: 'erase', part: 'after' };
  if (parameters === '1') return { kind: 'erase', part: 'before' };
  return parameters === '2' ? { kind: 'erase', part: 'line' } : undefined;
}

/** OSC 8: `8;<parameters>;<target>`. A target that is not of the web (a script, a file) makes no link: logs are not trusted. */
function linkOf(text: string): Token | undefined {
  const target = /^8;[^;]*;(.*)$/.exec(text)?.[1];
  if (target === undefined) return undefined;
  const isWeb = target.length <= LINK_LENGTH_MAX && /^https?:\/\/[^\s"'<>]+$/i.test(target);
  return { kind: 'link', target: isWeb ? target : undefined };
}
