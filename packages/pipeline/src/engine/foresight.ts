/**
 * What is not known before its time, for a preview of an execution: it walks the plan with a draft of its own and asks the
 * scopes of the engine. Where a name leads to something that only the run can give, the foresight answers in place of the
 * state. No execution has one.
 */
import type { ScopeValue } from '../expressions/scope.ts';
import type { Seat, View } from './scope-seats.ts';

export interface Foresight {
  /** A root name seen from a place; `path` is the seat and those around it. `undefined` = what the scope itself says. */
  root(view: View, path: readonly Seat[], name: string): ScopeValue | undefined;
  /** A property of a node. */
  property(view: View, seat: Seat, key: string): ScopeValue | undefined;
  /** A child that none of the parents has, as far as is known. */
  child(view: View, parents: readonly Seat[], identifier: string): ScopeValue | undefined;
}
