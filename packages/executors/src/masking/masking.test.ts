import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Mask, MaskLimitPassed } from './mask.ts';
import { MASK_TEXT } from './masked-stream.ts';
import { findLeak, MASK_CASE, maskPlainly, runCase, type MaskCase } from './test-cases.ts';

/** A failure prints its seed; `many-cases.ts` runs more of them. */
const SEED = 20_261_126;

function masking(...secrets: readonly (string | Uint8Array)[]): Mask {
  const mask = new Mask();
  for (const secret of secrets) mask.add(secret);
  return mask;
}

/** Chunk by chunk: what the sink has got after each. */
async function steps(mask: Mask, chunks: readonly string[]): Promise<readonly string[]> {
  let out = '';
  const log = mask.wrap({ write: async (bytes) => void (out += Buffer.from(bytes).toString()) });
  const seen: string[] = [];
  for (const chunk of chunks) {
    await log.write(Buffer.from(chunk));
    seen.push(out);
  }
  await log.end();
  return [...seen, out];
}

describe('random cases', () => {
  test('20,000 times no form of a secret comes out (M1)', async () => {
    expect(await findLeak(20_000, SEED)).toBeUndefined();
  }, 120_000);

  test('what comes out is what plain search and replace makes of the whole, however it is cut (M2, M4)', async () => {
    await fc.assert(
      fc.asyncProperty(MASK_CASE, async ({ secrets, chunks }: MaskCase) => {
        const known = secrets.map(({ bytes }) => ({ bytes, addedAfterChunk: 0 }));
        const { whole } = await runCase({ secrets: known, chunks });
        const plain = maskPlainly(
          secrets.map(({ bytes }) => bytes),
          Buffer.concat(chunks),
        );
        expect(whole.toString('latin1')).toBe(plain.toString('latin1'));
      }),
      { numRuns: 4_000, seed: SEED },
    );
  });
});

describe('a log', () => {
  test('passes through as it is when no secret is known', async () => {
    const chunk = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
    const out: Uint8Array[] = [];
    const log = new Mask().wrap({ write: async (bytes) => void out.push(bytes) });
    await log.write(chunk);
    expect(out[0]).toBe(chunk);
  });

  test('is held back only where a secret may begin, and for as long as it takes (M3)', async () => {
    expect(await steps(masking('hunter22'), ['Password: ', 'oh', ' hunt', 'ing\n', 'hunter', '22\n'])).toEqual([
      'Password: ',
      'Password: o', // what follows could make it a secret
      'Password: oh ',
      'Password: oh hunting\n',
      'Password: oh hunting\n',
      `Password: oh hunting\n${MASK_TEXT}\n`,
      `Password: oh hunting\n${MASK_TEXT}\n`,
    ]);
  });

  test('lets out at its end what never became a secret', async () => {
    expect(await steps(masking('hunter22'), ['hunter2'])).toEqual(['', 'hunter2']);
  });

  test('shows the mask of a line at once while the rest of the value may still follow', async () => {
    const key = '-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n-----END KEY-----\n';
    expect(await steps(masking(key), ['-----BEGIN KEY-----', '\n', 'MIIEpAIBAAKCAQEA\n', 'done\n'])).toEqual([
      MASK_TEXT,
      MASK_TEXT,
      MASK_TEXT,
      `${MASK_TEXT}\n${MASK_TEXT}\ndone\n`,
      `${MASK_TEXT}\n${MASK_TEXT}\ndone\n`,
    ]);
  });

  test('hides a secret that becomes known while its bytes are held back', async () => {
    const mask = masking('abcdXXXX');
    let out = '';
    const log = mask.wrap({ write: async (bytes) => void (out += Buffer.from(bytes).toString()) });
    await log.write(Buffer.from('go abcd'));
    mask.add('bcdef');
    await log.write(Buffer.from('ef!'));
    mask.add('late');
    await log.end();
    expect(out).toBe(`go a${MASK_TEXT}!`);
  });

  test('has one mask for secrets that overlap', async () => {
    expect((await steps(masking('abcdef', 'defghi'), ['[abc', 'defghi]'])).at(-1)).toBe(`[${MASK_TEXT}]`);
  });
});

describe('what is masked (S5)', () => {
  const seen = (secret: string, text: string): string => masking(secret).text(text);

  test.each([
    ['1–3 characters', 'abc', 'abc'],
    ['three characters of many bytes', '€€€', 'a €€€ b'],
    ['three characters and a line break', 'abc\n', 'abc\nabc\n'],
    ['nothing but blanks', '      ', 'a          b'],
    ['asterisks', '********', '********'],
  ])('not a value of %s', (_, secret, text) => {
    expect(seen(secret, text)).toBe(text);
  });

  test('each line of a value of several lines, without the blanks around it', () => {
    const secret = '{\n  "user": "u",\n  "pass": "pw",\n  ---\n  ab\n}\r\nlast line';
    expect(seen(secret, 'x "pass": "pw", y "user": "u", last line } --- ab')).toBe(
      `x ${MASK_TEXT} y ${MASK_TEXT} ${MASK_TEXT} } --- ab`,
    );
    expect(seen('line one\nline two', 'line one\r\nline two')).toBe(`${MASK_TEXT}\r\n${MASK_TEXT}`);
  });

  test('a file of its own line end shown without it', () => {
    expect(seen('s3cret-value\n', 'is s3cret-value.')).toBe(`is ${MASK_TEXT}.`);
  });

  test.each(['a', 'ab', 'abc', 'abcd'])('base64 of it behind %s, in both alphabets and without padding', (before) => {
    const secret = 'sécret?>~value';
    for (const encoding of ['base64', 'base64url'] as const) {
      const text = Buffer.from(`${before}${secret}`).toString(encoding).replaceAll('=', '');
      const masked = seen(secret, `token ${text} end`);
      expect(masked).toContain(MASK_TEXT);
      expect(masked.replace(MASK_TEXT, '').length).toBeLessThan('token  end'.length + 4 + before.length * 2);
    }
  });

  test('base64 and hex that a tool has folded into lines', () => {
    const secret = Array.from({ length: 20 }, (_, index) => `part-${index}-of-a-key`).join(';');
    const folds: readonly (readonly [BufferEncoding, RegExp])[] = [
      ['base64', /.{1,76}/g],
      ['base64url', /.{1,40}/g],
      ['hex', /.{1,60}/g],
    ];
    for (const [encoding, line] of folds) {
      for (const lineBreak of ['\n', '\r\n', '\n    ']) {
        const text = (Buffer.from(`${secret}\n`).toString(encoding).match(line) ?? []).join(lineBreak);
        expect(seen(secret, text).length).toBeLessThan(MASK_TEXT.length + 5);
      }
    }
  });

  test('a line of words is not held back for fear of folding', async () => {
    expect(await steps(masking('a-secret-of-some-length'), ['Server started on port 8080\n', 'x'])).toEqual([
      'Server started on port 8080\n',
      expect.stringMatching(/^Server started on port 8080\nx?$/),
      'Server started on port 8080\nx',
    ]);
  });

  test.each([
    ['encodeURIComponent', (secret: string) => encodeURIComponent(secret)],
    ['a form', (secret: string) => new URLSearchParams({ q: secret }).toString()],
    [
      'lower-case percent encoding',
      (secret: string) => encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['the password of a URL', (secret: string) => Object.assign(new URL('https://u@host/'), { password: secret }).href],
    ['an address in an address', (secret: string) => encodeURIComponent(`/?s=${encodeURIComponent(secret)}`)],
    ['JSON', (secret: string) => JSON.stringify({ secret })],
    ['JSON in JSON', (secret: string) => JSON.stringify(JSON.stringify({ secret }))],
    ['hex', (secret: string) => Buffer.from(secret).toString('hex')],
    ['upper-case hex', (secret: string) => Buffer.from(secret).toString('hex').toUpperCase()],
  ])('%s', (_, write) => {
    const secret = `it's "so" <much> \\ of & a/secret+$x=1!é\u{1f600}\ttab`;
    const text = write(secret);
    const masked = seen(secret, text);
    expect(masked).toContain(MASK_TEXT);
    expect(text.length - masked.length).toBeGreaterThan(secret.length - MASK_TEXT.length - 2);
    expect(masked).not.toMatch(/much|6d756368/i);
  });

  test.each([
    ['printf %q', `printf '%q\\n' "$SECRET"`],
    ['a trace', `set -x; : "$SECRET"`],
    ["$'…'", `echo "\${SECRET@Q}"`],
    ['declare', 'declare -p SECRET'],
  ])('how bash quotes it: %s', (_, script) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from('ab \'"\\$`!(){}*?~#&|;<>\n\té€')), { minLength: 4, maxLength: 30 }),
        fc.constantFrom('C', 'C.UTF-8'),
        (characters, locale) => {
          // Letters around it, so that a rule for the start of a word or a value of blanks does not count.
          const secret = `ab${characters.join('')}yz`;
          const env = { PATH: process.env['PATH'], SECRET: secret, LC_ALL: locale };
          const shown = execFileSync('bash', ['--norc', '-c', `{ ${script}; } 2>&1`], {
            env,
            stdio: ['ignore', 'pipe', 'ignore'],
          }).toString('latin1');
          const masked = masking(Buffer.from(secret)).text(Buffer.from(shown, 'latin1').toString());
          expect(masked).toContain(MASK_TEXT);
          expect(masked).not.toMatch(/ab|yz/);
        },
      ),
      { numRuns: 15, seed: SEED },
    );
  });

  test.each([
    ['YAML', `'it''s "so" <much>&'`],
    ['CSV', `"it's ""so"" <much>&"`],
    ['HTML', `"it&#39;s &#34;so&#34; &lt;much&gt;&amp;"`],
    ['an attribute', `"it's &quot;so&quot; &lt;much&gt;&amp;"`],
  ])('%s', (_, written) => {
    expect(seen(`it's "so" <much>&`, written)).toMatch(/^.\*{8}.$/);
  });

  test('what .NET makes of it', () => {
    const written = String.raw`it\u0027s \u0022so\u0022 \u003Cm\u003E\u0026\u002B\u0060 \\ s\u00E9`;
    expect(seen('it\'s "so" <m>&+` \\ s\u{e9}', `"${written}"`)).toBe(`"${MASK_TEXT}"`);
  });

  test('what Python makes of it', () => {
    const secret = `it's "so" much\\ of/a sécret \u{1f600} & <b>`;
    const written = [
      String.raw`it's \"so\" much\\ of/a s\u00e9cret \ud83d\ude00 & <b>`, // json.dumps
      `it'"'"'s "so" much\\ of/a sécret \u{1f600} & <b>`, // shlex.quote
      'it%27s%20%22so%22%20much%5C%20of/a%20s%C3%A9cret%20%F0%9F%98%80%20%26%20%3Cb%3E', // urllib.parse.quote
      'it%27s+%22so%22+much%5C+of%2Fa+s%C3%A9cret+%F0%9F%98%80+%26+%3Cb%3E', // urllib.parse.quote_plus
      `it&#x27;s &quot;so&quot; much\\ of/a sécret \u{1f600} &amp; &lt;b&gt;`, // html.escape
    ];
    for (const text of written) expect(seen(secret, `'${text}'`)).toBe(`'${MASK_TEXT}'`);
  });
});

describe('a text', () => {
  test('keeps what is not a secret, also broken surrogates', () => {
    expect(masking('hunter22').text('\u{d800} fine')).toBe('\u{d800} fine');
    expect(masking('hunter22').text('is hunter22!')).toBe(`is ${MASK_TEXT}!`);
    expect(masking('hunter22').occursIn('hunter2')).toBe(false);
    expect(masking('hunter22').occursIn(Buffer.from('user:hunter22').toString('base64'))).toBe(true);
  });

  test('masking takes the time it takes however nasty secret and text are', () => {
    const mask = masking('a'.repeat(60_000), `${'a'.repeat(30_000)}b`, `${'AAAA'.repeat(1_000)}`);
    const startedAt = process.cpuUsage();
    mask.text('a'.repeat(1_000_000));
    mask.text(`${'A'.repeat(76)}\n`.repeat(10_000));
    mask.text(`${'A '.repeat(100_000)}`);
    expect(process.cpuUsage(startedAt).user).toBeLessThan(10_000_000);
  });
});

test('too many or too large secrets are refused', () => {
  expect(() => masking(Buffer.alloc(300_000, 'x'))).toThrow(MaskLimitPassed);
  expect(() => masking(...Array.from({ length: 1_001 }, (_, index) => `secret-${index}`))).toThrow(MaskLimitPassed);
  expect(() => masking(...Array.from({ length: 20 }, (_, index) => `${index}`.repeat(100_000)))).toThrow(
    MaskLimitPassed,
  );
});
