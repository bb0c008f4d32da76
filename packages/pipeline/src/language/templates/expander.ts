/** Follows template links: what each stands for, with everything that is known, wrong or still needed on the way. */
import { Findings } from '../diagnostics.ts';
import { describeReference, referenceKey, type DocumentReference, type Documents } from '../documents.ts';
import { loadYaml, YAML_DEPTH_MAX, YAML_NODES_MAX } from '../load-yaml.ts';
import { findRoot } from '../parse-pipeline.ts';
import { find, findText, relocate, type MapNode, type YamlNode } from '../yaml-node.ts';
import { joinLink } from './join-link.ts';
import { isTemplateType, readBody, type TemplateType } from './template-document.ts';
import { isReachable, LINK_KINDS, readLink, type LinkKind, type TemplateReference } from './template-link.ts';
import { changeItemLinks, changeLinks, type Follow } from './walk-links.ts';

/** Templates in templates. Real ones go four deep: step in group in stage in pipeline. */
export const TEMPLATE_LEVELS_MAX = 20;

/** The document whose links are being followed. */
export interface Context {
  readonly scope: TemplateReference['scope'];
  /** The templates around, outermost first. */
  readonly chain: readonly ChainLink[];
  /** What templates have added to the document so far. */
  readonly size: { nodes: number; levels: number };
}

export interface ChainLink {
  /** Of the reference with the version that was found. */
  readonly key: string;
  readonly name: string;
}

/** A template with its own links expanded; paths are those of its text. */
interface Body {
  readonly type: TemplateType;
  readonly map: MapNode;
  readonly nodes: number;
  /** Levels of templates, itself included. */
  readonly levels: number;
}

export class Expander {
  readonly #documents: Documents;
  readonly findings = new Findings();
  readonly needs = new Map<string, DocumentReference>();
  readonly used = new Map<string, TemplateReference>();
  /** By key of the version that was found; `undefined` = there is something wrong with it, and that was said. */
  readonly #bodies = new Map<string, Body | undefined>();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  expand(map: MapNode, kind: LinkKind, context: Context): MapNode {
    return changeLinks(map, kind, this.#followIn(context));
  }

  /** The body of a template that is kept in this scope; `levels`: of templates, itself included. */
  expandBody(
    spec: MapNode,
    kind: LinkKind,
    scope: TemplateReference['scope'],
    chain: readonly ChainLink[],
  ): { readonly map: MapNode; readonly levels: number } {
    const size = { nodes: 0, levels: 0 };
    const map = this.expand(spec, kind, { scope, chain, size });
    if (kind === 'pipeline') this.#refuseChained(find(map, 'stages'));
    return { map, levels: size.levels + 1 };
  }

  #followIn(context: Context): Follow {
    return (map, kind) => this.#follow(map, kind, context);
  }

  /** What the link stands for; the link itself when it cannot be followed (reported) or not yet. */
  #follow(map: MapNode, kind: LinkKind, context: Context): MapNode {
    const link = readLink(map, kind, this.findings);
    if (link === undefined) return map;
    const { reference, place, templateInputs } = link;
    const refuse = (code: Parameters<Findings['add']>[0], message: string, hint?: string): MapNode => {
      this.findings.add(code, 'run', place, message, hint);
      return map;
    };
    if (!isReachable(context.scope, reference.scope)) {
      return refuse(
        'TEMPLATE_SCOPE',
        `A template of the ${SCOPE_WORDS[context.scope]} cannot refer to ${describeReference(reference)}, which is kept further below.`,
        'Keep both in one scope, or the inner one in a higher scope.',
      );
    }
    const stored = this.#documents.find(reference);
    if (stored === undefined) {
      this.needs.set(referenceKey(reference), reference);
      return map;
    }
    if (stored === null) {
      return refuse(
        'TEMPLATE_NOT_FOUND',
        `There is no ${describeReference(reference)}.`,
        'Check the scope (account., org. or none before the identifier), the identifier and the version.',
      );
    }
    const versionLabel = stored.versionLabel ?? reference.versionLabel;
    const found: TemplateReference = { ...reference, ...(versionLabel === undefined ? {} : { versionLabel }) };
    const key = referenceKey(found);
    const name = describeReference(found);
    const { chain, size } = context;
    if (chain.some((outer) => outer.key === key)) {
      const names = [...chain.slice(chain.findIndex((outer) => outer.key === key)).map((outer) => outer.name), name];
      return refuse('TEMPLATE_CYCLE', `Templates that hold each other have no end: ${names.join(' → ')}.`);
    }
    if (!this.#bodies.has(key)) {
      if (chain.length >= TEMPLATE_LEVELS_MAX) return refuse('TEMPLATE_TOO_DEEP', tooDeep(name));
      this.#bodies.set(key, this.#load(stored.yaml, reference.scope, { key, name }, context));
    }
    const body = this.#bodies.get(key);
    if (body === undefined) return map;
    const { type } = LINK_KINDS[kind];
    if (body.type !== type) {
      return refuse(
        'TEMPLATE_TYPE_MISMATCH',
        `The ${name} is a ${body.type} template, and a ${LINK_KINDS[kind].word} takes a ${type} template.`,
      );
    }
    if (chain.length + body.levels > TEMPLATE_LEVELS_MAX) return refuse('TEMPLATE_TOO_DEEP', tooDeep(name));
    if (size.nodes + body.nodes > YAML_NODES_MAX) {
      return refuse(
        'YAML_TOO_LARGE',
        `With its templates the document has more than ${String(YAML_NODES_MAX)} values; there was no room for ${name}.`,
      );
    }
    size.nodes += body.nodes;
    size.levels = Math.max(size.levels, body.levels);
    this.used.set(key, found);
    const spec = relocate(body.map, map.path);
    return joinLink(
      {
        map,
        kind,
        template: name,
        spec: spec.kind === 'map' ? spec : body.map,
        ...(templateInputs === undefined ? {} : { templateInputs }),
        prepare: (value, path) => (HOLDS_ITEMS.test(path) ? changeItemLinks(value, this.#followIn(context)) : value),
      },
      this.findings,
    );
  }

  #load(yaml: string, scope: TemplateReference['scope'], self: ChainLink, outer: Context): Body | undefined {
    const { root, diagnostics } = loadYaml(yaml, self.name);
    this.findings.addAll(diagnostics);
    const findings = new Findings(self.name);
    const template = root === undefined && diagnostics.length > 0 ? undefined : findRoot(root, 'template', findings);
    const spec = template === undefined ? undefined : readBody(template, findings);
    const type = findText(template, 'type') ?? '';
    if (template !== undefined && !isTemplateType(type)) {
      const place = find(template, 'type') ?? template;
      findings.add('TEMPLATE_INVALID', 'run', place, `Nothing can link to a template of type "${type}".`);
    }
    this.findings.addAll(findings.list());
    if (spec === undefined || !isTemplateType(type)) return undefined;
    const { map, levels } = this.expandBody(spec, kindOf(type), scope, [...outer.chain, self]);
    const { nodes, depth } = measure(map);
    if (depth > YAML_DEPTH_MAX) {
      const message = `With its templates the ${self.name} is nested deeper than ${String(YAML_DEPTH_MAX)} levels.`;
      this.findings.add('YAML_TOO_DEEP', 'run', spec, message);
      return undefined;
    }
    return { type, map, nodes, levels };
  }

  /** A pipeline template may not start other pipelines. */
  #refuseChained(stages: YamlNode | undefined): void {
    if (stages?.kind !== 'list') return;
    for (const item of stages.items) {
      this.#refuseChained(find(item, 'parallel') ?? find(find(item, 'insert'), 'stages'));
      const type = find(find(item, 'stage'), 'type');
      if (type?.kind !== 'scalar' || type.text !== 'Pipeline') continue;
      this.findings.add(
        'TEMPLATE_CHAINED_PIPELINE',
        'run',
        type,
        'A pipeline template cannot hold stages of type Pipeline.',
        'Start the other pipeline from the pipeline that uses the template.',
      );
    }
  }
}

const SCOPE_WORDS = { project: 'project', org: 'organization', account: 'account' } as const;

function tooDeep(name: string): string {
  return `Templates stand in more than ${String(TEMPLATE_LEVELS_MAX)} others at ${name}.`;
}

export function kindOf(type: TemplateType): LinkKind {
  switch (type) {
    case 'Pipeline':
      return 'pipeline';
    case 'Stage':
      return 'stage';
    case 'StepGroup':
      return 'stepGroup';
    case 'Step':
      return 'step';
  }
}

/** Places that a whole list of stages or steps may be supplied for. */
const HOLDS_ITEMS = /\.(?:stages|steps|rollbackSteps)$/;

export function measure(node: YamlNode): { readonly nodes: number; readonly depth: number } {
  const children = node.kind === 'scalar' ? [] : childrenOf(node);
  let nodes = 1;
  let depth = 0;
  for (const child of children) {
    const inner = measure(child);
    nodes += inner.nodes;
    depth = Math.max(depth, inner.depth);
  }
  return { nodes, depth: depth + 1 };
}

function childrenOf(node: Exclude<YamlNode, { readonly kind: 'scalar' }>): readonly YamlNode[] {
  return node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
}
