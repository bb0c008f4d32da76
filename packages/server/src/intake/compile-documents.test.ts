/** Rounds of compiling and loading: how often is asked for what, where they end, and that nothing old is remembered. */
import { referenceKey, type DocumentReference, type ProjectScope } from '@bridle/pipeline';
import { describe, expect, it } from 'vitest';
import { compileWithDocuments, withDocuments } from './compile-documents.ts';
import type { DocumentSource, FoundDocument } from './document-source.ts';

const SCOPE: ProjectScope = { accountId: 'a', orgIdentifier: 'default', projectIdentifier: 'p' };

/** Documents kept by hand, which notes each question. */
class Shelf implements Pick<DocumentSource, 'find'> {
  readonly asked: string[][] = [];
  readonly templates = new Map<string, FoundDocument>();

  put(identifier: string, spec: string, type = 'StepGroup'): this {
    const yaml = `template:\n  name: ${identifier}\n  identifier: ${identifier}\n  versionLabel: "1"\n  type: ${type}\n  spec: ${spec}\n`;
    this.templates.set(identifier, { yaml, versionLabel: '1' });
    return this;
  }

  async find(_scope: ProjectScope, references: readonly DocumentReference[]): Promise<readonly FoundDocument[]> {
    const names = references.map((reference) => ('identifier' in reference ? reference.identifier : ''));
    this.asked.push(names);
    return names.map((name) => this.templates.get(name) ?? null);
  }
}

const WAIT = '{ type: Wait, spec: { duration: 1m } }';
const group = (...templates: readonly string[]): string =>
  `{ steps: [${templates.map((name) => `{ stepGroup: { name: ${name}, identifier: ${name}, template: { templateRef: ${name} } } }`).join(', ')}] }`;

function pipeline(...templates: readonly string[]): string {
  return `pipeline:
  name: p
  identifier: p
  stages:
    - stage:
        name: s
        identifier: s
        type: Custom
        spec:
          execution: ${group(...templates)}
`;
}

const compile = (shelf: Shelf, yaml: string): ReturnType<typeof compileWithDocuments> =>
  compileWithDocuments(shelf, SCOPE, { yaml, inputYaml: '' });

describe('compileWithDocuments', () => {
  it('asks for all that one round lacks at once, and for what that refers to in the next', async () => {
    const shelf = new Shelf()
      .put('a', group('c', 'd'))
      .put('b', group('d'))
      .put('c', `{ steps: [{ step: { name: w, identifier: w, template: { templateRef: w } } }] }`)
      .put('d', `{ steps: [{ step: { name: w, identifier: w, template: { templateRef: w } } }] }`)
      .put('w', WAIT, 'Step');
    const compiled = await compile(shelf, pipeline('a', 'b'));
    expect(compiled.kind).toBe('compiled');
    expect(shelf.asked).toEqual([['a', 'b'], ['c', 'd'], ['w']]);
  });

  it('asks for nothing where nothing is referred to', async () => {
    const shelf = new Shelf();
    const yaml = pipeline().replace('steps: []', `steps: [{ step: { name: w, identifier: w, ${WAIT.slice(1, -1)} } }]`);
    expect((await compile(shelf, yaml)).kind).toBe('compiled');
    expect(shelf.asked).toEqual([]);
  });

  it('sees what has been changed, deleted and made anew since', async () => {
    const shelf = new Shelf().put('a', `{ steps: [{ step: { name: w, identifier: first, ${WAIT.slice(1, -1)} } }] }`);
    const resolved = async (): Promise<string> => {
      const compiled = await compile(shelf, pipeline('a'));
      return compiled.kind === 'compiled' ? compiled.resolvedYaml : compiled.kind;
    };
    expect(await resolved()).toContain('identifier: first');
    shelf.put('a', `{ steps: [{ step: { name: w, identifier: second, ${WAIT.slice(1, -1)} } }] }`);
    expect(await resolved()).toContain('identifier: second');
    shelf.templates.clear();
    expect(await resolved()).toBe('refused');
    shelf.put('a', `{ steps: [{ step: { name: w, identifier: third, ${WAIT.slice(1, -1)} } }] }`);
    expect(await resolved()).toContain('identifier: third');
  });

  it('ends where templates hold each other', async () => {
    const shelf = new Shelf().put('a', group('b')).put('b', group('a'));
    expect(await compile(shelf, pipeline('a'))).toMatchObject({
      kind: 'refused',
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'TEMPLATE_CYCLE' })]),
    });
  });
});

describe('withDocuments', () => {
  const nth = (index: number): DocumentReference => ({ kind: 'service', scope: 'project', identifier: `s${index}` });
  const lacks = (result: readonly DocumentReference[]): readonly DocumentReference[] => result;

  it('gives up on documents that never end', async () => {
    let next = 0;
    const result = await withDocuments(new Shelf(), SCOPE, () => [nth((next += 1))], lacks);
    expect(result).toMatchObject({ kind: 'tooManyDocuments', message: expect.stringContaining('nested more than 32') });
    const many = Array.from({ length: 1_001 }, (_, index) => nth(index));
    expect(await withDocuments(new Shelf(), SCOPE, () => many, lacks)).toMatchObject({
      kind: 'tooManyDocuments',
      message: expect.stringContaining('more than 1000'),
    });
  });

  it('gives up on documents that are too large, at once or one after the other', async () => {
    const tooLarge = { kind: 'tooManyDocuments', message: expect.stringContaining('larger than 16 MiB together') };
    const vast: Pick<DocumentSource, 'find'> = { find: async () => 'tooLarge' };
    expect(await withDocuments(vast, SCOPE, () => [nth(1)], lacks)).toMatchObject(tooLarge);
    let next = 0;
    const large: Pick<DocumentSource, 'find'> = { find: async () => [{ yaml: 'x'.repeat(6 * 1_048_576) }] };
    expect(await withDocuments(large, SCOPE, () => [nth((next += 1))], lacks)).toMatchObject(tooLarge);
    expect(next).toBe(3);
  });

  it('takes a question that was answered for a bug', async () => {
    await expect(withDocuments(new Shelf(), SCOPE, () => [nth(1)], lacks)).rejects.toThrow('asked for twice');
  });

  it('answers equal references alike', async () => {
    const found: (FoundDocument | undefined)[] = [];
    await withDocuments(
      new Shelf().put('t', WAIT, 'Step'),
      SCOPE,
      (documents) => {
        const reference = { kind: 'template', scope: 'project', identifier: 't' } as const;
        found.push(documents.find({ ...reference }));
        expect(referenceKey(reference)).toBe(referenceKey({ ...reference }));
        return found.length === 1 ? [reference] : [];
      },
      lacks,
    );
    expect(found).toEqual([undefined, expect.objectContaining({ versionLabel: '1' })]);
  });
});
