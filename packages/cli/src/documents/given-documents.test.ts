import { describe, expect, it } from 'vitest';
import { UsageError } from '../command-line/usage-error.ts';
import { testFolder } from '../testing/test-folder.ts';
import { readGivenDocuments, type DefaultPlace, type GivenDocument } from './given-documents.ts';

const SHOP: DefaultPlace = { org: 'default', project: 'shop', level: 'project' };

function read(files: Readonly<Record<string, string>>, defaults = SHOP): readonly GivenDocument[] {
  return readGivenDocuments(testFolder(files), Object.keys(files), defaults);
}

function placesOf(documents: readonly GivenDocument[]): readonly object[] {
  return documents.map(({ place }) => place);
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('documents of files', () => {
  it('come in the order in which a server must have them, each with its place', () => {
    const documents = read({
      'a.yaml': 'trigger:\n  identifier: nightly\n  pipelineIdentifier: release\n',
      'b.yaml': 'inputSet:\n  identifier: production\n  pipeline:\n    identifier: release\n',
      'c.yaml': 'pipeline:\n  identifier: release\n',
      'd.yaml': 'template:\n  identifier: build\n  versionLabel: v1\n  orgIdentifier: tools\n',
      'e.yaml': 'infrastructureDefinition:\n  identifier: here\n  environmentRef: prod\n',
      'f.yaml': 'connector:\n  identifier: git\n',
      'g.yaml': 'project:\n  identifier: shop\n',
      'h.yaml': 'organization:\n  identifier: default\n',
      'i.yaml': 'serviceOverrides:\n  environmentRef: org.prod\n  serviceRef: api\n',
    });
    const shop = { org: 'default', project: 'shop' };
    expect(placesOf(documents)).toEqual([
      { kind: 'organization', identifier: 'default' },
      { kind: 'project', org: 'default', identifier: 'shop' },
      { kind: 'connector', ...shop, identifier: 'git' },
      { kind: 'infrastructure', ...shop, identifier: 'here', parent: 'prod' },
      { kind: 'overrides', ...shop, identifier: 'org_prod_api' },
      { kind: 'template', org: 'tools', identifier: 'build', version: 'v1' },
      { kind: 'pipeline', ...shop, identifier: 'release' },
      { kind: 'inputset', ...shop, identifier: 'production', parent: 'release' },
      { kind: 'trigger', ...shop, identifier: 'nightly', parent: 'release' },
    ]);
  });

  it('go where they say, else where it is said for them', () => {
    const files = {
      'a.yaml': 'connector:\n  identifier: one\n',
      'b.yaml': 'connector:\n  identifier: two\n  orgIdentifier: tools\n',
      'c.yaml': 'connector:\n  identifier: three\n  orgIdentifier: tools\n  projectIdentifier: ci\n',
      'd.yaml': 'pipeline:\n  identifier: four\n',
    };
    const shop = { org: 'default', project: 'shop' };
    const rest = [
      { kind: 'connector', org: 'tools', identifier: 'two' },
      { kind: 'connector', org: 'tools', project: 'ci', identifier: 'three' },
      { kind: 'pipeline', ...shop, identifier: 'four' },
    ];
    const one = { kind: 'connector', identifier: 'one' };
    expect(placesOf(read(files))).toEqual([{ ...one, ...shop }, ...rest]);
    expect(placesOf(read(files, { ...SHOP, level: 'org' }))).toEqual([{ ...one, org: 'default' }, ...rest]);
    expect(placesOf(read(files, { ...SHOP, level: 'account' }))).toEqual([one, ...rest]);
  });

  it('are told apart where a file holds several, with the lines that they begin on', () => {
    const documents = read({
      'all.yaml':
        '# first\nconnector:\n  identifier: one\n---\n\n# second\nsecret:\n  identifier: two\n---\n# nothing\n---\nservice:\n  identifier: three\n',
    });
    expect(documents.map(({ place, source, text }) => [place.identifier, source, text])).toEqual([
      ['two', 'all.yaml:6', '# second\nsecret:\n  identifier: two\n'],
      ['one', 'all.yaml:1', '# first\nconnector:\n  identifier: one\n'],
      ['three', 'all.yaml:12', 'service:\n  identifier: three\n'],
    ]);
  });

  it('are refused where it is not known which they are, or where two are the same', () => {
    expect(refusal(() => read({ 'a.yaml': 'trigger:\n  identifier: t\n' }))).toBe(
      'a.yaml: trigger.pipelineIdentifier is missing, so it is not known where this document belongs.',
    );
    expect(refusal(() => read({ 'a.yaml': 'inputSet:\n  identifier: t\n' }))).toBe(
      'a.yaml: inputSet.pipeline.identifier is missing, so it is not known where this document belongs.',
    );
    const same = { 'a.yaml': 'pipeline:\n  identifier: p\n', 'b.yaml': 'pipeline:\n  identifier: p\n  name: other\n' };
    expect(refusal(() => read(same))).toBe('a.yaml and b.yaml are the same pipeline p.');
    expect(refusal(() => read({ 'a.yaml': 'test:\n  pipeline: p\n' }))).toBe(
      'There are no documents that a server keeps.',
    );
  });
});
