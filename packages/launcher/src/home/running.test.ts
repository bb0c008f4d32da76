import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findProcess } from '../process/process-identity.ts';
import { homePaths, prepareHome, type Home } from './home.ts';
import { acquireLock } from './lock.ts';
import { findRunning, forgetRunning, rememberRunning, stopRunning } from './running.ts';

const FACTS = { url: 'http://127.0.0.1:7070', version: '1.2.3' };
const never = new AbortController().signal;

let home: Home;

beforeEach(() => {
  home = homePaths(mkdtempSync(join(tmpdir(), 'bridle-running-')));
});

afterEach(() => rmSync(home.directory, { recursive: true, force: true }));

describe('findRunning', () => {
  it('knows process and address of who holds the home', () => {
    expect(findRunning(home)).toBeUndefined();
    const lock = acquireLock(home.lockFile, 'The home');
    expect(findRunning(home)).toMatchObject({ process: { pid: process.pid }, facts: undefined });
    rememberRunning(home, FACTS);
    expect(findRunning(home)).toMatchObject({ process: { pid: process.pid }, facts: FACTS });
    forgetRunning(home);
    lock.release();
    expect(findRunning(home)).toBeUndefined();
  });

  it('U1: believes no file of a process that is dead', () => {
    writeFileSync(home.lockFile, JSON.stringify({ pid: process.pid, startedAt: 'another boot', token: 'x' }));
    rememberRunning(home, FACTS);
    expect(findRunning(home)).toBeUndefined();
  });
});

describe('stopRunning', () => {
  it('asks as Ctrl-C does, and waits for the end', async () => {
    const child = spawn('/bin/sh', ['-c', 'trap "exit 0" TERM; echo up; while :; do read -r line; done'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const holder = findProcess(child.pid ?? 0);
    if (holder === undefined) throw new Error('the process lives');
    const ended = once(child, 'exit');
    // The shell sees the signal when its read returns, or, where a read can be broken off, before there is anything to read.
    child.stdin.on('error', () => undefined);
    const stopped = stopRunning({ process: holder, facts: undefined }, { withinMs: 20_000, signal: never });
    child.stdin.end('\n');
    expect(await stopped).toBe('stopped');
    expect((await ended)[0]).toBe(0);
    expect(await stopRunning({ process: holder, facts: undefined }, { withinMs: 1, signal: never })).toBe('stopped');
  });

  it('tells when it takes too long', async () => {
    const child = spawn('/bin/sh', ['-c', 'trap "" TERM; echo up; read -r line'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const holder = findProcess(child.pid ?? 0);
    if (holder === undefined) throw new Error('the process lives');
    expect(await stopRunning({ process: holder, facts: undefined }, { withinMs: 1, signal: never })).toBe('late');
    child.stdin.end('\n');
    await once(child, 'exit');
  });
});

it('a home that a restore did not finish is not started in', () => {
  prepareHome(home);
  writeFileSync(home.restoringFile, '');
  expect(() => prepareHome(home)).toThrow(expect.objectContaining({ code: 'HOME_HALF_RESTORED' }) as Error);
});
