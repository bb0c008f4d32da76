/**
 * The forms in which a secret must not be seen (S5).
 *
 * - F1 A value of 1–3 characters has none: it would take too much of a log with it. Line breaks at its end do not count.
 * - F2 Each line of a value of several lines counts like a value of its own, blanks around it left out; lines of fewer than four characters
 *   and lines of nothing but brackets, quotes and dividers (`},`, `-----`) have none: they are in every log and tell nothing.
 * - F3 For base64 only the characters count that depend on the secret alone: the same at each place in a longer text, without padding.
 */
import { isUtf8 } from 'node:buffer';
import { doubledForms, jsonForms, percentForms, shellForms, xmlForms } from './escapes.ts';

const CHARACTERS_MIN = 4;
/** Longer values are key stores and the like: as they are, by line, in JSON and in base64, but not in every dialect. */
const ALL_FORMS_BYTES_MAX = 4 * 1024;

export interface SecretForms {
  /** Searched as they are. */
  readonly verbatim: readonly Buffer[];
  /** Base64 (standard alphabet) and hex: also searched with the other alphabet, and across line breaks. */
  readonly encoded: readonly Buffer[];
}

export function formsOf(secret: Uint8Array): SecretForms {
  const verbatim = new Map<string, Buffer>();
  const encoded = new Map<string, Buffer>();
  const hasAllForms = secret.length <= ALL_FORMS_BYTES_MAX;
  for (const part of partsOf(Buffer.from(secret))) {
    keep(verbatim, part);
    for (const form of base64Cores(part)) keep(encoded, Buffer.from(form));
    if (hasAllForms) {
      const hex = part.toString('hex');
      for (const form of [hex, hex.toUpperCase()]) keep(encoded, Buffer.from(form));
    }
    if (!isUtf8(part)) continue;
    const text = part.toString();
    const escaped = hasAllForms
      ? [percentForms(part), jsonForms(text), xmlForms(text), doubledForms(text), shellForms(text)].flat()
      : jsonForms(text).slice(0, 1);
    for (const form of escaped) keep(verbatim, Buffer.from(form));
  }
  return { verbatim: [...verbatim.values()], encoded: [...encoded.values()] };
}

function keep(forms: Map<string, Buffer>, form: Buffer): void {
  forms.set(form.toString('latin1'), form);
}

/** The value and its lines. */
function partsOf(secret: Buffer): readonly Buffer[] {
  // Byte by byte as characters: line breaks and blanks are found the same way in any encoding that has them.
  const value = secret.toString('latin1');
  const parts = new Set<string>();
  const whole = trimEnd(value, '\r\n');
  if (characters(whole) < CHARACTERS_MIN || /^[\s*]*$/.test(whole)) return [];
  parts.add(whole);
  const lines = whole.split(/[\r\n]+/);
  const joined = whole.replaceAll(/\r\n?/g, '\n');
  if (joined.length >= CHARACTERS_MIN) parts.add(joined);
  for (const line of [trim(whole), ...(lines.length > 1 ? lines : [])].map(trim)) {
    if (characters(line) >= CHARACTERS_MIN && !isDivider(line)) parts.add(line);
  }
  return [...parts].map((part) => Buffer.from(part, 'latin1'));
}

/** Only what is blank in ASCII: in Latin-1 also 0x85 and 0xa0 are, which are parts of other characters in UTF-8. */
const BLANKS = '\t\n\v\f\r ';

function trim(text: string): string {
  let start = 0;
  while (start < text.length && BLANKS.includes(text.charAt(start))) start += 1;
  return trimEnd(text.slice(start), BLANKS);
}

function trimEnd(text: string, blanks: string): string {
  let end = text.length;
  while (end > 0 && blanks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function isDivider(line: string): boolean {
  return /^[\s\0{}[\]()<>,;:"'`\-_=.*#/\\|+~]*$/.test(line);
}

function characters(bytes: string): number {
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? Array.from(buffer.toString()).length : buffer.length;
}

function base64Cores(part: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), part]).toString('base64');
    return text.slice(Math.ceil((4 * offset) / 3), Math.floor((4 * (offset + part.length)) / 3));
  });
}
