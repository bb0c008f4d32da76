import type { RunNoteEvent } from '@bridle/protocol';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';
import type { Line } from './pieces.ts';

/** Something the user should know, in one line. */
export function noteLine({ level, text }: RunNoteEvent, style: Style, symbols: Symbols): Line {
  if (level === 'info') return [{ text, paint: style.faint }];
  return [{ text: `${symbols.warning} `, paint: style.yellow }, { text }];
}
