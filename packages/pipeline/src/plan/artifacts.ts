/** What `<+artifact.…>` gives for a source of artifacts (pipelines.md §3.5): the source's own fields, and names common to all. */
import type { Value } from '../expressions/values.ts';
import type { ArtifactSource } from '../language/deployment/section.ts';

type Spec = ArtifactSource['spec'];
type Outcome = { readonly [key: string]: Value };

export function artifactOutcome({ identifier, type, spec }: ArtifactSource): Outcome {
  const version = firstText(spec, ['tag', 'version', 'build']);
  return {
    ...spec,
    identifier,
    type,
    connectorRef: spec['connectorRef'] ?? null,
    imagePath: firstText(spec, ['imagePath', 'artifactPath', 'package', 'packageName', 'repository']),
    tag: version,
    path: firstText(spec, ['artifactPath', 'filePath', 'path']),
    filePath: spec['filePath'] ?? null,
    image: imageOf(type, spec, version),
    label: {},
    metadata: metadataOf(spec),
    // Both come with connectors, which are not read here.
    imagePullSecret: null,
    dockerConfigJsonSecret: null,
  };
}

function metadataOf(spec: Spec): Outcome {
  const digest = text(spec, 'digest');
  return digest === null ? {} : { SHAV2: digest };
}

/** The name an image is pulled by, as far as the source says it: the registry of a connector is not known here. */
function imageOf(type: string, spec: Spec, version: string | null): string | null {
  const name = imageName(type, spec);
  const digest = text(spec, 'digest');
  if (name === null) return null;
  if (digest !== null) return `${name}@${digest}`;
  return version === null ? name : `${name}:${version}`;
}

function imageName(type: string, spec: Spec): string | null {
  switch (type) {
    case 'DockerRegistry':
      return text(spec, 'imagePath');
    case 'Gcr':
      return joined(spec, ['registryHostname', 'imagePath']);
    case 'GoogleArtifactRegistry': {
      const region = text(spec, 'region');
      const rest = joined(spec, ['project', 'repositoryName', 'package']);
      return region === null || rest === null ? null : `${region}-docker.pkg.dev/${rest}`;
    }
    case 'Ecr': {
      const [registry, region, path] = [text(spec, 'registryId'), text(spec, 'region'), text(spec, 'imagePath')];
      return registry === null || region === null || path === null
        ? path
        : `${registry}.dkr.ecr.${region}.amazonaws.com/${path}`;
    }
    case 'Acr': {
      const [registry, repository] = [text(spec, 'registry'), text(spec, 'repository')];
      if (registry === null || repository === null) return repository;
      return `${registry.includes('.') ? registry : `${registry}.azurecr.io`}/${repository}`;
    }
    case 'GithubPackageRegistry':
      return text(spec, 'packageType') === 'container' ? joined(spec, ['org', 'packageName'], 'ghcr.io/') : null;
    case 'Nexus3Registry':
    case 'Nexus2Registry':
    case 'ArtifactoryRegistry':
      return text(spec, 'repositoryUrl') === null
        ? text(spec, 'artifactPath')
        : joined(spec, ['repositoryUrl', 'artifactPath']);
    default:
      return null;
  }
}

function joined(spec: Spec, keys: readonly string[], prefix = ''): string | null {
  const parts = keys.map((key) => text(spec, key)).filter((part) => part !== null);
  const last = keys.at(-1);
  if (last === undefined || text(spec, last) === null) return null;
  return prefix + parts.join('/');
}

function firstText(spec: Spec, keys: readonly string[]): string | null {
  return keys.map((key) => text(spec, key)).find((found) => found !== null) ?? null;
}

/** Numbers are written out: a tag is a text. */
function text(spec: Spec, key: string): string | null {
  const value = Object.hasOwn(spec, key) ? spec[key] : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
