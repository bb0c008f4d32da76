import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverCommand } from './options.ts';
import { VARIABLES, environmentLayer } from './environment.ts';
import { accountOfToken, isSameServer, resolveSettings, SETTING_NAMES, type Layer, type Setting } from './settings.ts';

const FALLBACK: Setting = { value: 'http://127.0.0.1:7070', from: 'the default' };
const URLS = ['https://one.example', 'https://one.example/gateway/', 'https://two.example', 'http://two.example'];

/** Layers as any mixture of places might give them; `from` says which. */
const layers: fc.Arbitrary<readonly Layer[]> = fc
  .array(
    fc.record(
      {
        url: fc.constantFrom(...URLS),
        token: fc.constantFrom('pat.acc1.id.secret', 'sat.acc2.id.secret', 'opaque'),
        account: fc.constantFrom('acc1', 'acc3'),
        org: fc.constantFrom('default', 'shop'),
        project: fc.constantFrom('web', 'api'),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map((layer, index) =>
      Object.fromEntries(Object.entries(layer).map(([name, value]) => [name, { value, from: `layer ${index}` }])),
    ),
  );

describe('resolveSettings', () => {
  it('C1: the earlier layer wins, value by value', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const found = resolveSettings(all, FALLBACK);
        const used = all.filter(({ url }) => url === undefined || isSameServer(url.value, found.url.value));
        for (const name of ['token', 'org', 'project'] as const) {
          expect(found[name]).toEqual(used.find((layer) => layer[name] !== undefined)?.[name]);
        }
      }),
    );
  });

  it('C2: a token never goes to a server that it was not kept for', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const { url, token, withheld } = resolveSettings(all, FALLBACK);
        const holder = all.find((layer) => layer.token === token);
        if (token !== undefined && holder?.url !== undefined) {
          expect(new URL(holder.url.value).origin).toBe(new URL(url.value).origin);
        }
        for (const other of withheld) expect(new URL(other.url).origin).not.toBe(new URL(url.value).origin);
      }),
    );
  });

  it('C3: the account of the token is as strong as the token', () => {
    const own = { account: { value: 'other', from: 'profile' } };
    const token = { token: { value: 'pat.acc1.id.secret', from: 'HARNESS_API_KEY' } };
    expect(resolveSettings([token, own], FALLBACK).account).toEqual({
      value: 'acc1',
      from: 'the token of HARNESS_API_KEY',
    });
    expect(resolveSettings([own, token], FALLBACK).account).toEqual(own.account);
    // A token that is not used says nothing.
    const other = { url: { value: 'https://two.example', from: 'x' }, ...token };
    expect(resolveSettings([{ url: { value: 'https://one.example', from: 'y' } }, other], FALLBACK)).toEqual({
      url: { value: 'https://one.example', from: 'y' },
      withheld: [{ from: 'HARNESS_API_KEY', url: 'https://two.example' }],
    });
  });

  it('falls back to an address only where none is said', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const { url } = resolveSettings(all, FALLBACK);
        const first = all.find((layer) => layer.url !== undefined)?.url;
        expect(url.from).toBe((first ?? FALLBACK).from);
        expect(url.value).not.toMatch(/\/$/);
      }),
    );
  });
});

describe('accountOfToken', () => {
  it.each([
    ['pat.acc_1-x.id.secret', 'acc_1-x'],
    ['sat.acc.id.secret', 'acc'],
    ['eyJhbGciOi.payload.signature', undefined],
    ['pat.', undefined],
    ['', undefined],
  ])('%s names %s', (token, account) => expect(accountOfToken(token)).toBe(account));
});

describe('the environment', () => {
  it('knows every name, the first that is set and not empty winning', () => {
    for (const setting of SETTING_NAMES) {
      const names = VARIABLES[setting];
      for (const [index, name] of names.entries()) {
        const environment = Object.fromEntries(names.map((each, at) => [each, at < index ? ' ' : `value of ${each}`]));
        expect(environmentLayer(environment)).toEqual({ [setting]: { value: `value of ${name}`, from: name } });
      }
    }
    expect(environmentLayer({ HOME: '/home/x' })).toEqual({});
  });

  it('is told of in the help of every command by its first name', () => {
    const { environment = [] } = serverCommand({
      name: 'x',
      summary: 'x',
      examples: [],
      exitCodes: [0],
      load: () => Promise.reject(new Error('never')),
    });
    const told = environment
      .map(({ name }) => name)
      .join(', ')
      .split(', ');
    expect(told).toEqual(expect.arrayContaining(SETTING_NAMES.map((setting) => VARIABLES[setting][0])));
  });
});
