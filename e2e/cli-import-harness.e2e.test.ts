/** `bridle import-harness`: from another server, which plays Harness, and from a folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from './src/cli.ts';
import { serverEnvironment } from './src/cli-server.ts';
import { startProduct, type Product } from './src/product.ts';

let source: Product;
let target: Product;
let folder: string;

const PIPELINE = `# How it is released.
pipeline:
  name: Release
  identifier: release
  orgIdentifier: tools
  projectIdentifier: shop # here
  stages:
    - stage:
        name: Publish
        identifier: publish
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: Say
                  identifier: say
                  type: ShellScript
                  timeout: 10m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: echo "<+secrets.getValue("token")>"
`;

const REFUSED = PIPELINE.replaceAll('release', 'cluster')
  .replace('Release', 'Cluster')
  .replace('type: ShellScript', 'type: TerraformApply');

const FILES: Readonly<Record<string, string>> = {
  'account/hub.yaml':
    'connector:\n  name: Hub\n  identifier: hub\n  type: Git\n  spec:\n    url: https://git.example.com\n    type: Http\n    connectionType: Account\n',
  'orgs/tools/organization.yaml': 'organization:\n  name: Tools\n  identifier: tools\n',
  'orgs/tools/projects/shop/project.yaml': 'project:\n  name: The shop\n  identifier: shop\n  orgIdentifier: tools\n',
  'orgs/tools/projects/shop/secrets/token.yaml':
    'secret:\n  name: Token\n  identifier: token\n  type: SecretText\n  spec:\n    secretManagerIdentifier: harnessSecretManager\n    valueType: Inline\n    value: hunter2-is-my-secret\n',
  'orgs/tools/projects/shop/pipelines/release.yaml': PIPELINE,
  'orgs/tools/projects/shop/inputsets/usual.yaml':
    'inputSet:\n  name: Usual\n  identifier: usual\n  orgIdentifier: tools\n  projectIdentifier: shop\n  pipeline:\n    identifier: release\n',
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridle cli import '));
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(folder, 'export/.harness', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  source = await startProduct();
  target = await startProduct();
});

afterAll(async () => {
  await source?.dispose();
  await target?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function bridle(product: Product, ...words: readonly string[]): Promise<CliResult> {
  return runCli(words, {
    folder,
    environment: { ...serverEnvironment(product), BRIDLE_FROM_TOKEN: source.adminToken },
  });
}

interface Told {
  readonly counts: Readonly<Record<string, number>>;
  readonly documents: readonly {
    readonly kind: string;
    readonly identifier: string;
    readonly action: string;
    readonly isDone: boolean;
  }[];
  readonly secretsToSet: readonly { readonly command: string }[];
}

describe('import-harness', () => {
  it('reports on a folder and writes nothing before it is agreed to', async () => {
    const dry = await bridle(source, 'import-harness', 'export', '--dry-run');
    expect(dry.exitCode).toBe(0);
    expect(`\n${dry.out}`).toMatchInlineSnapshot(`
      "
      organization tools
        supported  organization tools  export/.harness/orgs/tools/organization.yaml

      project shop of organization tools
        supported  project shop  export/.harness/orgs/tools/projects/shop/project.yaml
        supported  secret token  export/.harness/orgs/tools/projects/shop/secrets/token.yaml
        supported  pipeline release  export/.harness/orgs/tools/projects/shop/pipelines/release.yaml
        supported  inputset release/usual  export/.harness/orgs/tools/projects/shop/inputsets/usual.yaml

      the account
        supported  connector hub  export/.harness/account/hub.yaml

      6 supported, 0 emulated, 0 ignored in part, 0 refused │ 6 documents
      "
    `);
    expect(dry.err).toBe('Nothing was written; it would be 6 documents\n');
    expect(dry.out).not.toContain('hunter2');
    const unasked = await bridle(source, 'import-harness', 'export');
    expect(unasked.exitCode).toBe(2);
    expect(unasked.err).toContain('Nothing was written: 6 documents to be agreed to');
    expect((await bridle(source, 'get', 'organization', 'tools')).exitCode).toBe(5);
    const done = await bridle(source, 'import-harness', 'export', '--yes');
    expect({ exitCode: done.exitCode, err: done.err }).toEqual({ exitCode: 0, err: '✓ 6 documents written\n' });
    expect((await bridle(source, 'get', 'pipeline', 'release', '--org', 'tools', '--project', 'shop')).out).toBe(
      PIPELINE,
    );
  });

  it('copies an account: in the order of need, without values of secrets, and names what it leaves out', async () => {
    // What can be saved and not run is refused by an import: nobody wants it in a new place.
    writeFileSync(join(folder, 'cluster.yaml'), REFUSED);
    expect((await bridle(source, 'apply', '-f', 'cluster.yaml', '--yes')).exitCode).toBe(0);
    const words = ['import-harness', '--from', source.url, '--yes'];
    const made = await bridle(target, ...words, '--json');
    expect(made.exitCode).toBe(1);
    const told = JSON.parse(made.out) as Told;
    expect(told.documents).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'connector',
          identifier: 'hub',
          verdict: 'supported',
          action: 'create',
          isDone: true,
        }),
        expect.objectContaining({ kind: 'organization', identifier: 'tools', action: 'create', isDone: true }),
        expect.objectContaining({ kind: 'project', identifier: 'shop', action: 'create', isDone: true }),
        expect.objectContaining({ kind: 'secret', identifier: 'token', action: 'set', isDone: false }),
        expect.objectContaining({ kind: 'pipeline', identifier: 'release', action: 'create', isDone: true }),
        expect.objectContaining({ kind: 'inputset', identifier: 'usual', action: 'create', isDone: true }),
        expect.objectContaining({
          kind: 'pipeline',
          identifier: 'cluster',
          verdict: 'refused',
          action: 'leave',
          isDone: false,
          reasons: [expect.objectContaining({ verdict: 'refused', code: 'STEP_TYPE_NOT_RUN_YET', line: 18 })],
        }),
      ]),
    );
    expect(told.counts['refused']).toBe(1);
    expect(told.secretsToSet).toEqual([
      expect.objectContaining({ command: 'bridle secret set token --org tools --project shop' }),
    ]);
    const place = ['--org', 'tools', '--project', 'shop'];
    expect((await bridle(target, 'get', 'pipeline', 'release', ...place)).out).toBe(PIPELINE);
    expect((await bridle(target, 'get', 'project', 'shop', '--org', 'tools')).out).toContain('name: The shop');
    expect((await bridle(target, 'get', 'pipeline', 'cluster', ...place)).exitCode).toBe(5);
    expect((await bridle(target, 'get', 'secret', 'token', ...place)).exitCode).toBe(5);
    // Once more: all of it is there.
    const again = await bridle(target, ...words);
    expect(again.exitCode).toBe(1);
    expect(again.out).toContain(
      '  refused    pipeline cluster (left out)  orgs/tools/projects/shop/pipelines/cluster.yaml\n    18:',
    );
    expect(again.err).toContain('Left out: pipeline cluster\n');
    expect(again.err).toContain('There is nothing to write.');
    expect(again.err).toContain('  bridle secret set token --org tools --project shop\n');
  });

  it('takes one project into one of another name', async () => {
    const words = [
      '--from',
      source.url,
      '--from-org',
      'tools',
      '--from-project',
      'shop',
      '--into-project',
      'default/trial',
    ];
    const made = await bridle(source, 'import-harness', ...words, '--yes');
    expect(made.exitCode).toBe(1);
    expect(made.err).toContain('3 documents written');
    expect((await bridle(source, 'get', 'pipeline', 'release', '--org', 'default', '--project', 'trial')).out).toBe(
      PIPELINE.replace('orgIdentifier: tools', 'orgIdentifier: default').replace(
        'projectIdentifier: shop',
        'projectIdentifier: trial',
      ),
    );
    expect(
      (await bridle(source, 'get', 'inputset', 'release/usual', '--org', 'default', '--project', 'trial')).exitCode,
    ).toBe(0);
  });

  it('says what is wrong with where it reads from', async () => {
    const from = ['import-harness', '--from', source.url];
    const itself = await bridle(source, ...from, '--yes');
    expect(itself).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('the account that one is signed in to') as string,
    });
    const token = source.adminToken.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const stranger = await bridle(target, ...from, '--from-token', token, '--yes');
    expect(stranger).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('The token is of --from-token.') as string,
    });
    expect(await bridle(target, 'import-harness')).toMatchObject({ exitCode: 2 });
    expect(await bridle(target, 'import-harness', 'nowhere')).toMatchObject({ exitCode: 5 });
  });
});
