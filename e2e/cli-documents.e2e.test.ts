/** Documents of a repository and of a server: `bridle apply`, `get`, `list`, `delete`, `export`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from './src/cli.ts';
import { startProduct, type Product } from './src/product.ts';

let product: Product;
let folder: string;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  product = await startProduct();
  environment = {
    HARNESS_BASE_URL: product.url,
    HARNESS_API_KEY: product.adminToken,
    HARNESS_ORG: 'default',
    HARNESS_PROJECT: 'shop',
  };
});

afterAll(async () => {
  await product.dispose();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridle cli documents '));
  return () => rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function bridle(...words: readonly string[]): Promise<CliResult> {
  return runCli(words, { folder, environment });
}

const PIPELINE = `# How it is released.
pipeline:
  name: Release
  identifier: release
  orgIdentifier: default
  projectIdentifier: shop
  variables:
    - name: version
      type: String
      value: <+input>
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
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: echo "Version <+pipeline.variables.version>"
`;

/** One of each kind; those that name no place go into the project of the caller. */
const ALL: Readonly<Record<string, string>> = {
  '.harness/project.yaml': 'project:\n  name: Shop\n  identifier: shop\n  orgIdentifier: default\n',
  '.harness/variables/region.yaml':
    'variable:\n  name: Region\n  identifier: region\n  type: String\n  spec:\n    valueType: FIXED\n    fixedValue: north\n',
  '.harness/secrets/token.yaml':
    'secret:\n  name: Token\n  identifier: token\n  type: SecretText\n  spec:\n    secretManagerIdentifier: harnessSecretManager\n    valueType: Inline\n    value: hunter2-is-my-secret\n',
  '.harness/connectors/code.yaml':
    'connector:\n  name: Code\n  identifier: code\n  type: Git\n  spec:\n    url: https://git.example.com/shop.git\n    type: Http\n    connectionType: Repo\n    spec:\n      username: ann\n      passwordRef: token\n',
  '.harness/services/web.yaml':
    'service:\n  name: Web\n  identifier: web\n  serviceDefinition:\n    type: CustomDeployment\n    spec:\n      customDeploymentRef:\n        templateRef: copy\n        versionLabel: v1\n',
  '.harness/environments/production.yaml':
    'environment:\n  name: Production\n  identifier: production\n  orgIdentifier: default\n  projectIdentifier: shop\n  type: Production\n',
  '.harness/templates/greet.yaml':
    'template:\n  name: Greet\n  identifier: greet\n  versionLabel: v1\n  type: Step\n  orgIdentifier: default\n  projectIdentifier: shop\n  spec:\n    type: ShellScript\n    spec:\n      shell: Bash\n      onDelegate: true\n      source:\n        type: Inline\n        spec:\n          script: echo hello\n',
  '.harness/pipelines/release.yaml': PIPELINE,
  '.harness/inputsets/production.yaml':
    'inputSet:\n  name: Production\n  identifier: production\n  orgIdentifier: default\n  projectIdentifier: shop\n  pipeline:\n    identifier: release\n    variables:\n      - name: version\n        type: String\n        value: 1.4.0\n',
  '.harness/overlays/all.yaml':
    'overlayInputSet:\n  name: All\n  identifier: all\n  orgIdentifier: default\n  projectIdentifier: shop\n  pipelineIdentifier: release\n  inputSetReferences:\n    - production\n',
  '.harness/triggers/hook.yaml':
    'trigger:\n  name: Hook\n  identifier: hook\n  enabled: true\n  orgIdentifier: default\n  projectIdentifier: shop\n  pipelineIdentifier: release\n  source:\n    type: Webhook\n    spec:\n      type: Custom\n      spec:\n        payloadConditions: []\n        headerConditions: []\n  inputYaml: |\n    pipeline:\n      identifier: release\n      variables:\n        - name: version\n          type: String\n          value: <+trigger.payload.version>\n',
};

describe('documents', () => {
  it('are created in one go, kept as they were written, and exported as they were kept', async () => {
    write(ALL);
    const made = await bridle('apply', '--yes');
    expect(made.err).toContain('11 created, 0 updated, 0 unchanged');
    expect(made.exitCode).toBe(0);
    expect(made.out).not.toContain('hunter2');
    const again = await bridle('apply', '--dry-run', '--json=identifier,action');
    // A secret's value cannot be compared, so it is set again.
    expect(JSON.parse(again.out)).toEqual(
      expect.arrayContaining([
        { identifier: 'release', action: 'unchanged' },
        { identifier: 'code', action: 'unchanged' },
        { identifier: 'region', action: 'unchanged' },
        { identifier: 'token', action: 'update' },
      ]),
    );
    expect((await bridle('get', 'pipeline', 'release')).out).toBe(PIPELINE);
    const exported = await bridle('export', 'copy', '--json=file');
    expect(exported.exitCode).toBe(0);
    expect(readFileSync(join(folder, 'copy/pipelines/release.yaml'), 'utf8')).toBe(PIPELINE);
    expect(readFileSync(join(folder, 'copy/triggers/release/hook.yaml'), 'utf8')).toBe(
      ALL['.harness/triggers/hook.yaml'],
    );
    expect(exported.out).not.toContain('hunter2');
    // What was exported is what is there: nothing to change.
    const back = await bridle('apply', '-f', 'copy', '--yes');
    expect(back.err).toContain('Nothing to change');
  });

  it('show what would change, and change nothing without consent', async () => {
    write({ 'release.yaml': PIPELINE.replace('name: Say', 'name: Tell').replace('# How', '# Now how') });
    const refused = await bridle('apply', '-f', 'release.yaml');
    expect(refused.exitCode).toBe(2);
    expect(`\n${refused.out}`).toMatchInlineSnapshot(`
      "
      update pipeline release release.yaml, project shop of organization default
        @@ -1,4 +1,4 @@
        -# How it is released.
        +# Now how it is released.
         pipeline:
           name: Release
           identifier: release
        @@ -17,7 +17,7 @@
                   execution:
                     steps:
                       - step:
        -                  name: Say
        +                  name: Tell
                           identifier: say
                           type: ShellScript
                           spec:
      "
    `);
    expect(`\n${refused.err}`).toMatchInlineSnapshot(`
      "
      bridle: Nothing was changed: 1 change to be agreed to, and there is no terminal to ask on.
      Say --yes, or --dry-run to see them only.
      "
    `);
    expect((await bridle('get', 'pipeline', 'release')).out).toBe(PIPELINE);
    const done = await bridle('apply', '-f', 'release.yaml', '--yes');
    expect(done.err).toContain('0 created, 1 updated, 0 unchanged');
    expect((await bridle('get', 'pipeline', 'release', '--json=pipeline')).out).toContain('"name": "Tell"');
  });

  it('are refused with the place of the mistake, before anything is sent or by the server', async () => {
    write({
      'all.yaml': `variable:\n  name: Zone\n  identifier: zone\n  type: String\n  spec:\n    valueType: FIXED\n    fixedValue: a\n---\n${PIPELINE.replace('identifier: say', 'identifier: say it').replaceAll('release', 'wrong')}`,
    });
    const wrong = await bridle('apply', '-f', 'all.yaml', '--yes');
    expect(wrong.exitCode).toBe(1);
    expect(`\n${wrong.err}`).toMatchInlineSnapshot(`
      "
      error: "say it" is not an identifier: it takes letters, digits and underscores, does not begin with a digit, and has at most 128 characters. [IDENTIFIER_INVALID]
        all.yaml:29:31
        27 |               - step:
        28 |                   name: Say
        29 |                   identifier: say it
           |                               ^^^^^^
        hint: Use say_it, for example.

      Nothing was sent to the server.
      "
    `);
    expect((await bridle('get', 'variable', 'zone')).exitCode).toBe(5);
    write({ 'later.yaml': PIPELINE.replace('type: ShellScript', 'type: ShelScript').replaceAll('release', 'later') });
    const saved = await bridle('apply', '-f', 'later.yaml', '--yes');
    expect(`\n${saved.err}`).toMatchInlineSnapshot(`
      "
      error: Unknown step type ShelScript: the step say (line 22). [STEP_TYPE_UNKNOWN]
        later.yaml:22:25
        20 |                   name: Say
        21 |                   identifier: say
        22 |                   type: ShelScript
           |                         ^^^^^^^^^^
        hint: Did you mean ShellScript?

      As it stands, this can be saved but not run: pipeline later
      ✓ 1 created, 0 updated, 0 unchanged
      "
    `);
    expect(saved.exitCode).toBe(0);
    // Of this only the server knows that it does not fit.
    write({ 'set.yaml': (ALL['.harness/inputsets/production.yaml'] ?? '').replace('release', 'absent') });
    const refused = await bridle('apply', '-f', 'set.yaml', '--yes');
    expect(`\n${refused.err}`).toMatchInlineSnapshot(`
      "
      inputset absent/production was not saved; 0 of 1 were, and 0 were not tried.
      bridle: Pipeline with the given ID: absent does not exist or has been deleted.
      "
    `);
    expect(refused.exitCode).not.toBe(0);
  });

  it('are listed, and deleted in the order opposite to that of their making', async () => {
    expect((await bridle('list', 'triggers', 'release')).out).toMatchInlineSnapshot(`
      "IDENTIFIER  NAME
      hook        Hook
      "
    `);
    expect((await bridle('list', 'templates', '--json=identifier,version')).out).toMatchInlineSnapshot(`
      "[
        {
          "identifier": "greet",
          "version": "v1"
        }
      ]
      "
    `);
    expect((await bridle('list', 'connectors', '--level', 'account')).err).toBe(
      'There are no connectors in the account.\n',
    );
    const whose = await bridle('list', 'triggers');
    expect([whose.exitCode, whose.err]).toMatchInlineSnapshot(`
      [
        2,
        "bridle: It is not said of which pipeline the triggers are meant.
      Name it: bridle list triggers PIPELINE
      ",
      ]
    `);
    const unknown = await bridle('list', 'pipes');
    expect([unknown.exitCode, unknown.err]).toMatchInlineSnapshot(`
      [
        2,
        "bridle: "pipes" is no kind of document.
      Kinds: organization, project, variable, secret, connector, service, environment, infrastructure, overrides, template, pipeline, inputset, overlay, trigger.
      ",
      ]
    `);
    const asked = await bridle('delete', 'trigger', 'release/hook');
    expect([asked.exitCode, asked.err]).toMatchInlineSnapshot(`
      [
        2,
        "bridle: Nothing was deleted of: trigger release/hook (project shop of organization default).
      There is no terminal to ask on: say --yes.
      ",
      ]
    `);
    write(ALL);
    const deleted = await bridle('delete', '-f', '.harness', '--yes');
    expect(deleted.err).toMatchInlineSnapshot(`
      "✓ trigger release/hook deleted
      ✓ overlay release/all deleted
      ✓ inputset release/production deleted
      ✓ pipeline release deleted
      ✓ template greet (v1) deleted
      ✓ environment production deleted
      ✓ service web deleted
      ✓ connector code deleted
      ✓ secret token deleted
      ✓ variable region deleted
      ✓ project shop deleted
      "
    `);
    const gone = await bridle('get', 'trigger', 'release/hook');
    expect(gone.exitCode).toBe(5);
  });
});
