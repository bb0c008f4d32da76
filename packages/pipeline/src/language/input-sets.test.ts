/** Saved sets: the fold is associative and idempotent in the documented order; overlays come apart into their sets. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInputSet, parseOverlayInputSet } from './input-set-document.ts';
import { checkInputSet, mergeInputs, resolveInputSets } from './input-sets.ts';
import { extractInputTemplate, fillInputTemplate, NO_INPUTS_YAML } from './input-template.ts';

const PIPELINE = `
pipeline:
  identifier: p
  name: p
  variables:
    - {name: a, type: String, value: <+input>}
    - {name: b, type: String, value: "<+input>.default(x).selectManyFrom(x,y)"}
  stages:
    - parallel:
        - stage:
            identifier: one
            name: one
            type: Custom
            when: <+input>
            delegateSelectors: <+input>
            spec: {execution: {steps: [{step: {identifier: s, name: s, type: Wait, spec: {duration: <+input>}}}]}}
        - stage:
            identifier: two
            name: two
            type: Custom
            spec: {execution: {steps: [{stepGroup: {identifier: g, name: g, steps: [{step: {identifier: s, name: s, type: Wait, spec: {duration: <+input>}}}]}}]}}
`;
const { inputs: FIELDS } = extractInputTemplate(PIPELINE);
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('<+')),
  fc.constantFrom('', '<+input>', 'x', 'x,y', '<+trigger.tag>'),
  fc.array(fc.constantFrom('x', 'y', 'linux'), { minLength: 1, maxLength: 3 }),
  fc.record({ pipelineStatus: fc.constantFrom('All', 'Success'), condition: fc.constant('true') }),
);
/** What one document gives: any choice of the inputs with any values, fitting or not. */
const given = fc
  .dictionary(fc.constantFrom(...FIELDS.map(({ path }) => path)), value)
  .map((values) => fillInputTemplate(PIPELINE, values));

/** Each run reads several documents. */
const RUNS = { numRuns: 40 };

const asSet = (inputYaml: string, identifier = 'set'): string =>
  `inputSet:\n  identifier: ${identifier}\n  name: n\n${inputYaml.replaceAll(/^(?=.)/gm, '  ')}`;
const fold = (...documents: readonly string[]): string =>
  mergeInputs({ yaml: PIPELINE, inputSets: documents.map((each) => asSet(each)) }).inputYaml;

describe('folding input sets', () => {
  test('is associative in the documented order', () => {
    fc.assert(
      fc.property(given, given, given, (a, b, c) => {
        const all = fold(a, b, c);
        expect(fold(fold(a, b), c)).toBe(all);
        expect(fold(a, fold(b, c))).toBe(all);
      }),
      RUNS,
    );
  });

  test('is idempotent; a set that gives nothing changes nothing', () => {
    fc.assert(
      fc.property(given, given, (a, b) => {
        expect(fold(a, a)).toBe(fold(a));
        expect(fold(a, b, a, b)).toBe(fold(a, b, b));
        expect(fold(NO_INPUTS_YAML, a, NO_INPUTS_YAML)).toBe(fold(a));
      }),
      RUNS,
    );
  });

  test('fills in the template: sent back as it is, it gives the same, and asks for the rest', () => {
    expect(mergeInputs({ yaml: PIPELINE }).templateYaml).toBe(extractInputTemplate(PIPELINE).templateYaml);
    fc.assert(
      fc.property(given, given, (a, b) => {
        const { inputYaml, templateYaml } = mergeInputs({ yaml: PIPELINE, inputSets: [asSet(a, 'a'), asSet(b, 'b')] });
        expect(mergeInputs({ yaml: PIPELINE, inputYamls: [templateYaml] }).inputYaml).toBe(inputYaml);
      }),
      RUNS,
    );
  });

  test('comes before what is supplied by hand', () => {
    fc.assert(
      fc.property(given, given, given, (a, b, manual) => {
        const inputSets = [asSet(a, 'a'), asSet(b, 'b')];
        const merged = mergeInputs({ yaml: PIPELINE, inputSets, inputYamls: [manual] });
        const atOnce = mergeInputs({ yaml: PIPELINE, inputYamls: [fold(a, b), manual] });
        expect(atOnce.inputYaml).toBe(merged.inputYaml);
      }),
      RUNS,
    );
  });

  test('what the template asks for is not outdated, whatever its values are', () => {
    fc.assert(
      fc.property(given, (a) => {
        const checked = checkInputSet(PIPELINE, asSet(a));
        expect(checked.isOutdated).toBe(false);
        expect(checked.needsDocuments).toEqual([]);
        expect(checked.invalidFields.every(({ path }) => path.startsWith('inputSet.pipeline.'))).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('documents', () => {
  test('an input set', () => {
    const { document, diagnostics } = parseInputSet(
      'inputSet: {identifier: i, name: I, description: d, tags: {a: b}, orgIdentifier: o, projectIdentifier: q, pipeline: {identifier: p, timeout: 1h}}',
    );
    expect(diagnostics).toEqual([]);
    expect(document).toEqual({
      kind: 'inputSet',
      identifier: 'i',
      name: 'I',
      description: 'd',
      tags: { a: 'b' },
      orgIdentifier: 'o',
      projectIdentifier: 'q',
      pipelineIdentifier: 'p',
      inputYaml: 'pipeline:\n  identifier: p\n  timeout: "1h"\n',
    });
  });

  test('an overlay', () => {
    const { document, diagnostics } = parseOverlayInputSet(
      'overlayInputSet: {identifier: i, name: I, pipelineIdentifier: p, inputSetReferences: [a, b]}',
    );
    expect(diagnostics).toEqual([]);
    expect(document).toMatchObject({
      kind: 'overlayInputSet',
      pipelineIdentifier: 'p',
      inputSetReferences: ['a', 'b'],
    });
  });
});

describe('references', () => {
  const overlay = (identifier: string, references: readonly string[]): string =>
    `overlayInputSet: {identifier: ${identifier}, name: n, pipelineIdentifier: p, inputSetReferences: [${references.join(', ')}]}`;
  const stored: Readonly<Record<string, string>> = {
    a: asSet(NO_INPUTS_YAML, 'a'),
    b: asSet(NO_INPUTS_YAML, 'b'),
    ab: overlay('ab', ['b', 'a', 'b']),
    nested: overlay('nested', ['ab', 'a']),
    lost: overlay('lost', ['gone', 'a']),
  };
  const resolve = (...references: readonly string[]): readonly [string, string] => {
    const { inputSets, missing } = resolveInputSets(references, (identifier) => stored[identifier]);
    const names = inputSets.map((yaml) => parseInputSet(yaml).document?.identifier);
    return [names.join(' '), missing.join(' ')];
  };

  test.each([
    [
      ['a', 'b'],
      ['a b', ''],
    ],
    [
      ['ab', 'a'],
      ['b a b a', ''],
    ],
    [['nested'], ['a', 'ab']],
    [
      ['lost', 'none'],
      ['a', 'gone none'],
    ],
    [[], ['', '']],
  ])('%s', (references, expected) => {
    expect(resolve(...references)).toEqual(expected);
  });
});
