/** From the draft to the text of a pipeline: stages in levels, and a `# TODO` where something is left to a person. */
import { Document, isMap, type YAMLMap, type YAMLSeq } from 'yaml';
import { hasCodebase } from './clone-where-asked.ts';
import type { PipelineDraft, StageDraft, StepDraft, VariableDraft, WhenDraft } from './draft.ts';
import type { Ledger } from './ledger.ts';
import { toLevels, unneeded } from './levels.ts';
import type { Yaml, YamlMap } from './yaml-value.ts';

/** Comments by the map that they stand above. */
type Notes = Map<object, readonly string[]>;

/** @param draft - its stages need each other in no circle */
export function assemblePipeline(draft: PipelineDraft, system: string, ledger: Ledger): string {
  const notes: Notes = new Map();
  const ordered = toLevels(draft.stages);
  const levels = ordered.kind === 'levels' ? ordered.levels : draft.stages.map((stage) => [stage]);
  for (const stage of draft.stages) reportWaiting(stage, levels, ledger);
  const pipeline: YamlMap = {
    name: draft.name,
    identifier: draft.identifier,
    timeout: draft.timeout,
    properties: hasCodebase(draft) ? { ci: { codebase: codebaseOf(draft, notes) } } : undefined,
    variables: variablesOf(draft.variables, notes),
    stages: levels.map((stages): Yaml => {
      const items = stages.map((stage): YamlMap => ({ stage: stageOf(stage, notes) }));
      const [first] = items;
      return items.length === 1 && first !== undefined ? first : { parallel: items };
    }),
  };
  const document: YamlMap = { pipeline };
  notes.set(document, [`Converted from ${system}.`, ...toDo(ledger)]);
  return printYaml(document, notes);
}

/** What is left to a person, once more at the top: not all of it has a place of its own in the pipeline. */
function toDo(ledger: Ledger): readonly string[] {
  const left = ledger.items().filter(({ level }) => level === 'manual');
  return left.map(({ line, what, why }) => `TODO: line ${String(line)}, ${what}: ${why}`.replaceAll(/\s*\n\s*/g, ' '));
}

/** Levels wait for more than the source says: whoever relied on the difference should know. */
function reportWaiting(stage: StageDraft, levels: readonly (readonly StageDraft[])[], ledger: Ledger): void {
  const others = unneeded(levels, stage).filter(({ type }) => type === 'CI');
  if (others.length === 0) return;
  const names = others.map(({ key }) => key).join(', ');
  const how = `It also waits for ${names}, and is skipped when one of them fails: stages run in levels.`;
  ledger.emulated(stage, `the place of ${stage.key}`, how);
}

function codebaseOf(draft: PipelineDraft, notes: Notes): YamlMap {
  const codebase: YamlMap = { connectorRef: '<+input>', ...draft.codebase, build: '<+input>' };
  notes.set(codebase, ['TODO: name the Git connector of the repository in connectorRef, or give it at each run.']);
  return codebase;
}

function variablesOf(variables: readonly VariableDraft[], notes: Notes): Yaml | undefined {
  if (variables.length === 0) return undefined;
  return variables.map(({ name, type, description, required, value, notes: own = [] }) => {
    const variable: YamlMap = { name, type, description, required, value };
    if (own.length > 0) notes.set(variable, own);
    return variable;
  });
}

function stageOf(stage: StageDraft, notes: Notes): YamlMap {
  const steps = stage.steps.map((items): Yaml => {
    const made = items.map((step): YamlMap => ({ step: stepOf(step, notes) }));
    const [first] = made;
    return made.length === 1 && first !== undefined ? first : { parallel: made };
  });
  const ci: YamlMap = {
    cloneCodebase: stage.clones,
    platform: stage.platform === undefined ? undefined : { ...stage.platform },
    runtime: { type: 'Docker', spec: {} },
    sharedPaths: stage.sharedPaths.length === 0 ? undefined : stage.sharedPaths,
    caching: stage.caching,
  };
  const { name, identifier, type, timeout, strategy, delegateSelectors, failureStrategies } = stage;
  const map: YamlMap = {
    name,
    identifier,
    type,
    when: whenOf(stage.when, 'pipelineStatus'),
    timeout,
    delegateSelectors: delegateSelectors.length === 0 ? undefined : delegateSelectors,
    variables: variablesOf(stage.variables, notes),
    strategy,
    failureStrategies: failureStrategies.length === 0 ? undefined : failureStrategies,
    spec: { ...(type === 'CI' ? ci : {}), execution: { steps } },
  };
  if (stage.notes.length > 0) notes.set(map, stage.notes);
  return map;
}

function stepOf(step: StepDraft, notes: Notes): YamlMap {
  const { name, identifier, type, timeout, failureStrategies, spec } = step;
  const map: YamlMap = {
    name,
    identifier,
    type,
    when: whenOf(step.when, 'stageStatus'),
    timeout,
    failureStrategies: failureStrategies?.length === 0 ? undefined : failureStrategies,
    spec,
  };
  if (step.notes !== undefined && step.notes.length > 0) notes.set(map, step.notes);
  return map;
}

function whenOf(when: WhenDraft | undefined, key: 'pipelineStatus' | 'stageStatus'): YamlMap | undefined {
  if (when === undefined || (when.status === 'Success' && when.condition === undefined)) return undefined;
  return { [key]: when.status, condition: when.condition };
}

/** Prints a document; keys without a value are left out. */
export function printYaml(value: YamlMap, notes: Notes = new Map()): string {
  const document = new Document();
  document.contents = toMap(value, document, notes);
  comment(document, value, notes);
  return document.toString({ lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: false });
}

function toMap(value: YamlMap, document: Document, notes: Notes): YAMLMap {
  const map = document.createNode({}) as YAMLMap;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    map.add(document.createPair(key, toNode(member, document, notes)));
    const pair = map.items.at(-1);
    if (pair !== undefined && isMap(pair.value)) comment(pair.value, member, notes);
  }
  return map;
}

function toNode(value: Yaml, document: Document, notes: Notes): unknown {
  if (Array.isArray(value)) {
    const list = document.createNode([]) as YAMLSeq;
    for (const item of value as readonly Yaml[]) {
      const node = toNode(item, document, notes);
      if (isMap(node)) comment(node, item, notes);
      list.add(node);
    }
    return list;
  }
  if (value !== null && typeof value === 'object') return toMap(value as YamlMap, document, notes);
  return document.createNode(value);
}

function comment(node: { commentBefore?: string | null }, value: Yaml, notes: Notes): void {
  const lines = typeof value === 'object' && value !== null ? notes.get(value) : undefined;
  if (lines === undefined || lines.length === 0) return;
  const all = new Set(lines.flatMap((line) => line.split('\n')));
  node.commentBefore = [...all].map((line) => ` ${line}`).join('\n');
}
