import { expect, test } from 'vitest';
import type { Value } from '../../expressions/values.ts';
import { checkBySchema } from './check-by-schema.ts';
import { DOCUMENT_KINDS, documentSchema } from './document-schema.ts';
import type { JsonSchema } from './json-schema.ts';

const PATH = 'pipeline.stages[0].stage.spec.execution.steps[0].step';

function ofStep(step: Value): Value {
  return {
    pipeline: {
      identifier: 'p',
      stages: [{ stage: { identifier: 's', type: 'Custom', spec: { execution: { steps: [{ step }] } } } }],
    },
  };
}

test('a slip in a step is told once, in the words of its type', () => {
  const spec = { shell: 'Bahs', source: { type: 'Inline', spec: { script: 'echo' } } };
  const problems = checkBySchema(documentSchema('pipeline'), ofStep({ identifier: 'a', type: 'ShellScript', spec }));
  expect(problems).toEqual([
    {
      path: `${PATH}.spec.shell`,
      message:
        'The field spec.shell of the ShellScript step a is "Bahs"; it takes Bash, PowerShell, Powershell, Pwsh, Sh, Python.',
      hint: 'Did you mean Bash?',
      stage: { identifier: 's', name: '', type: 'Custom', path: 'pipeline.stages[0].stage' },
      step: { identifier: 'a', name: '', type: 'ShellScript', path: PATH },
    },
  ]);
});

test('an unknown type is one problem, with the nearest type as the hint', () => {
  const problems = checkBySchema(documentSchema('pipeline'), ofStep({ identifier: 'a', type: 'ShelScript', spec: {} }));
  expect(problems).toMatchObject([{ path: `${PATH}.type`, hint: 'Did you mean ShellScript?' }]);
});

test.each(DOCUMENT_KINDS)('every reference in the schema of a %s leads somewhere', (kind) => {
  const schema: JsonSchema = documentSchema(kind);
  const names = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);
  expect(names.filter((name) => name === undefined || schema.$defs?.[name] === undefined)).toEqual([]);
});
