import { expect, test } from 'vitest';
import { refuseVersion } from './version-window.ts';

test.each([
  ['1.5.0', '1.5.3'],
  ['1.5.0', '1.3.0'],
  ['1.5.0', '1.7'],
  ['1.5.0', 'v1.6.0-rc.1'],
  ['0.1.0', '0'],
  ['unknown', '9.9.9'],
])('server %s takes delegate %s', (server, delegate) => {
  expect(refuseVersion(server, delegate)).toBeUndefined();
});

test.each([
  ['1.5.0', '1.2.9', 'too old'],
  ['1.5.0', '1.8.0', 'too new'],
  ['1.5.0', '2.5.0', 'too new'],
  ['2.0.0', '1.9.0', 'too old'],
  ['1.5.0', 'latest', 'not a version'],
  ['1.5.0', '', 'not a version'],
])('server %s refuses delegate %s: %s', (server, delegate, why) => {
  const message = refuseVersion(server, delegate);
  expect(message).toContain(why);
  expect(message).toContain(server.startsWith('1') ? '1.3 to 1.7' : '2.0 to 2.2');
});
