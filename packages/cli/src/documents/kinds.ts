/** The kinds of documents that a server keeps, and what they are called on a command line. */
import { UsageError } from '../command-line/usage-error.ts';
import type { RootKey } from '../repository/repository-file.ts';

/** In the order in which they need each other: what comes later may name what comes before. */
export const KINDS = [
  { name: 'organization', plural: 'organizations', aliases: ['org', 'orgs'], rootKey: 'organization' },
  { name: 'project', plural: 'projects', aliases: [], rootKey: 'project' },
  { name: 'variable', plural: 'variables', aliases: [], rootKey: 'variable' },
  { name: 'secret', plural: 'secrets', aliases: [], rootKey: 'secret' },
  { name: 'connector', plural: 'connectors', aliases: [], rootKey: 'connector' },
  { name: 'service', plural: 'services', aliases: [], rootKey: 'service' },
  { name: 'environment', plural: 'environments', aliases: ['env', 'envs'], rootKey: 'environment' },
  {
    name: 'infrastructure',
    plural: 'infrastructures',
    aliases: ['infra', 'infras'],
    rootKey: 'infrastructureDefinition',
    parent: { word: 'environment', field: 'environmentRef' },
  },
  { name: 'overrides', plural: 'overrides', aliases: ['serviceOverrides'], rootKey: 'serviceOverrides' },
  { name: 'template', plural: 'templates', aliases: [], rootKey: 'template' },
  { name: 'pipeline', plural: 'pipelines', aliases: [], rootKey: 'pipeline' },
  {
    name: 'inputset',
    plural: 'inputsets',
    aliases: ['inputSet', 'input-set'],
    rootKey: 'inputSet',
    parent: { word: 'pipeline', field: 'pipelineIdentifier' },
  },
  {
    name: 'overlay',
    plural: 'overlays',
    aliases: ['overlayInputSet'],
    rootKey: 'overlayInputSet',
    parent: { word: 'pipeline', field: 'pipelineIdentifier' },
  },
  {
    name: 'trigger',
    plural: 'triggers',
    aliases: [],
    rootKey: 'trigger',
    parent: { word: 'pipeline', field: 'pipelineIdentifier' },
  },
] as const satisfies readonly KindShape[];

interface KindShape {
  readonly name: string;
  readonly plural: string;
  readonly aliases: readonly string[];
  readonly rootKey: RootKey;
  /** What it belongs to beside its scope, and the field of its text that names it. */
  readonly parent?: { readonly word: 'pipeline' | 'environment'; readonly field: string };
}

export type KindName = (typeof KINDS)[number]['name'];

export interface Kind extends KindShape {
  readonly name: KindName;
}

export function kindOf(name: KindName): Kind {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`There is no kind ${name}.`);
  return kind;
}

/** `undefined` = files of that root are not kept by a server (tests of pipelines). */
export function kindOfRoot(rootKey: RootKey): Kind | undefined {
  return KINDS.find((kind) => kind.rootKey === rootKey);
}

/** @throws UsageError for a word that is none */
export function parseKind(word: string): Kind {
  const wanted = word.toLowerCase();
  const kind = (KINDS as readonly Kind[]).find(({ name, plural, aliases, rootKey }) =>
    [name, plural, rootKey, ...aliases].some((known) => known.toLowerCase() === wanted),
  );
  if (kind !== undefined) return kind;
  throw new UsageError(`"${word}" is no kind of document.`, `Kinds: ${KINDS.map(({ name }) => name).join(', ')}.`);
}

/** Where a document is kept: what tells it from all others of the account. */
export interface Place {
  readonly kind: KindName;
  /** Absent = the account's own. */
  readonly org?: string;
  /** Absent = the organization's own, or the account's. */
  readonly project?: string;
  readonly identifier: string;
  /** The pipeline or environment that it belongs to. */
  readonly parent?: string;
  /** Of a template. */
  readonly version?: string;
}

export type Scope = Pick<Place, 'org' | 'project'>;

/** `pipeline release`, `trigger release/nightly`, `template build (v2)`. */
export function describePlace({ kind, identifier, parent, version }: Place): string {
  const name = parent === undefined ? identifier : `${parent}/${identifier}`;
  return `${kind} ${name}${version === undefined ? '' : ` (${version})`}`;
}

/** `project shop of organization default`, `organization default`, `the account`. */
export function describeScope({ org, project }: Scope): string {
  if (org === undefined) return 'the account';
  return project === undefined ? `organization ${org}` : `project ${project} of organization ${org}`;
}

/** Those that belong to a project, whatever is said. */
export function isProjectsOwn({ name }: Kind): boolean {
  return name === 'pipeline' || name === 'inputset' || name === 'overlay' || name === 'trigger';
}
