/**
 * Names by which people call the inputs of a pipeline: `variables.tag`, `stages.build.variables.version`,
 * `stages.build.spec.execution.steps.test.spec.command`. They are the paths of the document with identifiers and names in
 * the place of positions, as expressions have them.
 */
import { expandPipeline, extractInputTemplate, type Documents, type InputField } from '@bridle/pipeline';
import { parse } from 'yaml';

export interface NamedInput {
  readonly name: string;
  readonly field: InputField;
}

/** @param stages - only inputs of these stages and of the pipeline itself; absent = all */
export function nameInputs(
  yaml: string,
  documents: Documents,
  stages: readonly string[] | undefined,
): readonly NamedInput[] {
  const { inputs } = extractInputTemplate(yaml, stages, documents);
  if (inputs.length === 0) return [];
  const tree: unknown = parse(expandPipeline(yaml, documents).text, { logLevel: 'silent' });
  return inputs.map((field) => ({ name: nameOf(field.path, tree), field }));
}

/**
 * The inputs that a name may mean: the one of exactly this name, else all whose name ends with it (`tag`, `test.spec.command`).
 * A leading `pipeline.` says nothing.
 */
export function findInputs(inputs: readonly NamedInput[], given: string): readonly NamedInput[] {
  const wanted = given.replace(/^pipeline\./, '');
  const exact = inputs.filter(({ name, field }) => name === wanted || field.path === given);
  return exact.length > 0 ? exact : inputs.filter(({ name }) => name.endsWith(`.${wanted}`));
}

type Segment = string | number;

function nameOf(path: string, tree: unknown): string {
  const named: string[] = [];
  let place: unknown = tree;
  for (const segment of segmentsOf(path)) {
    place = isObject(place) ? Reflect.get(place, segment) : undefined;
    const name = typeof segment === 'number' ? nameOfItem(place, segment) : segment;
    if (name !== undefined && !isWrapper(segment)) named.push(name);
  }
  const [, ...below] = named;
  // The value of a variable is meant when the variable is named.
  return (path.endsWith('].value') ? below.slice(0, -1) : below).join('.');
}

/** Keys between a list and what is named in it say nothing more. */
function isWrapper(segment: Segment): boolean {
  return segment === 'stage' || segment === 'step' || segment === 'stepGroup' || segment === 'parallel';
}

function segmentsOf(path: string): readonly Segment[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([key, index]) => (index === undefined ? key : Number(index)));
}

/** Its identifier or name; members of a `parallel` are named by themselves. */
function nameOfItem(item: unknown, index: number): string | undefined {
  if (!isObject(item)) return String(index);
  const inner = ['stage', 'step', 'stepGroup'].map((key): unknown => Reflect.get(item, key)).find(isObject) ?? item;
  if (Array.isArray(Reflect.get(item, 'parallel'))) return undefined;
  const name: unknown = Reflect.get(inner, 'identifier') ?? Reflect.get(inner, 'name');
  return typeof name === 'string' ? name : String(index);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
