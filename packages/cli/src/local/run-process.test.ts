/** What is left of a run whose program is told to stop, or killed: the real program, real signals. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '@bridle/protocol';
import { expect, test, vi } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { customPipeline, script } from './test-run.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bridle.mjs', import.meta.url));
/** Ignores the polite signal, and has a child that left its group. */
const STUBBORN =
  'trap "" TERM INT; (trap "" TERM INT; setsid sleep 311 & echo "pid $!"); echo "pid $$"; echo ready; sleep 312';

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly pids: readonly number[];
  readonly runs: string;
}

/** Resolves when the step has said that it is ready. */
async function startStubborn(): Promise<Started> {
  const folder = testFolder({ '.harness/p.yaml': customPipeline({ s: script('slow', STUBBORN) }) });
  const cache = testFolder({});
  const child = spawn(process.execPath, [PROGRAM, 'run', '--json'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], BRIDLE_CACHE: cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<Awaited<Started['ended']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const pids: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as RunEvent;
    if (event.type !== 'log') continue;
    const [, pid] = /^pid (\d+)$/.exec(event.text) ?? [];
    if (pid !== undefined) pids.push(Number(pid));
    if (event.text === 'ready') break;
  }
  child.stdout.resume();
  return { child, ended, pids, runs: join(cache, 'runs') };
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

async function expectNothingLeft({ pids, runs }: Started): Promise<void> {
  expect(pids).toHaveLength(2);
  await vi.waitFor(
    () => {
      expect(pids.filter(isAlive)).toEqual([]);
      expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
    },
    { timeout: 20_000, interval: 50 },
  );
}

test('SIGKILL leaves no process and no folder: the watchdog cleans up', async () => {
  const started = await startStubborn();
  started.child.kill('SIGKILL');
  expect(await started.ended).toEqual({ code: null, signal: 'SIGKILL' });
  await expectNothingLeft(started);
}, 60_000);

test('the second Ctrl-C does not wait for the grace', async () => {
  const started = await startStubborn();
  started.child.kill('SIGINT');
  const begun = performance.now();
  const second = setInterval(() => started.child.kill('SIGINT'), 300);
  const { code } = await started.ended;
  clearInterval(second);
  expect(code).toBe(130);
  expect(performance.now() - begun).toBeLessThan(8_000);
  await expectNothingLeft(started);
}, 60_000);

test('one Ctrl-C ends with 130 when everything is gone', async () => {
  const started = await startStubborn();
  started.child.kill('SIGINT');
  expect(await started.ended).toEqual({ code: 130, signal: null });
  expect(started.pids.filter(isAlive)).toEqual([]);
  expect(readdirSync(started.runs)).toEqual([]);
}, 60_000);
