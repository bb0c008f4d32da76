/**
 * A preview as a tree: one line a node, below it why it is skipped or what it waits for, and its expressions. Turns of a loop
 * beyond `LOOP_LINES_MAX` lines are only counted.
 */
import type { Outlook, Preview, PreviewExpression, PreviewNode } from '@bridle/pipeline';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';
import { widthOf, type Line, type Piece } from '../view/pieces.ts';
import { lookOf, partText, resultText, timeoutText, valueText, waitsText } from './outlook-words.ts';

export const LOOP_LINES_MAX = 40;
/** Longer names move their own details to the right, and nobody else's. */
const NAME_COLUMN_MAX = 48;
const WORD_COLUMN = 9;

export interface TreeLook {
  readonly style: Style;
  readonly symbols: Symbols;
}

export function treeOf({ root, assumptions }: Preview, look: TreeLook): readonly Line[] {
  const lines = new TreePrinter(look).print(root);
  const notes = assumptions.map((text): Line => [{ text: `Taken for granted: ${text}`, paint: look.style.faint }]);
  return [...lines, [], ...notes];
}

interface Row {
  /** Branches, symbol and name. */
  readonly head: Line;
  readonly word?: Piece;
  readonly details?: Line;
}

class TreePrinter {
  readonly #style: Style;
  readonly #symbols: Symbols;

  constructor({ style, symbols }: TreeLook) {
    this.#style = style;
    this.#symbols = symbols;
  }

  print(root: PreviewNode): readonly Line[] {
    const rows = this.#node(root, '', '');
    const widths = rows.filter(({ word }) => word !== undefined).map(({ head }) => widthOf(head));
    const column = Math.min(NAME_COLUMN_MAX, Math.max(0, ...widths)) + 2;
    return rows.map(({ head, word, details = [] }): Line => {
      if (word === undefined) return head;
      const gap = ' '.repeat(Math.max(2, column - widthOf(head)));
      const padding = details.length === 0 ? '' : ' '.repeat(Math.max(1, WORD_COLUMN - word.text.length));
      return [...head, { text: gap }, word, { text: padding }, ...details];
    });
  }

  /** @param first - what stands before the node itself; @param rest - before the lines below it */
  #node(node: PreviewNode, first: string, rest: string, outer?: PreviewNode): readonly Row[] {
    const { faint } = this.#style;
    const { paint, word, symbol } = lookOf(node.outlook, this.#style, this.#symbols);
    const head: Line = [{ text: first, paint: faint }, { text: `${symbol} `, paint }, { text: nameOf(node) }];
    const detail = this.#details(node, outer);
    const row: Row = {
      head,
      word: { text: word, paint },
      details: detail === '' ? [] : [{ text: detail, paint: faint }],
    };
    const hasChildren = node.children.length > 0;
    const below = `${rest}${hasChildren ? this.#symbols.trunk : ''}  `;
    const texts = [
      ...(outer?.kind === 'rollback' ? [] : this.#reasons(node.outlook)),
      ...expressionLines(node.expressions, this.#symbols),
    ];
    return [row, ...texts.map((text) => note(below, text, faint)), ...this.#children(node, rest)];
  }

  #children(node: PreviewNode, rest: string): readonly Row[] {
    const { branch, lastBranch, trunk } = this.#symbols;
    const { children, loop } = node;
    const blocks = children.map((child, index) => {
      const isLast = index === children.length - 1;
      const before = `${rest}${isLast ? '  ' : trunk} `;
      return this.#node(child, `${rest}${isLast ? lastBranch : branch} `, before, node);
    });
    if (loop?.kind !== 'expanded') return blocks.flat();
    let lines = 0;
    const shown = blocks.filter((block, index) => (lines += block.length) <= LOOP_LINES_MAX || index === 0);
    const left = blocks.length - shown.length;
    if (left === 0) return blocks.flat();
    const more = `${this.#symbols.ellipsis} ${left.toLocaleString('en')} more`;
    return [...shown.flat(), note(`${rest}${lastBranch} `, more, this.#style.faint)];
  }

  #details(node: PreviewNode, outer: PreviewNode | undefined): string {
    const { kind, type, timeout, loop, turn, failureStrategies, outlook } = node;
    const isOwn = failureStrategies.join() !== outer?.failureStrategies.join();
    const details = [
      ...(type === undefined ? [] : [type]),
      ...(kind === 'strategy' || kind === 'stepGroup' ? [KIND_WORDS[kind]] : []),
      ...(loop === undefined ? [] : [loopText(loop)]),
      ...(turn === undefined || turn.values === null ? [] : [valueText(turn.values)]),
      ...(timeout === undefined || (timeout.kind === 'value' && timeout.isDefault)
        ? []
        : [`at most ${timeoutText(timeout)}`]),
      ...(outlook.kind !== 'skipped' && isOwn && failureStrategies.length > 0
        ? [`on failure: ${failureStrategies.join('; ')}`]
        : []),
    ];
    return details.join(', ').replaceAll('→', this.#symbols.arrow);
  }

  #reasons(outlook: Outlook): readonly string[] {
    switch (outlook.kind) {
      case 'runs':
        return [];
      case 'fails':
        return [`because ${outlook.message}`];
      case 'skipped':
      case 'depends': {
        const why = outlook.kind === 'skipped' ? outlook.why : `it waits for ${waitsText(outlook.waitsFor)}`;
        const { parts = [], text } = outlook.condition ?? {};
        const condition = text === undefined ? [] : [`condition: ${text}`];
        const values = parts
          .filter(({ expression }) => expression !== text)
          .map((part) => `  ${part.expression} ${this.#symbols.arrow} ${partText(part)}`);
        return [`because ${why}`, ...condition, ...values];
      }
    }
  }
}

const KIND_WORDS = { strategy: 'loop', stepGroup: 'step group' } as const;

function nameOf({ kind, name, identifier, children }: PreviewNode): string {
  // Forks have no name that anybody gave them.
  if (kind === 'fork') return `${String(children.length)} in parallel`;
  return name === identifier || kind === 'rollback' || kind === 'section' ? name : `${name} (${identifier})`;
}

function loopText(loop: NonNullable<PreviewNode['loop']>): string {
  if (loop.kind === 'knownLater') return `turns wait for ${waitsText(loop.waitsFor)}`;
  const { turns, atOnce } = loop;
  const slots = atOnce >= turns ? 'all at once' : `${String(atOnce)} at once`;
  return `${String(turns)} turn${turns === 1 ? '' : 's'}, ${slots}`;
}

/** Conditions were told as a whole. */
function expressionLines(expressions: readonly PreviewExpression[], { arrow }: Symbols): readonly string[] {
  const lines = expressions
    .filter(({ path }) => path !== 'when.condition')
    .map(({ text, line, document, result }) => {
      const place = `${document === undefined ? '' : `${document} `}${line === 0 ? '' : `line ${String(line)}: `}`;
      return `${place}${text} ${arrow} ${resultText(result)}`;
    });
  return [...new Set(lines)];
}

function note(before: string, text: string, paint: Style['faint']): Row {
  return {
    head: [
      { text: before, paint },
      { text, paint },
    ],
  };
}
