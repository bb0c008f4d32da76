import { expect, test } from 'vitest';
import { findImages } from './dockerfile.ts';
import { fullName } from './image-name.ts';

const of = (text: string, args: Record<string, string> = {}): string =>
  (({ names, unclear }) => [...names.map(fullName), ...unclear.map((text) => `? ${text}`)].join(', '))(
    findImages(text, args),
  );

test.each([
  ['FROM alpine', 'docker.io/library/alpine:latest'],
  ['from --platform=linux/amd64 a/b:1 as x\nFROM x\nFROM scratch', 'docker.io/a/b:1'],
  ['ARG V=3\nARG IMAGE="alpine:$V"\nFROM ${IMAGE}', 'docker.io/library/alpine:3'],
  ['ARG A=x B=y\nFROM $A\nFROM $B', 'docker.io/library/x:latest, docker.io/library/y:latest'],
  ['FROM ${NONE:-alpine}', 'docker.io/library/alpine:latest'],
  ['FROM $NONE', '? $NONE'],
  ['FROM ${A:+x}', '? ${A:+x}'],
  ['FROM a\nARG B=evil\nFROM $B', 'docker.io/library/a:latest, ? $B'],
  ['FROM a AS one\nCOPY --from=one /x /y\nCOPY --from=0 /x /y', 'docker.io/library/a:latest'],
  ['FROM a\nCOPY --chown=1:1 --from=evil/x /x /y', 'docker.io/library/a:latest, docker.io/evil/x:latest'],
  [
    'FROM a\nCOPY --from=later /x /y\nFROM b AS later',
    'docker.io/library/a:latest, docker.io/library/later:latest, docker.io/library/b:latest',
  ],
  ['FROM a\nCOPY --from=7 /x /y', 'docker.io/library/a:latest, docker.io/library/7:latest'],
  [
    'FROM a\nRUN --mount=type=bind,from=evil,target=/x true',
    'docker.io/library/a:latest, docker.io/library/evil:latest',
  ],
  ['FROM a\nRUN --mount=type=bind,"from=evil" true', 'docker.io/library/a:latest, docker.io/library/evil:latest'],
  ['FROM a\nONBUILD COPY --from=evil / /', 'docker.io/library/a:latest, docker.io/library/evil:latest'],
  ['FROM \\\n# comment\n\n  alpine:3', 'docker.io/library/alpine:3'],
  ['FROM a\nRUN echo `\nFROM evil', 'docker.io/library/a:latest, docker.io/library/evil:latest'],
  ['# escape=`\nFROM a\nRUN dir c:\\\nFROM evil', 'docker.io/library/a:latest, docker.io/library/evil:latest'],
  ['# syntax=evil/frontend:1\nFROM a', 'docker.io/evil/frontend:1, docker.io/library/a:latest'],
  ['#!/usr/bin/env x\n# syntax = evil/frontend\nFROM a', 'docker.io/evil/frontend:latest, docker.io/library/a:latest'],
  ['# a comment\n# syntax=none\nFROM a', 'docker.io/library/a:latest'],
  ['\u{FEFF}FROM a\r\nFROM b\r\n', 'docker.io/library/a:latest, docker.io/library/b:latest'],
])('%j', (text, expected) => {
  expect(of(text)).toBe(expected);
});

test('build arguments win over defaults', () => {
  expect(of('ARG V=3\nFROM alpine:$V', { V: '4' })).toBe('docker.io/library/alpine:4');
});
