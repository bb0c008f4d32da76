import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greet } from '../src/greet.js';

test('greets by name', () => assert.equal(greet('Ada'), 'Hello, Ada!'));
test('greets everybody without one', () => assert.equal(greet(), 'Hello, world!'));
test('takes blanks for no name', () => assert.equal(greet('  '), 'Hello, world!'));
