/** The syntax tree of one expression. */
import type { Value } from './values.ts';

export type UnaryOperator = '!' | '-' | '+' | 'empty' | 'size';
export type ComparisonOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | '=~' | '!~' | '=^' | '!^' | '=$' | '!$';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type ExpressionNode =
  | LiteralNode
  | TextNode
  | NestedNode
  | PathNode
  | AccessNode
  | CallNode
  | (Written & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: ExpressionNode })
  | (Written & {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    })
  | (Written & {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
      /** A literal such as `2.0` takes part: division keeps its fraction. */
      readonly isFloat: boolean;
    })
  | (Written & {
      readonly kind: 'logical';
      readonly operator: '&&' | '||';
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    })
  | (Written & {
      readonly kind: 'ternary';
      readonly condition: ExpressionNode;
      readonly then: ExpressionNode;
      readonly otherwise: ExpressionNode;
    })
  /** `a ?: b` takes b when a is not true; `a ?? b` when a is null. */
  | (Written & {
      readonly kind: 'fallback';
      readonly operator: '?:' | '??';
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    })
  | (Written & { readonly kind: 'range'; readonly left: ExpressionNode; readonly right: ExpressionNode })
  | { readonly kind: 'list'; readonly items: readonly ExpressionNode[]; readonly isSet: boolean }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [ExpressionNode, ExpressionNode])[] };

interface Written {
  /** As written. `undefined`: a link of a longer chain such as `a && b && c`, which nobody reads by itself. */
  readonly source: string | undefined;
}

export interface LiteralNode {
  readonly kind: 'literal';
  readonly value: Value;
  readonly isFloat: boolean;
}

/** Quoted text with expressions inside, which enter it as text. */
export interface TextNode {
  readonly kind: 'text';
  readonly parts: Interpolation;
  /** As written, with its quotes. */
  readonly source: string;
}

/** `<+…>` inside an expression or a condition: bound as a value. */
export interface NestedNode {
  readonly kind: 'nested';
  /** As written, with its delimiters. */
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly program: ExpressionNode;
}

/** Text and the expressions that are filled into it. */
export type Interpolation = readonly (string | NestedNode)[];
/** A name: fixed, or built like `s1<+strategy.identifierPostFix>`. */
export type Name = string | Interpolation;

export type AccessStep =
  | { readonly kind: 'member'; readonly name: Name }
  | { readonly kind: 'index'; readonly index: ExpressionNode };

/** A name and what is read from it: `pipeline.variables.x`, `list[0]`. */
export interface PathNode {
  readonly kind: 'path';
  readonly root: Name;
  readonly steps: readonly AccessStep[];
  /** As written. */
  readonly source: string;
}

/** Something read from a value that is not a name: `json.object(x).a`. */
export interface AccessNode {
  readonly kind: 'access';
  readonly target: ExpressionNode;
  readonly steps: readonly AccessStep[];
  readonly source: string;
}

export interface CallNode {
  readonly kind: 'call';
  readonly target: ExpressionNode;
  readonly method: string;
  readonly args: readonly ExpressionNode[];
  /** As written. */
  readonly source: string;
}
