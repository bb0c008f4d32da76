import { describe, expect, it } from 'vitest';
import { configure, ENVIRONMENT_NAMES, readEnvironment, type EnvironmentSetting } from './configuration.ts';
import { ConfigurationError } from './errors.ts';

const KEY = 'pat.account1.token.secret';
const AT = { HARNESS_BASE_URL: 'https://bridle.example/' };

describe('a client', () => {
  it('takes what is passed, then the environment, then what the key says', () => {
    const env = { HARNESS_API_KEY: KEY, HARNESS_ORG: 'default', HARNESS_PROJECT: 'shop', ...AT };
    expect(configure({ env })).toMatchObject({
      apiKey: KEY,
      accountId: 'account1',
      baseUrl: 'https://bridle.example',
      org: 'default',
      project: 'shop',
    });
    expect(configure({ env, org: 'other', accountId: 'account2' })).toMatchObject({
      org: 'other',
      accountId: 'account2',
    });
  });

  it.each(
    Object.entries(ENVIRONMENT_NAMES).flatMap(([setting, names]) => names.map((name) => [setting, name] as const)),
  )('reads %s from %s', (setting, name) => {
    const found = readEnvironment(setting as EnvironmentSetting, { [name]: ' x ', OTHER: 'y' });
    expect(found).toEqual({ name, value: 'x' });
  });

  it('takes the first name that has a value', () => {
    const env = { HARNESS_ORG: ' ', HARNESS_ORG_ID: 'second', ORG_IDENTIFIER: 'third' };
    expect(readEnvironment('org', env)).toEqual({ name: 'HARNESS_ORG_ID', value: 'second' });
  });

  it.each([
    [{ env: AT }, 'HARNESS_API_KEY'],
    [{ env: {}, apiKey: KEY }, 'HARNESS_BASE_URL'],
    [{ env: AT, apiKey: 'secret' }, 'HARNESS_ACCOUNT_ID'],
    [{ env: {}, apiKey: KEY, baseUrl: 'ftp://x' }, 'no http'],
  ])('says what is missing: case %#', (options, word) => {
    expect(() => configure(options)).toThrow(ConfigurationError);
    expect(() => configure(options)).toThrow(word);
  });

  it('does not print the key', () => {
    expect(() => configure({ env: AT, apiKey: 'very-secret' })).not.toThrow('very-secret');
  });
});
