import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { judgeAll, verdictOf, type Judged } from './judge.ts';
import { readFolder } from './read-folder.ts';
import { lacksValue, setCommand } from './report.ts';

const USUAL = { org: 'default', project: 'shop' };

const STEP = (type: string): string => `pipeline:
  identifier: ${type.toLowerCase()}
  name: ${type}
  orgIdentifier: default
  projectIdentifier: shop
  stages:
    - stage:
        identifier: deploy
        name: Deploy
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: it
                  name: It
                  type: ${type}
                  timeout: 10m
                  spec: { shell: Bash, source: { type: Inline, spec: { script: echo hi } } }
`;

function judge(files: Readonly<Record<string, string>>): readonly Judged[] {
  const folder = testFolder(files);
  return judgeAll(readFolder(folder, '.', USUAL).documents);
}

function shown(judged: readonly Judged[]): readonly object[] {
  return judged.map(({ document, verdict, reasons }) => ({
    document: `${document.place.kind} ${document.place.identifier}`,
    verdict,
    reasons: reasons.map(({ verdict: own, code, line }) => `${own} ${code ?? '-'} ${String(line ?? '-')}`),
  }));
}

describe('the report', () => {
  it('says of each document how much of it is supported, with the lines that decide it', () => {
    const ignored = STEP('ShellScript').replace('  stages:\n', '  notificationRules:\n    - name: tell\n  stages:\n');
    const emulated = STEP('ShellScript').replace('shellscript', 'short').replace('timeout: 10m', 'timeout: 1s');
    const judged = judge({
      'fine.yaml': STEP('ShellScript').replace('shellscript', 'fine'),
      'ignored.yaml': ignored,
      'short.yaml': emulated,
      'refused.yaml': STEP('TerraformApply'),
    });
    expect(shown(judged)).toEqual([
      { document: 'pipeline fine', verdict: 'supported', reasons: [] },
      { document: 'pipeline shellscript', verdict: 'ignored', reasons: ['ignored CONSTRUCT_IGNORED 7'] },
      { document: 'pipeline terraformapply', verdict: 'refused', reasons: ['refused STEP_TYPE_NOT_RUN_YET 17'] },
      { document: 'pipeline short', verdict: 'emulated', reasons: ['emulated DURATION_SHORT 18'] },
    ]);
  });

  it('refuses what belongs to something refused', () => {
    const judged = judge({
      'refused.yaml': STEP('TerraformApply'),
      'set.yaml':
        'inputSet:\n  identifier: own\n  name: Own\n  orgIdentifier: default\n  projectIdentifier: shop\n  pipeline:\n    identifier: terraformapply\n',
      'other.yaml':
        'inputSet:\n  identifier: other\n  name: Other\n  orgIdentifier: default\n  projectIdentifier: shop\n  pipeline:\n    identifier: elsewhere\n',
    });
    expect(judged.map(({ document, verdict }) => [document.place.identifier, verdict])).toEqual([
      ['terraformapply', 'refused'],
      ['other', 'supported'],
      ['own', 'refused'],
    ]);
  });

  it('counts lines of a document that is not the first of its file from the beginning of the file', () => {
    const [, second] = judge({ 'both.yaml': `${STEP('ShellScript')}---\n${STEP('TerraformApply')}` });
    expect(second).toMatchObject({ verdict: 'refused', reasons: [{ line: 17 + 20 }] });
  });

  it('says of connectors what has no effect, and what is wrong', () => {
    const connector = (identifier: string, rest: string): string =>
      `connector:\n  name: ${identifier}\n  identifier: ${identifier}\n${rest}`;
    const judged = judge({
      'a.yaml': connector(
        'code',
        '  type: Git\n  spec:\n    url: https://git.example.com\n    type: Http\n    connectionType: Repo\n    speed: high\n',
      ),
      'b.yaml': connector('broken', '  type: Git\n  spec:\n    type: Http\n    connectionType: Repo\n'),
      'c.yaml': connector('nothing', '  type: NoSuchThing\n  spec: {}\n'),
    });
    expect(judged.map(({ document, verdict }) => [document.place.identifier, verdict])).toEqual([
      ['code', 'ignored'],
      ['broken', 'refused'],
      ['nothing', 'refused'],
    ]);
  });

  it('goes by what a diagnostic stands in the way of, and by its code', () => {
    expect(verdictOf({ blocks: 'save', code: 'CONSTRUCT_IGNORED' })).toBe('refused');
    expect(verdictOf({ blocks: 'run', code: 'DURATION_SHORT' })).toBe('refused');
    expect(verdictOf({ blocks: 'nothing', code: 'CONSTRUCT_IGNORED' })).toBe('ignored');
    expect(verdictOf({ blocks: 'nothing', code: 'DURATION_SHORT' })).toBe('emulated');
  });
});

describe('a folder', () => {
  it('says by its paths where documents belong that do not say it themselves', () => {
    const folder = testFolder({
      '.harness/account/connectors/hub.yaml': 'connector:\n  identifier: hub\n',
      '.harness/orgs/tools/templates/build.yaml': 'template:\n  identifier: build\n  versionLabel: v1\n',
      '.harness/orgs/tools/projects/ci/services/web.yaml': 'service:\n  identifier: web\n',
      '.harness/pipelines/here.yaml': 'pipeline:\n  identifier: here\n',
      '.harness/orgs/tools/projects/ci/pipelines/said.yaml':
        'pipeline:\n  identifier: said\n  orgIdentifier: other\n  projectIdentifier: one\n',
    });
    const { documents, unread } = readFolder(folder, '.harness', USUAL);
    expect(unread).toEqual([]);
    expect(documents.map(({ place }) => place)).toEqual([
      { kind: 'connector', identifier: 'hub' },
      { kind: 'service', identifier: 'web', org: 'tools', project: 'ci' },
      { kind: 'template', identifier: 'build', org: 'tools', version: 'v1' },
      { kind: 'pipeline', identifier: 'said', org: 'other', project: 'one' },
      { kind: 'pipeline', identifier: 'here', ...USUAL },
    ]);
  });

  it('names what it does not take, and takes the rest', () => {
    const folder = testFolder({
      'in/compose.yaml': 'services:\n  web: {}\n',
      'in/nameless.yaml': 'connector:\n  name: Nobody\n',
      'in/one.yaml': 'connector:\n  identifier: twice\n',
      'in/two.yaml': 'connector:\n  identifier: twice\n',
    });
    const { documents, unread } = readFolder(folder, 'in', USUAL);
    expect(documents.map(({ source }) => source)).toEqual([join('in', 'one.yaml')]);
    expect(unread).toEqual([
      { source: join('in', 'compose.yaml'), reason: 'It is no document that Bridle knows.', isRefused: false },
      {
        source: join('in', 'nameless.yaml'),
        reason: expect.stringContaining('identifier is missing') as string,
        isRefused: true,
      },
      {
        source: join('in', 'two.yaml'),
        reason: expect.stringContaining('one.yaml is the same') as string,
        isRefused: true,
      },
    ]);
  });
});

describe('secrets', () => {
  it('lack a value where only the server that kept it knew it', () => {
    const secret = (spec: string, type = 'SecretText'): string =>
      `secret:\n  type: ${type}\n  identifier: s\n  spec: ${spec}\n`;
    expect(lacksValue(secret('{ valueType: Inline }'))).toBe(true);
    expect(lacksValue(secret('{ valueType: Inline, value: "" }'))).toBe(true);
    expect(lacksValue(secret('{}', 'SecretFile'))).toBe(true);
    expect(lacksValue(secret('{ valueType: Inline, value: known }'))).toBe(false);
    expect(lacksValue(secret('{ valueType: Reference, value: path/to/it }'))).toBe(false);
    expect(lacksValue(secret('{}', 'SSHKey'))).toBe(false);
  });

  it('are given by a command that says whose they are', () => {
    const place = { kind: 'secret', identifier: 'token' } as const;
    expect(setCommand(place)).toBe('bridle secret set token --level account');
    expect(setCommand({ ...place, org: 'o' })).toBe('bridle secret set token --level org --org o');
    expect(setCommand({ ...place, org: 'o', project: 'p' })).toBe('bridle secret set token --org o --project p');
  });
});
