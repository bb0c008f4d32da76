/** `environment:` documents: where something is deployed, and what changes there (pipelines.md §5.6). */
import type { Diagnostic, Findings } from '../diagnostics.ts';
import type { Variable } from '../model.ts';
import { isLate, readMap, readText, warnUnknownKeys } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import { didYouMean } from '../suggest.ts';
import { find, type MapNode } from '../yaml-node.ts';
import { ENVIRONMENT_TYPES } from './deployment-types.ts';
import { ENTITY_KEYS, parseEntity, readEntity, type Entity } from './entity-document.ts';
import { readConfigFiles, readManifests, type ConfigFile } from './read-manifests.ts';
import type { ManifestSource } from './section.ts';

export interface Environment extends Entity {
  /** `Production` or `PreProduction`; the empty text when it says neither. */
  readonly type: string;
  readonly variables: readonly Variable[];
  /** Put over those of the service. */
  readonly manifests: readonly ManifestSource[];
  readonly configFiles: readonly ConfigFile[];
}

export interface ParsedEnvironment {
  /** Absent when the text is no YAML or has no `environment`. May hold gaps when a diagnostic blocks saving. */
  readonly environment?: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseEnvironment(yaml: string): ParsedEnvironment {
  const { entity, diagnostics } = parseEntity(yaml, 'environment', readEnvironment);
  return { ...(entity === undefined ? {} : { environment: entity }), diagnostics };
}

export const ENVIRONMENT_KEYS = [...ENTITY_KEYS, 'type', 'variables', 'overrides'] as const;

export function readEnvironment(map: MapNode, findings: Findings): Environment {
  const entity = readEntity(map, 'environment', findings);
  const what = `the environment ${entity.identifier}`;
  warnUnknownKeys(map, ENVIRONMENT_KEYS, what, findings);
  const overrides = readMap(map, 'overrides', what, findings);
  return {
    ...entity,
    type: readEnvironmentType(map, what, findings),
    variables: readVariables(map, what, findings),
    manifests: readManifests(overrides, what, findings),
    configFiles: readConfigFiles(overrides, what, findings),
  };
}

function readEnvironmentType(map: MapNode, what: string, findings: Findings): string {
  const type = readText(map, 'type', what, findings) ?? '';
  const place = find(map, 'type') ?? map;
  if (type === '') {
    findings.add(
      'FIELD_MISSING',
      'nothing',
      place,
      `The type of ${what} is missing.`,
      `Add type: ${ENVIRONMENT_TYPES.join(' or ')}.`,
    );
  } else if (!isLate(type) && !(ENVIRONMENT_TYPES as readonly string[]).includes(type)) {
    findings.add(
      'FIELD_VALUE',
      'run',
      place,
      `The type of ${what} is "${type}"; it takes ${ENVIRONMENT_TYPES.join(' or ')}.`,
      didYouMean(type, ENVIRONMENT_TYPES),
    );
  }
  return type;
}
