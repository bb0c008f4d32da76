import type { AnsiSpan, Colour, TextStyle } from '@bridle/text';
import type { CSSProperties, JSX } from 'react';

const PALETTE = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const CUBE_STEPS = [0, 95, 135, 175, 215, 255] as const;

/** Log text is data: it reaches the page as text nodes only. */
export function LogText({ spans }: { readonly spans: readonly AnsiSpan[] }): JSX.Element {
  return (
    <>
      {spans.map(({ text, style }, index) =>
        style.link === undefined ? (
          <span key={index} style={cssOf(style)}>
            {text}
          </span>
        ) : (
          <a key={index} href={style.link} target="_blank" rel="noreferrer" className="underline" style={cssOf(style)}>
            {text}
          </a>
        ),
      )}
    </>
  );
}

function cssOf(style: TextStyle): CSSProperties {
  const [front, back] =
    style.inverse === true ? [style.background, style.foreground] : [style.foreground, style.background];
  return {
    ...(front === undefined ? (style.inverse === true ? { color: 'var(--log-bg)' } : {}) : { color: colourOf(front) }),
    ...(back === undefined
      ? style.inverse === true
        ? { backgroundColor: 'var(--text)' }
        : {}
      : { backgroundColor: colourOf(back) }),
    ...(style.bold === true ? { fontWeight: 600 } : {}),
    ...(style.dim === true ? { opacity: 0.7 } : {}),
    ...(style.italic === true ? { fontStyle: 'italic' } : {}),
    ...(style.underline === true || style.strike === true
      ? {
          textDecoration:
            `${style.underline === true ? 'underline ' : ''}${style.strike === true ? 'line-through' : ''}`.trim(),
        }
      : {}),
  };
}

/** The first sixteen are the theme's, so that they are readable on its background. */
function colourOf(colour: Colour): string {
  if (colour.kind === 'rgb') return `rgb(${colour.red} ${colour.green} ${colour.blue})`;
  if (colour.index < 16) return `var(--ansi-${PALETTE[colour.index % 8] ?? 'white'})`;
  if (colour.index >= 232) {
    const grey = 8 + (colour.index - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const step = (place: number): number => CUBE_STEPS[Math.floor((colour.index - 16) / place) % 6] ?? 0;
  return `rgb(${step(36)} ${step(6)} ${step(1)})`;
}
