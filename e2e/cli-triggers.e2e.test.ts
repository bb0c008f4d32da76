/** Triggers and secrets from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline, createTrigger, shellPipeline } from './src/api.ts';
import { runCli, type CliResult } from './src/cli.ts';
import { startProduct, type Product } from './src/product.ts';

let product: Product;
let folder: string;
let environment: Readonly<Record<string, string>>;

const PLACE = { HARNESS_ORG: 'default', HARNESS_PROJECT: 'myproject' };

const HOOK = `trigger:
  name: Only tags
  identifier: tags
  enabled: true
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: one
  source:
    type: Webhook
    spec:
      type: Custom
      spec:
        payloadConditions:
          - key: <+trigger.payload.tag>
            operator: StartsWith
            value: v
        headerConditions:
          - key: X-Kind
            operator: Equals
            value: release
  inputYaml: ''
`;

beforeAll(async () => {
  product = await startProduct();
  environment = { ...PLACE, HARNESS_BASE_URL: product.url, HARNESS_API_KEY: product.adminToken };
  await createPipeline(product, shellPipeline('one', ['true']));
  await createTrigger(product, 'one', HOOK);
});

afterAll(async () => {
  await product.dispose();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridle cli triggers '));
  return () => rmSync(folder, { recursive: true, force: true });
});

function bridle(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return runCli(words, { folder, environment: { ...environment, ...more } });
}

describe('bridle trigger', () => {
  it('fires a webhook and names the execution, or says which condition did not hold', async () => {
    const fired = await bridle([
      'trigger',
      'fire',
      'one/tags',
      '-d',
      '{"tag": "v1"}',
      '-H',
      'X-Kind: release',
      '--json',
    ]);
    expect(fired.err).toBe('');
    const { executionId, eventCorrelationId } = JSON.parse(fired.out) as Record<string, string>;
    expect(fired.out).toContain('TARGET_EXECUTION');
    expect(executionId).toMatch(/^[\w-]{22}$/);
    const refused = await bridle(['trigger', 'fire', 'one/tags', '-d', '{"tag": "1"}', '-H', 'X-Kind: release']);
    expect(refused.exitCode).toBe(1);
    expect(refused.err.replace(/Event \w+/, 'Event ID')).toMatchInlineSnapshot(`
      "Event ID was accepted.
      It started nothing: NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS: tags: The payload condition <+trigger.payload.tag> StartsWith "v" does not hold: the event has "1".
        holds      X-Kind Equals release: it is "release"
        does not   <+trigger.payload.tag> StartsWith v: it is "1"
      "
    `);
    const history = await bridle(['trigger', 'history', 'one/tags', '--json=status,executionId']);
    expect(JSON.parse(history.out)).toEqual([
      { status: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS', executionId: null },
      { status: 'TARGET_EXECUTION_REQUESTED', executionId },
    ]);
    // Its headers are not kept: without the one that matters it does not match.
    const replayed = await bridle(['trigger', 'replay', eventCorrelationId ?? '', '-H', 'X-Kind: release', '--json']);
    expect(replayed.exitCode).toBe(0);
    expect((JSON.parse(replayed.out) as Record<string, string>)['executionId']).not.toBe(executionId);
  });

  it('prints the line that calls it, which works as it stands', async () => {
    const { out } = await bridle(['trigger', 'curl', 'test/myhook']);
    expect(out).toContain('curl -X POST');
    const ran = await bridle(['trigger', 'history', 'test/myhook', '--json']);
    expect(JSON.parse(ran.out)).toEqual([]);
  });

  it('tells beforehand what would happen: of a trigger of the server, and of a file without one', async () => {
    const yes = await bridle(['trigger', 'test', 'one/tags', '-d', '{"tag": "v1"}', '-H', 'X-Kind: release']);
    expect([yes.exitCode, yes.out]).toMatchInlineSnapshot(`
      [
        0,
        "It would start the pipeline.
        holds      X-Kind Equals release: it is "release"
        holds      <+trigger.payload.tag> StartsWith v: it is "v1"
      ",
      ]
    `);
    writeFileSync(join(folder, 'hook.yaml'), HOOK);
    const no = await runCli(['trigger', 'test', 'hook.yaml', '-d', '{}'], { folder });
    expect([no.exitCode, no.out]).toMatchInlineSnapshot(`
      [
        1,
        "It would start nothing. The header condition X-Kind Equals "release" does not hold: the event has no such value.
        does not   X-Kind Equals release: the event has nothing there
        does not   <+trigger.payload.tag> StartsWith v: the event has nothing there
      ",
      ]
    `);
    const nonsense = await runCli(['trigger', 'test', 'hook.yaml', '-d', '{'], { folder });
    expect([nonsense.exitCode, nonsense.err.replace(/JSON: .*/, 'JSON: …')]).toMatchInlineSnapshot(`
      [
        2,
        "bridle: The payload is no JSON: …
      Quote it as a whole: -d '{"tag": "v1"}'
      ",
      ]
    `);
  });

  it('is switched off and on, and what is off starts nothing', async () => {
    expect((await bridle(['trigger', 'disable', 'one/tags'])).err).toBe('The trigger one/tags is disabled.\n');
    const fired = await bridle(['trigger', 'fire', 'one/tags', '-d', '{"tag": "v1"}', '-H', 'X-Kind: release']);
    expect([fired.exitCode, fired.err.replace(product.accountId, 'ACCOUNT')]).toMatchInlineSnapshot(`
      [
        2,
        "bridle: Invalid request: No enabled custom trigger found for Account:ACCOUNT, Org: default, Project: myproject, Pipeline: one, Trigger: tags.
      ",
      ]
    `);
    expect((await bridle(['trigger', 'list', 'one', '--json=identifier,enabled'])).out).toContain('"enabled": false');
    await bridle(['trigger', 'enable', 'one/tags', '--quiet']);
    expect((await bridle(['trigger', 'list', 'one', '--json=identifier,enabled'])).out).toContain('"enabled": true');
    const unknown = await bridle(['trigger', 'enable', 'one/none']);
    expect(unknown.exitCode).toBe(5);
  });
});

describe('bridle secret', () => {
  it('keeps a value that nothing shows, gives it a new one, and takes none from where others see it', async () => {
    const set = await bridle(['secret', 'set', 'npm_token', '--name', 'Of npm', '--from-env', 'NPM'], {
      NPM: 'hunter2-is-my-secret',
    });
    expect([set.exitCode, set.err]).toMatchInlineSnapshot(`
      [
        0,
        "✓ The secret npm_token of project myproject of organization default is kept: <+secrets.getValue("npm_token")>
      ",
      ]
    `);
    const again = await bridle(['secret', 'set', 'npm_token', '--from-env', 'NPM'], { NPM: 'another-of-my-secrets' });
    expect(again.err).toContain('has a new value');
    expect((await bridle(['secret', 'list', '--json=identifier'])).out).toContain('npm_token');
    const shown = await bridle(['get', 'secret', 'npm_token']);
    expect(shown.out).toContain('identifier: npm_token');
    expect(shown.out).toContain('name: Of npm');
    expect(shown.out).not.toContain('another');
    const asked = await bridle(['secret', 'set', 'other']);
    expect([asked.exitCode, asked.err]).toMatchInlineSnapshot(`
      [
        2,
        "bridle: There is no terminal to ask for the value of other on.
      Give it with --from-file FILE, --from-file - (standard input) or --from-env NAME.
      ",
      ]
    `);
  });
});
