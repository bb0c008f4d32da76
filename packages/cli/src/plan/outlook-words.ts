/** Words for what a preview says; the same in trees, flowcharts and explanations. */
import type { ExpressionOutlook, Outlook, PreviewPart, PreviewTimeout, Value, Wait } from '@bridle/pipeline';
import { formatDuration } from '@bridle/text';
import type { Style, Paint } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';

export interface Look {
  readonly word: 'runs' | 'skipped' | 'depends' | 'fails';
  readonly symbol: string;
  readonly paint: Paint;
}

export function lookOf({ kind }: Pick<Outlook, 'kind'>, style: Style, symbols: Symbols): Look {
  switch (kind) {
    case 'runs':
      return { word: 'runs', symbol: symbols.success, paint: style.green };
    case 'skipped':
      return { word: 'skipped', symbol: symbols.skipped, paint: style.faint };
    case 'depends':
      return { word: 'depends', symbol: symbols.waiting, paint: style.yellow };
    case 'fails':
      return { word: 'fails', symbol: symbols.failure, paint: style.red };
  }
}

export function valueText(value: Value): string {
  return JSON.stringify(value);
}

export function resultText(result: ExpressionOutlook): string {
  switch (result.kind) {
    case 'value': {
      const missing = result.missing === undefined ? '' : `, without ${result.missing.join(', ')}`;
      return result.isSecret ? `a secret (${valueText(result.value)})` : `${valueText(result.value)}${missing}`;
    }
    case 'knownLater':
      return `known later: ${waitsText(result.waitsFor)}`;
    case 'neverKnown':
      return `never known: ${result.message}`;
  }
}

export function partText(part: PreviewPart): string {
  return 'value' in part ? part.value : `known later: ${waitsText(part.waitsFor)}`;
}

export function waitsText(waits: readonly Wait[]): string {
  return [...new Set(waits.map(({ text }) => text))].join(', ');
}

export function timeoutText(timeout: PreviewTimeout): string {
  return timeout.kind === 'value' ? formatDuration(timeout.ms) : 'a time known later';
}
