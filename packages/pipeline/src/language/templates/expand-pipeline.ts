/**
 * Template links → what they stand for, before anything else reads the pipeline (pipelines.md §1.10, docs/adr/0019).
 *
 * 1. The text of a template comes from `Documents`; what is not loaded yet is collected, all of it that can be reached so far.
 * 2. A template is expanded itself before it is put in place, once per version; copies of it differ in their paths only.
 * 3. Nodes keep the place in the text they were written in: `SourcePosition.document` names a template's text.
 * 4. Every growth is bounded before it happens: levels of templates, values, depth and length of the compiled text.
 */
import { Findings } from '../diagnostics.ts';
import type { DocumentReference, Documents } from '../documents.ts';
import { loadYaml, YAML_DEPTH_MAX, YAML_LENGTH_MAX, type LoadedYaml } from '../load-yaml.ts';
import { findRoot } from '../parse-pipeline.ts';
import { printYaml } from '../print-yaml.ts';
import { find, mapEntries, type MapNode } from '../yaml-node.ts';
import { Expander, measure } from './expander.ts';
import type { TemplateReference } from './template-link.ts';
import { changeLinks } from './walk-links.ts';

export interface ExpandedPipeline {
  /** The author's text where nothing was expanded, else the compiled text. */
  readonly text: string;
  /** The compiled tree; its diagnostics hold those of the templates too. */
  readonly loaded: LoadedYaml;
  /** The map under `pipeline`; absent when the text has none. */
  readonly map?: MapNode;
  /** Not empty = the tree still has links: ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
  /** What was used, with the versions that were found, in the order of the first use. */
  readonly templates: readonly TemplateReference[];
}

export function expandPipeline(yaml: string, documents: Documents): ExpandedPipeline {
  const loaded = loadYaml(yaml);
  const map = findRoot(loaded.root, 'pipeline', new Findings());
  if (map === undefined || loaded.root?.kind !== 'map')
    return { text: yaml, loaded, needsDocuments: [], templates: [] };
  const expander = new Expander(documents);
  const expanded = expander.expand(map, 'pipeline', { scope: 'project', chain: [], size: { nodes: 0, levels: 0 } });
  const needsDocuments = [...expander.needs.values()];
  const templates = [...expander.used.values()];
  if (templates.length === 0) {
    const diagnostics = [...loaded.diagnostics, ...expander.findings.list()];
    return { text: yaml, loaded: { ...loaded, diagnostics }, map, needsDocuments, templates };
  }
  const root = mapEntries(loaded.root, (value) => (value === map ? expanded : value));
  const text = printYaml(root);
  if (text.length > YAML_LENGTH_MAX) {
    expander.findings.add(
      'YAML_TOO_LARGE',
      'run',
      map,
      `With its templates the pipeline has ${String(text.length)} characters; ${String(YAML_LENGTH_MAX)} are the limit.`,
    );
  }
  if (measure(root).depth > YAML_DEPTH_MAX) {
    const message = `With its templates the pipeline is nested deeper than ${String(YAML_DEPTH_MAX)} levels.`;
    expander.findings.add('YAML_TOO_DEEP', 'run', map, message);
  }
  const diagnostics = [...loaded.diagnostics, ...expander.findings.list()];
  return { text, loaded: { root, hasAliases: true, diagnostics }, map: expanded, needsDocuments, templates };
}

/** Links that came with the inputs of the run, when the templates were in place already: reported, they cannot be followed. */
export function refuseLateLinks(pipeline: MapNode, findings: Findings): void {
  changeLinks(pipeline, 'pipeline', (link) => {
    findings.add(
      'TEMPLATE_LINK_INVALID',
      'run',
      find(link, 'template') ?? link,
      'A link to a template cannot be given as an input of a run.',
      'Put the link into the pipeline, and ask for its templateInputs.',
    );
    return link;
  });
}
