/** Which node of a plan somebody means: by address, by identifier, by a path of the YAML, or by a line of it. */
import { didYouMean } from '../language/suggest.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import { findNodeYaml } from './places.ts';

export type FoundPlace =
  | { readonly kind: 'found'; readonly node: PlanNode }
  | { readonly kind: 'unknown'; readonly message: string; readonly hint?: string };

export function findPlace(plan: Plan, yaml: YamlNode | undefined, at: string): FoundPlace {
  const nodes = Object.values(plan.nodes).filter((node) => isPlace(plan, node));
  const place = at.trim();
  const found = /^\d+$/.test(place)
    ? byLine(nodes, yaml, Number(place))
    : (byAddress(nodes, place) ?? byYamlPath(nodes, yaml, place) ?? byIdentifier(nodes, place));
  if (found !== undefined) return { kind: 'found', node: found };
  return unknownPlace(nodes, place);
}

/** Forks and loops are nobody's places; rollbacks are not walked. */
function isPlace(plan: Plan, node: PlanNode): boolean {
  if (node.kind === 'fork' || node.kind === 'strategy' || node.kind === 'rollback') return false;
  for (let id = node.parentId; id !== undefined;) {
    const parent: PlanNode | undefined = plan.nodes[id];
    if (parent?.kind === 'rollback' || parent?.kind === 'step') return false;
    id = parent?.parentId;
  }
  return true;
}

/** What stands behind the node's own address is a part of it, but for members of its lists, which are other nodes. */
function byAddress(nodes: readonly PlanNode[], place: string): PlanNode | undefined {
  const plain = withoutPostfixes(place);
  for (const address of [place, plain]) {
    const exact = nodes.find(({ fqn }) => fqn === address);
    if (exact !== undefined) return exact;
  }
  const holders = nodes.filter(({ fqn }) => plain.startsWith(`${fqn}.`));
  const nearest = deepest(holders, ({ fqn }) => fqn.length);
  if (nearest === undefined) return undefined;
  const rest = plain.slice(nearest.fqn.length + 1);
  const isOther = /^(?:stages|(?:spec\.execution\.)?(?:steps|rollbackSteps))\b/.test(rest) || rest.includes('[');
  return isOther ? undefined : nearest;
}

/** `build_0` is a turn of `build`; the first turn stands for all. */
function withoutPostfixes(place: string): string {
  return place
    .split('.')
    .map((segment) => segment.replace(/(?:_\d+)+$/, ''))
    .join('.');
}

function byYamlPath(nodes: readonly PlanNode[], yaml: YamlNode | undefined, place: string): PlanNode | undefined {
  if (yaml === undefined || !place.includes('[')) return undefined;
  const holders = nodes.flatMap((node) => {
    const path = findNodeYaml(yaml, node.fqn)?.path;
    const isInside = path !== undefined && (place === path || place.startsWith(`${path}.`));
    return isInside ? [{ node, path }] : [];
  });
  return deepest(holders, ({ path }) => path.length)?.node;
}

function byLine(nodes: readonly PlanNode[], yaml: YamlNode | undefined, line: number): PlanNode | undefined {
  if (yaml === undefined) return undefined;
  const holders = nodes.flatMap((node) => {
    const range = findNodeYaml(yaml, node.fqn)?.range;
    if (range === undefined || range.start.document !== undefined) return [];
    // The key of the map stands one line above it.
    const isInside = range.start.line - 1 <= line && line <= range.end.line;
    return isInside ? [{ node, line: range.start.line }] : [];
  });
  return deepest(holders, (holder) => holder.line)?.node;
}

/** Its identifier, or as many of those around it as it takes (`deploy.check`), in case it is the only one. */
function byIdentifier(nodes: readonly PlanNode[], place: string): PlanNode | undefined {
  const named = namedSo(nodes, place);
  return named.length === 1 ? named[0] : undefined;
}

function namedSo(nodes: readonly PlanNode[], place: string): readonly PlanNode[] {
  const plain = withoutPostfixes(place);
  return nodes.filter((node) => [place, plain].some((name) => `.${shortName(node)}`.endsWith(`.${name}`)));
}

/** `pipeline.stages.deploy.spec.execution.steps.check` → `deploy.check`. */
function shortName({ fqn }: PlanNode): string {
  return fqn.replaceAll(
    /(?:^pipeline\.|(?<=^|\.)(?:stages|spec\.execution\.(?:steps|rollbackSteps)|steps|rollbackSteps)\.)/g,
    '',
  );
}

function unknownPlace(nodes: readonly PlanNode[], place: string): FoundPlace {
  if (/^\d+$/.test(place)) return { kind: 'unknown', message: `Line ${place} is in no part of the pipeline.` };
  const named = namedSo(nodes, place);
  if (named.length > 1) {
    const hint = `Say which one: ${named.map(({ fqn }) => fqn).join(', ')}.`;
    return { kind: 'unknown', message: `${String(named.length)} parts are called ${place}.`, hint };
  }
  const meant =
    didYouMean(
      place,
      nodes.map(({ fqn }) => fqn),
    ) ??
    didYouMean(
      place,
      nodes.map(({ identifier }) => identifier),
    );
  return {
    kind: 'unknown',
    message: `There is no ${place} in the pipeline.`,
    ...(meant === undefined ? {} : { hint: meant }),
  };
}

function deepest<T>(candidates: readonly T[], depth: (candidate: T) => number): T | undefined {
  return candidates.reduce<T | undefined>(
    (best, candidate) => (best === undefined || depth(candidate) > depth(best) ? candidate : best),
    undefined,
  );
}
