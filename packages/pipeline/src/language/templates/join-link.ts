/** A template link and the body of its template → the node that the link stands for. */
import type { Findings } from '../diagnostics.ts';
import { find, findText, toValue, type MapEntry, type MapNode, type YamlNode } from '../yaml-node.ts';
import { overlayInputs } from './overlay-inputs.ts';
import { LINK_KINDS, type LinkKind } from './template-link.ts';

export interface Join {
  /** The link. */
  readonly map: MapNode;
  readonly kind: LinkKind;
  /** The template, as in `template org.build 1.2`. */
  readonly template: string;
  /** The template's body, at the path of the link. */
  readonly spec: MapNode;
  readonly templateInputs?: YamlNode;
  readonly prepare: (value: YamlNode, path: string) => YamlNode;
}

/** Said of the template itself, never of what it stands for. */
const NOT_OF_THE_BODY: ReadonlySet<string> = new Set(['identifier', 'name', 'stageType']);

/**
 * Identifier, name and what describes the node are the link's. What else stands beside `template` completes the body where
 * the template says nothing or asks; where the template has a value of its own, that holds.
 */
export function joinLink({ map, kind, template, spec, templateInputs, prepare }: Join, findings: Findings): MapNode {
  const identifier = findText(map, 'identifier') ?? '';
  const owner = { kind, identifier, name: findText(map, 'name') ?? identifier };
  const body =
    templateInputs === undefined
      ? spec
      : overlayInputs({ body: spec, given: templateInputs, owner, template, prepare }, findings);
  const ownKeys: readonly string[] = LINK_KINDS[kind].ownKeys;
  const own: [string, MapEntry][] = [];
  const added: [string, MapEntry][] = [];
  for (const [key, entry] of map.entries) {
    if (key === 'template') continue;
    if (ownKeys.includes(key)) own.push([key, entry]);
    else if (isAdded(entry, find(body, key), template, findings)) added.push([key, entry]);
  }
  const linkKeys = new Set([...own, ...added].map(([key]) => key));
  const fromBody = [...body.entries].filter(([key]) => !linkKeys.has(key) && !NOT_OF_THE_BODY.has(key));
  return {
    kind: 'map',
    entries: new Map([...own, ...fromBody, ...added]),
    path: map.path,
    range: map.range,
    linkKeys,
  };
}

function isAdded(
  { key, keyRange, value }: MapEntry,
  ofTemplate: YamlNode | undefined,
  template: string,
  findings: Findings,
): boolean {
  if (ofTemplate === undefined) return true;
  if (ofTemplate.kind === 'scalar' && ofTemplate.text.trim().startsWith('<+input>')) return true;
  if (JSON.stringify(toValue(ofTemplate)) !== JSON.stringify(toValue(value))) {
    findings.add(
      'TEMPLATE_KEY_IGNORED',
      'nothing',
      { path: value.path, range: keyRange },
      `The ${template} has a ${key} of its own: the one beside the link has no effect.`,
      `Ask for it in the template (${key}: <+input>) and give it in templateInputs.`,
    );
  }
  return false;
}
