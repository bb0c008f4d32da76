import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUiAddress } from './ui-address.ts';

const SCOPE = { account: 'ACC', org: 'default', project: 'shop' };
const HOST = 'https://app.harness.io';

describe('parseUiAddress', () => {
  it.each([
    [
      '/ng/account/ACC/all/orgs/default/projects/shop/pipelines/build/deployments/EX/pipeline',
      { pipeline: 'build', execution: 'EX' },
    ],
    [
      '/ng/#/account/ACC/ci/orgs/default/projects/shop/pipelines/build/deployments/EX/pipeline',
      { pipeline: 'build', execution: 'EX' },
    ],
    [
      '/ng/account/ACC/home/orgs/default/projects/shop/pipelines/build/executions/EX/pipeline',
      { pipeline: 'build', execution: 'EX' },
    ],
    ['/ng/account/ACC/module/cd/orgs/default/projects/shop/pipelines/build/pipeline-studio', { pipeline: 'build' }],
    [
      '/ng/account/ACC/module/ci/orgs/default/projects/shop/pipelines/build/pipeline-studio/?storeType=INLINE',
      { pipeline: 'build' },
    ],
    ['/ng/account/ACC/all/orgs/default/projects/shop/pipelines/build/triggers', { pipeline: 'build' }],
    [
      '/ng/account/ACC/all/orgs/default/projects/shop/pipelines/build/triggers/hook',
      { pipeline: 'build', trigger: 'hook' },
    ],
    ['/ng/account/ACC/all/orgs/default/projects/shop/pipelines/build/input-sets', { pipeline: 'build' }],
    [
      '/ng/account/ACC/all/orgs/default/projects/shop/pipelines/build/input-sets/nightly',
      { pipeline: 'build', entity: { kind: 'inputSet', identifier: 'nightly' } },
    ],
    [
      '/ng/account/ACC/all/orgs/default/projects/shop/settings/connectors/git',
      { entity: { kind: 'connector', identifier: 'git' } },
    ],
    [
      '/ng/account/ACC/all/cd/orgs/default/projects/shop/settings/services/web',
      { entity: { kind: 'service', identifier: 'web' } },
    ],
    [
      '/ng/account/ACC/all/orgs/default/projects/shop/settings/environments/prod',
      { entity: { kind: 'environment', identifier: 'prod' } },
    ],
    ['/ng/account/ACC/all/orgs/default/projects/shop/pipelines', {}],
    [
      '/ng/account/ACC/all/orgs/default/projects/shop/pipelines/build/executions/EX/pipeline?stage=st1&step=sp1',
      { pipeline: 'build', execution: 'EX', stage: 'st1', step: 'sp1' },
    ],
  ])('%s', (path, expected) => {
    expect(parseUiAddress(`${HOST}${path}`)).toEqual({ origin: HOST, ...SCOPE, ...expected });
  });

  it.each([
    ['/x/EX', { execution: 'EX' }],
    ['/x/EX?view=timeline#L10', { execution: 'EX' }],
    ['/p/default/shop/pipelines/build', { org: 'default', project: 'shop', pipeline: 'build' }],
    [
      '/p/default/shop/pipelines/build/triggers/hook',
      { org: 'default', project: 'shop', pipeline: 'build', trigger: 'hook' },
    ],
    ['/p/default/shop/executions', { org: 'default', project: 'shop' }],
    ['/', {}],
  ])('our own: %s', (path, expected) => {
    expect(parseUiAddress(`http://127.0.0.1:7070${path}`)).toEqual({ origin: 'http://127.0.0.1:7070', ...expected });
  });

  it('takes an identifier for what it is', () => {
    for (const text of ['build', 'Qx7_-abc', 'x/EX', 'ftp://host/x/EX', ''])
      expect(parseUiAddress(text)).toBeUndefined();
  });

  it('never fails, whatever is pasted', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        expect(parseUiAddress(url)?.origin).toBe(new URL(url).origin);
      }),
    );
    expect(parseUiAddress('http://h/%E0%A4%A/pipelines/%zz')).toMatchObject({ pipeline: '%zz' });
  });
});
