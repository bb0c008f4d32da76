/**
 * The faults that this server has been told to make. Only a server that was started with BRIDLE_FAULTS has one of these.
 *
 * - Deterministic: whether a match becomes a fault follows from the seed, the rule's place and how many matches the rule has had.
 * - The first rule that makes a fault of a match wins; a rule that has happened `times` times is passed over.
 * - Kept by this process alone: several replicas have rules of their own.
 */
import { createHash } from 'node:crypto';
import type { FaultReport, FaultRules, RequestFault, StepFault } from '@bridle/protocol';
import { matchesGlob } from './glob.ts';

export interface FaultyRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface FaultyStep {
  readonly pipeline: string;
  readonly stage: string;
  readonly step: string;
}

interface Counted<Rule> {
  readonly rule: Rule;
  readonly place: string;
  matched: number;
  applied: number;
}

interface AnyRule<Action> {
  readonly times?: number;
  readonly probability?: number;
  readonly action: Action;
}

const HASH_RANGE = 2 ** 32;

export class Faults {
  #rules: FaultRules = {};
  #requests: readonly Counted<RequestFault>[] = [];
  #steps: readonly Counted<StepFault>[] = [];

  set(rules: FaultRules): void {
    this.#rules = rules;
    this.#requests = (rules.requests ?? []).map((rule, index) => counted(rule, `requests/${String(index)}`));
    this.#steps = (rules.steps ?? []).map((rule, index) => counted(rule, `steps/${String(index)}`));
  }

  clear(): void {
    this.set({});
  }

  report(): FaultReport {
    const counts = ({ matched, applied }: Counted<unknown>): FaultReport['steps'][number] => ({ matched, applied });
    return { rules: this.#rules, requests: this.#requests.map(counts), steps: this.#steps.map(counts) };
  }

  get hasSteps(): boolean {
    return this.#steps.length > 0;
  }

  get triggerDelayMs(): number {
    return this.#rules.triggers?.delayMs ?? 0;
  }

  request({ method, path, headers }: FaultyRequest): RequestFault['action'] | undefined {
    return this.#decide(this.#requests, ({ match }) => {
      if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
      if (match.path !== undefined && !matchesGlob(match.path, path)) return false;
      if (match.header === undefined) return true;
      const value = headers[match.header.name.toLowerCase()];
      return (
        value !== undefined && matchesGlob(match.header.value, typeof value === 'string' ? value : value.join(','))
      );
    });
  }

  step({ pipeline, stage, step }: FaultyStep): StepFault['action'] | undefined {
    return this.#decide(
      this.#steps,
      ({ match }) =>
        matchesGlob(match.pipeline ?? '*', pipeline) &&
        matchesGlob(match.stage ?? '*', stage) &&
        matchesGlob(match.step ?? '*', step),
    );
  }

  #decide<Action, Rule extends AnyRule<Action>>(
    rules: readonly Counted<Rule>[],
    isMatch: (rule: Rule) => boolean,
  ): Rule['action'] | undefined {
    for (const each of rules) {
      const { rule } = each;
      if ((rule.times !== undefined && each.applied >= rule.times) || !isMatch(rule)) continue;
      each.matched += 1;
      if (this.#draw(each) >= (rule.probability ?? 1)) continue;
      each.applied += 1;
      return rule.action;
    }
    return undefined;
  }

  /** From 0 to below 1. */
  #draw({ place, matched }: Counted<unknown>): number {
    const text = `${String(this.#rules.seed ?? 0)}/${place}/${String(matched)}`;
    return createHash('sha256').update(text).digest().readUInt32BE(0) / HASH_RANGE;
  }
}

function counted<Rule>(rule: Rule, place: string): Counted<Rule> {
  return { rule, place, matched: 0, applied: 0 };
}
