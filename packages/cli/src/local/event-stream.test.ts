import type { RunEvent } from '@bridle/protocol';
import { describe, expect, it } from 'vitest';
import { EventStream } from './event-stream.ts';

function note(text: string): RunEvent {
  return { type: 'note', time: '', level: 'info', text };
}

describe('the events of a run', () => {
  it('are heard when they are told one right after the other, and nothing comes after them', async () => {
    const heard: string[] = [];
    const all = Promise.withResolvers<void>();
    const stream = new EventStream((event) => {
      if (event.type === 'note') heard.push(event.text);
      if (heard.length === 3) all.resolve();
    });
    stream.push(note('one'));
    stream.push(note('two'));
    stream.push(note('three'));
    await all.promise;
    expect(heard).toEqual(['one', 'two', 'three']);
  });

  it('wait for who hears them, in their order', async () => {
    const heard: string[] = [];
    const stream = new EventStream(async (event) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (event.type === 'note') heard.push(event.text);
    });
    stream.push(note('one'));
    await stream.send([note('two'), note('three')]);
    expect(heard).toEqual(['one', 'two', 'three']);
  });
});
