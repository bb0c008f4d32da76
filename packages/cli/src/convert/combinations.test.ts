import { expect, test } from 'vitest';
import { includeAll, isWithout, multiply, toRows } from './combinations.ts';

test('the last axis runs fastest', () => {
  expect(multiply({ a: [1, 2], b: ['x', 'y'] })).toEqual([
    { a: 1, b: 'x' },
    { a: 1, b: 'y' },
    { a: 2, b: 'x' },
    { a: 2, b: 'y' },
  ]);
});

test('what is excluded agrees in all that it names', () => {
  const left = multiply({ a: [1, 2], b: ['x', 'y'] }).filter((each) =>
    isWithout(each, [{ a: '1', b: 'x' }, { b: 'y' }]),
  );
  expect(left).toEqual([{ a: 2, b: 'x' }]);
});

test('an included entry adds to the combinations it agrees with, or is one of its own', () => {
  const product = multiply({ fruit: ['apple', 'pear'], animal: ['cat', 'dog'] });
  const all = includeAll(
    product,
    [
      { colour: 'green' },
      { colour: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ],
    ['fruit', 'animal'],
  );
  expect(all).toEqual([
    { fruit: 'apple', animal: 'cat', colour: 'pink', shape: 'circle' },
    { fruit: 'apple', animal: 'dog', colour: 'green', shape: 'circle' },
    { fruit: 'pear', animal: 'cat', colour: 'pink' },
    { fruit: 'pear', animal: 'dog', colour: 'green' },
    { fruit: 'banana' },
    { fruit: 'banana', animal: 'cat' },
  ]);
});

test('every row has every name', () => {
  expect(toRows([{ a: 1 }, { b: 2 }])).toEqual([
    { a: 1, b: '' },
    { a: '', b: 2 },
  ]);
});
