import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { LOG_GENERATIONS, openLog, tailLog } from './log-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridle-log-'));
  path = join(folder, 'logs', 'server.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function append(text: string, bytesMax = 100): void {
  const log = openLog(path, bytesMax);
  writeSync(log.descriptor, text);
  log.close();
  log.close();
}

describe('openLog', () => {
  it('appends, and knows where it began', () => {
    append('one\n');
    const log = openLog(path);
    expect(log.openedAtBytes).toBe(4);
    writeSync(log.descriptor, 'two\n');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(tailLog(path, 10, log.openedAtBytes)).toEqual(['two']);
  });

  it('sets a grown log aside and keeps a limited number of them', () => {
    for (let start = 1; start <= LOG_GENERATIONS + 3; start++) append(`start ${start} ${'x'.repeat(100)}\n`);
    const names = readdirSync(join(folder, 'logs')).toSorted();
    expect(names).toEqual(['server.log', 'server.log.1', 'server.log.2', 'server.log.3']);
    expect(names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8').split(' ')[1])).toEqual([
      '6',
      '5',
      '4',
      '3',
    ]);
  });
});

describe('tailLog', () => {
  it('gives the last lines, oldest first', () => {
    append('a\nb\n\nc\nd');
    expect(tailLog(path, 3)).toEqual(['b', 'c', 'd']);
  });

  it('has nothing to say about a missing or empty log', () => {
    expect(tailLog(path, 3)).toEqual([]);
    append('');
    expect(tailLog(path, 3)).toEqual([]);
  });

  it('reads only the end of a big log', () => {
    append('');
    writeFileSync(path, `${'x'.repeat(1_000_000)}\nlast\n`);
    const lines = tailLog(path, 5);
    expect(lines.at(-1)).toBe('last');
    expect(lines.join('').length).toBeLessThan(70_000);
  });
});
