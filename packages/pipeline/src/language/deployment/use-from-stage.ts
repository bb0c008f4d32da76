/** `useFromStage`: a stage that takes the service or the infrastructure of an earlier one. */
import type { Findings, Place } from '../diagnostics.ts';
import { isLate, readMap, readText, warnUnknownKeys } from '../read-fields.ts';
import { find, isEmpty, type MapNode } from '../yaml-node.ts';

export interface StageSource extends Place {
  readonly kind: 'fromStage';
  /** Identifier of the earlier stage. */
  readonly stage: string;
}

export function readUseFromStage(map: MapNode, what: string, findings: Findings): StageSource | undefined {
  const from = readMap(map, 'useFromStage', what, findings);
  if (from === undefined) return undefined;
  warnUnknownKeys(from, ['stage', 'overrides'], `useFromStage of ${what}`, findings);
  const node = find(from, 'stage') ?? from;
  const stage = readText(from, 'stage', `useFromStage of ${what}`, findings) ?? '';
  if (stage === '') findings.add('FIELD_MISSING', 'run', node, `useFromStage of ${what} names no stage.`);
  else if (isLate(stage) && !stage.includes('<+input>'))
    findings.add(
      'REFERENCE_LATE',
      'run',
      node,
      `useFromStage of ${what} is an expression, but the stage must be known before the run begins.`,
    );
  return { kind: 'fromStage', stage, path: node.path, range: node.range };
}

/** Documents are kept by Bridle, in one version: a branch of a repository says nothing about them. */
export function ignoreGitBranch(map: MapNode, what: string, findings: Findings): void {
  const node = find(map, 'gitBranch');
  if (node === undefined || isEmpty(node)) return;
  findings.add(
    'CONSTRUCT_IGNORED',
    'nothing',
    node,
    `The gitBranch of ${what} has no effect: Bridle keeps its documents itself.`,
  );
}

/** A reference that must be known before the run begins; empty when it is missing or an expression (both reported). */
export function readReference(map: MapNode, key: string, what: string, findings: Findings): string {
  const node = find(map, key);
  const text = readText(map, key, what, findings)?.trim() ?? '';
  if (text === '') findings.add('FIELD_MISSING', 'run', node ?? map, `The ${key} of ${what} is missing.`);
  else if (isLate(text)) {
    // An input that is not supplied is reported as such.
    if (!text.includes('<+input>')) {
      findings.add(
        'REFERENCE_LATE',
        'run',
        node ?? map,
        `The ${key} of ${what} is an expression, but what it names must be known before the run begins.`,
        'Write it out, or ask for it with <+input>.',
      );
    }
    return '';
  }
  return text;
}
