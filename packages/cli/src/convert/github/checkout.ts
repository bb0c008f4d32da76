/** `actions/checkout`. */
import type { StepDraft } from '../draft.ts';
import { textOf } from '../source-nodes.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';
import { input, labelOf, lines, type UsesStep } from './uses-step.ts';

/** The codebase when it is the repository itself, a GitClone for another one or another place. */
export function checkout(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const [repository, ref, folder] = ['repository', 'ref', 'path'].map((name) => input(step, name));
  const fields: Record<string, Yaml> = {};
  const number = /^\d{1,9}$/;
  take(step, fields, 'fetch-depth', 'depth', (text) => (number.test(text) ? Number(text) : undefined));
  take(step, fields, 'submodules', 'submoduleStrategy', (text) => (SUBMODULES.includes(text) ? text : undefined));
  for (const [name, field] of FLAGS) take(step, fields, name, field, (text) => ({ true: true, false: false })[text]);
  const patterns = lines(input(step, 'sparse-checkout'));
  if (patterns.length > 0) fields['sparseCheckout'] = patterns;
  state.ledger.report('dropped', step.with, 'token', 'The connector of the codebase signs in.');
  state.ledger.report('dropped', step.with, 'clean', 'Every stage begins with an empty workspace.');
  if (repository === undefined && ref === undefined && folder === undefined) return codebase(step, fields);
  const build: YamlMap = { type: 'branch', spec: { branch: ref ?? 'main' } };
  state.ledger.manual(
    uses,
    labelOf(step),
    'It is a GitClone step; name the connector of the repository, and what is built.',
  );
  const spec: YamlMap = {
    connectorRef: '<+input>',
    repoName: repository?.split('/').at(-1),
    build,
    cloneDirectory: folder ?? repository?.split('/').at(-1) ?? '.',
    ...fields,
  };
  const note = `TODO: name the connector of ${repository ?? 'the repository'}, and check the branch.`;
  return [{ ...step.frame, type: 'GitClone', spec, notes: [...step.notes, note] }];
}

const SUBMODULES: readonly string[] = ['true', 'false', 'recursive'];
const FLAGS = [
  ['lfs', 'lfs'],
  ['fetch-tags', 'fetchTags'],
  ['persist-credentials', 'persistCredentials'],
] as const;

/** One input as a field of the clone; what the field does not take is left to a person. */
function take(
  step: UsesStep,
  fields: Record<string, Yaml>,
  name: string,
  field: string,
  read: (text: string) => Yaml | undefined,
): void {
  const node = step.state.ledger.take(step.with, name);
  if (node === undefined) return;
  const value = read((textOf(node) ?? '').toLowerCase());
  if (value !== undefined) fields[field] = value;
  else
    step.state.ledger.manual(
      node,
      `${name}: ${textOf(node) ?? ''}`,
      `The field ${field} of the codebase does not take it.`,
    );
}

function codebase(step: UsesStep, fields: Readonly<Record<string, Yaml>>): readonly StepDraft[] {
  const { state, uses } = step;
  state.clones = true;
  for (const [name, value] of Object.entries(fields)) {
    const known = state.workflow.codebase[name];
    if (known === undefined) state.workflow.codebase[name] = value;
    else if (JSON.stringify(known) !== JSON.stringify(value))
      state.ledger.emulated(
        uses,
        `${name} of the checkout: ${JSON.stringify(value)}`,
        `All stages clone alike: ${name} is ${JSON.stringify(known)}.`,
      );
  }
  if (state.names.stepIdentifiers[0] === step.identifier)
    state.ledger.converted(uses, labelOf(step), 'The stage clones the codebase.');
  else state.ledger.emulated(uses, labelOf(step), 'The stage clones the codebase before its first step.');
  return [];
}
