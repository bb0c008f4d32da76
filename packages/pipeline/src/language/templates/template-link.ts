/** A template link: `template: {templateRef, versionLabel?, templateInputs?}` in place of what the template holds. */
import type { Findings } from '../diagnostics.ts';
import { parseScopedIdentifier, type DocumentReference, type DocumentScope } from '../documents.ts';
import { isIdentifier } from '../identifiers.ts';
import { isLate, reportNotRunYet, warnUnknownKeys } from '../read-fields.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from '../yaml-node.ts';
import { isVersionLabel, type TemplateType } from './template-document.ts';

export type TemplateReference = Extract<DocumentReference, { readonly kind: 'template' }>;

/** What may be a link, with the type of template it takes and the keys that are always its own. */
export const LINK_KINDS = {
  pipeline: {
    type: 'Pipeline',
    word: 'pipeline',
    ownKeys: ['identifier', 'name', 'description', 'tags', 'orgIdentifier', 'projectIdentifier'],
  },
  stage: { type: 'Stage', word: 'stage', ownKeys: ['identifier', 'name', 'description', 'tags'] },
  stepGroup: { type: 'StepGroup', word: 'step group', ownKeys: ['identifier', 'name', 'description'] },
  step: { type: 'Step', word: 'step', ownKeys: ['identifier', 'name', 'description'] },
} as const satisfies Readonly<
  Record<string, { readonly type: TemplateType; readonly word: string; readonly ownKeys: readonly string[] }>
>;
export type LinkKind = keyof typeof LINK_KINDS;

export interface TemplateLink {
  readonly reference: TemplateReference;
  /** Where the reference stands. */
  readonly place: YamlNode;
  readonly templateInputs?: YamlNode;
}

export const LINK_KEYS = [
  'templateRef',
  'versionLabel',
  'templateInputs',
  'templateVariables',
  'gitBranch',
  'label',
] as const;

export function isLink(map: MapNode): boolean {
  const template = find(map, 'template');
  return template !== undefined && !isEmpty(template);
}

/** The link of a map that is one; `undefined` = it cannot be followed (reported). */
export function readLink(map: MapNode, kind: LinkKind, findings: Findings): TemplateLink | undefined {
  const what = `the ${LINK_KINDS[kind].word} ${findText(map, 'identifier') ?? ''}`.trimEnd();
  const template = find(map, 'template');
  const place = find(template, 'templateRef') ?? template ?? map;
  const refuse = (message: string, hint?: string, at: YamlNode = place): undefined => {
    findings.add('TEMPLATE_LINK_INVALID', 'run', at, message, hint);
    return undefined;
  };
  const written = findText(template, 'templateRef') ?? '';
  if (template?.kind !== 'map' || written === '')
    return refuse(`The template link of ${what} has no templateRef.`, 'Name the template: templateRef: org.build.');
  warnUnknownKeys(template, LINK_KEYS, `the template link of ${what}`, findings);
  reportUnsupported(template, what, findings);
  const { scope, identifier } = parseScopedIdentifier(written);
  if (!isIdentifier(identifier)) {
    return refuse(
      isLate(written)
        ? `The templateRef of ${what} is "${written}"; which template it is must be known before the inputs are.`
        : `"${written}" is not a reference to a template (${what}).`,
      'Write the identifier of the template, with account. or org. before it when it is kept there.',
    );
  }
  const version = find(template, 'versionLabel');
  const versionLabel = findText(template, 'versionLabel') ?? '';
  if (version !== undefined && versionLabel !== '' && !isVersionLabel(versionLabel))
    return refuse(`"${versionLabel}" is not the version of a template (${what}).`, undefined, version);
  const templateInputs = find(template, 'templateInputs');
  return {
    reference: { kind: 'template', scope, identifier, ...(versionLabel === '' ? {} : { versionLabel }) },
    place,
    ...(templateInputs === undefined || isEmpty(templateInputs) ? {} : { templateInputs }),
  };
}

function reportUnsupported(template: MapNode, what: string, findings: Findings): void {
  const variables = find(template, 'templateVariables');
  if (variables !== undefined && !isEmpty(variables)) reportNotRunYet(variables, 'template variables', findings);
  const label = find(template, 'label');
  if (label !== undefined && !isEmpty(label) && isEmpty(find(template, 'versionLabel')))
    reportNotRunYet(label, 'template links by label', findings);
  const branch = find(template, 'gitBranch');
  if (branch !== undefined && !isEmpty(branch)) {
    findings.add(
      'CONSTRUCT_IGNORED',
      'nothing',
      branch,
      `The gitBranch of the template link of ${what} has no effect: Bridle keeps templates itself.`,
    );
  }
}

const HEIGHT: Readonly<Record<DocumentScope, number>> = { project: 0, org: 1, account: 2 };

/** A template may refer to its own scope and to higher ones: what is below differs from user to user. */
export function isReachable(from: DocumentScope, to: DocumentScope): boolean {
  return HEIGHT[to] >= HEIGHT[from];
}
