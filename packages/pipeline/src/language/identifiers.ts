/** Identifiers and names (pipelines.md §1.2): identifiers are checked, names are never a reason to refuse. */
import type { Findings, Place } from './diagnostics.ts';
import { findText, type MapNode, find } from './yaml-node.ts';

export const IDENTIFIER = /^[a-zA-Z_][0-9a-zA-Z_]{0,127}$/;
const NAME = /^[a-zA-Z_0-9-.][-0-9a-zA-Z_\s.]{0,127}$/;

/** Words of the expression language and of paths: as identifiers they would make expressions ambiguous. */
export const RESERVED_IDENTIFIERS = [
  'or',
  'and',
  'eq',
  'ne',
  'lt',
  'gt',
  'le',
  'ge',
  'div',
  'mod',
  'not',
  'null',
  'true',
  'false',
  'new',
  'var',
  'return',
  'step',
  'parallel',
  'stepGroup',
  'org',
  'account',
  'status',
  'liteEngineTask',
] as const;

const reserved: ReadonlySet<string> = new Set(RESERVED_IDENTIFIERS);

export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !reserved.has(text);
}

/** Reads `identifier` of a pipeline, stage, step group or step; the empty text when it has none. `what` as in `stage`. */
export function readIdentifier(map: MapNode, what: string, findings: Findings): string {
  const node = find(map, 'identifier');
  const text = findText(map, 'identifier');
  const place: Place = node ?? map;
  if (text === undefined || text === '') {
    findings.add(
      'IDENTIFIER_MISSING',
      'save',
      place,
      `This ${what} has no identifier.`,
      'Add identifier: with letters, digits and underscores.',
    );
    return '';
  }
  if (!IDENTIFIER.test(text)) {
    const usable = text
      .replaceAll(/[^0-9a-zA-Z_]/g, '_')
      .replace(/^(?=\d)/, '_')
      .slice(0, 128);
    const hint = text.includes('<+')
      ? 'An identifier cannot be an expression or an input.'
      : `Use ${usable}, for example.`;
    findings.add(
      'IDENTIFIER_INVALID',
      'save',
      place,
      `"${text}" is not an identifier: it takes letters, digits and underscores, does not begin with a digit, and has at most 128 characters.`,
      hint,
    );
  } else if (reserved.has(text)) {
    findings.add(
      'IDENTIFIER_RESERVED',
      'save',
      place,
      `"${text}" is a reserved word and cannot identify a ${what}.`,
      `Use ${text}_1, for example.`,
    );
  }
  return text;
}

/** Reads `name`; the identifier stands in for a missing one. */
export function readName(map: MapNode, what: string, identifier: string, findings: Findings): string {
  const node = find(map, 'name');
  const text = findText(map, 'name');
  if (text === undefined || text === '') {
    findings.add(
      'NAME_MISSING',
      'nothing',
      node ?? map,
      `The ${what} ${identifier} has no name.`,
      'Its identifier is shown instead.',
    );
    return identifier;
  }
  if (!NAME.test(text)) {
    findings.add('NAME_UNUSUAL', 'nothing', node ?? map, `Harness would not accept the name "${text}"; Bridle does.`);
  }
  return text;
}
