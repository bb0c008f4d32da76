/**
 * What is known of a run, from its events: a tree of nodes with their latest state.
 *
 * Invariants:
 * - W1 Every node stands in the tree once, whatever the order of the events; none is its own ancestor.
 * - W2 Memory grows with the number of nodes, never with the length of logs.
 */
import type {
  RunEvent,
  RunExecutionEvent,
  RunNodeEvent,
  RunProgressEvent,
  RunTestsEvent,
  RunWaitingEvent,
} from '@bridle/protocol';
import { LogTail } from './log-tail.ts';
import { isOver, lookOf } from './status-look.ts';

export interface TreeNode {
  readonly id: string;
  state: RunNodeEvent;
  parent: TreeNode | undefined;
  readonly children: TreeNode[];
  /** What it asks people, while it waits for them. */
  waiting: RunWaitingEvent | undefined;
  /** What it asked last, also when it waits no more. */
  asked: RunWaitingEvent | undefined;
  /** Of a step that runs, or that ended badly. */
  tail: LogTail | undefined;
  tests: RunTestsEvent | undefined;
}

export class RunTree {
  readonly #nodes = new Map<string, TreeNode>();
  readonly #roots: TreeNode[] = [];
  /** Nodes whose parent is not there yet, by its id. */
  readonly #orphans = new Map<string, TreeNode[]>();
  readonly #executions = new Map<string, RunExecutionEvent>();
  readonly #progress = new Map<string, RunProgressEvent>();

  /** The execution that was started; chained ones belong to their stage. */
  get execution(): RunExecutionEvent | undefined {
    return this.#executions.values().next().value;
  }

  /** Long work that is going on. */
  get progress(): readonly RunProgressEvent[] {
    return [...this.#progress.values()];
  }

  get roots(): readonly TreeNode[] {
    return this.#roots;
  }

  find(id: string): TreeNode | undefined {
    return this.#nodes.get(id);
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'execution':
        this.#executions.set(event.planExecutionId, event);
        break;
      case 'node':
        this.#applyNode(event);
        break;
      case 'log':
        this.#applyLog(event.node, event.text);
        break;
      case 'waiting': {
        const node = this.#nodes.get(event.node);
        if (node !== undefined) {
          node.waiting = event;
          node.asked = event;
        }
        break;
      }
      case 'tests': {
        const node = this.#nodes.get(event.node);
        if (node !== undefined) node.tests = event;
        break;
      }
      case 'progress':
        if (event.finished === true) this.#progress.delete(event.what);
        else this.#progress.set(event.what, event);
        break;
      case 'note':
        break;
    }
  }

  #applyNode(state: RunNodeEvent): void {
    const node = this.#nodes.get(state.node) ?? this.#add(state);
    node.state = state;
    const look = lookOf(state.status);
    if (look.phase !== 'person') node.waiting = undefined;
    if ((isOver(look) && look.phase !== 'broken') || state.superseded === true) node.tail = undefined;
  }

  #add(state: RunNodeEvent): TreeNode {
    const node: TreeNode = {
      id: state.node,
      state,
      parent: undefined,
      children: [],
      waiting: undefined,
      asked: undefined,
      tail: undefined,
      tests: undefined,
    };
    this.#nodes.set(node.id, node);
    const parentId = state.parent ?? this.#executions.get(state.planExecutionId)?.parentNode;
    const parent = parentId === undefined ? undefined : this.#nodes.get(parentId);
    if (parent === undefined || isWithin(parent, node)) {
      this.#roots.push(node);
      if (parentId !== undefined) this.#orphans.set(parentId, [...(this.#orphans.get(parentId) ?? []), node]);
    } else {
      hang(node, parent);
    }
    for (const orphan of this.#orphans.get(node.id) ?? []) {
      if (isWithin(node, orphan)) continue;
      this.#roots.splice(this.#roots.indexOf(orphan), 1);
      hang(orphan, node);
    }
    this.#orphans.delete(node.id);
    return node;
  }

  #applyLog(id: string, text: string): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    const look = lookOf(node.state.status);
    // From a server the last lines of a step that failed may come after its end.
    if (isOver(look) && look.phase !== 'broken' && node.tail === undefined) return;
    node.tail ??= new LogTail();
    node.tail.push(text);
  }
}

function hang(node: TreeNode, parent: TreeNode): void {
  node.parent = parent;
  parent.children.push(node);
}

function isWithin(node: TreeNode, ancestor: TreeNode): boolean {
  for (let at: TreeNode | undefined = node; at !== undefined; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** Kinds that only hold others: what is in them is shown in their place. */
const STRUCTURAL: ReadonlySet<RunNodeEvent['kind']> = new Set<RunNodeEvent['kind']>(['pipeline', 'fork', 'section']);

/** What is shown under a node: earlier attempts and mere structure are not. */
export function visible(nodes: readonly TreeNode[]): readonly TreeNode[] {
  return nodes.flatMap((node) => {
    if (node.state.superseded === true) return [];
    if (STRUCTURAL.has(node.state.kind)) return visible(node.children);
    if (node.state.kind === 'rollback' && visible(node.children).length === 0) return [];
    return [node];
  });
}

/** The steps among the nodes and below them. */
export function stepsOf(nodes: readonly TreeNode[]): readonly TreeNode[] {
  return visible(nodes).flatMap((node) => [
    ...(node.state.kind === 'step' ? [node] : []),
    ...(node.children.length === 0 ? [] : stepsOf(node.children)),
  ]);
}

/** Whether it, or something below it, ended badly. */
export function hasBroken(node: TreeNode): boolean {
  return isBroken(node) || visible(node.children).some(hasBroken);
}

export function isBroken({ state }: TreeNode): boolean {
  return lookOf(state.status).phase === 'broken';
}

/** How people find it: the names from its stage down, `build › unit`. Loops do not count: their turns carry their name. */
export function pathOf(node: TreeNode): readonly TreeNode[] {
  const path: TreeNode[] = [];
  for (let at: TreeNode | undefined = node; at !== undefined; at = at.parent) {
    const { kind } = at.state;
    if (!STRUCTURAL.has(kind) && kind !== 'strategy') path.unshift(at);
  }
  return path;
}
