import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../command-line/usage-error.ts';
import { testFolder } from '../testing/test-folder.ts';
import { choosePipeline } from './choose-pipeline.ts';
import { findRootKey } from './repository-file.ts';
import { openRepository, openRepositoryOf } from './repository.ts';

function template(versionLabel: string, more = ''): string {
  return `# a template\ntemplate:\n  identifier: greet\n  versionLabel: "${versionLabel}"\n${more}`;
}

function refusal(act: () => unknown): UsageError {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a repository', () => {
  it('knows documents by their root key, wherever they lie below .harness', () => {
    const folder = testFolder({
      '.harness/orgs/default/projects/shop/pipelines/deploy/deploy.yaml': '---\npipeline:\n  identifier: deploy\n',
      '.harness/x.yml': 'service:\n  identifier: api\n',
      '.harness/notes.yaml': 'something: else\n',
      'src/other.yaml': 'pipeline:\n  identifier: other\n',
    });
    const repository = openRepository(join(folder, 'src'));
    expect(repository.root).toBe(folder);
    expect(repository.list('pipeline').map((file) => file.field('identifier'))).toEqual(['deploy']);
    expect(repository.findFile('service', 'api')?.path).toBe(join(folder, '.harness/x.yml'));
  });

  it('reads a version that looks like a number as it is written', () => {
    const text = template('1.9').replace(/versionLabel: .*/, 'versionLabel: 1.10');
    const versions = openRepository(testFolder({ '.harness/a.yaml': text }));
    const kind = { kind: 'template', scope: 'project', identifier: 'greet' } as const;
    expect(versions.find({ ...kind, versionLabel: '1.10' })?.versionLabel).toBe('1.10');
    expect(versions.find({ ...kind, versionLabel: '1.1' })?.versionLabel).toBeUndefined();
  });

  it('gives the highest version where none is asked for', () => {
    const folder = testFolder({
      '.harness/a.yaml': template('1.9'),
      '.harness/b.yaml': template('1.10'),
      '.harness/c.yaml': template('1.2'),
    });
    const find = (versionLabel?: string): string | undefined =>
      openRepository(folder).find({
        kind: 'template',
        scope: 'project',
        identifier: 'greet',
        ...(versionLabel === undefined ? {} : { versionLabel }),
      })?.versionLabel;
    expect(find()).toBe('1.10');
    expect(find('1.2')).toBe('1.2');
    expect(find('3')).toBeUndefined();
  });

  it('prefers a document that says it is kept where it is looked for, and names the file behind it', () => {
    const folder = testFolder({
      '.harness/a.yaml': template('1'),
      '.harness/b.yaml': template('1', '  orgIdentifier: default\n'),
    });
    const repository = openRepository(folder);
    const found = (scope: 'org' | 'account'): string | undefined => {
      repository.find({ kind: 'template', scope, identifier: 'greet', versionLabel: '1' });
      return repository.fileOfDocument(`template ${scope}.greet 1`)?.path;
    };
    expect(found('org')).toBe(join(folder, '.harness/b.yaml'));
    expect(found('account')).toBe(join(folder, '.harness/a.yaml'));
  });

  it('sees what is nearer first, up to the working tree and no further', () => {
    const folder = testFolder({
      '.harness/far.yaml': 'pipeline:\n  identifier: far\n',
      'work/.git/HEAD': 'ref: refs/heads/main\n',
      'work/.harness/outer.yaml': 'pipeline:\n  identifier: outer\n',
      'work/part/.harness/inner.yaml': 'pipeline:\n  identifier: inner\n',
    });
    const repository = openRepositoryOf(join(folder, 'work/part/.harness/inner.yaml'));
    expect(repository.root).toBe(join(folder, 'work'));
    expect(repository.list('pipeline').map((file) => file.field('identifier'))).toEqual(['inner', 'outer']);
  });

  it('joins all infrastructures of an environment', () => {
    const infrastructure = (identifier: string): string =>
      `infrastructureDefinition:\n  identifier: ${identifier}\n  environmentRef: prod\n`;
    const folder = testFolder({ '.harness/a.yaml': infrastructure('eu'), '.harness/b.yaml': infrastructure('us') });
    const found = openRepository(folder).find({ kind: 'infrastructures', scope: 'project', environmentRef: 'prod' });
    expect(found?.yaml).toMatch(
      /^- infrastructureDefinition:\n {4}identifier: eu[^]*- infrastructureDefinition:\n {4}identifier: us/,
    );
  });
});

describe('findRootKey', () => {
  it.each([
    ['# one\n\n---\npipeline:\n', 'pipeline'],
    ['"template" : {}\n', 'template'],
    ['unknown: 1\npipeline: 2\n', undefined],
    ['', undefined],
    ['{"pipeline": 1}', undefined],
  ])('%j → %s', (text, rootKey) => {
    expect(findRootKey(text)).toBe(rootKey);
  });
});

describe('choosePipeline', () => {
  const ONE = 'pipeline:\n  identifier: one\n';

  it('takes the only one, a file, a folder or an identifier', () => {
    const folder = testFolder({
      '.harness/one.yaml': ONE,
      'two.yaml': 'pipeline:\n  identifier: two\n',
      'empty/x': '',
    });
    expect(choosePipeline(folder, undefined).file.field('identifier')).toBe('one');
    expect(choosePipeline(folder, 'two.yaml').file.field('identifier')).toBe('two');
    expect(choosePipeline(folder, 'one').file.path).toBe(join(folder, '.harness/one.yaml'));
    expect(choosePipeline(folder, 'empty').file.field('identifier')).toBe('one');
  });

  it('takes the only one of the nearest folder that has any', () => {
    const folder = testFolder({
      '.harness/one.yaml': ONE,
      '.harness/two.yaml': ONE,
      'part/.harness/part.yaml': 'pipeline:\n  identifier: part\n',
      'part/deeper/.harness/set.yaml': 'inputSet:\n  identifier: set\n',
    });
    expect(choosePipeline(join(folder, 'part/deeper'), undefined).file.field('identifier')).toBe('part');
    expect(refusal(() => choosePipeline(folder, undefined)).message).toContain('2 pipelines');
  });

  it('says what there is to choose from', () => {
    const folder = testFolder({ '.harness/one.yaml': ONE, '.harness/two.yaml': ONE, 'set.yaml': 'inputSet: {}\n' });
    expect(refusal(() => choosePipeline(folder, undefined))).toMatchObject({
      message: 'There are 2 pipelines here: name one of them.',
      hint: '  .harness/one.yaml\n  .harness/two.yaml',
      exitCode: 2,
    });
    expect(refusal(() => choosePipeline(folder, 'three'))).toMatchObject({ exitCode: 5, hint: 'Pipelines: one, one.' });
    expect(refusal(() => choosePipeline(folder, 'set.yaml')).message).toContain('of the kind inputSet');
    expect(refusal(() => choosePipeline('/', undefined))).toMatchObject({ exitCode: 5 });
  });
});
