/**
 * One way to write a document: two spaces of indent, lists indented below their key, no trailing blanks, at most one empty
 * line in a row. Comments, the order of keys, quotes, the line breaks of long texts and what stands in them stay as their
 * author wrote them.
 *
 * Invariants (cited by tests):
 * - F1 the formatted text means the same: the same values in the same order.
 * - F2 no comment is lost.
 * - F3 formatting what is formatted changes nothing.
 */
import { isScalar, parseDocument, Scalar, type CST, type Document, type ScalarTag, type Tags } from 'yaml';
import { isBlocked, type Diagnostic } from './diagnostics.ts';
import { loadYaml } from './load-yaml.ts';
import { keepWrittenNumbers } from './written-numbers.ts';

export type FormattedYaml =
  | { readonly kind: 'formatted'; readonly text: string }
  /** It is no YAML that a reader would take. */
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

const TEXT_TAG = 'tag:yaml.org,2002:str';

export function formatYaml(text: string): FormattedYaml {
  const { diagnostics } = loadYaml(text);
  if (isBlocked(diagnostics, 'save')) return { kind: 'refused', diagnostics };
  const document = parseDocument(text, {
    keepSourceTokens: true,
    customTags: (tags) => keepWrittenNumbers(keepLineBreaks(tags)),
  });
  if (isEmpty(document)) return { kind: 'formatted', text };
  const printed = document.toString({ indent: 2, indentSeq: true, lineWidth: 0, minContentWidth: 0 });
  // F1 is checked, not trusted: of some corners (blanks below a commented |-) the library makes something else.
  return { kind: 'formatted', text: valuesOf(printed) === valuesOf(text) ? printed : text };
}

/** Nothing but comments: the library would print `null`. */
function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null && (contents.source ?? '') === '');
}

function valuesOf(text: string): string {
  // By their texts, which are what is read.
  return JSON.stringify(parseDocument(text, { schema: 'failsafe' }).toJS());
}

/** Texts over several lines are printed as they stand, only indented anew; all others as the library prints them. */
function keepLineBreaks(tags: Tags): Tags {
  return tags.map((tag) => (isTextTag(tag) ? keepingLineBreaks(tag) : tag));
}

function keepingLineBreaks({ stringify, ...tag }: ScalarTag): ScalarTag {
  return {
    ...tag,
    stringify: (node, context, onComment, onChompKeep) =>
      indentAnew(node, context.indent) ?? stringify?.(node, context, onComment, onChompKeep) ?? String(node.value),
  };
}

function isTextTag(tag: Tags[number]): tag is ScalarTag {
  return typeof tag !== 'string' && tag.tag === TEXT_TAG;
}

/** `undefined`: the text stands on one line, or its place on the line means something. */
function indentAnew(node: Scalar, indent: string): string | undefined {
  const token = node.srcToken;
  if (token === undefined) return undefined;
  if (token.type === 'block-scalar') return node.type === Scalar.BLOCK_FOLDED ? indentFolded(token, indent) : undefined;
  if (!('source' in token) || !token.source.includes('\n')) return undefined;
  const [first = '', ...rest] = token.source.split(/\r?\n/).map(withoutTrailingBlanks);
  return [first, ...rest.map((line) => (line === '' ? '' : `${indent}${line.trimStart()}`))].join('\n');
}

function indentFolded(token: CST.BlockScalar, indent: string): string | undefined {
  const header = token.props.find((prop) => prop.type === 'block-scalar-header');
  const hasComment = token.props.some((prop) => prop.type === 'comment');
  // With a number the indent is part of what is written; at the top of a document there is none.
  if (header === undefined || !/^>-?$/.test(sourceOf(header)) || hasComment || indent === '') return undefined;
  const lines = token.source.split(/\r?\n/);
  const own = /^ */.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0].length ?? 0;
  const body = lines.map((line) => (line.trim() === '' ? '' : `${indent}${line.slice(own)}`)).join('\n');
  return `${sourceOf(header)}\n${body.replace(/\n+$/, '')}`;
}

/** Behind a backslash, a blank is written on purpose. */
function withoutTrailingBlanks(line: string): string {
  return line.replace(/(?<!\\)[ \t]+$/, '');
}

function sourceOf(token: CST.Token): string {
  return 'source' in token ? token.source : '';
}
