import { expect, test } from 'vitest';
import { readServerSettings, SettingsError } from './settings.ts';

const BASE = {
  BRIDLE_HOME: '/home',
  BRIDLE_ACCOUNT_ID: 'account',
  BRIDLE_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  DATABASE_URL: 'postgres://x',
};

test('the engine does as documented when nothing is said', () => {
  expect(readServerSettings(BASE).switches).toEqual({});
});

test('the engine’s switches are read', () => {
  const settings = readServerSettings({
    ...BASE,
    BRIDLE_IGNORED_FAILURE_FIRES_FAILURE: 'off',
    BRIDLE_ROLLED_BACK_FIRES_FAILURE: 'on',
    BRIDLE_UNRESOLVED_EXPRESSIONS: 'strict',
  });
  expect(settings.switches).toEqual({
    ignoredFailureFiresFailure: false,
    rolledBackFiresFailure: true,
    unresolved: 'strict',
  });
});

test.each([
  ['BRIDLE_IGNORED_FAILURE_FIRES_FAILURE', 'maybe'],
  ['BRIDLE_UNRESOLVED_EXPRESSIONS', 'sometimes'],
  ['BRIDLE_EXECUTIONS_MAX', '0'],
])('a wrong %s is named', (name, value) => {
  expect(() => readServerSettings({ ...BASE, [name]: value })).toThrow(SettingsError);
  expect(() => readServerSettings({ ...BASE, [name]: value })).toThrow(name);
});
