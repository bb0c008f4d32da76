/** How a piece of log text looks, and the SGR sequences (`ESC [ … m`) that say so. */

/** A terminal colour: one of the 256 of the palette (0–15 are the theme's to choose), or an exact one. */
export type Colour =
  | { readonly kind: 'palette'; readonly index: number }
  | { readonly kind: 'rgb'; readonly red: number; readonly green: number; readonly blue: number };

/** Attributes that are absent are off. */
export interface TextStyle {
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
  readonly strike?: true;
  readonly foreground?: Colour;
  readonly background?: Colour;
  /** Target of a link; always `http:` or `https:`. */
  readonly link?: string;
}

/** A run of text with one style; never empty, never with an escape sequence. */
export interface AnsiSpan {
  readonly text: string;
  readonly style: TextStyle;
}

/** The style of text that nothing was said about. */
export const PLAIN_STYLE: TextStyle = {};

/** Parameters of one sequence that are looked at; no honest program writes more. */
const PARAMETERS_MAX = 64;

type Attribute = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike' | 'foreground' | 'background';

const SWITCHED_ON: Readonly<Record<number, Attribute>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
  21: 'underline',
};

const SWITCHED_OFF: Readonly<Record<number, readonly Attribute[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['foreground'],
  49: ['background'],
};

/**
 * The style after an SGR sequence. `parameters` is the text between `ESC [` and `m`; codes that are unknown or incomplete
 * change nothing.
 */
export function applySgr(style: TextStyle, parameters: string): TextStyle {
  const groups = parameters.split(';', PARAMETERS_MAX).map((group) => group.split(':', PARAMETERS_MAX).map(codeOf));
  let next = style;
  for (let at = 0; at < groups.length; at += 1) {
    const group = groups[at] ?? [];
    const code = group[0] ?? 0;
    if (code === 38 || code === 48) {
      const found =
        group.length > 1 ? colourOfGroup(group) : colourOfList(groups.slice(at + 1).map(([first]) => first ?? 0));
      if (group.length === 1) at += found.taken;
      if (found.colour !== undefined) next = { ...next, [code === 38 ? 'foreground' : 'background']: found.colour };
    } else {
      next = applyCode(next, code, group[1]);
    }
  }
  return next;
}

/** Whether two styles look the same. */
export function isSameStyle(one: TextStyle, other: TextStyle): boolean {
  return one === other || keyOf(one) === keyOf(other);
}

function keyOf(style: TextStyle): string {
  const flags = [style.bold, style.dim, style.italic, style.underline, style.inverse, style.strike].map(Boolean);
  return [...flags, colourKey(style.foreground), colourKey(style.background), style.link ?? ''].join(' ');
}

function colourKey(colour: Colour | undefined): string {
  if (colour === undefined) return '-';
  return colour.kind === 'palette' ? `${colour.index}` : `${colour.red},${colour.green},${colour.blue}`;
}

function applyCode(style: TextStyle, code: number, detail: number | undefined): TextStyle {
  // A reset does not end a link: links have their own sequence.
  if (code === 0) return style.link === undefined ? PLAIN_STYLE : { link: style.link };
  // `4:0` is the long way of saying 24; `4:3` and the like are kinds of underline.
  if (code === 4 && detail === 0) return without(style, ['underline']);
  const switchedOn = SWITCHED_ON[code];
  if (switchedOn !== undefined) return { ...style, [switchedOn]: true };
  const switchedOff = SWITCHED_OFF[code];
  if (switchedOff !== undefined) return without(style, switchedOff);
  if (code >= 30 && code <= 37) return { ...style, foreground: palette(code - 30) };
  if (code >= 40 && code <= 47) return { ...style, background: palette(code - 40) };
  if (code >= 90 && code <= 97) return { ...style, foreground: palette(code - 90 + 8) };
  if (code >= 100 && code <= 107) return { ...style, background: palette(code - 100 + 8) };
  return style;
}

function without(style: TextStyle, attributes: readonly Attribute[]): TextStyle {
  return Object.fromEntries(
    Object.entries(style).filter(([name]) => !attributes.some((attribute) => attribute === name)),
  );
}

/** The colour of a list `38;5;n` or `38;2;r;g;b`, from the code after 38 on, and how many codes it used up. */
function colourOfList(codes: readonly number[]): { readonly colour: Colour | undefined; readonly taken: number } {
  const [kind, ...rest] = codes;
  if (kind === 5) return { colour: rest[0] === undefined ? undefined : checkedPalette(rest[0]), taken: 2 };
  if (kind === 2) return { colour: checkedRgb(rest.slice(0, 3)), taken: 4 };
  return { colour: undefined, taken: kind === undefined ? 0 : 1 };
}

/** The colour of a group `38:5:n`, `38:2:r:g:b` or `38:2:<colour space>:r:g:b`. */
function colourOfGroup(group: readonly number[]): { readonly colour: Colour | undefined; readonly taken: number } {
  if (group[1] === 5) return { colour: checkedPalette(group[2] ?? 0), taken: 0 };
  if (group[1] === 2)
    return { colour: checkedRgb(group.length >= 6 ? group.slice(3, 6) : group.slice(2, 5)), taken: 0 };
  return { colour: undefined, taken: 0 };
}

function checkedPalette(index: number): Colour | undefined {
  return index <= 255 ? palette(index) : undefined;
}

function checkedRgb(parts: readonly number[]): Colour | undefined {
  const [red, green, blue] = parts;
  if (red === undefined || green === undefined || blue === undefined || Math.max(red, green, blue) > 255)
    return undefined;
  return { kind: 'rgb', red, green, blue };
}

function palette(index: number): Colour {
  return { kind: 'palette', index };
}

/** An empty parameter means 0; anything that is no number means a code that nobody knows. */
function codeOf(text: string): number {
  if (text === '') return 0;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
}
