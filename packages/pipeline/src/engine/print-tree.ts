/** The status tree of an execution as text: what scenario files expect. */
import type { Execution, NodeExecution, WhenRecord } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { nodeIdentity } from './nodes.ts';

/** One line per attempt of a node, earlier attempts before the one that counts. */
export function printTree(execution: Execution): string {
  const root = Object.values(execution.nodes).find((node) => node.parentId === undefined);
  const head = `execution ${execution.status}\n`;
  return root === undefined ? head : head + printNode(execution, root, 0);
}

function printNode(execution: Execution, node: NodeExecution, depth: number): string {
  const earlier = (node.retryIds ?? []).map((id) => printAttempt(execution, id, depth)).join('');
  return earlier + printLine(execution, node, depth) + printChildren(execution, node, depth);
}

function printAttempt(execution: Execution, id: NodeExecutionId, depth: number): string {
  const node = execution.nodes[id];
  return node === undefined ? '' : printLine(execution, node, depth) + printChildren(execution, node, depth);
}

function printChildren(execution: Execution, node: NodeExecution, depth: number): string {
  return node.children
    .map((id) => execution.nodes[id])
    .map((child) => (child === undefined ? '' : printNode(execution, child, depth + 1)))
    .join('');
}

function printLine(execution: Execution, node: NodeExecution, depth: number): string {
  const plan = execution.plan.nodes[node.nodeId];
  const kind = plan?.kind ?? '';
  const { identifier, name } = nodeIdentity(execution, node);
  const shown = kind === 'fork' ? 'parallel' : identifier;
  const facts = [
    node.iteration?.label === undefined ? '' : `as "${name}"`,
    node.status,
    node.isSuperseded === true ? '(retried)' : '',
    node.advised === undefined ? '' : `by ${node.advised.action}`,
    node.failure === undefined || (kind !== 'step' && node.children.length > 0) ? '' : `: ${node.failure.message}`,
    node.status === 'Skipped' && node.when !== undefined ? because(node.when) : '',
  ];
  return `${'  '.repeat(depth)}${kind} ${shown} ${facts.filter((fact) => fact !== '').join(' ')}\n`;
}

function because({ status, statusHolds, condition }: WhenRecord): string {
  return statusHolds ? `because not ${String(condition)}` : `because ${status}`;
}
