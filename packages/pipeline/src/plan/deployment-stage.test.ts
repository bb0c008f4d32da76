import { describe, expect, test } from 'vitest';
import { referenceKey, type Documents } from '../language/documents.ts';
import { extractInputTemplate, fillInputTemplate } from '../language/input-template.ts';
import { compilePipeline, compilePlan, type CompiledPlan } from './compile-plan.ts';
import { documentsOf } from './test-documents.ts';

const YAML = `
pipeline:
  identifier: deploy
  name: deploy
  stages:
    - stage:
        identifier: prod
        name: prod
        type: Deployment
        failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: StageRollback}}}]
        spec:
          deploymentType: CustomDeployment
          customDeploymentRef: {templateRef: vms}
          services: {values: [{serviceRef: web}, {serviceRef: org.api}]}
          environment: {environmentRef: account.live, deployToAll: true}
          execution: {steps: [{step: {identifier: f, name: f, type: FetchInstanceScript, spec: {}}}]}
`;
const service = (identifier: string): string =>
  `service: {identifier: ${identifier}, name: ${identifier}, serviceDefinition: {type: CustomDeployment, spec: {}}}`;
const infrastructure = (identifier: string): string =>
  `- infrastructureDefinition: {identifier: ${identifier}, name: x, environmentRef: account.live, deploymentType: CustomDeployment, type: CustomDeployment, spec: {}}\n`;
const ALL = documentsOf(
  new Map([
    ['service web', service('web')],
    ['service org.api', service('api')],
    ['environment account.live', 'environment: {identifier: live, name: Live, type: Production}'],
    ['infrastructures account.live', infrastructure('one') + infrastructure('two')],
    [
      'template vms 1 stable',
      'template: {identifier: vms, name: x, versionLabel: "1", type: CustomDeployment, spec: {infrastructure: {fetchInstancesScript: {store: {type: Inline, spec: {content: x}}}, instancesListPath: "", instanceAttributes: [{name: instancename, jsonPath: id}]}}}',
    ],
  ]),
);

function compile(seed: string, documents: Documents = ALL): CompiledPlan {
  const result = compilePlan({ yaml: YAML, inputYaml: '', seed, documents });
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result));
  return result;
}

describe('the documents of a deployment', () => {
  test('are asked for all at once, as far as they can be known (D1)', () => {
    const given = new Set<string>();
    const rounds: string[][] = [];
    for (;;) {
      const documents: Documents = {
        find: (reference) => (given.has(referenceKey(reference)) ? ALL.find(reference) : undefined),
      };
      const result = compilePipeline({ yaml: YAML, inputYaml: '', documents });
      if (result.kind !== 'needsDocuments') {
        expect(result.kind).toBe('compiled');
        break;
      }
      rounds.push(result.references.map(({ kind, scope }) => `${scope} ${kind}`));
      for (const reference of result.references) given.add(referenceKey(reference));
    }
    expect(rounds).toEqual([
      [
        'project service',
        'org service',
        'account environment',
        'account infrastructures',
        'account serviceOverrides',
        'account serviceOverrides',
        'project template',
      ],
    ]);
  });

  test('that are missing are reported all at once', () => {
    const result = compilePipeline({ yaml: YAML, inputYaml: '', documents: { find: () => null } });
    if (result.kind !== 'refused') throw new Error(result.kind);
    expect(result.diagnostics.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'REFERENCE_NOT_FOUND'));
  });
});

test('a plan depends on the text, the documents and the seed alone', () => {
  expect(compile('a').plan).toEqual(compile('a').plan);
  const kinds = (seed: string): string[] => Object.values(compile(seed).plan.nodes).map(({ fqn }) => fqn);
  expect(kinds('b')).toEqual(kinds('a'));
});

test('a pipeline with a Deployment stage is of the module cd', () => {
  expect(compile('a').pipeline.modules).toEqual(['pms', 'cd']);
});

test('what the plan keeps is JSON', () => {
  const { plan } = compile('a');
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});

test('the template of inputs, filled, is what a run takes', () => {
  const yaml = `
pipeline:
  identifier: deploy
  name: deploy
  stages:
    - stage:
        identifier: prod
        name: prod
        type: Deployment
        failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: StageRollback}}}]
        spec:
          deploymentType: Kubernetes
          service: {serviceRef: web, serviceInputs: <+input>}
          environment:
            environmentRef: prod
            environmentInputs: <+input>
            infrastructureDefinitions: [{identifier: east, inputs: <+input>}]
          execution: {steps: [{step: {identifier: a, name: a, type: Wait, spec: {duration: 1m}}}]}
`;
  const documents = documentsOf(
    new Map([
      [
        'service web',
        'service: {identifier: web, name: web, serviceDefinition: {type: Kubernetes, spec: {variables: [{name: v, type: String, value: <+input>}]}}}',
      ],
      [
        'environment prod',
        'environment: {identifier: prod, name: Prod, type: Production, variables: [{name: z, type: String, value: <+input>}]}',
      ],
      [
        'infrastructure prod east',
        'infrastructureDefinition: {identifier: east, name: x, environmentRef: prod, deploymentType: Kubernetes, type: KubernetesDirect, spec: {namespace: <+input>}}',
      ],
    ]),
  );
  const { inputs } = extractInputTemplate(yaml, undefined, documents);
  const values = Object.fromEntries(inputs.map(({ path, label }) => [path, `given ${label}`]));
  const inputYaml = fillInputTemplate(yaml, values, documents);
  const result = compilePlan({ yaml, inputYaml, seed: 's', documents });
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result));
  const specs = Object.values(result.plan.nodes).flatMap((node) => (node.kind === 'section' ? [node.spec] : []));
  expect(specs).toMatchObject([
    { variables: { v: { value: 'given v' }, z: { value: 'given z' } } },
    { spec: { namespace: 'given namespace' } },
  ]);
});
