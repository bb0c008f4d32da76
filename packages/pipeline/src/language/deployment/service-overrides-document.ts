/** `serviceOverrides:` documents: what an environment changes of one service (pipelines.md §5.6). */
import type { Diagnostic, Findings, Place } from '../diagnostics.ts';
import type { Variable } from '../model.ts';
import { readMap, readText, warnUnknownKeys } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import { find, type MapNode } from '../yaml-node.ts';
import { ENTITY_KEYS, parseEntity } from './entity-document.ts';
import { readConfigFiles, readManifests, type ConfigFile } from './read-manifests.ts';
import type { ManifestSource } from './section.ts';

export interface ServiceOverrides extends Place {
  readonly environmentRef: string;
  readonly serviceRef: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly variables: readonly Variable[];
  readonly manifests: readonly ManifestSource[];
  readonly configFiles: readonly ConfigFile[];
}

export interface ParsedServiceOverrides {
  /** Absent when the text is no YAML or has no `serviceOverrides`. May hold gaps when a diagnostic blocks saving. */
  readonly overrides?: ServiceOverrides;
  readonly diagnostics: readonly Diagnostic[];
}

export const OVERRIDES_ROOT = 'serviceOverrides';

export function parseServiceOverrides(yaml: string): ParsedServiceOverrides {
  const { entity, diagnostics } = parseEntity(yaml, OVERRIDES_ROOT, readServiceOverrides);
  return { ...(entity === undefined ? {} : { overrides: entity }), diagnostics };
}

const BODY_KEYS = ['variables', 'manifests', 'configFiles', 'applicationSettings', 'connectionStrings'];

/** What is overridden stands beside the references, or below `spec`, as newer files have it. */
export function readServiceOverrides(map: MapNode, findings: Findings): ServiceOverrides {
  const environmentRef = readText(map, 'environmentRef', 'the overrides', findings) ?? '';
  const serviceRef = readText(map, 'serviceRef', 'the overrides', findings) ?? '';
  const isNamed = serviceRef !== '' && environmentRef !== '';
  const what = isNamed ? `the overrides of the service ${serviceRef} in ${environmentRef}` : 'the overrides';
  const spec = readMap(map, 'spec', what, findings);
  const body = spec ?? map;
  const keys = [...ENTITY_KEYS, 'environmentRef', 'serviceRef', 'type', 'infraIdentifier', 'clusterIdentifier', 'spec'];
  warnUnknownKeys(map, spec === undefined ? [...keys, ...BODY_KEYS] : keys, what, findings);
  if (spec !== undefined) warnUnknownKeys(spec, BODY_KEYS, `the spec of ${what}`, findings);
  for (const [key, text] of [
    ['environmentRef', environmentRef],
    ['serviceRef', serviceRef],
  ] as const) {
    if (text === '')
      findings.add('FIELD_MISSING', 'run', find(map, key) ?? map, `The ${key} of the overrides is missing.`);
  }
  const orgIdentifier = readText(map, 'orgIdentifier', what, findings);
  const projectIdentifier = readText(map, 'projectIdentifier', what, findings);
  return {
    environmentRef,
    serviceRef,
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    variables: readVariables(body, what, findings),
    manifests: readManifests(body, what, findings),
    configFiles: readConfigFiles(body, what, findings),
    path: map.path,
    range: map.range,
  };
}
