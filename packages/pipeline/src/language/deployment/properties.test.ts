import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBlocked } from '../diagnostics.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { parseEnvironment } from './environment-document.ts';
import { parseInfrastructure } from './infrastructure-document.ts';
import { parseService } from './service-document.ts';
import { parseServiceOverrides } from './service-overrides-document.ts';
import { resolveDeployments } from './stage-deployments.ts';

/** Keys that mean something somewhere, so that odd values land where they are read. */
const KEYS = [
  'identifier',
  'name',
  'type',
  'spec',
  'deploymentType',
  'serviceDefinition',
  'artifacts',
  'primary',
  'primaryArtifactRef',
  'sources',
  'sidecars',
  'sidecar',
  'manifests',
  'manifest',
  'configFiles',
  'configFile',
  'store',
  'content',
  'variables',
  'value',
  'service',
  'services',
  'serviceRef',
  'serviceInputs',
  'serviceConfig',
  'stageOverrides',
  'environment',
  'environments',
  'environmentGroup',
  'envGroupRef',
  'environmentRef',
  'environmentInputs',
  'infrastructure',
  'infrastructureDefinition',
  'infrastructureDefinitions',
  'inputs',
  'values',
  'metadata',
  'parallel',
  'useFromStage',
  'stage',
  'deployToAll',
  'customDeploymentRef',
  'templateRef',
  'versionLabel',
  'deploymentMetadata',
  'maxConcurrency',
  'when',
  'overrides',
  'servicesOverrides',
  'scopedServices',
];
const text = fc.oneof(
  fc.constantFrom('', 'web', 'org.web', 'prod', 'first', '<+input>', '<+input>.default(x)', '<+pipeline.name>', 'true'),
  fc.constantFrom(
    'Kubernetes',
    'CustomDeployment',
    'DockerRegistry',
    'Inline',
    'Production',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 5 }),
);
const { tree } = fc.letrec<{ readonly tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 7, depthSize: 'large' },
    text,
    fc.constantFrom(null, 1, true, false),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 5 }),
  ),
}));
/** JSON is YAML. */
const document = (root: string): fc.Arbitrary<string> =>
  fc.dictionary(fc.constantFrom(...KEYS), tree, { maxKeys: 8 }).map((map) => JSON.stringify({ [root]: map }));

test.each([
  ['service', parseService],
  ['environment', parseEnvironment],
  ['infrastructureDefinition', parseInfrastructure],
  ['serviceOverrides', parseServiceOverrides],
])('whatever a %s holds, reading it ends with diagnostics', (root, parse) => {
  fc.assert(
    fc.property(document(root), (yaml) => {
      expect(Array.isArray(parse(yaml).diagnostics)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

/** Specs that are complete, each of which something odd may replace a part of. */
const SPECS = [
  {
    serviceConfig: { serviceDefinition: { type: 'Kubernetes', spec: {} } },
    infrastructure: { infrastructureDefinition: { type: 'KubernetesDirect', spec: { namespace: 'a' } } },
  },
  {
    services: { values: [{ serviceRef: 'web' }, { serviceRef: 'org.api' }] },
    environment: { environmentRef: 'prod', infrastructureDefinitions: [{ identifier: 'east' }] },
  },
  { service: { useFromStage: { stage: 'first' } }, environment: { useFromStage: { stage: 'first' } } },
  {
    service: { serviceRef: 'web', serviceInputs: { serviceDefinition: { spec: {} } } },
    environments: { values: [{ environmentRef: 'prod', deployToAll: true }] },
  },
];
const DOCUMENTS = [
  'service: {identifier: web, name: web, serviceDefinition: {type: Kubernetes, spec: {}}}',
  'environment: {identifier: prod, name: prod, type: Production}',
  'infrastructureDefinition: {identifier: east, name: east, environmentRef: prod, type: KubernetesDirect, spec: {}}',
  '- infrastructureDefinition: {identifier: east, name: east, environmentRef: prod, type: KubernetesDirect, spec: {}}',
  'serviceOverrides: {environmentRef: prod, serviceRef: web}',
];
const KINDS = ['service', 'environment', 'infrastructure', 'infrastructures', 'serviceOverrides'];

test('whatever stages and documents hold, resolving them ends: complete, or refused in words', () => {
  const stage = (identifier: string): fc.Arbitrary<unknown> =>
    fc
      .tuple(fc.constantFrom(...SPECS), fc.dictionary(fc.constantFrom(...KEYS), tree, { maxKeys: 1 }))
      .map(([spec, odd]) => ({
        stage: {
          identifier,
          name: identifier,
          type: 'Deployment',
          spec: { deploymentType: 'Kubernetes', ...spec, ...odd },
        },
      }));
  const odd = fc.tuple(
    fc.nat(KINDS.length - 1),
    fc.oneof(document('service'), document('environment'), document('infrastructureDefinition')),
  );
  const seen = { complete: 0, refused: 0 };
  fc.assert(
    fc.property(stage('first'), stage('second'), fc.option(odd), (first, second, replaced) => {
      const yaml = JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [first, second] } });
      // Inputs are frozen before deployments are resolved; what is not supplied is refused then.
      fc.pre(!yaml.includes('<+input>'));
      const { pipeline, diagnostics } = parsePipeline(yaml);
      if (pipeline === undefined) throw new Error('A pipeline was written.');
      const resolved = resolveDeployments(pipeline, {
        find: ({ kind }) => {
          const index = KINDS.indexOf(kind);
          return { yaml: replaced?.[0] === index ? replaced[1] : (DOCUMENTS[index] ?? '') };
        },
      });
      expect(resolved.needsDocuments).toEqual([]);
      const isComplete = pipeline.stages.length === resolved.deployments.size;
      // Failure strategies and steps are missing in all of them: only what blocks a deployment counts.
      const found = [...diagnostics.filter(({ path }) => path.includes('.spec')), ...resolved.diagnostics];
      if (!isComplete) expect(isBlocked(found, 'run')).toBe(true);
      seen[isComplete ? 'complete' : 'refused'] += 1;
      expect(JSON.parse(JSON.stringify([...resolved.deployments]))).toEqual([...resolved.deployments]);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(seen.complete, seen.refused)).toBeGreaterThan(50);
});
