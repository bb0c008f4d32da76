/** The plan as a tree. */
import type { NodeId } from '../engine/ids.ts';
import type { PlanNode } from './plan.ts';

/** Every node whose parent this is: its children, its rollback, the script of an approval. */
export function nodesBelow(node: PlanNode): readonly NodeId[] {
  switch (node.kind) {
    case 'section':
      return [];
    case 'step':
      return node.script === undefined ? [] : [node.script];
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
      return node.rollback === undefined ? node.children : [...node.children, node.rollback];
    case 'fork':
    case 'strategy':
    case 'rollback':
      return node.children;
  }
}
