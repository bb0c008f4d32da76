/** An explanation for people: the answer first, then how it came about, then the next step. */
import type { Explanation, Place } from '@bridle/pipeline';
import { lookOf, partText, valueText, waitsText } from '../plan/outlook-words.ts';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';

export interface ExplanationLook {
  readonly style: Style;
  readonly symbols: Symbols;
  /** With each part of the expression. */
  readonly isTraced: boolean;
}

export function explanationLines({ result, trace }: Explanation, look: ExplanationLook): readonly string[] {
  const { style, symbols, isTraced } = look;
  const parts = isTraced
    ? trace.map((part) => `  ${part.expression} ${style.faint(symbols.arrow)} ${partText(part)}`)
    : [];
  switch (result.kind) {
    case 'value': {
      const { value, isSecret, missing } = result;
      // A text is printed as it is: what a script would get.
      const shown = typeof value === 'string' && !isSecret ? value : valueText(value);
      const answer = isSecret ? `a secret, which is not shown: ${shown}` : shown;
      const lacks = missing === undefined ? [] : [style.yellow(`warning: there is no ${missing.join(', and no ')}`)];
      return [answer, ...lacks, ...parts];
    }
    case 'knownLater': {
      const { waitsFor, doubt } = result;
      const warnings =
        doubt === undefined
          ? []
          : [
              `${style.yellow('warning:')} ${doubt.message}`,
              ...(doubt.hint === undefined ? [] : [hint(doubt.hint, style)]),
            ];
      return [`${style.yellow('known later:')} it waits for ${waitsText(waitsFor)}`, ...warnings, ...parts];
    }
    case 'neverKnown': {
      const { message, fails } = result;
      const effect = fails ? 'the node would fail' : 'it is null';
      return [
        `${style.red('never known:')} ${message}; ${effect}`,
        ...(result.hint === undefined ? [] : [hint(result.hint, style)]),
        ...parts,
      ];
    }
  }
}

/** Where the prompt stands. */
export function placeLines(
  { address, outlook, skippedAround }: Place,
  { style, symbols }: ExplanationLook,
): readonly string[] {
  const { word, symbol, paint } = lookOf(outlook, style, symbols);
  const around =
    skippedAround.length === 0 ? '' : ` A run does not come here: ${skippedAround.join(' and ')} would be skipped.`;
  return [
    `${style.bold(address)} ${paint(`${symbol} ${word}`)}${around}`,
    style.faint('An expression, or Tab for what may stand there; Ctrl-D leaves.'),
  ];
}

function hint(text: string, style: Style): string {
  return `${style.green('hint:')} ${text}`;
}
