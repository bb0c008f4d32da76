import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/cart.js';

test('an empty cart costs nothing', () => assert.equal(total([]), 0));

test('each item counts as often as it is there', () => {
  assert.equal(
    total([
      { price: 250, count: 2 },
      { price: 100, count: 1 },
    ]),
    600,
  );
});
