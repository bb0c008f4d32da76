/**
 * Outputs of steps that are secrets (K1): their delegate sealed them, so that state, event log and API never hold the
 * plaintext. Which of the output variables they are is noted among the outcomes, and travels with them.
 */
import { sealedReference, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import { isMap, member } from './spec-members.ts';

/** Beside `output`: names of output variables whose values are sealed. */
const SEALED_OUTPUTS = 'sealedOutputs';

type Outcomes = Readonly<Record<string, Value>>;

export function withSealedOutputs(outcomes: Outcomes, names: readonly string[] | undefined): Outcomes {
  return names === undefined || names.length === 0 ? outcomes : { ...outcomes, [SEALED_OUTPUTS]: names };
}

export function sealedOutputs(outcomes: Outcomes): readonly string[] {
  const names = outcomes[SEALED_OUTPUTS];
  return Array.isArray(names) ? (names as readonly Value[]).filter((name) => typeof name === 'string') : [];
}

/** `<+steps.X.output>` as an expression sees it: what is sealed is a secret there, not text. */
export function readOutput(outcomes: Outcomes | undefined): ScopeValue | undefined {
  const output = outcomes?.['output'];
  if (outcomes === undefined || output === undefined || sealedOutputs(outcomes).length === 0) return output;
  return {
    get: (key) => (key === 'outputVariables' ? readOutputVariables(outcomes) : member(output, key)),
    keys: () => (isMap(output) ? Object.keys(output) : []),
    toValue: () => (isMap(output) ? { ...output, outputVariables: plainVariables(outcomes) } : output),
  };
}

/** `<+steps.X.output.outputVariables>` in the same way. */
export function readOutputVariables(outcomes: Outcomes): ScopeValue {
  const variables = member(outcomes['output'] ?? null, 'outputVariables');
  const sealed = sealedOutputs(outcomes);
  if (sealed.length === 0 || !isMap(variables)) return variables;
  return {
    get: (name) => {
      if (!Object.hasOwn(variables, name)) return undefined;
      const value = variables[name];
      return sealed.includes(name) && typeof value === 'string' ? sealedReference(value) : value;
    },
    keys: () => Object.keys(variables),
    toValue: () => plainVariables(outcomes),
  } satisfies ScopeObject;
}

/** Without the secrets: a whole map is data, and there a secret has no text. */
function plainVariables(outcomes: Outcomes): Value {
  const variables = member(outcomes['output'] ?? null, 'outputVariables');
  const sealed = sealedOutputs(outcomes);
  if (!isMap(variables)) return variables;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !sealed.includes(name)));
}

/** What people are shown: asterisks where a value is sealed. */
export function shownOutcomes(outcomes: Outcomes): Outcomes {
  const sealed = sealedOutputs(outcomes);
  const output = outcomes['output'];
  if (sealed.length === 0 || !isMap(output)) return outcomes;
  const { [SEALED_OUTPUTS]: _, ...rest } = outcomes;
  const hidden = Object.fromEntries(sealed.map((name) => [name, SHOWN_SECRET]));
  const variables = member(output, 'outputVariables');
  return { ...rest, output: { ...output, outputVariables: { ...(isMap(variables) ? variables : {}), ...hidden } } };
}

const SHOWN_SECRET = '**************';
