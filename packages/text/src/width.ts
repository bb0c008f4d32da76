/**
 * How many columns of a terminal a text takes, and where to cut it so that it fits. A character is what people see as one
 * (a grapheme cluster): it is never cut in two. Where terminals disagree, the wider answer is given: a line that is too short
 * is ugly, one that is too long breaks the screen.
 */

/** Printable ASCII, one column each: nearly all of what there is. */
const PLAIN = /^[ -~]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
/** Marks without a place of their own, and control characters, which have none either. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]+$/u;

/**
 * East Asian Width W and F (Unicode 16, UAX 11) beyond what is an emoji, as pairs of the first and the last code point;
 * unassigned code points in between are counted in.
 */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f000, 0x1f02f],
  [0x1f100, 0x1faff],
  [0x20000, 0x3fffd],
];

/** The columns that the text takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += widthOf(segment);
  return width;
}

/** As much of the text as fits into so many columns. */
export function cutToWidth(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, columns));
  let width = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

function widthOf(cluster: string): number {
  const code = cluster.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f && cluster.length === 1) return 1;
  if (ZERO_WIDTH.test(cluster)) return 0;
  if (EMOJI.test(cluster) || isWide(code)) return 2;
  return 1;
}

function isWide(code: number): boolean {
  return code >= 0x1100 && WIDE.some(([from, to]) => code >= from && code <= to);
}
