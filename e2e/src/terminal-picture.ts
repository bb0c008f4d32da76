/** What a terminal shows, as a page of HTML: for pictures of it. */
import type { IBuffer, IBufferCell } from '@xterm/headless';

export interface Theme {
  readonly background: string;
  readonly foreground: string;
  /** Of the frame around it. */
  readonly line: string;
  /** Black, red, green, yellow, blue, magenta, cyan, white, and the bright ones. */
  readonly palette: readonly string[];
}

export const THEMES: Readonly<Record<'dark' | 'light', Theme>> = {
  dark: {
    background: '#15171c',
    foreground: '#dcdfe6',
    line: '#2c3038',
    palette: [
      ...['#3b4048', '#f47067', '#57c27a', '#e0b04a', '#6ea8fe', '#b392f0', '#56c8d8', '#dcdfe6'],
      ...['#6b7280', '#ff938a', '#7ee2a8', '#f2cc60', '#9cc5ff', '#d2b8ff', '#8fe3ef', '#ffffff'],
    ],
  },
  light: {
    background: '#ffffff',
    foreground: '#1f2430',
    line: '#d9dce3',
    palette: [
      ...['#1f2430', '#c4302b', '#1a7f37', '#8a6100', '#1f5fd1', '#7a3fb8', '#0b7285', '#6b7280'],
      ...['#4b5563', '#dc4a44', '#2a9d4a', '#a97900', '#3b78e7', '#9258d0', '#138ea5', '#9aa1ad'],
    ],
  },
};

/** The rows that can be seen, in a frame with a title. */
export function terminalPage(buffer: IBuffer, rows: number, title: string, theme: Theme): string {
  const lines = Array.from({ length: rows }, (_, row) => rowHtml(buffer, buffer.baseY + row, theme));
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 20px; background: transparent; display: inline-block; }
    figure { margin: 0; border: 1px solid ${theme.line}; border-radius: 10px; overflow: hidden;
      background: ${theme.background}; color: ${theme.foreground}; }
    figcaption { padding: 9px 16px; border-bottom: 1px solid ${theme.line}; font: 600 12.5px "DejaVu Sans", system-ui, sans-serif;
      opacity: .75; }
    pre { margin: 0; padding: 14px 18px 16px; font: 13.5px/1.5 "DejaVu Sans Mono", ui-monospace, monospace; }
  </style><figure><figcaption>${escape(title)}</figcaption><pre>${lines.join('\n').trimEnd()}</pre></figure>`;
}

function rowHtml(buffer: IBuffer, row: number, theme: Theme): string {
  const line = buffer.getLine(row);
  if (line === undefined) return '';
  let html = '';
  let run = { style: '', text: '' };
  const flush = (): void => {
    html += run.style === '' ? escape(run.text) : `<span style="${run.style}">${escape(run.text)}</span>`;
  };
  for (let column = 0; column < line.length; column += 1) {
    const cell = line.getCell(column);
    // The second half of a wide character.
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell, theme);
    if (style !== run.style) {
      flush();
      run = { style, text: '' };
    }
    run.text += cell.getChars() || ' ';
  }
  flush();
  return html.trimEnd();
}

function styleOf(cell: IBufferCell, theme: Theme): string {
  const foreground = cell.isFgDefault() ? undefined : colourOf(cell.getFgColor(), cell.isFgRGB(), theme);
  const background = cell.isBgDefault() ? undefined : colourOf(cell.getBgColor(), cell.isBgRGB(), theme);
  const [ink, paper] = cell.isInverse()
    ? [background ?? theme.background, foreground ?? theme.foreground]
    : [foreground, background];
  return [
    ...(ink === undefined ? [] : [`color:${ink}`]),
    ...(paper === undefined ? [] : [`background:${paper}`]),
    ...(cell.isBold() ? ['font-weight:600'] : []),
    ...(cell.isDim() ? ['opacity:.65'] : []),
    ...(cell.isItalic() ? ['font-style:italic'] : []),
    ...(cell.isUnderline() ? ['text-decoration:underline'] : []),
  ].join(';');
}

function colourOf(colour: number, isRgb: boolean, { palette, foreground }: Theme): string {
  if (isRgb) return `#${colour.toString(16).padStart(6, '0')}`;
  return palette[colour] ?? foreground;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
