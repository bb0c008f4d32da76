/** How other programs write a text down: each function answers with what stands between the quotes, or in the address. */

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UNRESERVED = `${LETTERS_AND_DIGITS}-_.~`;

/** What the usual encoders leave as it is, and how they write a blank. */
const PERCENT_STYLES: readonly { readonly kept: string; readonly blank: '%20' | '+' }[] = [
  { kept: `${UNRESERVED}!*'()`, blank: '%20' }, // encodeURIComponent
  { kept: UNRESERVED, blank: '%20' }, // RFC 3986, curl
  { kept: `${UNRESERVED}/`, blank: '%20' }, // Python's quote, paths
  { kept: `${UNRESERVED}!*'();,/?:@&=+$#`, blank: '%20' }, // encodeURI
  { kept: `${UNRESERVED}!$&'()*+,%`, blank: '%20' }, // user and password of a URL
  { kept: `${LETTERS_AND_DIGITS}-_.*`, blank: '+' }, // HTML forms
  { kept: UNRESERVED, blank: '+' }, // Go's QueryEscape, Python's quote_plus
];

/** For each style: what is written for each byte, in upper and in lower case. */
const PERCENT_TABLES = PERCENT_STYLES.flatMap(({ kept, blank }) =>
  [true, false].map((isUpper) =>
    Array.from({ length: 256 }, (_, byte) => {
      const character = String.fromCharCode(byte);
      if (kept.includes(character)) return character;
      if (character === ' ') return blank;
      const digits = byte.toString(16).padStart(2, '0');
      return `%${isUpper ? digits.toUpperCase() : digits}`;
    }),
  ),
);

/** The last one is that of an address inside of another address. */
export function percentForms(bytes: Uint8Array): readonly string[] {
  const forms = PERCENT_TABLES.map((table) => {
    let text = '';
    for (const byte of bytes) text += table[byte] ?? '';
    return text;
  });
  return [...forms, encodeURIComponent(forms[0] ?? '')];
}

/**
 * JSON as most write it, with escaped slashes, in ASCII alone (both spellings of hex), safe for HTML (Go's and .NET's ways), and inside
 * of another JSON text.
 */
export function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replaceAll(/[\u{7f}-\u{ffff}]/gu, unicodeEscape).replaceAll(/[^\0-\u{7f}]/gu, surrogateEscapes);
  return [
    plain,
    plain.replaceAll('/', '\\/'),
    ascii,
    upper(ascii),
    plain.replaceAll(/[<>&\u{2028}\u{2029}]/gu, unicodeEscape),
    upper(ascii.replaceAll('\\"', String.raw`\u0022`).replaceAll(/[<>&'+`]/g, unicodeEscape)),
    JSON.stringify(plain).slice(1, -1),
  ];
}

function upper(escaped: string): string {
  return escaped.replaceAll(/\\u[0-9a-f]{4}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function surrogateEscapes(character: string): string {
  return `${unicodeEscape(character)}${unicodeEscape(character.slice(1))}`;
}

/** In texts and in attributes, also as HTML. */
export function xmlForms(text: string): readonly string[] {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = escaped.replaceAll('"', '&quot;');
  return [
    escaped,
    quoted,
    quoted.replaceAll("'", '&apos;'),
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&#x27;'),
    escaped.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    quoted.replaceAll('\n', '&#10;'),
    quoted.replaceAll('\n', '&#xA;'),
  ];
}

/** YAML, SQL and PowerShell double a quote inside of quotes; CSV does the same with the other one. */
export function doubledForms(text: string): readonly string[] {
  return [text.replaceAll("'", "''"), text.replaceAll('"', '""')];
}

/** Single quotes in three dialects, double quotes, backslashes, and `$'…'`. */
export function shellForms(text: string): readonly string[] {
  return [
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/['!]/g, String.raw`'\$&'`), // git's traces
    text.replaceAll(/["\\$`]/g, String.raw`\$&`),
    text.replaceAll(/["\\$`!]/g, String.raw`\$&`),
    backslashed(text),
    dollarQuoted(text, false),
    dollarQuoted(text, true),
  ];
}

/** As bash's `printf %q`. */
function backslashed(text: string): string {
  const escaped = text.replaceAll(/[\t\n !"$&'()*,;<>?[\\\]^`{|}]/g, String.raw`\$&`);
  return /^[#~]/.test(escaped) ? `\\${escaped}` : escaped;
}

const DOLLAR_ESCAPES: Readonly<Record<string, string>> = {
  '\u{1b}': '\\E',
  '\u{07}': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
};

/** @param isAscii - bytes above 0x7f are written as octal numbers, as without a UTF-8 locale */
function dollarQuoted(text: string, isAscii: boolean): string {
  const pattern = isAscii ? /[^ -&(-[\]-~]/gu : /[\0-\u{1f}'\\\u{7f}]/gu;
  return text.replaceAll(
    pattern,
    (character) => DOLLAR_ESCAPES[character] ?? [...Buffer.from(character)].map(octal).join(''),
  );
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}
