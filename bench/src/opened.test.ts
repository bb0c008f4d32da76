import { expect, test } from 'vitest';
import { Opened } from './opened.ts';

test('closes in the turned order, once, and goes on where something cannot be closed', async () => {
  const closed: string[] = [];
  const opened = new Opened();
  expect(opened.keep('one', (name) => closed.push(name))).toBe('one');
  opened.keep('two', () => {
    throw new Error('two does not close');
  });
  opened.keep('three', async (name) => {
    await Promise.resolve();
    closed.push(name);
  });
  await expect(opened.close()).rejects.toThrow('two does not close');
  expect(closed).toEqual(['three', 'one']);
  await opened.close();
  expect(closed).toHaveLength(2);
});
