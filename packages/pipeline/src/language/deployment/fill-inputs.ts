/**
 * A service, environment or infrastructure with what its stage supplies (`serviceInputs`, `environmentInputs`, `inputs`):
 * each `<+input>` of the document becomes the value that is given at the same place, or its default. Values that fit no
 * input are left out with a warning, because documents change after pipelines were written.
 */
import { checkValue } from '../check-value.ts';
import type { Findings, Place } from '../diagnostics.ts';
import { completeInputs } from '../freeze-inputs.ts';
import { listAllInputLeaves, type InputOwner } from '../input-fields.ts';
import { matchInputs } from '../match-inputs.ts';
import { findText, isEmpty, relocate, replaceAt, type MapNode, type YamlNode } from '../yaml-node.ts';

export interface GivenValues {
  /** The tree under `key`; absent = nothing is given. */
  readonly node: YamlNode | undefined;
  /** As in `serviceInputs`. */
  readonly key: string;
}

export type EntityKind = 'service' | 'environment' | 'infrastructure';

export interface FilledEntity {
  readonly map: MapNode;
  readonly kind: EntityKind;
  /** Paths of inputs whose value was refused: reported, so not missing too. */
  readonly refused: ReadonlySet<string>;
}

export function fillInputs(
  entity: MapNode,
  kind: EntityKind,
  { node, key }: GivenValues,
  findings: Findings,
): FilledEntity {
  const owner = ownerOf(entity, kind);
  const leaves = listAllInputLeaves(entity, owner);
  const paths = new Set(leaves.map(({ field }) => field.path));
  const given =
    node === undefined || isEmpty(node) || isAsked(node)
      ? new Map<string, YamlNode>()
      : matchInputs(entity, paths, node, {
          whole: `${kind} ${owner.identifier}`,
          source: `the ${key}`,
          onMisfit: (code, place, message, hint) => findings.add(code, 'nothing', place, message, hint),
        });
  const supplied = new Map<string, YamlNode>();
  const refused = new Set<string>();
  for (const { field } of leaves) {
    const value = given.get(field.path);
    if (value === undefined || isAsked(value)) continue;
    const checked = checkValue(field, value, findings);
    if (checked === undefined) refused.add(field.path);
    else supplied.set(field.path, checked);
  }
  // What has no value stays asked for: it matters only where it is used.
  const known = leaves.filter(({ field }) => supplied.has(field.path) || field.default !== undefined);
  const complete = completeInputs(known, { supplied, refused }, findings);
  const placed = [...complete].map(([path, value]): [string, YamlNode] => [path, relocate(value, path)]);
  const filled = replaceAt(entity, new Map(placed));
  return { map: filled.kind === 'map' ? filled : entity, kind, refused };
}

/** Reports what is still asked for; `place` is where the stage may give it. */
export function reportMissing(
  { map, kind, refused }: FilledEntity,
  key: string,
  place: Place,
  findings: Findings,
): void {
  const owner = ownerOf(map, kind);
  for (const { field } of listAllInputLeaves(map, owner)) {
    if (refused.has(field.path)) continue;
    const where = `${field.label} of the ${kind} ${owner.identifier} (${field.path})`;
    findings.add('INPUT_MISSING', 'run', place, `No value for the runtime input ${where}.`, `Supply it in ${key}.`);
  }
}

function ownerOf(entity: MapNode, kind: EntityKind): InputOwner {
  const identifier = findText(entity, 'identifier') ?? '';
  return { kind, identifier, name: findText(entity, 'name') ?? identifier };
}

function isAsked(node: YamlNode): boolean {
  return node.kind === 'scalar' && (node.value === null || node.text.includes('<+input>'));
}
