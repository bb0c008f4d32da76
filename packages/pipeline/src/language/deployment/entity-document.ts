/** What documents of services, environments, infrastructures and overrides have in common. */
import { Findings, type Diagnostic, type Place } from '../diagnostics.ts';
import { readIdentifier, readName } from '../identifiers.ts';
import { loadYaml } from '../load-yaml.ts';
import { findRoot } from '../parse-pipeline.ts';
import { readTags, readText } from '../read-fields.ts';
import type { MapNode } from '../yaml-node.ts';

/** A document that can be referred to. */
export interface Entity extends Place {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

export const ENTITY_KEYS = ['identifier', 'name', 'description', 'tags', 'orgIdentifier', 'projectIdentifier'] as const;

/** `what` as in `service`. */
export function readEntity(map: MapNode, what: string, findings: Findings): Entity {
  const identifier = readIdentifier(map, what, findings);
  const description = readText(map, 'description', `the ${what}`, findings);
  const orgIdentifier = readText(map, 'orgIdentifier', `the ${what}`, findings);
  const projectIdentifier = readText(map, 'projectIdentifier', `the ${what}`, findings);
  return {
    identifier,
    name: readName(map, what, identifier, findings),
    ...(description === undefined ? {} : { description }),
    tags: readTags(map, `the ${what}`, findings),
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    path: map.path,
    range: map.range,
  };
}

export interface LoadedEntity {
  /** The map under the root key; absent when the text is no YAML or has no such key. */
  readonly map?: MapNode;
  readonly diagnostics: readonly Diagnostic[];
}

/** `document` names the text in places and diagnostics; absent = the document that is asked about. */
export function loadEntity(yaml: string, rootKey: string, document?: string): LoadedEntity {
  const { root, diagnostics } = loadYaml(yaml, document);
  const findings = new Findings(document);
  findings.addAll(diagnostics);
  const isUnreadable = root === undefined && diagnostics.length > 0;
  const map = isUnreadable ? undefined : findRoot(root, rootKey, findings);
  return { ...(map === undefined ? {} : { map }), diagnostics: findings.list() };
}

/** Text → one entity with diagnostics. */
export function parseEntity<Of>(
  yaml: string,
  rootKey: string,
  read: (map: MapNode, findings: Findings) => Of,
): { readonly entity?: Of; readonly diagnostics: readonly Diagnostic[] } {
  const { map, diagnostics } = loadEntity(yaml, rootKey);
  if (map === undefined) return { diagnostics };
  const findings = new Findings();
  findings.addAll(diagnostics);
  const entity = read(map, findings);
  return { entity, diagnostics: findings.list() };
}
