import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, parse, parseDocument, visit } from 'yaml';
import { formatYaml } from './format-yaml.ts';

function format(text: string): string {
  const formatted = formatYaml(text);
  if (formatted.kind === 'refused') throw new Error(formatted.diagnostics.map(({ message }) => message).join('\n'));
  return formatted.text;
}

describe('formatYaml', () => {
  it('indents by two and keeps comments, quotes, order and line breaks', () => {
    const text = `# how it is built
pipeline:
    identifier:   "a"


    name: 'b'   # shown
    stages:
    -   stage: {identifier: x,   name: "y"}
    # the last one
    - stage:
         command: |
            echo 1

            echo  2
         description: >-
            several words
            in two lines

            and a paragraph
         note: plain words
           over lines
         quoted: "begins
            and ends"
         list: [ 1,2 ]
`;
    expect(format(text)).toBe(`# how it is built
pipeline:
  identifier: "a"

  name: 'b' # shown
  stages:
    - stage: { identifier: x, name: "y" }
    # the last one
    - stage:
        command: |
          echo 1

          echo  2
        description: >-
          several words
          in two lines

          and a paragraph
        note: plain words
          over lines
        quoted: "begins
          and ends"
        list: [ 1, 2 ]
`);
  });

  it('leaves texts alone whose indent is written down, that keep their end, or that have a comment', () => {
    const text = 'a:\n  b: >2\n      two more\n    here\n  c: >+\n    kept\n\n  d: > # why\n    text\n';
    const formatted = format(text);
    expect(parse(formatted)).toEqual(parse(text));
    expect(formatted).toContain('# why');
    expect(format(formatted)).toBe(formatted);
  });

  it('says what is wrong with a text that is no YAML', () => {
    const refused = formatYaml('pipeline:\n  - a\n b: c\n');
    expect(refused.kind).toBe('refused');
  });

  it('F1–F3 keeps meaning and comments, and has nothing to do the second time', () => {
    fc.assert(
      fc.property(arbitraryText(), (text) => {
        const once = format(text);
        expect(parse(once)).toEqual(parse(text));
        expect(commentsOf(once)).toEqual(commentsOf(text));
        expect(format(once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

const word = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_<+.>"'#:{},& -]{0,12}$/),
  fc.constantFrom('<+pipeline.variables.x>', 'true', '12', 'a: b', '- x', ' lead', 'trail ', ''),
);
const text = fc
  .array(word, { minLength: 1, maxLength: 6 })
  .chain((words) => fc.constantFrom(' ', '\n', '\n\n').map((glue) => words.join(glue)));
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    text,
    fc.integer({ min: -9, max: 999 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'tree' }),
    fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_ .]{0,8}$/), tie('node'), {
      maxKeys: 4,
      depthIdentifier: 'tree',
      noNullPrototype: true,
    }),
  ),
}));

/** A document as somebody could have written it: any indent, any style of text, comments here and there. */
function arbitraryText(): fc.Arbitrary<string> {
  return fc
    .record({
      tree: fc.dictionary(fc.constantFrom('pipeline', 'template', 'a', 'b'), tree.node, { noNullPrototype: true }),
      indent: fc.constantFrom(2, 3, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 20, 80),
      defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'),
      comments: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
    })
    .map(({ tree: value, comments, ...options }) => {
      const document = new Document(value);
      let place = 0;
      visit(document, {
        Scalar: (key, node) => {
          place += 1;
          if (comments[place % comments.length] !== true || key === 'key') return;
          node.comment = ` comment ${place}`;
        },
      });
      return document.toString({ ...options, minContentWidth: 0, blockQuote: true });
    });
}

function commentsOf(yaml: string): readonly string[] {
  const found: string[] = [];
  const collect = (comment: unknown): void => {
    if (typeof comment === 'string') found.push(...comment.split('\n').map((line) => line.trim()));
  };
  const document = parseDocument(yaml);
  collect(document.commentBefore);
  visit(document, (_key, node) => {
    if (typeof node !== 'object' || node === null) return;
    if ('commentBefore' in node) collect(node.commentBefore);
    if ('comment' in node) collect(node.comment);
  });
  collect(document.comment);
  return found.filter((comment) => comment !== '').toSorted();
}

it.each(['12e4567', '12345678901234567890', '007', '0x1F', '1e3', '+5', '5.', '.50', '1.10', '-0', '.inf', '0o17'])(
  'F1: the number %s stays as it is written',
  (number) => {
    const text = `pipeline:\n    value: ${number}\n`;
    expect(formatYaml(text)).toEqual({ kind: 'formatted', text: `pipeline:\n  value: ${number}\n` });
  },
);
