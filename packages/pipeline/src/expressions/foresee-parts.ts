/** The parts of an expression that are all needed for its value, and which operations may refuse their operands. */
import type { ExpressionNode, NestedNode } from './ast.ts';

export interface Part {
  readonly node: ExpressionNode;
  /** A missing name is asked about there, not used. */
  readonly isGuarded: boolean;
}

/** None of what takes a part only sometimes (`&&`, `?:`), and none of paths: what they lead to is one thing. */
export function partsOf(node: ExpressionNode): readonly Part[] {
  switch (node.kind) {
    case 'unary':
      return [part(node.operand, node.operator === '!' || node.operator === 'empty' || node.operator === 'size')];
    case 'comparison':
      return [part(node.left, true), part(node.right, true)];
    case 'arithmetic':
    case 'range':
      return [part(node.left), part(node.right)];
    case 'text':
      return node.parts.flatMap((inner) => (typeof inner === 'string' ? [] : [part(inner)]));
    case 'list':
      return node.items.map((item) => part(item));
    case 'map':
      return node.entries.flatMap(([key, value]) => [part(key), part(value)]);
    case 'call':
      return node.args.map((argument) => part(argument));
    case 'literal':
    case 'nested':
    case 'path':
    case 'access':
    case 'logical':
    case 'ternary':
    case 'fallback':
      return [];
  }
}

/** The same with other parts, in the order of `partsOf`. */
export function replaceParts(node: ExpressionNode, parts: readonly ExpressionNode[]): ExpressionNode {
  const at = (index: number): ExpressionNode => parts[index] as ExpressionNode;
  switch (node.kind) {
    case 'unary':
      return { ...node, operand: at(0) };
    case 'comparison':
    case 'arithmetic':
    case 'range':
      return { ...node, left: at(0), right: at(1) };
    case 'text': {
      let next = 0;
      return {
        ...node,
        parts: node.parts.map((inner) => (typeof inner === 'string' ? inner : nest(inner, at(next++)))),
      };
    }
    case 'list':
      return { ...node, items: parts };
    case 'map':
      return { ...node, entries: node.entries.map((_, index) => [at(2 * index), at(2 * index + 1)] as const) };
    case 'call':
      return { ...node, args: parts };
    case 'literal':
    case 'nested':
    case 'path':
    case 'access':
    case 'logical':
    case 'ternary':
    case 'fallback':
      return node;
  }
}

/** Whether the operation itself may end in an error, whatever its parts do. */
export function mayRefuse(node: ExpressionNode): boolean {
  switch (node.kind) {
    case 'literal':
    case 'nested':
    case 'logical':
      return false;
    case 'path':
      return (
        typeof node.root !== 'string' ||
        node.steps.some((step) => step.kind === 'index' || typeof step.name !== 'string')
      );
    case 'comparison':
      return node.operator !== '==' && node.operator !== '!=';
    case 'unary':
      return node.operator === '-' || node.operator === '+';
    default:
      return true;
  }
}

function part(node: ExpressionNode, isGuarded = false): Part {
  return { node, isGuarded };
}

/** In its delimiters still, so that a text has texts and expressions in it and nothing else. */
function nest(original: NestedNode, program: ExpressionNode): NestedNode {
  return { ...original, program };
}
