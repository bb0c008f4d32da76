/**
 * Random cases for the mask: secrets, a log in which they and their forms stand among other text, the places where it is cut, and the
 * moment at which each secret becomes known. What must not be seen is worked out here anew, without a look at `forms.ts`.
 */
import fc from 'fast-check';
import { formsOf } from './forms.ts';
import { Mask } from './mask.ts';
import { MASK_TEXT } from './masked-stream.ts';

export interface MaskCase {
  readonly secrets: readonly { readonly bytes: Buffer; readonly addedAfterChunk: number }[];
  readonly chunks: readonly Buffer[];
}

const FOLD_WIDTHS = [33, 60, 64, 76];

/** How a program shows a secret. */
type Show = (secret: Buffer, around: Buffer) => string | Buffer;

const SHOWS: readonly Show[] = [
  (secret) => secret,
  (secret) => secret.toString('latin1').split(/[\r\n]+/)[0] ?? '',
  (secret) =>
    secret
      .toString('latin1')
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() ?? '',
  (secret, around) => Buffer.concat([around, secret, around]).toString('base64'),
  (secret, around) => Buffer.concat([around, secret, around]).toString('base64url'),
  (secret, around) => folded(Buffer.concat([around, secret, around]).toString('base64'), around.length),
  (secret, around) => folded(Buffer.concat([around, secret, around]).toString('hex'), around.length),
  (secret) => secret.toString('hex'),
  (secret) => secret.toString('hex').toUpperCase(),
  (secret) => encodeURIComponent(secret.toString()),
  (secret) => encodeURIComponent(secret.toString()).replaceAll(/%../g, (hex) => hex.toLowerCase()),
  (secret) => new URLSearchParams({ key: secret.toString() }).toString(),
  (secret) => JSON.stringify({ key: secret.toString() }),
  (secret) => `'${secret.toString().replaceAll("'", `'\\''`)}'`,
  (secret) => `'${secret.toString().replaceAll("'", `'"'"'`)}'`,
  // Parts of it, and it with something in between: not to be masked, but to be got over.
  (secret) => secret.subarray(0, -1),
  (secret) => secret.subarray(1),
  (secret) => Buffer.concat([secret.subarray(0, 3), secret]),
  (secret) => Buffer.concat([secret, secret.subarray(2)]),
];

function folded(text: string, choice: number): string {
  const width = FOLD_WIDTHS[choice % FOLD_WIDTHS.length] ?? 76;
  const lines = text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return lines.join(choice % 2 === 0 ? '\n' : '\r\n');
}

const text = (alphabet: string, maxLength: number): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.constantFrom(...Array.from(alphabet)), { minLength: 1, maxLength, size: 'max' })
    .map((characters) => Buffer.from(characters.join('')));

const SECRET = fc.oneof(
  { weight: 4, arbitrary: text('ab', 12) },
  { weight: 4, arbitrary: text('abcXYZ019 +/_-=.\'"\\$!%&<>äß€😀', 16) },
  { weight: 1, arbitrary: text('abc123', 120) },
  { weight: 2, arbitrary: text('ab1\n \r\'"', 40) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes) => Buffer.from(bytes)) },
);

const FILLER = fc.oneof(
  text('ab', 6),
  text('abc019 \n+/=\'"', 12),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.from('\n')),
);

const PIECE = fc.record({
  secret: fc.nat(3),
  show: fc.option(fc.nat(SHOWS.length - 1), { freq: 4 }),
  filler: FILLER,
});

export const MASK_CASE: fc.Arbitrary<MaskCase> = fc
  .record({
    secrets: fc.array(
      fc.record({ bytes: SECRET, addedAfterChunk: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(6)) }),
      { minLength: 1, maxLength: 3 },
    ),
    pieces: fc.array(PIECE, { minLength: 1, maxLength: 6 }),
    chunkLength: fc.constantFrom(1, 2, 3, 5, 8, 21, 64, 1_000),
    firstLength: fc.nat(20),
  })
  .map(({ secrets, pieces, chunkLength, firstLength }) => {
    const log = Buffer.concat(
      pieces.flatMap(({ secret, show, filler }) => {
        const bytes = secrets[secret % secrets.length]?.bytes ?? Buffer.alloc(0);
        const shown = show === null ? '' : (SHOWS[show]?.(bytes, filler) ?? '');
        return [filler, Buffer.from(shown)];
      }),
    );
    const chunks: Buffer[] = [log.subarray(0, firstLength)];
    for (let at = firstLength; at < log.length; at += chunkLength) chunks.push(log.subarray(at, at + chunkLength));
    return { secrets, chunks };
  });

/** What has come out, apart for what came before and after each secret was known. */
export async function runCase({ secrets, chunks }: MaskCase): Promise<{
  readonly whole: Buffer;
  readonly since: readonly Buffer[];
}> {
  const mask = new Mask();
  const out: Buffer[] = [];
  const log = mask.wrap({ write: async (bytes) => void out.push(Buffer.from(bytes)) });
  const outBefore: number[] = secrets.map(() => 0);
  const addDue = (chunk: number, isLast: boolean): void => {
    for (const [index, secret] of secrets.entries()) {
      if (secret.addedAfterChunk !== chunk && !(isLast && secret.addedAfterChunk > chunk)) continue;
      mask.add(secret.bytes);
      outBefore[index] = out.length;
    }
  };
  for (const [index, chunk] of chunks.entries()) {
    addDue(index, false);
    await log.write(chunk);
  }
  addDue(chunks.length, true);
  await log.end();
  return { whole: Buffer.concat(out), since: outBefore.map((count) => Buffer.concat(out.slice(count))) };
}

export interface Leak {
  /** Finds it again. */
  readonly seed: number;
  readonly path: string | null;
  readonly text: string;
}

/** Runs so many cases; the smallest one with a leak, or `undefined`. */
export async function findLeak(numRuns: number, seed: number): Promise<Leak | undefined> {
  const property = fc.asyncProperty(MASK_CASE, async (maskCase) => (await leakOf(maskCase)) === undefined);
  const { counterexample, counterexamplePath } = await fc.check(property, { numRuns, seed });
  if (counterexample === null) return undefined;
  return { seed, path: counterexamplePath, text: (await leakOf(counterexample[0])) ?? '' };
}

/** What has leaked, in words; `undefined` when nothing has. */
async function leakOf(maskCase: MaskCase): Promise<string | undefined> {
  const { since } = await runCase(maskCase);
  for (const [index, { bytes }] of maskCase.secrets.entries()) {
    const seen = (since[index] ?? Buffer.alloc(0)).toString('latin1');
    const needle = needlesOf(bytes).find((form) => !form.includes('*') && seen.includes(form));
    if (needle !== undefined) return `${JSON.stringify(needle)} in ${JSON.stringify(seen)}`;
    const unfolded = seen.replaceAll(/[\r\n]+/g, '');
    const long = foldableOf(bytes).find((form) => unfolded.includes(form));
    if (long !== undefined) return `${long} over several lines in ${JSON.stringify(seen)}`;
  }
  return undefined;
}

/** In Latin-1: each character is a byte. */
function needlesOf(secret: Buffer): readonly string[] {
  const latin = secret.toString('latin1');
  const whole = latin.replace(/[\r\n]+$/, '');
  const parts = [whole, trim(whole), ...whole.split(/[\r\n]+/), ...whole.split(/[\r\n]+/).map(trim)];
  if (lengthOf(whole) < 4 || trim(whole) === '') return [];
  // A line's own blanks count for nothing, and neither do dividers; a value counts as it is.
  const counted = parts.filter(
    (part) => part === whole || (lengthOf(trim(part)) >= 4 && /[^\s\p{P}\p{S}\0]/u.test(part)),
  );
  return [...new Set(counted)].flatMap((part) => {
    const bytes = Buffer.from(part, 'latin1');
    const encodings = [part, ...base64Needles(bytes), bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
    const value = bytes.toString();
    if (!Buffer.from(value).equals(bytes)) return encodings; // not UTF-8: nobody writes it in JSON
    const written = [
      encodeURIComponent(value),
      encodeURIComponent(value).replaceAll(/%../g, (hex) => hex.toLowerCase()),
      new URLSearchParams({ '': value }).toString().slice(1),
      JSON.stringify(value).slice(1, -1),
      value.replaceAll("'", `'\\''`),
      value.replaceAll("'", `'"'"'`),
    ];
    return [...encodings, ...written.map((form) => Buffer.from(form).toString('latin1'))];
  });
}

/** Long enough not to come about by chance when lines are joined. */
function foldableOf(secret: Buffer): readonly string[] {
  const whole = Buffer.from(secret.toString('latin1').replace(/[\r\n]+$/, ''), 'latin1');
  if (whole.length < 24 || trim(whole.toString('latin1')) === '') return [];
  return [...base64Needles(whole), whole.toString('hex')];
}

/** What is the same in base64 whatever stands around the bytes; with the URL alphabet too. */
function base64Needles(bytes: Buffer): readonly string[] {
  const needles: string[] = [];
  for (const before of [0, 1, 2]) {
    const [zeros, ones] = [0x00, 0xff].map((fill) =>
      Buffer.concat([Buffer.alloc(before, fill), bytes, Buffer.alloc(3, fill)]).toString('base64'),
    );
    const same = Array.from(zeros ?? '')
      .map((character, at) => (character === ones?.[at] ? character : ' '))
      .join('');
    const core = same.trim().replaceAll(' ', '');
    needles.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return needles;
}

/** 0xa0 is a blank in Latin-1, but a part of other characters in UTF-8. */
function trim(latin: string): string {
  return latin.replaceAll(/^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g, '');
}

function lengthOf(latin: string): number {
  const bytes = Buffer.from(latin, 'latin1');
  const value = bytes.toString();
  return Buffer.from(value).equals(bytes) ? Array.from(value).length : bytes.length;
}

/** The plainest possible masking of a whole log: every form looked for at every place. */
export function maskPlainly(secrets: readonly Buffer[], log: Buffer): Buffer {
  const isCovered = new Uint8Array(log.length);
  const isJoined = new Uint8Array(log.length + 1);
  const cover = (start: number, end: number): void => {
    isCovered.fill(1, start, end);
    isJoined.fill(1, start + 1, end);
  };
  const segments = encodedSegments(log);
  for (const { verbatim, encoded } of secrets.map(formsOf)) {
    for (const form of verbatim) {
      for (let at = log.indexOf(form); at !== -1; at = log.indexOf(form, at + 1)) cover(at, at + form.length);
    }
    for (const form of encoded.map((bytes) => bytes.toString('latin1'))) {
      for (const { symbols, positions } of segments) {
        for (let at = symbols.indexOf(form); at !== -1; at = symbols.indexOf(form, at + 1)) {
          cover(positions[at] ?? 0, (positions[at + form.length - 1] ?? 0) + 1);
        }
      }
    }
  }
  const parts: Buffer[] = [];
  for (let at = 0; at < log.length; at += 1) {
    if (isCovered[at] === 0) parts.push(log.subarray(at, at + 1));
    else if (isJoined[at] === 0) parts.push(Buffer.from(MASK_TEXT));
  }
  return Buffer.concat(parts);
}

/** Stretches of base64 characters, lines of 32 or more joined with what follows. */
function encodedSegments(log: Buffer): readonly { readonly symbols: string; readonly positions: readonly number[] }[] {
  const segments: { symbols: string; positions: number[] }[] = [{ symbols: '', positions: [] }];
  for (const [position, byte] of log.entries()) {
    const last = segments.at(-1);
    if (last === undefined) break;
    const character = String.fromCharCode(byte).replace('-', '+').replace('_', '/');
    if (/[A-Za-z0-9+/]/.test(character)) {
      last.symbols += character;
      last.positions.push(position);
    } else if (last.symbols.length < 32 || !/[ \t\r\n]/.test(character)) {
      segments.push({ symbols: '', positions: [] });
    }
  }
  return segments;
}
