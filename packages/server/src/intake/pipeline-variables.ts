/** The values of a pipeline with the expressions that name them: what editors offer behind `<+`. */
import { deriveId, STEP_DEFINITIONS, keepWrittenNumbers } from '@bridle/pipeline';
import { isMap, isPair, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

export interface NamedPlace {
  /** From the pipeline on. */
  readonly fqn: string;
  /** From inside of its stage or step. */
  readonly local: string;
  readonly name: string;
}

export interface PipelineVariable extends NamedPlace {
  readonly kind: 'value';
  readonly id: string;
}

export interface StepOutputs {
  readonly kind: 'outputs';
  readonly id: string;
  readonly outputs: readonly NamedPlace[];
}

export interface NamedValues {
  /** The text with an id in place of each value. */
  readonly yaml: string;
  readonly found: readonly (PipelineVariable | StepOutputs)[];
}

interface Where {
  readonly fqn: string;
  readonly local: string;
}

const ELEMENTS = ['stage', 'stepGroup', 'step'] as const;

/** A text that the reader of pipelines takes. */
export function listPipelineVariables(yaml: string): NamedValues {
  const document = parseDocument(yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  const found: (PipelineVariable | StepOutputs)[] = [];
  const pipeline: unknown = document.get('pipeline');
  if (isMap(pipeline)) visitMap(pipeline, { fqn: 'pipeline', local: 'pipeline' }, found);
  return { yaml: document.toString({ lineWidth: 0 }), found };
}

function visitMap(map: YAMLMap, where: Where, found: (PipelineVariable | StepOutputs)[]): void {
  for (const pair of map.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const key = String(pair.key.value);
    const place = { fqn: `${where.fqn}.${key}`, local: `${where.local}.${key}` };
    if (isScalar(pair.value)) {
      const id = deriveId('variable', place.fqn);
      found.push({ kind: 'value', id, ...place, name: key });
      pair.value.value = id;
    } else visit(pair.value, place, found);
  }
}

function visit(node: unknown, where: Where, found: (PipelineVariable | StepOutputs)[]): void {
  if (isMap(node)) visitMap(node, where, found);
  if (!isSeq(node)) return;
  node.items.forEach((item, index) => {
    if (!isMap(item)) return;
    const parallel = item.get('parallel');
    if (isSeq(parallel)) return void visit(parallel, where, found);
    const kind = ELEMENTS.find((each) => isMap(item.get(each)));
    if (kind !== undefined) return void visitElement(item.get(kind) as YAMLMap, kind, where, found);
    const name: unknown = item.get('name');
    if (typeof name === 'string' && item.has('value')) return void visitVariable(item, name, where, found);
    const suffix = `[${String(index)}]`;
    visitMap(item, { fqn: `${where.fqn}${suffix}`, local: `${where.local}${suffix}` }, found);
  });
}

function visitElement(
  element: YAMLMap,
  kind: (typeof ELEMENTS)[number],
  where: Where,
  found: (PipelineVariable | StepOutputs)[],
): void {
  const identifier = textOf(element, 'identifier');
  const fqn = `${where.fqn}.${identifier}`;
  if (kind === 'step') {
    const outputs = outputsOf(element, textOf(element, 'type'), fqn);
    if (outputs.length > 0) found.push({ kind: 'outputs', id: deriveId('outputs', fqn), outputs });
  }
  visitMap(element, { fqn, local: kind }, found);
}

/** `<+pipeline.variables.NAME>` is its value: the other keys are not asked for. */
function visitVariable(variable: YAMLMap, name: string, where: Where, found: (PipelineVariable | StepOutputs)[]): void {
  const value: unknown = variable.get('value', true);
  if (!isScalar(value)) return;
  const fqn = `${where.fqn}.${name}`;
  const id = deriveId('variable', fqn);
  found.push({ kind: 'value', id, fqn, local: `${where.local}.${name}`, name });
  value.value = id;
}

function outputsOf(step: YAMLMap, type: string, fqn: string): readonly NamedPlace[] {
  const fixed = Object.values(STEP_DEFINITIONS).find((each) => each.type === type)?.outputs ?? [];
  const variables: unknown = step.getIn(['spec', 'outputVariables']);
  const named = isSeq(variables)
    ? variables.items.flatMap((item) => (isMap(item) ? [`outputVariables.${textOf(item, 'name')}`] : []))
    : [];
  return [...fixed, ...named].map((name) => ({
    fqn: `${fqn}.output.${name}`,
    local: `step.output.${name}`,
    name: name.replace('outputVariables.', ''),
  }));
}

function textOf(map: YAMLMap, key: string): string {
  const value: unknown = map.get(key);
  return typeof value === 'string' ? value : '';
}
