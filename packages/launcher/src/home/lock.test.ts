import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findProcess, ownIdentity } from '../process/process-identity.ts';
import { acquireLock } from './lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridle-lock-'));
  path = join(folder, 'bridle.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inUse = expect.objectContaining({ code: 'HOME_IN_USE' });

describe('acquireLock', () => {
  it('holds until it is released, and releases once', () => {
    const first = acquireLock(path, 'The home');
    expect(() => acquireLock(path, 'The home')).toThrow(inUse);
    first.release();
    const second = acquireLock(path, 'The home');
    first.release();
    expect(existsSync(path)).toBe(true);
    second.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names the holder and the file', () => {
    acquireLock(path, 'The home /x');
    expect(() => acquireLock(path, 'The home /x')).toThrow(
      `The home /x is in use by another running Bridle (process ${process.pid}).`,
    );
  });

  it('L2: replaces the lock of a dead process', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const identity = findProcess(child.pid ?? 0);
    expect(identity).toBeDefined();
    writeFileSync(path, JSON.stringify(identity));
    expect(() => acquireLock(path, 'The home')).toThrow(inUse);
    child.stdin.end();
    await once(child, 'exit');
    acquireLock(path, 'The home').release();
  });

  it('L2: replaces a lock whose pid belongs to another process now', () => {
    writeFileSync(path, JSON.stringify({ ...ownIdentity(), startedAt: 'another boot/1' }));
    acquireLock(path, 'The home').release();
  });

  it.each(['', 'garbage', '{"pid":"1"}', 'null'])('L1: replaces a file that is no lock (%j)', (content) => {
    writeFileSync(path, content);
    acquireLock(path, 'The home').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('L3: of many processes that see the same stale lock exactly one gets it', async () => {
    writeFileSync(path, JSON.stringify({ ...ownIdentity(), startedAt: 'another boot/1' }));
    const script = fileURLToPath(new URL('testdata/race-for-lock.ts', import.meta.url));
    const racers = Array.from({ length: 6 }, () => {
      const child = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    });
    try {
      for (const { lines } of racers) expect((await lines.next()).value).toBe('here');
      for (const { child } of racers) child.stdin.write('go');
      const answers = await Promise.all(racers.map(async ({ lines }) => (await lines.next()).value as string));
      expect(answers.toSorted()).toEqual([...Array<string>(5).fill('HOME_IN_USE'), 'won']);
    } finally {
      await Promise.all(
        racers.map(({ child }) => {
          child.stdin.end();
          return once(child, 'exit');
        }),
      );
    }
  });
});
