import { describe, expect, test } from 'vitest';
import { resolveText, resolveTree } from '../expressions/evaluate.ts';
import type { ExpressionScope, ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { InfrastructureSection, ServiceSection } from '../language/deployment/section.ts';
import { artifactOutcome } from './artifacts.ts';
import { toBase64 } from './base64.ts';
import { chooseSection, deploymentRoot, deploymentRoots, sectionOutcomes, type SectionView } from './deployment.ts';
import { infraKey } from './infra-key.ts';

const SERVICE: ServiceSection = {
  kind: 'service',
  service: {
    ref: 'org.web',
    identifier: 'web',
    name: 'Web',
    description: 'front',
    tags: { team: 'a' },
    type: 'Kubernetes',
    gitOpsEnabled: false,
  },
  environment: {
    ref: 'prod',
    identifier: 'prod',
    name: 'Prod',
    description: '',
    tags: {},
    type: 'Production',
    groupRef: '',
    variables: { zone: { type: 'String', value: 'eu' } },
  },
  artifacts: {
    primary: 'main',
    sources: {
      main: {
        identifier: 'main',
        type: 'DockerRegistry',
        spec: { connectorRef: 'hub', imagePath: 'acme/web', tag: '1' },
      },
    },
    sidecars: { log: { identifier: 'log', type: 'DockerRegistry', spec: { imagePath: 'acme/log', tag: 7 } } },
  },
  manifests: { k8s: { identifier: 'k8s', type: 'K8sManifest', spec: { store: { type: 'Git' } } } },
  configFiles: { motd: 'Hallo <+service.name>' },
  variables: {
    level: { type: 'String', value: 'info' },
    line: { type: 'String', value: '<+serviceVariables.level>/<+env.name>' },
  },
  overrides: { level: { type: 'String', value: 'info' } },
};

const INFRASTRUCTURE: InfrastructureSection = {
  kind: 'infrastructure',
  identifier: 'east',
  name: 'East',
  description: '',
  tags: {},
  type: 'KubernetesDirect',
  spec: { connectorRef: 'cluster', namespace: 'shop', releaseName: 'release-<+INFRA_KEY_SHORT_ID>' },
  variables: {},
  allowSimultaneousDeployments: false,
};
const KEY = infraKey(['web', 'prod', 'cluster', 'shop']);

/** Like the engine: a section that is not over sees itself late. */
function scopeOver(
  service: Value,
  infrastructure: Value,
  over: { readonly service?: true; readonly infrastructure?: true } = {},
): ExpressionScope {
  const late = scopeOf(
    (scope) => ({ spec: service, scope }),
    (scope) => ({ spec: infrastructure, scope }),
  );
  const outcomes = (section: 'service' | 'infrastructure', spec: Value): Pick<SectionView, 'outcomes'> =>
    over[section] === true ? { outcomes: sectionOutcomes(section, resolveTree(spec, late).value) } : {};
  return scopeOf(
    (scope) => ({ spec: service, scope, ...outcomes('service', service) }),
    (scope) => ({ spec: infrastructure, scope, ...outcomes('infrastructure', infrastructure) }),
  );
}

type MakeView = (scope: ExpressionScope) => SectionView;

function scopeOf(service: MakeView, infrastructure: MakeView): ExpressionScope {
  const scope: ExpressionScope = {
    root: (name): ScopeValue | undefined =>
      name === 'pipeline'
        ? { variables: { ns: 'from-pipeline' } }
        : deploymentRoot(name, service(scope), infrastructure(scope)),
  };
  return scope;
}

describe('the names below a stage', () => {
  const roots = deploymentRoots(
    sectionOutcomes('service', SERVICE),
    sectionOutcomes('infrastructure', { ...INFRASTRUCTURE, spec: { connectorRef: 'cluster', namespace: 'shop' } }),
  );

  test('are those of pipelines.md §3.5', () => {
    expect(roots).toMatchObject({
      service: { name: 'Web', identifier: 'web', description: 'front', tags: { team: 'a' }, type: 'Kubernetes' },
      env: { name: 'Prod', identifier: 'prod', type: 'Production', variables: { zone: 'eu' }, envGroupRef: null },
      infra: { name: 'East', infraIdentifier: 'east', namespace: 'shop', connectorRef: 'cluster', cluster: null },
      artifact: { image: 'acme/web:1', tag: '1', imagePath: 'acme/web', connectorRef: 'hub', identifier: 'main' },
      artifacts: { primary: { tag: '1' }, sidecars: { log: { image: 'acme/log:7' } } },
      manifests: { k8s: { identifier: 'k8s', type: 'K8sManifest' } },
      manifest: { identifier: 'k8s' },
      serviceVariables: { level: 'info' },
      serviceVariableOverrides: { level: 'info' },
      INFRA_KEY: KEY,
      INFRA_KEY_SHORT_ID: KEY.slice(0, 6),
      rollbackArtifact: null,
      instance: null,
    });
  });

  test('come one section after the other', () => {
    expect(Object.keys(deploymentRoots(undefined, undefined))).toEqual(['instance', 'rollbackArtifact']);
    const early = deploymentRoots(sectionOutcomes('service', SERVICE), undefined);
    expect(Object.keys(early)).not.toContain('infra');
    expect(Object.keys(early)).not.toContain('INFRA_KEY');
    expect(early['env']).toMatchObject({ name: 'Prod' });
  });

  test('a spec of another kind gives nothing', () => {
    expect(sectionOutcomes('service', null)).toEqual({});
    expect(sectionOutcomes('service', INFRASTRUCTURE)).toEqual({});
  });
});

describe('INFRA_KEY', () => {
  test('is the SHA-1 of service, environment and place', () => {
    // sha1 of "web-prod-cluster-shop"
    expect(KEY).toBe('60520e864b301713897b09e53bc787285df7e663');
  });

  test.each([
    ['another namespace', { ...INFRASTRUCTURE.spec, namespace: 'other' }, false],
    ['another release name', { ...INFRASTRUCTURE.spec, releaseName: 'r2' }, true],
    ['the order of the fields', { namespace: 'shop', connectorRef: 'cluster' }, true],
  ])('and %s', (_what, spec, isSame) => {
    const outcome = sectionOutcomes('infrastructure', { ...INFRASTRUCTURE, spec });
    const key = deploymentRoots(sectionOutcomes('service', SERVICE), outcome)['INFRA_KEY'];
    expect(key === KEY).toBe(isSame);
  });
});

describe('a section that is being resolved', () => {
  test('sees its own parts, resolved in their turn', () => {
    const scope = scopeOver(SERVICE, INFRASTRUCTURE);
    expect(resolveText('<+serviceVariables.line>', scope).value).toBe('info/Prod');
    expect(resolveText('<+configFile.getAsString("motd")>', scope).value).toBe('Hallo Web');
    expect(resolveText('<+infra.releaseName>', scope).value).toBe(`release-${KEY.slice(0, 6)}`);
  });

  test('gives the key its late parts', () => {
    const late = { ...INFRASTRUCTURE, spec: { ...INFRASTRUCTURE.spec, namespace: '<+pipeline.variables.ns>' } };
    const expected = infraKey(['web', 'prod', 'cluster', 'from-pipeline']);
    for (const over of [{}, { service: true }, { service: true, infrastructure: true }] as const) {
      const scope = scopeOver(SERVICE, late, over);
      expect(resolveText('<+INFRA_KEY>', scope).value).toBe(expected);
      expect(resolveText('<+infra.releaseName>', scope).value).toBe(`release-${expected.slice(0, 6)}`);
    }
  });

  test('a key that asks for itself is an error, not a loop', () => {
    const circle = { ...INFRASTRUCTURE, spec: { namespace: 'x-<+INFRA_KEY>' } };
    expect(resolveText('<+INFRA_KEY>', scopeOver(SERVICE, circle)).error?.message).toContain('circle');
    expect(resolveTree(circle, scopeOver(SERVICE, circle)).error?.message).toContain('circle');
  });

  test('S9: what a section came to is data, whatever it looks like', () => {
    const outcomes = sectionOutcomes('service', {
      ...SERVICE,
      service: { ...SERVICE.service, identifier: '<+pipeline.variables.ns>' },
      variables: { odd: { type: 'String', value: '<+pipeline.variables.ns>' } },
    });
    const scope: ExpressionScope = {
      root: (name) =>
        name === 'pipeline'
          ? { variables: { ns: 'evaluated' } }
          : deploymentRoot(name, { spec: SERVICE, outcomes, scope }, { spec: INFRASTRUCTURE, scope }),
    };
    expect(resolveText('<+serviceVariables.odd>', scope).value).toBe('<+pipeline.variables.ns>');
    expect(resolveText('<+INFRA_KEY>', scope).value).toBe(
      infraKey(['<+pipeline.variables.ns>', 'prod', 'cluster', 'shop']),
    );
  });
});

test('a config file is read as text or as base64', () => {
  const scope = scopeOver({ ...SERVICE, configFiles: { motd: 'grüße', elsewhere: null } }, INFRASTRUCTURE, {
    service: true,
  });
  expect(resolveText('<+configFile.getAsString("motd")>', scope).value).toBe('grüße');
  expect(resolveText('<+configFile.getAsBase64("motd")>', scope).value).toBe('Z3LDvMOfZQ==');
  expect(resolveText('<+configFile.getAsString("none")>', scope).value).toBe(null);
  expect(resolveText('<+configFile.getAsString("elsewhere")>', scope).error?.message).toContain('not loaded');
});

test.each([
  ['', ''],
  ['a', 'YQ=='],
  ['ab', 'YWI='],
  ['abc', 'YWJj'],
  ['abcd', 'YWJjZA=='],
  ['\u00ff\u{1F600}', 'w7/wn5iA'],
])('base64 of %j', (text, encoded) => {
  expect(toBase64(text)).toBe(encoded);
});

describe('the section of a turn', () => {
  const spec = {
    kind: 'choice',
    axis: 'deployment',
    key: ['service', 'environment'],
    sections: { 'web|prod': SERVICE, 'org.api|prod': { ...SERVICE, configFiles: {} } },
  };
  const matrix = { deployment: { service: 'org.api', environment: 'prod', infrastructure: 'east' } };

  test('is chosen by the value of the axis', () => {
    expect(chooseSection(spec, matrix)).toBe(spec.sections['org.api|prod']);
    expect(chooseSection(SERVICE, matrix)).toBe(SERVICE);
    expect(chooseSection(SERVICE, undefined)).toBe(SERVICE);
  });

  test('is none outside of a turn', () => {
    expect(chooseSection(spec, undefined)).toBe(null);
    expect(chooseSection(spec, { deployment: 'x' })).toBe(null);
    expect(chooseSection(spec, { deployment: { service: 'constructor', environment: 'prod' } })).toBe(null);
  });
});

describe('the image of an artifact', () => {
  test.each([
    ['DockerRegistry', { imagePath: 'a/b', tag: '1.10' }, 'a/b:1.10'],
    ['DockerRegistry', { imagePath: 'a/b', tag: '1', digest: 'sha256:0f' }, 'a/b@sha256:0f'],
    ['DockerRegistry', { imagePath: 'a/b' }, 'a/b'],
    ['Gcr', { registryHostname: 'gcr.io', imagePath: 'p/a', tag: '2' }, 'gcr.io/p/a:2'],
    [
      'Ecr',
      { region: 'eu-west-1', registryId: '123', imagePath: 'a', tag: '2' },
      '123.dkr.ecr.eu-west-1.amazonaws.com/a:2',
    ],
    ['Ecr', { region: 'eu-west-1', imagePath: 'a', tag: '2' }, 'a:2'],
    ['Acr', { registry: 'acme', repository: 'web', tag: '3' }, 'acme.azurecr.io/web:3'],
    [
      'GoogleArtifactRegistry',
      { region: 'eu', project: 'p', repositoryName: 'r', package: 'web', version: '4' },
      'eu-docker.pkg.dev/p/r/web:4',
    ],
    ['GithubPackageRegistry', { org: 'o', packageName: 'n', packageType: 'container', version: '5' }, 'ghcr.io/o/n:5'],
    ['GithubPackageRegistry', { org: 'o', packageName: 'n', packageType: 'maven', version: '5' }, null],
    ['ArtifactoryRegistry', { repositoryUrl: 'r.test', artifactPath: 'a', tag: '6' }, 'r.test/a:6'],
    ['AmazonS3', { bucketName: 'b', filePath: 'a.zip' }, null],
  ])('of %s %j', (type, spec, image) => {
    expect(artifactOutcome({ identifier: 'x', type, spec })['image']).toBe(image);
  });
});
