import { describe, expect, it } from 'vitest';
import type { GivenDocument } from '../documents/given-documents.ts';
import { kindOf, type Place } from '../documents/kinds.ts';
import { moveInto, moveText, projectOf, withOwners } from './move.ts';

const SHOP = { org: 'default', project: 'shop' };
const TRIAL = { org: 'tools', project: 'trial' };

function documentOf(place: Place, text = ''): GivenDocument {
  const source = `${place.kind}/${place.identifier}`;
  return { kind: kindOf(place.kind), place, text, source, file: { name: source, text, linesBefore: 0 } };
}

describe('moving a project', () => {
  it('changes the words that name it, and not a byte more', () => {
    const text = `# Ours.
pipeline:
  identifier:   shop   # as the project is called
  orgIdentifier: "default"
  projectIdentifier: 'shop' # moves
  stages:
    - stage:
        type: Pipeline
        spec: { org: default, project: shop, pipeline: build }
    - stage:
        type: Pipeline
        spec: { org: default, project: other, pipeline: build }
  variables: [ {name: project, value: shop} ]
`;
    expect(moveText(text, SHOP, TRIAL)).toBe(
      text
        .replace('"default"', '"tools"')
        .replace("'shop'", "'trial'")
        .replace('{ org: default, project: shop,', '{ org: tools, project: trial,'),
    );
  });

  it('renames the project itself', () => {
    const text = 'project:\n  name: Shop\n  identifier: shop\n  orgIdentifier: default\n';
    expect(moveText(text, SHOP, TRIAL, true)).toBe(
      'project:\n  name: Shop\n  identifier: trial\n  orgIdentifier: tools\n',
    );
    expect(moveText(text, SHOP, TRIAL)).toBe(text);
  });

  it('takes what is of the project, and leaves what is above it', () => {
    const moved = moveInto(
      [
        documentOf({ kind: 'organization', identifier: 'default' }),
        documentOf({ kind: 'project', org: 'default', identifier: 'shop' }),
        documentOf({ kind: 'connector', identifier: 'hub' }),
        documentOf({ kind: 'trigger', ...SHOP, identifier: 'nightly', parent: 'release' }),
      ],
      TRIAL,
    );
    expect(moved.map(({ place }) => place)).toEqual([
      { kind: 'project', org: 'tools', identifier: 'trial' },
      { kind: 'trigger', org: 'tools', project: 'trial', identifier: 'nightly', parent: 'release' },
    ]);
  });

  it('needs exactly one', () => {
    const one = documentOf({ kind: 'pipeline', ...SHOP, identifier: 'a' });
    const other = documentOf({ kind: 'pipeline', org: 'default', project: 'bank', identifier: 'a' });
    expect(() => moveInto([one, other], TRIAL)).toThrow('there are 2: default/shop, default/bank');
    expect(() => moveInto([documentOf({ kind: 'connector', identifier: 'hub' })], TRIAL)).toThrow('no documents');
  });

  it('is told the project with or without its organization', () => {
    expect(projectOf('trial', 'default')).toEqual({ org: 'default', project: 'trial' });
    expect(projectOf('tools/trial', 'default')).toEqual(TRIAL);
    for (const word of ['', '/trial', 'tools/', 'a/b/c'])
      expect(() => projectOf(word, 'default')).toThrow('no project');
  });
});

describe('organizations and projects', () => {
  it('are made where documents need them, before what is in them', () => {
    const all = withOwners([
      documentOf({ kind: 'organization', identifier: 'given' }),
      documentOf({ kind: 'connector', org: 'given', project: 'new', identifier: 'git' }),
      documentOf({ kind: 'pipeline', ...SHOP, identifier: 'release' }),
      documentOf({ kind: 'pipeline', ...SHOP, identifier: 'other' }),
    ]);
    expect(all.map(({ place: { kind, identifier } }) => `${kind} ${identifier}`)).toEqual([
      'organization given',
      'organization default',
      'project new',
      'project shop',
      'connector git',
      'pipeline release',
      'pipeline other',
    ]);
    expect(all[3]?.text).toBe('project:\n  name: shop\n  identifier: shop\n  orgIdentifier: default\n');
  });
});
