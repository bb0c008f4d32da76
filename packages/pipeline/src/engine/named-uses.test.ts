import { describe, expect, it } from 'vitest';
import { compilePlan } from '../plan/compile-plan.ts';
import { namedUses, type NamedUses } from './named-uses.ts';

function usesOf(stages: string, more = ''): NamedUses {
  const yaml = `pipeline:
  identifier: p
  name: p
  orgIdentifier: default
  projectIdentifier: web
${more}  stages:
${stages}`;
  const compiled = compilePlan({ yaml, inputYaml: '', seed: 'seed' });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return namedUses(compiled.plan);
}

const step = (spec: string, type = 'Run'): string => `    - stage:
        identifier: s
        name: s
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: a
                  name: a
                  type: ${type}
                  spec:
${spec.replaceAll(/^/gm, ' '.repeat(20))}
`;

describe('what a plan names', () => {
  it('has the connectors and secrets of its steps, each once, whatever their scope', () => {
    const uses = usesOf(
      step(`connectorRef: account.docker
image: alpine
command: |
  echo <+secrets.getValue("token")> <+secrets.getValue("token")>
  echo <+secrets.getValue('org.other').concat("x")>`),
    );
    expect(uses).toEqual({ connectors: ['account.docker'], secrets: ['token', 'org.other'], pipelines: [] });
  });

  it('leaves out what an expression gives, and texts that only look like one', () => {
    const uses = usesOf(
      step(`connectorRef: <+pipeline.variables.which>
image: alpine
command: echo 'secrets.getValue("a")' <+secrets.getValue(pipeline.variables.which)> <+secrets.getValue(
envVariables:
  connectorRef: a-word-of-the-user`),
      '  variables:\n    - name: which\n      type: String\n      value: x\n',
    );
    expect(uses).toEqual({ connectors: [], secrets: [], pipelines: [] });
  });

  it('has secrets of variables of the pipeline, and of those that a step is given', () => {
    const uses = usesOf(
      step(
        `shell: Bash
onDelegate: true
source:
  type: Inline
  spec:
    script: echo
environmentVariables:
  - name: T
    type: Secret
    value: account.given`,
        'ShellScript',
      ),
      '  variables:\n    - name: t\n      type: Secret\n      value: mine\n',
    );
    expect(uses.secrets.toSorted()).toEqual(['account.given', 'mine']);
  });

  it('does not name the images that every account has, nor a target of either kind', () => {
    expect(usesOf(step('connectorRef: account.harnessImage\nimage: alpine\ncommand: echo')).connectors).toEqual([]);
  });

  it('has the pipelines of chained stages', () => {
    const uses = usesOf(`    - stage:
        identifier: c
        name: c
        type: Pipeline
        spec:
          org: default
          project: other
          pipeline: build
`);
    expect(uses.pipelines).toEqual([
      { orgIdentifier: 'default', projectIdentifier: 'other', pipelineIdentifier: 'build' },
    ]);
  });
});
