import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from './rate-limits.ts';
import { createTestApp, type TestApp } from './test-app.ts';

describe('a bucket', () => {
  it('lets a burst pass, refuses a flood, and says when there is room again', () => {
    let now = 0;
    const buckets = new Buckets(60, () => now);
    for (let call = 0; call < 60; call += 1) expect(buckets.take('a')).toBeUndefined();
    expect(buckets.take('a')).toBe(1_000);
    expect(buckets.take('b')).toBeUndefined();
    now += 400;
    expect(buckets.take('a')).toBeCloseTo(600);
    now += 600;
    expect(buckets.take('a')).toBeUndefined();
    expect(buckets.take('a')).toBe(1_000);
    // It never holds more than a minute's worth.
    now += 3_600_000;
    for (let call = 0; call < 60; call += 1) expect(buckets.take('a')).toBeUndefined();
    expect(buckets.take('a')).toBe(1_000);
  });
});

describe('limits', () => {
  let bridle: TestApp;

  beforeAll(async () => {
    bridle = await createTestApp({ rateLimits: { perKey: 5, perAddress: 8, isLoopbackLimited: false } });
  });
  afterAll(() => bridle.close());

  const ask = async (remoteAddress: string, token = bridle.token): Promise<readonly [number, string | undefined]> => {
    const answer = await bridle.app.inject({
      url: '/ng/api/user/currentUser',
      remoteAddress,
      headers: { 'x-api-key': token },
    });
    return [answer.statusCode, answer.headers['retry-after'] as string | undefined];
  };

  it('are per key, wherever it is used, and per address, whatever is shown there', async () => {
    for (let call = 0; call < 5; call += 1) expect(await ask('192.0.2.1')).toEqual([200, undefined]);
    expect(await ask('192.0.2.1')).toEqual([429, '12']);
    expect(await ask('192.0.2.2')).toEqual([429, '12']);
    for (let call = 0; call < 8; call += 1) expect((await ask('192.0.2.3', 'pat.a.b.c'))[0]).toBe(401);
    expect(await ask('192.0.2.3', 'pat.a.b.c')).toEqual([429, '8']);
  });

  it('are not for callers of this machine', async () => {
    for (let call = 0; call < 20; call += 1) expect((await ask('127.0.0.1'))[0]).toBe(200);
  });
});
