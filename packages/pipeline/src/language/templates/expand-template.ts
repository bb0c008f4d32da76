/** A template by itself with the templates that it holds: what is wrong with it, and what it asks of who links to it. */
import { Findings, type Diagnostic } from '../diagnostics.ts';
import { referenceKey, type DocumentReference, type Documents, type DocumentScope } from '../documents.ts';
import { listAllInputLeaves, type InputField } from '../input-fields.ts';
import { reduce } from '../input-template.ts';
import { loadYaml, YAML_DEPTH_MAX } from '../load-yaml.ts';
import { findRoot } from '../parse-pipeline.ts';
import { printYaml } from '../print-yaml.ts';
import { find, findText } from '../yaml-node.ts';
import { Expander, kindOf, measure } from './expander.ts';
import { isTemplateType } from './template-document.ts';
import type { TemplateReference } from './template-link.ts';

export interface ExpandedTemplate {
  /** The `spec` with its own links expanded, as YAML; absent when there is none that can be read. */
  readonly specYaml?: string;
  /** What a link may give, as YAML to put below `templateInputs:`; absent when the template asks for nothing. */
  readonly templateInputsYaml?: string;
  readonly inputs: readonly InputField[];
  /** About its links only; `parseTemplate` says the rest. */
  readonly diagnostics: readonly Diagnostic[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
  /** What it holds, with the versions that were found. */
  readonly templates: readonly TemplateReference[];
}

/** `scope`: where the template is kept. */
export function expandTemplate(yaml: string, scope: DocumentScope, documents: Documents): ExpandedTemplate {
  const map = findRoot(loadYaml(yaml).root, 'template', new Findings());
  const spec = find(map, 'spec');
  const type = findText(map, 'type') ?? '';
  if (spec?.kind !== 'map' || !isTemplateType(type))
    return { inputs: [], diagnostics: [], needsDocuments: [], templates: [] };
  const identifier = findText(map, 'identifier') ?? '';
  const versionLabel = findText(map, 'versionLabel') ?? '';
  const self = { kind: 'template', scope, identifier, versionLabel } as const;
  const expander = new Expander(documents);
  const name = `template ${identifier} ${versionLabel}`.trimEnd();
  const { map: expanded } = expander.expandBody(spec, kindOf(type), scope, [{ key: referenceKey(self), name }]);
  const needsDocuments = [...expander.needs.values()];
  const templates = [...expander.used.values()];
  const { findings } = expander;
  const isTooDeep = measure(expanded).depth > YAML_DEPTH_MAX;
  if (isTooDeep)
    findings.add(
      'YAML_TOO_DEEP',
      'run',
      spec,
      `With its templates this is nested deeper than ${String(YAML_DEPTH_MAX)} levels.`,
    );
  const rest = { diagnostics: findings.list(), needsDocuments, templates };
  if (isTooDeep) return { inputs: [], ...rest };
  const leaves = listAllInputLeaves(expanded);
  const asked = reduce(expanded, new Map(leaves.map(({ node }) => [node.path, node])));
  return {
    specYaml: printYaml(expanded),
    ...(asked === undefined ? {} : { templateInputsYaml: printYaml(asked) }),
    inputs: leaves.map(({ field }) => field),
    ...rest,
  };
}
