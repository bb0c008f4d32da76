import { EventEmitter } from 'node:events';

import { expect, it } from 'vitest';

import { stopRequests } from './stop-requests.ts';

function requests() {
  const source = new EventEmitter();
  const clock = { now: 1_000 };
  const { stop, force } = stopRequests(source, () => clock.now, 500);
  const signal = (name: string, atMs: number): readonly boolean[] => {
    clock.now = atMs;
    source.emit(name);
    return [stop.aborted, force.aborted];
  };
  return signal;
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('stops gracefully at the first %s', (name) => {
  expect(requests()(name, 1_000)).toEqual([true, false]);
});

it('takes a Ctrl-C that arrives twice, from the terminal and from npm, for one', () => {
  const signal = requests();
  signal('SIGINT', 1_000);
  expect(signal('SIGINT', 1_500)).toEqual([true, false]);
});

it('forces at the next one', () => {
  const signal = requests();
  signal('SIGINT', 1_000);
  expect(signal('SIGTERM', 1_501)).toEqual([true, true]);
});
