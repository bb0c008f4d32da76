/** A template by itself: its links, and what it asks for. */
import { describe, expect, test } from 'vitest';
import { parseScopedIdentifier, referenceKey, type Documents } from '../documents.ts';
import { expandPipeline } from './expand-pipeline.ts';
import { expandTemplate } from './expand-template.ts';

const PAUSE =
  'template: {identifier: pause, name: p, versionLabel: "1", type: Step, spec: {type: Wait, spec: {duration: <+input>.default(1m)}}}';
const STAGE = `
template:
  identifier: stage
  name: s
  versionLabel: "2"
  type: Stage
  spec:
    type: Custom
    timeout: <+input>
    spec:
      execution:
        steps:
          - step: {identifier: a, name: a, template: {templateRef: org.pause}}
          - step: {identifier: b, name: b, template: {templateRef: org.pause, templateInputs: {spec: {duration: 2m}}}}
`;

function documentsOf(stored: Readonly<Record<string, string>>): Documents {
  const keys = new Map(
    Object.entries(stored).map(([ref, yaml]) => [
      referenceKey({ kind: 'template', ...parseScopedIdentifier(ref) }),
      yaml,
    ]),
  );
  return {
    find: (reference) => {
      const yaml = keys.get(referenceKey(reference));
      return yaml === undefined ? null : { yaml, versionLabel: yaml === PAUSE ? '1' : '2' };
    },
  };
}

test('what it asks for is what a link may give', () => {
  const documents = documentsOf({ 'org.pause': PAUSE, stage: STAGE });
  const { templateInputsYaml = '', inputs, diagnostics, templates } = expandTemplate(STAGE, 'project', documents);
  expect(diagnostics).toEqual([]);
  expect(templates).toEqual([{ kind: 'template', scope: 'org', identifier: 'pause', versionLabel: '1' }]);
  expect(inputs.map(({ path }) => path)).toEqual([
    'template.spec.timeout',
    'template.spec.spec.execution.steps[0].step.spec.duration',
  ]);
  expect(templateInputsYaml).toBe(`type: Custom
timeout: <+input>
spec:
  execution:
    steps:
    - step:
        identifier: a
        template:
          templateInputs:
            type: Wait
            spec:
              duration: <+input>.default(1m)
`);
});

test('a link that gives all of it is in step with the template', () => {
  const documents = documentsOf({ 'org.pause': PAUSE, stage: STAGE });
  const { templateInputsYaml = '' } = expandTemplate(STAGE, 'project', documents);
  const yaml = `pipeline:
  identifier: p
  name: p
  stages:
  - stage:
      identifier: s
      name: s
      template:
        templateRef: stage
        templateInputs:
${templateInputsYaml.replaceAll(/^(?=.)/gm, '          ')}`;
  expect(expandPipeline(yaml, documents).loaded.diagnostics).toEqual([]);
});

describe('its links', () => {
  test('are asked for', () => {
    expect(expandTemplate(STAGE, 'project', { find: () => undefined }).needsDocuments).toEqual([
      { kind: 'template', scope: 'org', identifier: 'pause' },
    ]);
  });

  test('keep to its scope, in its own text', () => {
    const { diagnostics } = expandTemplate(STAGE, 'account', documentsOf({ 'org.pause': PAUSE }));
    expect(diagnostics.map(({ code, path, document }) => [code, path, document])).toEqual([
      ['TEMPLATE_SCOPE', 'template.spec.spec.execution.steps[0].step.template.templateRef', undefined],
      ['TEMPLATE_SCOPE', 'template.spec.spec.execution.steps[1].step.template.templateRef', undefined],
    ]);
  });

  test('do not lead back to it', () => {
    const group =
      'template: {identifier: stage, name: g, versionLabel: "2", type: StepGroup, spec: {steps: [{stepGroup: {identifier: x, name: x, template: {templateRef: stage}}}]}}';
    const { diagnostics } = expandTemplate(group, 'project', documentsOf({ stage: group }));
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['TEMPLATE_CYCLE', 'Templates that hold each other have no end: template stage 2 → template stage 2.'],
    ]);
  });

  test('of a pipeline template start no other pipelines', () => {
    const whole =
      'template: {identifier: w, name: w, versionLabel: "1", type: Pipeline, spec: {stages: [{stage: {identifier: s, name: s, type: Pipeline, spec: {pipeline: o}}}]}}';
    const { diagnostics } = expandTemplate(whole, 'project', documentsOf({}));
    expect(diagnostics.map(({ code }) => code)).toEqual(['TEMPLATE_CHAINED_PIPELINE']);
  });
});

test.each(['', 'template: 1', 'template: {type: Step}', 'template: {type: Gcr, spec: {a: <+input>}}', '['])(
  'of %s nothing is asked',
  (yaml) => {
    expect(expandTemplate(yaml, 'project', { find: () => undefined })).toEqual({
      inputs: [],
      diagnostics: [],
      needsDocuments: [],
      templates: [],
    });
  },
);
