import { expect, test } from 'vitest';
import { placeAt } from './yaml-place.ts';

/** `|` marks the cursor. */
function at(marked: string): unknown {
  const offset = marked.indexOf('¦');
  const place = placeAt(marked.replace('¦', ''), offset);
  return place === undefined ? undefined : [place.kind, place.path.join('.'), place.typed];
}

const STEPS = `pipeline:
  stages:
    - stage:
        identifier: a
    - stage:
        identifier: b
        spec:
          execution:
            steps:
              - step:
                  identifier: one
              - step:
                  type: ShellScript
                  spec:
`;

test.each([
  ['¦', ['key', '', '']],
  ['pipe¦', ['key', '', 'pipe']],
  ['pipeline:\n  na¦', ['key', 'pipeline', 'na']],
  ['pipeline:\n  name: x¦', ['value', 'pipeline.name', 'x']],
  ['pipeline:\n  stages:\n    - ¦', ['key', 'pipeline.stages.0', '']],
  ['pipeline:\n  stages:\n  - sta¦', ['key', 'pipeline.stages.0', 'sta']],
  [`${STEPS}                    sh¦`, ['key', 'pipeline.stages.1.stage.spec.execution.steps.1.step.spec', 'sh']],
  [
    `${STEPS}                    shell: B¦`,
    ['value', 'pipeline.stages.1.stage.spec.execution.steps.1.step.spec.shell', 'B'],
  ],
  [`${STEPS}                  when¦`, ['key', 'pipeline.stages.1.stage.spec.execution.steps.1.step', 'when']],
  [`${STEPS}              - ¦`, ['key', 'pipeline.stages.1.stage.spec.execution.steps.2', '']],
  [`${STEPS}    - ¦`, ['key', 'pipeline.stages.2', '']],
  ['pipeline:\n  description: |\n    some¦', undefined],
  ['pipeline:\n  tags: {a¦', undefined],
])('%j', (marked, expected) => {
  expect(at(marked)).toEqual(expected);
});
