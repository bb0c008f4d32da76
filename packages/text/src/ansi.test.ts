import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAnsiLine, plainLine } from './ansi.ts';
import { PLAIN_STYLE, type TextStyle } from './style.ts';
import { stripAnsi } from './tokens.ts';

const ESC = '\u001b';
const red = { kind: 'palette', index: 1 } as const;

/** The style of a text that is one span. */
function styleOf(text: string): TextStyle | undefined {
  return parseAnsiLine(text).spans[0]?.style;
}

describe('styles', () => {
  test.each<[string, TextStyle]>([
    ['1', { bold: true }],
    ['1;2;3;4;7;9', { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true }],
    ['31', { foreground: red }],
    ['41', { background: red }],
    ['91', { foreground: { kind: 'palette', index: 9 } }],
    ['107', { background: { kind: 'palette', index: 15 } }],
    ['38;5;208', { foreground: { kind: 'palette', index: 208 } }],
    ['48;2;1;20;255', { background: { kind: 'rgb', red: 1, green: 20, blue: 255 } }],
    ['38:5:208', { foreground: { kind: 'palette', index: 208 } }],
    ['38:2:1:2:3', { foreground: { kind: 'rgb', red: 1, green: 2, blue: 3 } }],
    ['38:2::1:2:3', { foreground: { kind: 'rgb', red: 1, green: 2, blue: 3 } }],
    ['38;5;1;1', { foreground: red, bold: true }],
    ['1;4;22', { underline: true }],
    ['4;4:0', {}],
    ['4:3', { underline: true }],
    ['31;41;39', { background: red }],
    ['1;31;0', {}],
    ['1;', {}],
    ['', {}],
  ])('SGR %j', (parameters, style) => {
    expect(styleOf(`${ESC}[${parameters}mx`)).toEqual(style);
  });

  test.each(['38;5;300', '38;2;1;2;256', '38;2;1;2', '38', '38;9', '999', '?25', '>4;2'])(
    'SGR %j says nothing',
    (parameters) => {
      expect(styleOf(`${ESC}[${parameters}mx`)).toEqual(PLAIN_STYLE);
    },
  );

  test('a sequence of more parameters than anybody writes is read as far as the limit', () => {
    expect(styleOf(`${ESC}[${'1;'.repeat(5000)}31mx`)).toEqual({ bold: true });
  });

  test('one style is one span, whatever the number of sequences', () => {
    expect(parseAnsiLine(`${ESC}[31ma${ESC}[0m${ESC}[31mb${ESC}[mc`).spans).toEqual([
      { text: 'ab', style: { foreground: red } },
      { text: 'c', style: {} },
    ]);
  });

  test('a style lasts beyond its line, for the caller to hand on', () => {
    const first = parseAnsiLine(`${ESC}[31mone`);
    expect(parseAnsiLine('two', first.style).spans).toEqual([{ text: 'two', style: { foreground: red } }]);
  });
});

describe('links', () => {
  test.each(['\u0007', `${ESC}\\`])('a link ends with %j, and is not ended by a reset', (terminator) => {
    const open = `${ESC}]8;id=1;https://example.com/a?b=c;d${terminator}`;
    const close = `${ESC}]8;;${terminator}`;
    expect(parseAnsiLine(`${open}x${ESC}[0my${close}z`).spans).toEqual([
      { text: 'xy', style: { link: 'https://example.com/a?b=c;d' } },
      { text: 'z', style: {} },
    ]);
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'https://a b'])(
    'no link leads to %s',
    (target) => {
      expect(parseAnsiLine(`${ESC}]8;;${target}\u0007x`).spans).toEqual([{ text: 'x', style: {} }]);
    },
  );

  test('a target longer than any link is none', () => {
    expect(styleOf(`${ESC}]8;;https://example.com/${'x'.repeat(3000)}\u0007x`)).toEqual({});
  });
});

describe('the cursor', () => {
  test.each([
    ['10%\r20%\r100%', '100%'],
    ['long text\rshort', 'shorttext'],
    ['long text\r\u001b[Kshort', 'short'],
    ['long text\rshort\u001b[K', 'short'],
    ['long text\u001b[2K\rshort', 'short'],
    ['abc\u001b[1Kd', '   d'],
    ['abc\u001b[2Kd', '   d'],
    ['spin |\b/\b-', 'spin -'],
    ['\b\bx', 'x'],
    ['end\r', 'end'],
    ['🙂🙂\r🙃', '🙃🙂'],
    ['one\ntwo', 'one'],
  ])('%j shows %j', (text, shown) => {
    expect(plainLine(text)).toBe(shown);
  });

  test('what is written over keeps the style of the newer text', () => {
    expect(parseAnsiLine(`ab\r${ESC}[31mc`).spans).toEqual([
      { text: 'c', style: { foreground: red } },
      { text: 'b', style: {} },
    ]);
  });

  test('a line beyond the limit only grows', () => {
    expect(plainLine(`${'x'.repeat(20_001)}\ry`)).toBe(`${'x'.repeat(20_001)}y`);
  });

  test('a line that outgrows the limit while it is written over only grows from there', () => {
    expect(plainLine(`ab\r${'x'.repeat(20_000)}\ry`)).toBe(`ab${'x'.repeat(20_000)}y`);
  });
});

describe('stripAnsi', () => {
  test.each([
    [`${ESC}[1;31mred${ESC}[0m`, 'red'],
    [`a${ESC}[2Ab${ESC}[?25lc`, 'abc'],
    [`${ESC}]0;title\u0007text`, 'text'],
    [`${ESC}Pq#0${ESC}\\text`, 'text'],
    [`${ESC}(Btext${ESC}=`, 'text'],
    [`cut${ESC}[3`, 'cut'],
    [`cut${ESC}`, 'cut'],
    ['\u009b31mred', 'red'],
    ['bell\u0007 null\u0000 tab\t.', 'bell null tab\t.'],
    ['two\nlines\r\n', 'two\nlines\r\n'],
    [`open ${ESC}]8;;never closed`, 'open 8;;never closed'],
  ])('%j leaves %j', (text, left) => {
    expect(stripAnsi(text)).toBe(left);
  });
});

/** Text rich in the pieces that sequences are made of, whole and broken. */
const terminalText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(ESC, '\r', '\n', '\r\n', '\b', '\t', '[', ']', ';', 'm', 'K', '\u0007', `${ESC}\\`, '\u009b'),
      fc.constantFrom(
        '[1m',
        `${ESC}[0m`,
        `${ESC}[38;5;9m`,
        `${ESC}[K`,
        `${ESC}]8;;https://example.com\u0007`,
        `${ESC}]8;;`,
      ),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

const terminalLine = terminalText.map((text) => text.replaceAll('\n', ''));
/** Erasing takes away text of which stripping cannot know. */
const unerasedLine = terminalLine.map((text) => text.replaceAll('K', ''));

describe('for any text', () => {
  test('spans are never empty and hold no control character but tabs', () => {
    fc.assert(
      fc.property(terminalText, (text) => {
        for (const span of parseAnsiLine(text).spans)
          expect(span.text).toMatch(/^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]+$/);
      }),
    );
  });

  test('neighbouring spans differ in style', () => {
    fc.assert(
      fc.property(terminalLine, (text) => {
        const { spans } = parseAnsiLine(text);
        for (const [at, span] of spans.entries()) expect(span.style).not.toEqual(spans[at + 1]?.style);
      }),
    );
  });

  test('a stripped text holds no escape, and stripping it again changes nothing', () => {
    fc.assert(
      fc.property(terminalText, (text) => {
        const stripped = stripAnsi(text);
        expect(stripped).not.toMatch(/[\u001b\u0080-\u009f]/);
        expect(stripAnsi(stripped)).toBe(stripped);
      }),
    );
  });

  test('the joined spans are what the stripped line shows', () => {
    fc.assert(
      fc.property(unerasedLine, (line) => {
        expect(plainLine(line)).toBe(plainLine(stripAnsi(line)));
      }),
    );
  });

  test('where the cursor never moves back, the joined spans are the stripped line', () => {
    fc.assert(
      fc.property(unerasedLine, (line) => {
        const forward = line.replace(/[\r\b]/g, '');
        expect(plainLine(forward)).toBe(stripAnsi(forward));
      }),
    );
  });
});
