/**
 * Which barrier must have opened before a step of another one is reached, as a graph; a cycle in it never opens. Linear in
 * the number of steps: what follows one another is joined by points between them.
 */
import type { Step } from './model.ts';

/** `earlier` must have passed its barrier `ref` before `later` comes to the barrier `next`. */
export interface Passage {
  readonly ref: string;
  readonly earlier: Step;
  readonly next: string;
  readonly later: Step;
}

interface Vertex {
  /** Absent for a point between two items of a sequence. */
  readonly ref?: string;
  readonly edges: Edge[];
}

interface Edge {
  readonly to: number;
  /** The step that the edge leaves or comes to; absent between two points. */
  readonly step?: Step;
}

export class PrecedenceGraph {
  readonly #vertices: Vertex[] = [];
  readonly #byRef = new Map<string, number>();

  get vertices(): readonly Vertex[] {
    return this.#vertices;
  }

  /** Items that run one after the other are added in their order. */
  chain(): { readonly add: (reached: ReadonlyMap<string, Step>) => void } {
    let last: number | undefined;
    return {
      add: (reached) => {
        if (reached.size === 0) return;
        const point = this.#add({ edges: [] });
        if (last !== undefined) this.#vertices[last]?.edges.push({ to: point });
        for (const [ref, step] of reached) {
          const vertex = this.#vertexOf(ref);
          if (last !== undefined) this.#vertices[last]?.edges.push({ to: vertex, step });
          this.#vertices[vertex]?.edges.push({ to: point, step });
        }
        last = point;
      },
    };
  }

  #vertexOf(ref: string): number {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    const vertex = this.#add({ ref, edges: [] });
    this.#byRef.set(ref, vertex);
    return vertex;
  }

  #add(vertex: Vertex): number {
    return this.#vertices.push(vertex) - 1;
  }
}

/** One shortest cycle of each knot of barriers that wait for each other. */
export function findKnots({ vertices }: PrecedenceGraph): readonly (readonly Passage[])[] {
  const component = componentsOf(vertices);
  const seen = new Set<number>();
  const knots: (readonly Passage[])[] = [];
  vertices.forEach(({ ref }, start) => {
    const own = component[start];
    if (ref === undefined || own === undefined || seen.has(own)) return;
    const cycle = shortestCycle(vertices, start, (vertex) => component[vertex] === own);
    if (cycle === undefined) return;
    seen.add(own);
    knots.push(passagesOf(vertices, start, cycle));
  });
  return knots;
}

/** The number of the strongly connected component of each vertex: forwards for the order, backwards for the members. */
function componentsOf(vertices: readonly Vertex[]): readonly number[] {
  const order = finishOrder(vertices);
  const incoming: number[][] = vertices.map(() => []);
  vertices.forEach(({ edges }, from) => {
    for (const { to } of edges) incoming[to]?.push(from);
  });
  const component: number[] = Array.from({ length: vertices.length }, () => -1);
  for (const root of order.toReversed()) {
    const open = component[root] === -1 ? [root] : [];
    for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
      if (component[vertex] !== -1) continue;
      component[vertex] = root;
      open.push(...(incoming[vertex] ?? []));
    }
  }
  return component;
}

function finishOrder(vertices: readonly Vertex[]): readonly number[] {
  const order: number[] = [];
  const isKnown = new Set<number>();
  for (const root of vertices.keys()) {
    const open: { readonly vertex: number; at: number }[] = [];
    const enter = (vertex: number): void => {
      if (isKnown.has(vertex)) return;
      isKnown.add(vertex);
      open.push({ vertex, at: 0 });
    };
    enter(root);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const edge = vertices[top.vertex]?.edges[top.at];
      top.at += 1;
      if (edge !== undefined) enter(edge.to);
      else order.push(open.pop()?.vertex ?? 0);
    }
  }
  return order;
}

/** The edges from a vertex back to itself, few as possible. */
function shortestCycle(
  vertices: readonly Vertex[],
  start: number,
  isInside: (vertex: number) => boolean,
): readonly Edge[] | undefined {
  const cameBy = new Map<number, { readonly from: number; readonly edge: Edge }>();
  const queue = [start];
  for (const from of queue) {
    for (const edge of vertices[from]?.edges ?? []) {
      if (!isInside(edge.to) || cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, { from, edge });
      if (edge.to === start) return traceBack(cameBy, start);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function traceBack(
  cameBy: ReadonlyMap<number, { readonly from: number; readonly edge: Edge }>,
  start: number,
): readonly Edge[] {
  const edges: Edge[] = [];
  let at = start;
  do {
    const step = cameBy.get(at);
    if (step === undefined) break;
    edges.unshift(step.edge);
    at = step.from;
  } while (at !== start);
  return edges;
}

/** Points between barriers are left out: from the step that leaves one barrier to the step that comes to the next. */
function passagesOf(vertices: readonly Vertex[], start: number, cycle: readonly Edge[]): readonly Passage[] {
  const passages: Passage[] = [];
  let ref = vertices[start]?.ref ?? '';
  let earlier: Step | undefined;
  for (const { to, step } of cycle) {
    earlier ??= step;
    const next = vertices[to]?.ref;
    if (next === undefined || step === undefined || earlier === undefined) continue;
    passages.push({ ref, earlier, next, later: step });
    ref = next;
    earlier = undefined;
  }
  return passages;
}
