import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours and weights; the identity where they are off. Colour never says what no word says. */
export interface Style {
  readonly isOn: boolean;
  readonly bold: Paint;
  readonly faint: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly magenta: Paint;
  readonly cyan: Paint;
}

export type Paint = (text: string) => string;

export function createStyle(isOn: boolean): Style {
  const paint = (format: Format): Paint =>
    isOn ? (text) => styleText(format, text, { validateStream: false }) : (text) => text;
  return {
    isOn,
    bold: paint('bold'),
    faint: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    blue: paint('blue'),
    magenta: paint('magenta'),
    cyan: paint('cyan'),
  };
}

export type ColourWish = 'auto' | 'always' | 'never';

/** `--color` beats `NO_COLOR`, which beats `FORCE_COLOR`, which beats what the stream is (no-color.org, force-color.org). */
export function wantsColour(
  wish: ColourWish,
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (wish !== 'auto') return wish === 'always';
  if (isSet(environment['NO_COLOR'])) return false;
  if (isSet(environment['FORCE_COLOR'])) return environment['FORCE_COLOR'] !== '0';
  return isTerminal && environment['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
