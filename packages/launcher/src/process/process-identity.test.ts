import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';

import { afterEach, describe, expect, it } from 'vitest';

import {
  findCommandLine,
  findProcess,
  isProcessAlive,
  isSameProcessAlive,
  listProcessesIn,
  ownIdentity,
} from './process-identity.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

function sh(script: string, cwd = '/') {
  const child = spawn('/bin/sh', ['-c', script], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

describe('process identity', () => {
  it('P1: knows this process again', () => {
    expect(ownIdentity().pid).toBe(process.pid);
    expect(ownIdentity()).toEqual(ownIdentity());
    expect(isSameProcessAlive(ownIdentity())).toBe(true);
  });

  it('P1: takes a process with the same number and another start for another one', () => {
    expect(isSameProcessAlive({ ...ownIdentity(), startedAt: 'other' })).toBe(false);
  });

  it('sees a process end', async () => {
    const child = sh('read -r line');
    const identity = findProcess(child.pid ?? 0);
    if (identity === undefined) throw new Error('the process lives');
    expect(isSameProcessAlive(identity)).toBe(true);
    child.stdin.end();
    await once(child, 'exit');
    expect(isSameProcessAlive(identity)).toBe(false);
    expect(findProcess(identity.pid)).toBeUndefined();
  });

  it('P2: takes a zombie for dead, although its number still answers', async () => {
    // `sleep` takes the shell's place and never asks how the sub-shell ended.
    const parent = sh('exec 3<&0; { read -r line <&3; } >/dev/null & echo $!; exec sleep 600 >/dev/null');
    const output = createInterface({ input: parent.stdout });
    const [line] = (await once(output, 'line')) as [string];
    const pid = Number(line);
    expect(isProcessAlive(pid)).toBe(true);
    await once(output, 'close');
    parent.stdin.end();
    await expect.poll(() => isProcessAlive(pid), { interval: 5 }).toBe(false);
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(findProcess(pid)).toBeUndefined();
  });

  it.each([0, -1, 1.5, Number.NaN, 4_194_305])('knows that %d is no live process', (pid) => {
    expect(isProcessAlive(pid)).toBe(false);
  });

  it('tells command line and folder of a process', async () => {
    const folder = realpathSync(tmpdir());
    const child = sh('echo up; read -r line', folder);
    await once(child.stdout, 'data');
    expect(findCommandLine(child.pid ?? 0)).toContain('echo up; read -r line');
    if (process.platform === 'linux') expect(listProcessesIn(folder)).toContain(child.pid);
  });
});
