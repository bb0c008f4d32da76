import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Options, type OptionValue } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { choosePipeline } from '../repository/choose-pipeline.ts';
import { compileWith } from './compile-run.ts';
import { readInputs } from './read-inputs.ts';

const PIPELINE = `pipeline:
  identifier: shop
  name: Shop
  variables:
    - { name: tag, type: String, value: <+input> }
    - { name: size, type: Number, value: <+input>.default(3) }
  stages:
    - stage:
        identifier: build
        name: Build
        type: Custom
        variables:
          - { name: region, type: String, value: "<+input>.allowedValues(eu,us)" }
        spec:
          execution:
            steps:
              - parallel:
                  - step:
                      identifier: test
                      name: Test
                      type: ShellScript
                      timeout: 10m
                      spec:
                        shell: Bash
                        source: { type: Inline, spec: { script: <+input> } }
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridle inputs '));
  mkdirSync(join(folder, '.harness'));
  writeFileSync(join(folder, '.harness', 'shop.yaml'), PIPELINE);
});

afterEach(() => rmSync(folder, { recursive: true }));

function options(values: Readonly<Record<string, OptionValue>>): Options {
  return new Options(new Map(Object.entries(values)));
}

function read(values: Readonly<Record<string, OptionValue>>): unknown {
  return parse(readInputs(choosePipeline(folder, undefined), options(values), folder).inputYaml);
}

function compile(values: Readonly<Record<string, OptionValue>>): ReturnType<typeof compileWith> {
  const chosen = choosePipeline(folder, 'shop');
  return compileWith(chosen, readInputs(chosen, options(values), folder));
}

function refusal(values: Readonly<Record<string, OptionValue>>): UsageError {
  try {
    read(values);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readInputs', () => {
  it('finds inputs by the end of their name, and types them', () => {
    expect(read({ input: ['tag=1=2', 'variables.size=5', 'region=eu', 'test.spec.source.spec.script=echo'] })).toEqual({
      pipeline: {
        identifier: 'shop',
        variables: [
          { name: 'tag', type: 'String', value: '1=2' },
          { name: 'size', type: 'Number', value: 5 },
        ],
        stages: [
          {
            stage: {
              identifier: 'build',
              type: 'Custom',
              variables: [{ name: 'region', type: 'String', value: 'eu' }],
              spec: {
                execution: {
                  steps: [
                    {
                      parallel: [
                        {
                          step: {
                            identifier: 'test',
                            type: 'ShellScript',
                            spec: { source: { type: 'Inline', spec: { script: 'echo' } } },
                          },
                        },
                      ],
                    },
                  ],
                },
              },
            },
          },
        ],
      },
    });
  });

  it('takes texts that look like numbers as they are written', () => {
    writeFileSync(join(folder, 'exact.yaml'), 'tag: 1.10\nsize: 07\n');
    const files = { 'inputs-file': ['exact.yaml'], input: ['region=eu', 'test.spec.source.spec.script=x'] };
    expect(read(files)).toMatchObject({
      pipeline: {
        variables: [
          { name: 'tag', value: '1.10' },
          { name: 'size', value: 7 },
        ],
      },
    });
  });

  it('takes sets, then files, then single inputs, the later one winning', () => {
    writeFileSync(
      join(folder, '.harness', 'nightly.yaml'),
      'inputSet:\n  identifier: nightly\n  name: Nightly\n  pipeline:\n    identifier: shop\n    variables:\n      - { name: tag, type: String, value: of the set }\n      - { name: size, type: Number, value: 1 }\n',
    );
    writeFileSync(join(folder, 'inputs.yaml'), 'size: 2\nregion: us\n');
    expect(read({ 'input-set': ['nightly'], 'inputs-file': ['inputs.yaml'], input: ['region=eu'] })).toMatchObject({
      pipeline: {
        variables: [
          { name: 'tag', value: 'of the set' },
          { name: 'size', value: 2 },
        ],
        stages: [{ stage: { variables: [{ name: 'region', value: 'eu' }] } }],
      },
    });
  });

  it('says which inputs there are when one is unknown or may be several', () => {
    const unknown = refusal({ input: ['tga=1'] });
    expect(unknown.message).toBe('The pipeline has no input "tga".');
    expect(unknown.hint).toMatch(/^Did you mean tag\?/);
    expect(unknown.hint).toContain('Inputs: variables.tag, variables.size, stages.build.variables.region');
    expect(refusal({ input: ['variables.tga=1'] }).hint).toMatch(/^Did you mean variables\.tag\?/);
    expect(refusal({ input: ['tag'] }).message).toBe('--input tag is not name=value.');
    expect(refusal({ 'input-set': ['nightli'] }).exitCode).toBe(5);
    expect(refusal({ 'inputs-file': ['nowhere.yaml'] }).message).toBe('nowhere.yaml is not there.');
  });
});

describe('compileWith', () => {
  it('names all that is missing or wrong at once', () => {
    const result = compile({ input: ['region=asia'] });
    expect(result.kind).toBe('refused');
    const codes = result.kind === 'refused' ? result.diagnostics.map(({ code }) => code) : [];
    expect(codes.toSorted()).toEqual(['INPUT_MISSING', 'INPUT_MISSING', 'INPUT_NOT_ALLOWED']);
  });

  it('compiles what is given', () => {
    expect(compile({ input: ['tag=1', 'region=eu', 'script=true'] }).kind).toBe('compiled');
  });
});
