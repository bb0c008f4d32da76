/** `caching` of a CI stage: folders that are brought back before its steps and kept after them (pipelines.md §6.2). */
import type { Findings, Place } from '../diagnostics.ts';
import { awaitsInput, isLate, readMap, readText, warnUnknownKeys } from '../read-fields.ts';
import { didYouMean } from '../suggest.ts';
import { find, isEmpty, toTextValue, type MapNode } from '../yaml-node.ts';
import type { Value } from '../../expressions/values.ts';
import { readConditional, type Conditional } from './conditional.ts';

export interface Caching extends Conditional {
  readonly key: string;
  readonly paths: readonly Value[];
  /** Whether a key that is there is written anew; a flag, or the expression that gives it. */
  readonly override: Value;
  readonly isRestored: boolean;
  readonly isSaved: boolean;
}

export const CACHING_KEYS = ['enabled', 'key', 'paths', 'override', 'policy'] as const;
export const CACHING_POLICIES = ['pull', 'push', 'pull-push'] as const;

export function readCaching(spec: MapNode, stage: string, findings: Findings): Caching | undefined {
  const caching = readMap(spec, 'caching', stage, findings);
  if (caching === undefined) return undefined;
  const what = `caching of ${stage}`;
  warnUnknownKeys(caching, CACHING_KEYS, what, findings);
  const enabled = readConditional(caching, 'enabled', what, findings);
  const policy = readPolicy(caching, what, findings);
  if (enabled === undefined) return undefined;
  const key = readText(caching, 'key', what, findings)?.trim() ?? '';
  const paths = readPaths(caching);
  if (key === '' || paths.length === 0) {
    reportUnusable(find(caching, 'key') ?? caching, what, findings);
    return undefined;
  }
  const override = find(caching, 'override');
  return {
    ...enabled,
    key,
    paths,
    override: override?.kind === 'scalar' && isLate(override.text) ? override.text : isTrue(override),
    isRestored: policy !== 'push',
    isSaved: policy !== 'pull',
  };
}

function isTrue(node: ReturnType<typeof find>): boolean {
  return node?.kind === 'scalar' && node.text === 'true';
}

function readPaths(caching: MapNode): readonly Value[] {
  const node = find(caching, 'paths');
  if (node === undefined || isEmpty(node)) return [];
  return node.kind === 'list' ? node.items.map(toTextValue) : [toTextValue(node)];
}

/** A cache changes no result: without one the run is slower, and its author should know why. */
function reportUnusable(place: Place, what: string, findings: Findings): void {
  findings.add(
    'CONSTRUCT_IGNORED',
    'nothing',
    place,
    `Bridle finds no key and no folders by itself: ${what} needs key and paths, and has no effect.`,
    'Add key: app-{{ checksum "package-lock.json" }} and paths: [node_modules], for example.',
  );
}

function readPolicy(caching: MapNode, what: string, findings: Findings): string {
  const policy = readText(caching, 'policy', what, findings) ?? '';
  const node = find(caching, 'policy') ?? caching;
  const isKnown = policy === '' || (CACHING_POLICIES as readonly string[]).includes(policy);
  if (!isKnown && !awaitsInput(node))
    findings.add(
      'FIELD_VALUE',
      'run',
      node,
      `The policy of ${what} is "${policy}"; it takes ${CACHING_POLICIES.join(', ')}.`,
      didYouMean(policy, CACHING_POLICIES),
    );
  return policy;
}
