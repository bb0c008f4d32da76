/**
 * Two texts of a pipeline element by element: which stages, groups and steps came, went, moved or changed, and in which fields.
 * Elements are told apart by their identifiers, so that an element that was moved is not one that went and one that came.
 */
import { parse } from 'yaml';
import { longestRise } from './longest-rise.ts';

export type ElementKind = 'pipeline' | 'stage' | 'stepGroup' | 'step';

export interface ElementChange {
  readonly kind: ElementKind;
  /** Keys and identifiers from the pipeline on, as `stages.build.spec.execution.steps.test`; `pipeline` for itself. */
  readonly path: string;
  readonly identifier: string;
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  /** Of a changed or moved element; those of elements inside of it are their own. */
  readonly fields: readonly FieldChange[];
}

export interface FieldChange {
  readonly path: string;
  /** Absent = it was not there. */
  readonly before?: unknown;
  readonly after?: unknown;
}

interface Element {
  readonly kind: ElementKind;
  readonly identifier: string;
  /** The list it stands in. */
  readonly list: string;
  readonly fields: Map<string, unknown>;
}

/** Both texts are ones that the reader of pipelines takes; an empty one has no elements. */
export function compareElements(before: string, after: string): readonly ElementChange[] {
  const old = elementsOf(before);
  const now = elementsOf(after);
  const moved = movedOf(old, now);
  const changes: ElementChange[] = [];
  for (const [path, element] of now) {
    const { kind, identifier } = element;
    const was = old.get(path);
    if (was === undefined) {
      changes.push({ kind, path, identifier, change: 'added', fields: [] });
      continue;
    }
    const fields = compareFields(was.fields, element.fields);
    const hasMoved = moved.has(path);
    if (hasMoved || fields.length > 0)
      changes.push({ kind, path, identifier, change: hasMoved ? 'moved' : 'changed', fields });
  }
  for (const [path, { kind, identifier }] of old) {
    if (!now.has(path)) changes.push({ kind, path, identifier, change: 'removed', fields: [] });
  }
  return changes;
}

function compareFields(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): FieldChange[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.has(path) !== after.has(path) || before.get(path) !== after.get(path))
    .map((path) => ({
      path,
      ...(before.has(path) ? { before: before.get(path) } : {}),
      ...(after.has(path) ? { after: after.get(path) } : {}),
    }));
}

/** Of those that stand in the same list before and after, the fewest whose move explains the order. */
function movedOf(old: ReadonlyMap<string, Element>, now: ReadonlyMap<string, Element>): ReadonlySet<string> {
  const places = new Map([...old.keys()].map((path, index) => [path, index]));
  const common = [...now].filter(([path]) => places.has(path));
  const moved = new Set<string>();
  for (const members of Map.groupBy(common, ([, { list }]) => list).values()) {
    const stay = longestRise(members.map(([path]) => places.get(path) ?? 0));
    members.forEach(([path], index) => {
      if (!stay.has(index)) moved.add(path);
    });
  }
  return moved;
}

function elementsOf(yaml: string): ReadonlyMap<string, Element> {
  const elements = new Map<string, Element>();
  // The reader of pipelines has counted what the aliases of a saved text come to.
  const document: unknown = parse(yaml, { maxAliasCount: -1, logLevel: 'silent', uniqueKeys: false });
  const pipeline = isMap(document) ? document['pipeline'] : undefined;
  if (!isMap(pipeline)) return elements;
  addElement(elements, { kind: 'pipeline', path: 'pipeline', inside: '', list: '' }, pipeline);
  return elements;
}

interface Seat {
  readonly kind: ElementKind;
  readonly path: string;
  /** What the paths of elements inside begin with. */
  readonly inside: string;
  readonly list: string;
  readonly beside?: string;
}

function addElement(elements: Map<string, Element>, { kind, path, inside, list, beside }: Seat, value: unknown): void {
  const fields = new Map<string, unknown>();
  const named = isMap(value) ? value['identifier'] : undefined;
  const identifier = typeof named === 'string' ? named : '';
  // A second one of the same name is an error of its own, and must not hide the first.
  const key = elements.has(path) ? `${path}#${String(elements.size)}` : path;
  elements.set(key, { kind, identifier, list, fields });
  if (beside !== undefined) fields.set('parallel', beside);
  addFields(elements, fields, inside, '', value);
}

/** `inside`: the element that the fields are of; `path`: where below it. */
function addFields(
  elements: Map<string, Element>,
  fields: Map<string, unknown>,
  inside: string,
  path: string,
  value: unknown,
): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      const found = elementIn(item);
      const list = join(inside, path);
      if (found !== undefined) addElement(elements, seatOf(found, list), found.value);
      else if (isParallel(item)) addParallel(elements, list, item.parallel);
      else addFields(elements, fields, inside, itemPath(path, item, index), item);
    });
    if (value.length === 0) fields.set(path, value.length);
  } else if (isMap(value)) {
    for (const [key, member] of Object.entries(value)) addFields(elements, fields, inside, join(path, key), member);
  } else fields.set(path, value ?? null);
}

/** Members of a parallel group belong to the list around it: to run beside another is a field of theirs. */
function addParallel(elements: Map<string, Element>, list: string, items: readonly unknown[]): void {
  const members = items.flatMap((item) => elementIn(item) ?? []);
  const beside = members.map(({ identifier }) => identifier).join(', ');
  for (const item of items) {
    const found = elementIn(item);
    if (found !== undefined) addElement(elements, { ...seatOf(found, list), beside }, found.value);
    else if (isParallel(item)) addParallel(elements, list, item.parallel);
  }
}

interface Found {
  readonly kind: ElementKind;
  readonly identifier: string;
  readonly value: unknown;
}

function elementIn(item: unknown): Found | undefined {
  if (!isMap(item)) return undefined;
  for (const kind of ['stage', 'stepGroup', 'step'] as const) {
    const value = item[kind];
    if (isMap(value) && typeof value['identifier'] === 'string')
      return { kind, identifier: value['identifier'], value };
  }
  return undefined;
}

function seatOf({ kind, identifier }: Found, list: string): Seat {
  const path = join(list, identifier);
  return { kind, path, inside: path, list };
}

/** Variables and their like are known by their name wherever they stand. */
function itemPath(path: string, item: unknown, index: number): string {
  const name = isMap(item) ? (item['identifier'] ?? item['name']) : undefined;
  return typeof name === 'string' ? join(path, name) : `${path}[${String(index)}]`;
}

function join(path: string, key: string): string {
  if (path === '') return key;
  return key === '' ? path : `${path}.${key}`;
}

function isParallel(item: unknown): item is { readonly parallel: readonly unknown[] } {
  return isMap(item) && Array.isArray(item['parallel']);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
