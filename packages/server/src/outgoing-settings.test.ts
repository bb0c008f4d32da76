import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOutgoingSettings } from './outgoing-settings.ts';

const read = (env: Record<string, string>): unknown => readOutgoingSettings(env, (message) => new Error(message));

describe('how the server calls out', () => {
  it('is direct, and not into private networks, unless it is said', () => {
    expect(read({})).toEqual({ isPrivateNetworkAllowed: false });
    expect(read({ BRIDLE_WEBHOOKS_PRIVATE_NETWORK: 'on' })).toEqual({ isPrivateNetworkAllowed: true });
  });

  it('goes through the usual proxies, in either case', () => {
    expect(read({ https_proxy: 'proxy.test:3128', NO_PROXY: '.internal, 10.0.0.0/8,' })).toEqual({
      isPrivateNetworkAllowed: false,
      proxy: { httpsUrl: 'http://proxy.test:3128/', noProxy: ['.internal', '10.0.0.0/8'] },
    });
    expect(read({ HTTP_PROXY: 'https://a:b@proxy.test' })).toMatchObject({
      proxy: { httpUrl: 'https://a:b@proxy.test/', noProxy: [] },
    });
  });

  it('refuses what makes no sense, and repeats no password', () => {
    expect(() => read({ BRIDLE_WEBHOOKS_PRIVATE_NETWORK: 'yes' })).toThrow('neither on nor off: yes');
    expect(() => read({ HTTPS_PROXY: 'socks://me:hunter2@proxy' })).toThrow(
      /^HTTPS_PROXY is not the http:\/\/ or https:\/\/ address of a proxy\.$/,
    );
    expect(() => read({ BRIDLE_CA_FILE: '/nowhere/ca.pem' })).toThrow('/nowhere/ca.pem cannot be read');
  });

  it('reads authorities, however many are in the file', async () => {
    const home = await mkdtemp(join(tmpdir(), 'bridle-outgoing-'));
    const file = join(home, 'ca.pem');
    const one = '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----';
    writeFileSync(file, `# ours\n${one}\n${one}\n`);
    expect(read({ BRIDLE_CA_FILE: file })).toMatchObject({ certificateAuthorities: [one, one] });
    writeFileSync(file, 'none');
    expect(() => read({ BRIDLE_CA_FILE: file })).toThrow('holds no certificate');
    await rm(home, { recursive: true });
  });
});
