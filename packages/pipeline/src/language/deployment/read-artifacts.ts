/**
 * `artifacts` of a service: sources with identifiers, of which one is the primary artifact, or one source written in place
 * (files of the first version); sidecars beside it.
 */
import type { Findings, Place } from '../diagnostics.ts';
import { isIdentifier, readIdentifier } from '../identifiers.ts';
import {
  awaitsInput,
  isLate,
  readMap,
  readText,
  reportKind,
  reportNotRunYet,
  warnUnknownKeys,
} from '../read-fields.ts';
import { didYouMean } from '../suggest.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';

/** A source as written; what is not chosen is never judged. */
export interface ArtifactNode extends Place {
  readonly identifier: string;
  readonly type: string;
  readonly map: MapNode;
}

export interface Artifacts {
  /** As written: an identifier, an expression, or the empty text when there is no primary artifact. */
  readonly primary: string;
  readonly primaryPlace: Place;
  readonly sources: readonly ArtifactNode[];
  readonly sidecars: readonly ArtifactNode[];
}

export const ARTIFACT_TYPES: readonly string[] = [
  'DockerRegistry',
  'Gcr',
  'Ecr',
  'Acr',
  'Nexus3Registry',
  'Nexus2Registry',
  'ArtifactoryRegistry',
  'CustomArtifact',
  'AmazonS3',
  'GoogleArtifactRegistry',
  'GithubPackageRegistry',
  'Jenkins',
  'Bamboo',
  'AzureArtifacts',
  'AmazonMachineImage',
  'GoogleCloudStorage',
  'GoogleCloudSource',
  'AcrRegistry',
];

/** The identifier of a primary source that is written in place. */
const IN_PLACE = 'primary';

export function readArtifacts(spec: MapNode | undefined, what: string, findings: Findings): Artifacts | undefined {
  const map = spec === undefined ? undefined : readMap(spec, 'artifacts', what, findings);
  if (map === undefined) return undefined;
  warnUnknownKeys(map, ['primary', 'sidecars', 'metadata'], `the artifacts of ${what}`, findings);
  const primary = readMap(map, 'primary', `the artifacts of ${what}`, findings);
  return {
    ...readPrimary(primary, map, what, findings),
    sidecars: readSidecars(find(map, 'sidecars'), what, findings),
  };
}

function readPrimary(
  primary: MapNode | undefined,
  artifacts: MapNode,
  what: string,
  findings: Findings,
): Omit<Artifacts, 'sidecars'> {
  if (primary === undefined) return { primary: '', primaryPlace: artifacts, sources: [] };
  if (find(primary, 'sources') === undefined && find(primary, 'primaryArtifactRef') === undefined) {
    const source = readSource(primary, IN_PLACE, what, findings);
    return { primary: IN_PLACE, primaryPlace: primary, sources: [source] };
  }
  warnUnknownKeys(primary, ['primaryArtifactRef', 'sources'], `the primary artifact of ${what}`, findings);
  const sources = readSources(find(primary, 'sources'), what, findings);
  const ref = readText(primary, 'primaryArtifactRef', `the primary artifact of ${what}`, findings) ?? '';
  const [only, ...others] = sources;
  const isOnly = ref === '' && only !== undefined && others.length === 0;
  return {
    primary: isOnly ? only.identifier : ref,
    primaryPlace: find(primary, 'primaryArtifactRef') ?? primary,
    sources,
  };
}

function readSources(node: YamlNode | undefined, what: string, findings: Findings): readonly ArtifactNode[] {
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the artifact sources of ${what}`, 'a list', findings);
    return [];
  }
  return unique(
    node.items.flatMap((item) => readItem(item, 'an artifact source', what, findings)),
    what,
    findings,
  );
}

function readSidecars(node: YamlNode | undefined, what: string, findings: Findings): readonly ArtifactNode[] {
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the sidecars of ${what}`, 'a list', findings);
    return [];
  }
  return unique(
    node.items.flatMap((item) => readItem(find(item, 'sidecar') ?? item, 'a sidecar', what, findings)),
    what,
    findings,
  );
}

function readItem(item: YamlNode, kind: string, what: string, findings: Findings): readonly ArtifactNode[] {
  if (item.kind !== 'map') {
    reportKind(item, `${kind} of ${what}`, 'a map with identifier, type and spec', findings);
    return [];
  }
  return [readSource(item, readIdentifier(item, 'artifact', findings), what, findings)];
}

function readSource(map: MapNode, identifier: string, what: string, findings: Findings): ArtifactNode {
  const owner = `the artifact ${identifier} of ${what}`;
  warnUnknownKeys(map, ['identifier', 'name', 'type', 'spec', 'template'], owner, findings);
  const type = readText(map, 'type', owner, findings) ?? '';
  if (type !== '' && !isLate(type) && !ARTIFACT_TYPES.includes(type)) {
    findings.add(
      'FIELD_VALUE',
      'run',
      find(map, 'type') ?? map,
      `${type} is not a type of artifact: ${owner}.`,
      didYouMean(type, ARTIFACT_TYPES),
    );
  }
  return { identifier, type, map, path: map.path, range: map.range };
}

function unique(sources: readonly ArtifactNode[], what: string, findings: Findings): readonly ArtifactNode[] {
  const seen = new Set<string>();
  return sources.filter((source) => {
    const { identifier, map } = source;
    if (!seen.has(identifier)) return seen.add(identifier);
    if (isIdentifier(identifier)) {
      findings.add(
        'IDENTIFIER_DUPLICATE',
        'save',
        find(map, 'identifier') ?? map,
        `Two artifacts of ${what} have the identifier ${identifier}.`,
        'Rename one of the two.',
      );
    }
    return false;
  });
}

const VERSION_KEYS = ['tag', 'version', 'build'] as const;
const PATTERN_KEYS = ['tagRegex', 'versionRegex', 'buildRegex', 'filePathRegex', 'artifactPathFilter'] as const;

/** Reports what of a source that is used needs a registry to be asked: the last published version, or a pattern of versions. */
export function checkArtifact({ identifier, map }: ArtifactNode, what: string, findings: Findings): void {
  const owner = `the artifact ${identifier} of ${what}`;
  const template = find(map, 'template');
  if (template !== undefined && !isEmpty(template))
    reportNotRunYet(template, 'templates of artifact sources', findings);
  const spec = find(map, 'spec');
  for (const key of PATTERN_KEYS) {
    const node = find(spec, key);
    if (node !== undefined && !isEmpty(node)) {
      reportNotRunYet(node, `the choice of an artifact by a pattern (${key} of ${owner})`, findings);
    }
  }
  for (const key of VERSION_KEYS) {
    const node = find(spec, key);
    if (node !== undefined && findText(spec, key)?.includes('lastPublished') === true) {
      reportNotRunYet(node, `the choice of the last published artifact (${key} of ${owner})`, findings);
    }
  }
}
