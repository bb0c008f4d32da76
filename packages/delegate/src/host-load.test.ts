import { pino } from 'pino';
import { expect, test } from 'vitest';
import { HostLoad, type Load } from './host-load.ts';

test('L1 without thresholds nothing is measured', () => {
  const load = new HostLoad({}, pino({ level: 'silent' }), () => {
    throw new Error('measured');
  });
  expect(load.isOver).toBe(false);
  load.close();
});

test('over one threshold new work stays away until both are kept; relief is told once', () => {
  let now: Load = { cpu: 10, memory: 10 };
  const load = new HostLoad({ cpuThreshold: 80, memoryThreshold: 90 }, pino({ level: 'silent' }), () => now);
  let reliefs = 0;
  load.onRelief = () => (reliefs += 1);
  const look = (cpu: number, memory: number): boolean => {
    now = { cpu, memory };
    load.look();
    return load.isOver;
  };
  expect([look(80, 90), look(81, 10), look(10, 91), look(10, 10), look(10, 10)]).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(reliefs).toBe(1);
  load.close();
});

test('this host has processors and memory in use, in per cent', async () => {
  const seen: Load[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void seen.push(JSON.parse(line) as Load) });
  // One per cent of memory is in use wherever this runs.
  const load = new HostLoad({ memoryThreshold: 1 }, log);
  expect(load.isOver).toBe(true);
  load.close();
  expect(seen[0]?.memory).toBeGreaterThan(1);
  expect(seen[0]?.memory).toBeLessThanOrEqual(100);
});
