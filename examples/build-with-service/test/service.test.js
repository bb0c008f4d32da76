import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

const url = `http://127.0.0.1:${process.env.PORT ?? 8080}`;

/** The service was started just before: its first answer may take a moment. */
async function ask(path, attempts = 50) {
  try {
    return await fetch(url + path);
  } catch (error) {
    if (attempts === 0) throw error;
    await setTimeout(100);
    return await ask(path, attempts - 1);
  }
}

test('the service greets', async () => {
  const response = await ask('/greet?name=Grace');
  assert.deepEqual(await response.json(), { text: 'Hello, Grace!' });
});

test('the service knows nothing else', async () => {
  const response = await ask('/elsewhere');
  assert.equal(response.status, 404);
});
