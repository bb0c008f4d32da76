import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOutputFile, readCapturedValues, readOutputFile } from './outputs.ts';

const parse = (text: string): Record<string, string> => Object.fromEntries(parseOutputFile(text));

describe('parseOutputFile', () => {
  test.each([
    ['A=1\nB=two words \n', { A: '1', B: 'two words' }],
    ['A=\n', { A: '' }],
    ['A=x=y', { A: 'x=y' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['  export A = 1', { A: '1' }],
    ['A="a\\nb"', { A: 'a\nb' }],
    ['A="line one\nline two"\nB=2', { A: 'line one\nline two', B: '2' }],
    ["A='as \\n it is'", { A: 'as \\n it is' }],
    ['A="say \\"hi\\" \\$x \\\\ \\q"', { A: 'say "hi" $x \\ \\q' }],
    ['A=1\nA=2', { A: '2' }],
    ['# A=1\n=x\n1A=2\nno assignment', {}],
    ['a.b-c=1', { 'a.b-c': '1' }],
    ['A="never closed', { A: '"never closed' }],
    ['', {}],
  ])('%j', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test('any text survives double quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const quoted = value
          .replaceAll(/["\\$`]/g, '\\$&')
          .replaceAll('\n', '\\n')
          .replaceAll('\r', '\\r');
        expect(parse(`BEFORE=1\nA="${quoted}"\nAFTER=2\n`)).toEqual({ BEFORE: '1', A: value, AFTER: '2' });
      }),
    );
  });

  test('no text makes it slow or throw', () => {
    fc.assert(fc.property(fc.string(), (text) => parseOutputFile(text).size >= 0));
    parseOutputFile(`A="${'\\'.repeat(500_001)}`);
    parseOutputFile(`${' '.repeat(500_000)}A`);
  });
});

test('what a step puts in the place of the file is not followed and not waited for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridle-outputs-'));
  try {
    writeFileSync(join(folder, 'elsewhere'), 'A=1\n');
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['link', 'pipe', '.', 'missing']) {
      expect(readOutputFile(join(folder, name))).toEqual({ kind: 'read', values: new Map() });
      expect(readCapturedValues(join(folder, name))).toEqual({ kind: 'read', values: new Map() });
    }
    expect(readOutputFile(join(folder, 'elsewhere'))).toEqual({ kind: 'read', values: new Map([['A', '1']]) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
