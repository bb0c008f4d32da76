/** `manifests` and `configFiles` of a service, an environment or overrides: lists of things with identifiers. */
import type { Findings, Place } from '../diagnostics.ts';
import { isIdentifier, readIdentifier } from '../identifiers.ts';
import { awaitsInput, readMap, readText, reportKind, warnUnknownKeys } from '../read-fields.ts';
import { find, findText, isEmpty, type MapNode } from '../yaml-node.ts';
import { toSpecMap } from './spec-values.ts';
import type { ManifestSource } from './section.ts';

export interface ConfigFile {
  readonly identifier: string;
  /** What is written in the document itself; null when the file is kept elsewhere. */
  readonly content: string | null;
}

export function readManifests(spec: MapNode | undefined, what: string, findings: Findings): readonly ManifestSource[] {
  return readWrapped(spec, 'manifests', 'manifest', what, findings).map(({ identifier, map }) => {
    const owner = `the manifest ${identifier} of ${what}`;
    warnUnknownKeys(map, ['identifier', 'type', 'spec'], owner, findings);
    return {
      identifier,
      type: readText(map, 'type', owner, findings) ?? '',
      spec: toSpecMap(readMap(map, 'spec', owner, findings)),
    };
  });
}

export function readConfigFiles(spec: MapNode | undefined, what: string, findings: Findings): readonly ConfigFile[] {
  return readWrapped(spec, 'configFiles', 'configFile', what, findings).map(({ identifier, map }) => {
    const store = find(find(map, 'spec'), 'store');
    const content = findText(find(store, 'spec'), 'content');
    if (findText(store, 'type') === 'Inline' && content !== undefined) return { identifier, content };
    findings.add(
      'CONSTRUCT_IGNORED',
      'nothing',
      store ?? map,
      `The config file ${identifier} of ${what} is not loaded: Bridle reads only what stands in the document (store type Inline).`,
      'A step that asks for it fails.',
    );
    return { identifier, content: null };
  });
}

interface Wrapped extends Place {
  readonly identifier: string;
  readonly map: MapNode;
}

/** A list of maps with one key each, such as `- manifest: {…}`. */
function readWrapped(
  spec: MapNode | undefined,
  key: string,
  wrapper: string,
  what: string,
  findings: Findings,
): readonly Wrapped[] {
  const node = find(spec, key);
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the field ${key} of ${what}`, 'a list', findings);
    return [];
  }
  const seen = new Set<string>();
  return node.items.flatMap((item) => {
    const map = find(item, wrapper);
    if (map?.kind !== 'map') {
      reportKind(item, `an item of ${key} of ${what}`, `a map with the key ${wrapper}`, findings);
      return [];
    }
    const identifier = readIdentifier(map, wrapper === 'manifest' ? 'manifest' : 'config file', findings);
    if (seen.has(identifier) && isIdentifier(identifier)) {
      findings.add(
        'IDENTIFIER_DUPLICATE',
        'save',
        find(map, 'identifier') ?? map,
        `Two items of ${key} of ${what} have the identifier ${identifier}.`,
        'Rename one of the two.',
      );
      return [];
    }
    seen.add(identifier);
    return [{ identifier, map, path: map.path, range: map.range }];
  });
}
