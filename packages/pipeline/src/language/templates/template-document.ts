/** `template:` documents (pipelines.md §1.10): one version of a reusable step, step group, stage or pipeline. */
import { Findings, type Diagnostic, type Place } from '../diagnostics.ts';
import { readIdentifier, readName } from '../identifiers.ts';
import { loadYaml } from '../load-yaml.ts';
import { findRoot, readDocument } from '../parse-pipeline.ts';
import { readTags, readText, warnUnknownKeys } from '../read-fields.ts';
import { didYouMean } from '../suggest.ts';
import { fromValue } from '../print-yaml.ts';
import { describeKind, find, findText, type MapEntry, type MapNode, type YamlNode } from '../yaml-node.ts';

/** The types whose links Bridle expands. */
export const TEMPLATE_TYPES = ['Step', 'StepGroup', 'Stage', 'Pipeline'] as const;
export type TemplateType = (typeof TEMPLATE_TYPES)[number];
/** The types that Bridle keeps, and nothing links to. */
export const OTHER_TEMPLATE_TYPES = [
  'CustomDeployment',
  'ArtifactSource',
  'SecretManager',
  'MonitoredService',
] as const;

export const VERSION_LABEL = /^[0-9a-zA-Z][^\s/&]{0,63}$/;
export const TEMPLATE_KEYS = [
  'identifier',
  'name',
  'versionLabel',
  'type',
  'description',
  'tags',
  'icon',
  'orgIdentifier',
  'projectIdentifier',
  'spec',
] as const;

export interface TemplateDocument {
  readonly identifier: string;
  readonly name: string;
  readonly versionLabel: string;
  /** As written, such as `Step` or `CustomDeployment`. */
  readonly type: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  /** Of a Step or Stage template: the type of step or stage; of a StepGroup template the stage type it is for. */
  readonly childType?: string;
}

export interface ParsedTemplate {
  /** Absent when the text is no YAML or has no `template`. May hold gaps when a diagnostic blocks saving. */
  readonly template?: TemplateDocument;
  readonly diagnostics: readonly Diagnostic[];
}

export function isTemplateType(type: string): type is TemplateType {
  return (TEMPLATE_TYPES as readonly string[]).includes(type);
}

export function isVersionLabel(text: string): boolean {
  return VERSION_LABEL.test(text);
}

/** Text → template with diagnostics, those of its body included: what would be wrong with it in any pipeline. */
export function parseTemplate(yaml: string): ParsedTemplate {
  const loaded = loadYaml(yaml);
  const findings = new Findings();
  findings.addAll(loaded.diagnostics);
  const isUnreadable = loaded.root === undefined && loaded.diagnostics.length > 0;
  const map = isUnreadable ? undefined : findRoot(loaded.root, 'template', findings);
  if (map === undefined) return { diagnostics: findings.list() };
  const template = readTemplate(map, findings);
  return { template, diagnostics: findings.list() };
}

function readTemplate(map: MapNode, findings: Findings): TemplateDocument {
  const what = 'the template';
  warnUnknownKeys(map, TEMPLATE_KEYS, what, findings);
  const identifier = readIdentifier(map, 'template', findings);
  const type = readType(map, findings);
  const description = readText(map, 'description', what, findings);
  const orgIdentifier = readText(map, 'orgIdentifier', what, findings);
  const projectIdentifier = readText(map, 'projectIdentifier', what, findings);
  const spec = readBody(map, findings);
  if (spec !== undefined && isTemplateType(type)) checkBody(map, spec, type, findings);
  const childType = findText(spec, type === 'StepGroup' ? 'stageType' : 'type');
  return {
    identifier,
    name: readName(map, 'template', identifier, findings),
    versionLabel: readVersionLabel(map, findings),
    type,
    ...(description === undefined ? {} : { description }),
    tags: readTags(map, what, findings),
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    ...(childType === undefined ? {} : { childType }),
  };
}

function readVersionLabel(map: MapNode, findings: Findings): string {
  const text = findText(map, 'versionLabel') ?? '';
  if (!isVersionLabel(text)) {
    findings.add(
      'TEMPLATE_INVALID',
      'save',
      find(map, 'versionLabel') ?? map,
      text === ''
        ? 'The template has no versionLabel.'
        : `"${text}" is not a version label: it begins with a letter or digit, has no blanks, / or &, and at most 64 characters.`,
      'Use 1.0, for example.',
    );
  }
  return text;
}

function readType(map: MapNode, findings: Findings): string {
  const type = findText(map, 'type') ?? '';
  const place = find(map, 'type') ?? map;
  if (isTemplateType(type)) return type;
  if ((OTHER_TEMPLATE_TYPES as readonly string[]).includes(type)) {
    findings.add(
      'TEMPLATE_TYPE_NOT_RUN_YET',
      'nothing',
      place,
      `Bridle keeps ${type} templates; stages and steps cannot link to them.`,
    );
    return type;
  }
  findings.add(
    'TEMPLATE_INVALID',
    'save',
    place,
    type === '' ? 'The template has no type.' : `The type of the template is "${type}".`,
    didYouMean(type, TEMPLATE_TYPES) ?? `A template is one of ${TEMPLATE_TYPES.join(', ')}.`,
  );
  return type;
}

/** The map under `spec`, or `undefined` with a report. */
export function readBody(map: MapNode, findings: Findings): MapNode | undefined {
  const spec = find(map, 'spec');
  if (spec?.kind === 'map') return spec;
  findings.add(
    'TEMPLATE_INVALID',
    'save',
    spec ?? map,
    `The template has no map under spec${spec === undefined ? '' : `, but ${describeKind(spec)}`}.`,
    'Put what the link stands for below spec:, without its identifier and name.',
  );
  return undefined;
}

/** The body is read as it will stand in a pipeline: under an identifier and a name, here those of the template. */
function checkBody(map: MapNode, spec: MapNode, type: TemplateType, findings: Findings): void {
  const node = identified(map, spec);
  // The type of stage around a step or group is only known where the template is used.
  const stageType = findText(spec, 'stageType') ?? 'Custom';
  const pipeline =
    type === 'Pipeline'
      ? node
      : around(map, 'stages', type === 'Stage' ? wrapped('stage', node) : inStage(map, stageType, type, node));
  const { diagnostics } = readDocument({ root: wrapped('pipeline', pipeline), hasAliases: false, diagnostics: [] });
  // The identifier and the name were judged as the template's own.
  const ofBody = diagnostics.filter(
    ({ path, code }) => path.startsWith(spec.path) && !(path === spec.path && OF_THE_TEMPLATE.has(code)),
  );
  findings.addAll(ofBody.filter(({ code }) => type === 'Stage' || !USE_DEPENDENT.has(code)));
}

const OF_THE_TEMPLATE: ReadonlySet<string> = new Set(['IDENTIFIER_MISSING', 'NAME_MISSING']);
const USE_DEPENDENT: ReadonlySet<string> = new Set(['STEP_UNUSUAL_HERE', 'WORKSPACE_PATH']);

function identified(map: MapNode, spec: MapNode): MapNode {
  const own = ['identifier', 'name'].flatMap((key): [string, MapEntry][] => {
    const entry = map.entries.get(key);
    return entry === undefined ? [] : [[key, entry]];
  });
  const body = [...spec.entries].filter(([key]) => key !== 'stageType' && key !== 'identifier' && key !== 'name');
  return { ...spec, entries: new Map([...own, ...body]) };
}

function inStage(map: MapNode, stageType: string, type: 'Step' | 'StepGroup', node: MapNode): MapNode {
  const step = wrapped(type === 'Step' ? 'step' : 'stepGroup', node);
  const steps: YamlNode = { kind: 'list', items: [step], path: node.path, range: node.range };
  const stage = entriesOf(map, [
    ['type', fromValue(stageType, map.path)],
    ['spec', wrapped('execution', wrapped('steps', steps))],
  ]);
  return wrapped('stage', stage);
}

/** A map with the template's identifier and name, and a list of one item. */
function around(map: MapNode, key: string, item: YamlNode): MapNode {
  return entriesOf(map, [[key, { kind: 'list', items: [item], path: item.path, range: item.range }]]);
}

function entriesOf(map: MapNode, more: readonly (readonly [string, YamlNode])[]): MapNode {
  const { path, range } = map;
  const body: MapNode = { kind: 'map', path, range, entries: new Map(more.map(([key, value]) => entry(key, value))) };
  return identified(map, body);
}

function wrapped(key: string, value: YamlNode): MapNode {
  return { kind: 'map', entries: new Map([entry(key, value)]), path: value.path, range: value.range };
}

function entry(key: string, value: YamlNode): [string, MapEntry] {
  const { range }: Place = value;
  return [key, { key, keyRange: range, value }];
}
