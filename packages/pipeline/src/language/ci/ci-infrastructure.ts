/**
 * Where Harness runs a CI stage (pipelines.md §6.1). Bridle runs it on one delegate, in Docker containers where steps name an
 * image and as processes of the host elsewhere, whatever the kind; what remains is which operating system and processor the
 * delegate must have.
 */
import type { Findings } from '../diagnostics.ts';
import { awaitsInput, isLate, readMap, readText } from '../read-fields.ts';
import { didYouMean } from '../suggest.ts';
import { find, findText, isEmpty, type MapNode } from '../yaml-node.ts';

export interface CiInfrastructure {
  /** One of `PLATFORM_SYSTEMS`, or the expression that gives it; absent = any. */
  readonly os?: string;
  readonly arch?: string;
  /** Identifier of the earlier CI stage whose infrastructure it takes. */
  readonly useFromStage?: string;
}

export const PLATFORM_SYSTEMS = ['Linux', 'MacOS', 'Windows'] as const;
export const PLATFORM_ARCHITECTURES = ['Amd64', 'Arm64'] as const;

export function readCiInfrastructure(spec: MapNode, what: string, findings: Findings): CiInfrastructure {
  const infrastructure = readMap(spec, 'infrastructure', what, findings);
  const runtime = readMap(spec, 'runtime', what, findings);
  if (runtime !== undefined) reportKind(runtime, RUNTIMES, `the runtime of ${what}`, what, findings);
  const platform = readMap(spec, 'platform', what, findings);
  const pool = infrastructure === undefined ? undefined : readInfrastructure(infrastructure, what, findings);
  const os = readPlatform(platform ?? pool, 'os', PLATFORM_SYSTEMS, what, findings);
  const arch = readPlatform(platform, 'arch', PLATFORM_ARCHITECTURES, what, findings);
  const useFromStage = infrastructure === undefined ? undefined : readUseFromStage(infrastructure);
  return {
    ...(os === undefined ? {} : { os }),
    ...(arch === undefined ? {} : { arch }),
    ...(useFromStage === undefined ? {} : { useFromStage }),
  };
}

/** What becomes of each kind; an empty text where nothing needs to be said. */
const INFRASTRUCTURES: Readonly<Record<string, string>> = {
  KubernetesDirect: 'Bridle starts no pods yet',
  KubernetesHosted: 'Bridle has no hosted clusters',
  VM: 'Bridle takes no machines from pools',
};
const RUNTIMES: Readonly<Record<string, string>> = { Cloud: 'Bridle has no hosted machines', Docker: '' };
export const CI_INFRASTRUCTURES: readonly string[] = Object.keys(INFRASTRUCTURES);
export const CI_RUNTIMES: readonly string[] = Object.keys(RUNTIMES);

/** The part of it that says which system a machine has. Pods are containers, which any Docker engine runs. */
function readInfrastructure(infrastructure: MapNode, what: string, findings: Findings): MapNode | undefined {
  const type = findText(infrastructure, 'type') ?? '';
  if (type !== '' || isEmpty(find(infrastructure, 'useFromStage')))
    reportKind(infrastructure, INFRASTRUCTURES, `the infrastructure of ${what}`, what, findings);
  if (type !== 'VM') return undefined;
  const pool = find(find(infrastructure, 'spec'), 'spec');
  return pool?.kind === 'map' ? pool : undefined;
}

function reportKind(
  map: MapNode,
  kinds: Readonly<Record<string, string>>,
  field: string,
  stage: string,
  findings: Findings,
): void {
  const node = find(map, 'type') ?? map;
  if (awaitsInput(node)) return;
  const type = findText(map, 'type') ?? '';
  const reason = Object.hasOwn(kinds, type)
    ? kinds[type]
    : `Bridle does not know ${field}${type === '' ? '' : ` (${type})`}`;
  if (reason === '') return;
  findings.add(
    'CONSTRUCT_IGNORED',
    'nothing',
    node,
    `${String(reason)}: the steps of ${stage} run on a delegate, in Docker containers where they name an image.`,
  );
}

function readPlatform(
  map: MapNode | undefined,
  key: 'os' | 'arch',
  words: readonly string[],
  what: string,
  findings: Findings,
): string | undefined {
  if (map === undefined) return undefined;
  const text = readText(map, key, `the platform of ${what}`, findings)?.trim() ?? '';
  const node = find(map, key);
  if (node === undefined || text === '' || awaitsInput(node)) return undefined;
  if (isLate(text)) return text;
  const known = words.find((word) => word === text);
  if (known === undefined)
    findings.add(
      'FIELD_VALUE',
      'run',
      node,
      `The ${key} of ${what} is "${text}"; it takes ${words.join(', ')}.`,
      didYouMean(text, words),
    );
  return known;
}

/** Written as a text, or as `{stage}` like that of deployments. */
function readUseFromStage(infrastructure: MapNode): string | undefined {
  const text = findText(infrastructure, 'useFromStage') ?? findText(find(infrastructure, 'useFromStage'), 'stage');
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
