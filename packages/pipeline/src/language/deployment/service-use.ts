/** Which services a Deployment stage deploys. */
import type { Findings, Place } from '../diagnostics.ts';
import { awaitsInput, readMap, reportKind, warnUnknownKeys } from '../read-fields.ts';
import { find, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';
import {
  readServiceDefinition,
  readStageOverrides,
  type ServiceDefinition,
  type ServiceParts,
} from './service-definition.ts';
import { ignoreGitBranch, readReference, readUseFromStage, type StageSource } from './use-from-stage.ts';

export type ServiceUse = ServiceReference | InlineService | (StageSource & Changes);

export interface ServiceReference extends Place {
  readonly kind: 'reference';
  /** With its scope, such as `org.web`. */
  readonly ref: string;
  readonly inputs?: YamlNode;
}

export interface InlineService extends Place, Changes {
  readonly kind: 'inline';
  /** The service that the definition belongs to; absent = it has none of its own. */
  readonly ref?: string;
  /** `serviceConfig.service`: identifier and name, written in place. */
  readonly entity?: MapNode;
  readonly definition: ServiceDefinition;
}

interface Changes {
  /** `stageOverrides`: artifacts, manifests and variables of this stage. */
  readonly overrides?: ServiceParts;
}

/** `place` is where a missing service is reported. */
export function readServices(
  spec: MapNode | undefined,
  place: Place,
  what: string,
  findings: Findings,
): readonly ServiceUse[] {
  const ways = (['service', 'services', 'serviceConfig'] as const).filter((key) => !isEmpty(find(spec, key)));
  const [way, other] = ways;
  if (spec === undefined || way === undefined) {
    findings.add('FIELD_MISSING', 'run', place, `There is no service in ${what}.`, 'Add service: with a serviceRef.');
    return [];
  }
  if (other !== undefined) {
    findings.add(
      'STRUCTURE_INVALID',
      'run',
      find(spec, other) ?? spec,
      `${what.charAt(0).toUpperCase()}${what.slice(1)} has both ${way} and ${other}.`,
      'Keep one of them.',
    );
    return [];
  }
  if (awaitsInput(find(spec, way))) return [];
  const map = readMap(spec, way, what, findings);
  if (map === undefined) return [];
  switch (way) {
    case 'service':
      return readService(map, `the service of ${what}`, findings);
    case 'services':
      return readValues(map, what, findings);
    case 'serviceConfig':
      return readConfig(map, `serviceConfig of ${what}`, findings);
  }
}

function readService(map: MapNode, what: string, findings: Findings): readonly ServiceUse[] {
  warnUnknownKeys(map, ['serviceRef', 'serviceInputs', 'useFromStage', 'gitBranch', 'metadata'], what, findings);
  ignoreGitBranch(map, what, findings);
  const from = readUseFromStage(map, what, findings);
  if (from !== undefined) return [from];
  const ref = readReference(map, 'serviceRef', what, findings);
  if (ref === '') return [];
  const inputs = find(map, 'serviceInputs');
  const place = find(map, 'serviceRef') ?? map;
  return [
    { kind: 'reference', ref, ...(inputs === undefined ? {} : { inputs }), path: place.path, range: place.range },
  ];
}

function readValues(map: MapNode, what: string, findings: Findings): readonly ServiceUse[] {
  warnUnknownKeys(map, ['values', 'metadata'], `the services of ${what}`, findings);
  const values = find(map, 'values');
  if (values === undefined || isEmpty(values)) {
    findings.add('FIELD_MISSING', 'run', values ?? map, `The services of ${what} have no values.`);
    return [];
  }
  if (awaitsInput(values)) return [];
  if (values.kind !== 'list') {
    reportKind(values, `the services of ${what}`, 'a list', findings);
    return [];
  }
  return values.items.flatMap((item) => {
    if (item.kind === 'map') return readService(item, `a service of ${what}`, findings);
    reportKind(item, `a service of ${what}`, 'a map with serviceRef', findings);
    return [];
  });
}

/** The first version of the language: the definition stands in the stage. */
function readConfig(map: MapNode, what: string, findings: Findings): readonly ServiceUse[] {
  const known = ['serviceRef', 'service', 'serviceDefinition', 'useFromStage', 'stageOverrides'];
  warnUnknownKeys(map, known, what, findings);
  const overrides = readMap(map, 'stageOverrides', what, findings);
  const changes =
    overrides === undefined ? {} : { overrides: readStageOverrides(overrides, `stageOverrides of ${what}`, findings) };
  const from = readUseFromStage(map, what, findings);
  if (from !== undefined) return [{ ...from, ...changes }];
  const entity = readMap(map, 'service', what, findings);
  const ref = isEmpty(find(map, 'serviceRef')) ? undefined : readReference(map, 'serviceRef', what, findings);
  const definition = readMap(map, 'serviceDefinition', what, findings);
  if (definition === undefined) {
    if (ref === undefined) {
      const message = `There is no serviceDefinition in ${what}.`;
      findings.add('FIELD_MISSING', 'run', find(map, 'serviceDefinition') ?? map, message);
    }
    const place = find(map, 'serviceRef') ?? map;
    return ref === undefined || ref === '' ? [] : [{ kind: 'reference', ref, path: place.path, range: place.range }];
  }
  return [
    {
      kind: 'inline',
      ...(ref === undefined || ref === '' ? {} : { ref }),
      ...(entity === undefined ? {} : { entity }),
      definition: readServiceDefinition(definition, what, findings),
      ...changes,
      path: map.path,
      range: map.range,
    },
  ];
}
