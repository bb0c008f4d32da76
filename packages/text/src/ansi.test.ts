import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsiLine, plainLine } from './ansi.ts';
import { stripAnsi } from './tokens.ts';

const ESC = '\u001b';

describe('parseAnsiLine', () => {
  it('reads the sixteen colours and their end', () => {
    expect(parseAnsiLine(`a${ESC}[31mb${ESC}[39mc${ESC}[1;92md${ESC}[0me`).spans).toEqual([
      { text: 'a', style: {} },
      { text: 'b', style: { foreground: { kind: 'palette', index: 1 } } },
      { text: 'c', style: {} },
      { text: 'd', style: { bold: true, foreground: { kind: 'palette', index: 10 } } },
      { text: 'e', style: {} },
    ]);
  });

  it('reads 256 and true colours, in both spellings', () => {
    const styles = parseAnsiLine(
      `${ESC}[38;5;196ma${ESC}[0;48;5;232mb${ESC}[0;38;2;1;2;255mc${ESC}[0;38:2::1:2:3md`,
    ).spans.map((span) => span.style);
    expect(styles).toEqual([
      { foreground: { kind: 'palette', index: 196 } },
      { background: { kind: 'palette', index: 232 } },
      { foreground: { kind: 'rgb', red: 1, green: 2, blue: 255 } },
      { foreground: { kind: 'rgb', red: 1, green: 2, blue: 3 } },
    ]);
  });

  it('carries a style into the next line', () => {
    const { style } = parseAnsiLine(`${ESC}[4mstart`);
    expect(parseAnsiLine('goes on', style).spans).toEqual([{ text: 'goes on', style: { underline: true } }]);
  });

  it('links only to web addresses', () => {
    const link = (target: string): string => `${ESC}]8;;${target}\u0007text${ESC}]8;;\u0007`;
    expect(parseAnsiLine(link('https://example.com/a;b')).spans[0]?.style.link).toBe('https://example.com/a;b');
    expect(parseAnsiLine(link('javascript:alert(1)')).spans).toEqual([{ text: 'text', style: {} }]);
  });

  it('drops cursor movement, titles and cut sequences', () => {
    expect(plainLine(`${ESC}[2K${ESC}]0;title\u0007a${ESC}[?25lb${ESC}[`)).toBe('ab');
  });
});

describe('plainLine', () => {
  it('shows the last state of a progress line', () => {
    expect(plainLine(`10 %\r50 %\r${ESC}[32m100 %${ESC}[0m`)).toBe('100 %');
  });

  it('writes over only as far as the new text goes, as a terminal does', () => {
    expect(plainLine('abcdef\rxy')).toBe('xycdef');
    expect(plainLine(`abcdef\rxy${ESC}[K`)).toBe('xy');
    expect(plainLine('ab\b\bc')).toBe('cb');
  });
});

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(ESC, `${ESC}[`, '38;5;', 'm', '\r', '\b', `${ESC}[K`, `${ESC}]8;;http://x`, '\u0007', '\u009b'),
    ),
  )
  .map((parts) => parts.join(''));

it('never throws and never lets an escape through', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(plainLine(text)).not.toContain(ESC);
      expect(stripAnsi(text)).not.toContain(ESC);
    }),
  );
});

it('shows text without control characters unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      expect(plainLine(text)).toBe(text);
    }),
  );
});
