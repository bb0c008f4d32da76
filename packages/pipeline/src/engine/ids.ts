/**
 * Branded identifiers of the engine.
 *
 * All of them are 22 characters of URL-safe base64 (16 bytes). An `ExecutionId` is random and given by the shell; node and
 * node-execution ids are pure hashes (see `derive-id.ts`), so that a replay of the same events gives the same ids.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Identity of one execution; the API prints it as `planExecutionId`. */
export type ExecutionId = Branded<'ExecutionId'>;
/** Identity of a plan node; the API prints it as `setupId` and as the key of `layoutNodeMap`. */
export type NodeId = Branded<'NodeId'>;
/** Identity of one attempt of one node; the API prints it as the node's `uuid`. Also the id of its delegate task. */
export type NodeExecutionId = Branded<'NodeExecutionId'>;
/** Identity of a timer: `<nodeExecutionId>:<purpose>`. */
export type TimerId = Branded<'TimerId'>;

export const executionId = (text: string): ExecutionId => text as ExecutionId;
export const nodeId = (text: string): NodeId => text as NodeId;
export const nodeExecutionId = (text: string): NodeExecutionId => text as NodeExecutionId;
export const timerId = (text: string): TimerId => text as TimerId;
