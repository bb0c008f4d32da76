/** What a preview reads of one node: whether it runs, what its texts come to, and what is wrong with it. */
import { foreseeCondition } from '../expressions/foresee.ts';
import { Pending } from '../expressions/errors.ts';
import type { Draft } from '../engine/draft.ts';
import type { NodeExecutionId } from '../engine/ids.ts';
import { withInput } from '../engine/node-inputs.ts';
import { executionScope } from '../engine/scope.ts';
import { sectionSpec } from '../engine/sections.ts';
import { decideWhen, whenOf } from '../engine/when.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { PlanNode } from '../plan/plan.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import type { Value } from '../expressions/values.ts';
import { authorTexts, type AuthorText } from './author-texts.ts';
import { foreseeTexts, nullsOf, type Viewpoint } from './foreseen-texts.ts';
import type { Notes } from './notes.ts';
import { findNodeYaml, placeOf, type TextPlace } from './places.ts';
import type { Outlook, PreviewCondition, PreviewExpression, PreviewProblem } from './preview.ts';
import { readWaits } from './waits.ts';

export class NodeReader {
  readonly problems: PreviewProblem[] = [];
  readonly #draft: Draft;
  readonly #notes: Notes;
  /** The map under `pipeline` as its author wrote it, templates in place. */
  readonly #yaml: YamlNode | undefined;

  constructor(draft: Draft, notes: Notes, yaml: YamlNode | undefined) {
    this.#draft = draft;
    this.#notes = notes;
    this.#yaml = yaml;
  }

  decide(id: NodeExecutionId, plan: PlanNode): Outlook {
    const { status, condition: text } = whenOf(this.#draft, plan);
    try {
      const decision = decideWhen(this.#draft, id);
      const { record } = decision;
      const condition: PreviewCondition = {
        status,
        ...(text === undefined ? {} : { text }),
        parts: record.expressions,
      };
      const isPlain = text === undefined && status === 'Success';
      switch (decision.kind) {
        case 'run':
          return { kind: 'runs', ...(isPlain || plan.kind === 'fork' ? {} : { condition }) };
        case 'skip':
          return { kind: 'skipped', why: skippedBecause(record.statusHolds), condition };
        case 'error':
          this.#problem(
            plan,
            this.#place(plan, ['when', 'condition'], text ?? '', 0),
            decision.failure.message,
            undefined,
            true,
          );
          return { kind: 'fails', message: decision.failure.message, condition };
      }
    } catch (thrown) {
      if (!(thrown instanceof Pending) || text === undefined) throw thrown;
      return this.#foreseeWhen(id, plan, status, text);
    }
  }

  #foreseeWhen(id: NodeExecutionId, plan: PlanNode, status: PreviewCondition['status'], text: string): Outlook {
    const viewpoint = this.viewpoint(id, plan);
    const foreseen = foreseeCondition(text, viewpoint.scope, nullsOf(viewpoint));
    const parts = foreseen.trace.map((part) =>
      'value' in part ? part : { expression: part.expression, waitsFor: readWaits(part.waitsFor) },
    );
    const condition: PreviewCondition = { status, text, parts };
    switch (foreseen.kind) {
      case 'value':
        return foreseen.holds ? { kind: 'runs', condition } : { kind: 'skipped', why: skippedBecause(true), condition };
      case 'later':
        return { kind: 'depends', waitsFor: readWaits(foreseen.waitsFor), condition };
      case 'error': {
        const message = `The condition of ${plan.name} cannot be evaluated: ${foreseen.error.message}`;
        this.#problem(plan, this.#place(plan, ['when', 'condition'], text, 0), message, undefined, true);
        return { kind: 'fails', message, condition };
      }
    }
  }

  conditionTexts(id: NodeExecutionId, plan: PlanNode): readonly PreviewExpression[] {
    const { condition } = plan.when;
    if (condition === undefined || !condition.includes('<+')) return [];
    const seen = this.#foresee(id, plan, [{ path: ['when', 'condition'], text: condition }]);
    return seen.map((expression) => {
      const { result, text, ...at } = expression;
      if (result.kind !== 'neverKnown') return expression;
      // A condition may ask whether something is there: it is a slip where the name must exist, or is like one that does.
      const isSlip = result.fails || result.hint?.startsWith('Did you mean') === true;
      if (isSlip) this.#problem(plan, at, `${text} of the condition: ${result.message}`, result.hint);
      return { ...expression, result: { ...result, fails: false } };
    });
  }

  texts(id: NodeExecutionId, plan: PlanNode): readonly PreviewExpression[] {
    const state = this.#draft.get(id);
    const section = plan.kind === 'section' ? sectionSpec(this.#draft, id, plan) : undefined;
    const asked = 'spec' in plan ? { ...plan, spec: withInput(plan.spec, state, 'spec') } : plan;
    return this.#foresee(id, plan, [...authorTexts(withAskedVariables(asked, state.inputs), section)]);
  }

  #foresee(id: NodeExecutionId, plan: PlanNode, texts: readonly AuthorText[]): readonly PreviewExpression[] {
    if (texts.length === 0) return [];
    const yaml = this.#yamlOf(plan);
    const viewpoint = this.viewpoint(id, plan);
    const place = ({ path, text }: AuthorText, offset: number): TextPlace =>
      yaml === undefined ? { line: plan.line } : placeOf(yaml, path, text, offset);
    const isVariable = ({ path }: AuthorText): boolean => path[0] === 'variables';
    this.#notes.isReadLater = true;
    const late = foreseeTexts(texts.filter(isVariable), viewpoint, place);
    this.#notes.isReadLater = false;
    const own = foreseeTexts(
      texts.filter((text) => !isVariable(text)),
      viewpoint,
      place,
    );
    const expressions = [...late, ...own];
    for (const { text, result, ...at } of expressions) {
      if (result.kind === 'neverKnown' && at.path !== 'when.condition')
        this.#problem(plan, at, `${text} of ${at.path}: ${result.message}`, result.hint, result.fails);
      if (result.kind === 'knownLater' && result.doubt !== undefined)
        this.#problem(plan, at, `${text} of ${at.path}: ${result.doubt.message}`, result.doubt.hint);
    }
    return expressions;
  }

  viewpoint(id: NodeExecutionId, plan: PlanNode): Viewpoint {
    const { execution } = this.#draft;
    return {
      scope: executionScope(this.#draft, id),
      nulls: execution.switches?.unresolved,
      node: plan.fqn,
      around: () => this.#namesAround(id),
      hasEvent: execution.cause.trigger !== undefined,
    };
  }

  /** Identifiers that are found by walking outwards. */
  #namesAround(id: NodeExecutionId): readonly string[] {
    const scope: ExpressionScope = executionScope(this.#draft, id);
    const objects = ['steps', 'stages'].map((name) => scope.root(name));
    return objects.flatMap((object) =>
      typeof object === 'object' && object !== null && 'names' in object && typeof object.names === 'function'
        ? (object.names() as readonly string[])
        : [],
    );
  }

  orFails(plan: PlanNode, decided: Outlook, why: string | undefined): Outlook {
    if (why === undefined || decided.kind === 'fails') return decided;
    // Where an expression is to blame, that was said already.
    if (!this.problems.some(({ node, isFatal }) => node === plan.fqn && isFatal))
      this.#problem(plan, { line: plan.line }, why, undefined, true);
    return {
      kind: 'fails',
      message: why,
      ...('condition' in decided && decided.condition !== undefined ? { condition: decided.condition } : {}),
    };
  }

  #problem(plan: PlanNode, { line, document }: TextPlace, message: string, hint?: string, isFatal = false): void {
    const problem: PreviewProblem = {
      node: plan.fqn,
      line,
      ...(document === undefined ? {} : { document }),
      message,
      ...(hint === undefined ? {} : { hint }),
      isFatal,
    };
    // Each turn of a loop says the same.
    if (!this.problems.some((known) => known.message === message && known.line === line)) this.problems.push(problem);
  }

  #place(plan: PlanNode, path: AuthorText['path'], text: string, offset: number): TextPlace {
    const yaml = this.#yamlOf(plan);
    return yaml === undefined ? { line: plan.line } : placeOf(yaml, path, text, offset);
  }

  #yamlOf(plan: PlanNode): YamlNode | undefined {
    return this.#yaml === undefined ? undefined : findNodeYaml(this.#yaml, plan.fqn);
  }
}

function skippedBecause(statusHolds: boolean): string {
  return statusHolds ? 'its condition does not hold' : 'it runs only when something before fails';
}

function withAskedVariables(plan: PlanNode, inputs: Readonly<Record<string, Value>> | undefined): PlanNode {
  if (!('variables' in plan) || inputs === undefined) return plan;
  const variables = plan.variables.map((variable) => ({
    ...variable,
    value: inputs[`variables.${variable.name}.value`] ?? variable.value,
  }));
  return { ...plan, variables };
}
