import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('X1 work of one key runs in the order asked for, other keys are not held up, errors stay with their own', async () => {
  const turns = new Turns();
  const log: string[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const work = (name: string, before?: Promise<void>) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await before;
    log.push(`${name} ends`);
    return name;
  };
  const slow = turns.take('one', work('slow', held));
  const failing = turns.take('one', () => Promise.reject(new Error('no')));
  const next = turns.take('one', work('next'));
  expect(await turns.take('two', work('other'))).toBe('other');
  release();
  expect(await slow).toBe('slow');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
  expect(log).toEqual(['slow begins', 'other begins', 'other ends', 'slow ends', 'next begins', 'next ends']);
});

test('what waits for one key is bounded', async () => {
  const turns = new Turns(2);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = turns.take('one', () => held);
  const second = turns.take('one', () => held);
  await expect(turns.take('one', () => held)).rejects.toMatchObject({ code: 'EXECUTION_BUSY' });
  await turns.take('two', () => Promise.resolve());
  release();
  await Promise.all([first, second]);
  await turns.take('one', () => Promise.resolve());
});
