/** What is known of a job while its steps are converted one after the other. */
import type { StepDraft, VariableDraft } from '../draft.ts';
import type { Ledger } from '../ledger.ts';
import type { Place, SourceMap, SourceNode } from '../source.ts';
import { textOf } from '../source-nodes.ts';
import type { Yaml } from '../yaml-value.ts';
import { contextsOf, type Surroundings } from './contexts.ts';
import type { JobNames } from './names.ts';
import { interpolate, type Contexts } from './translate.ts';

export interface StepDefaults {
  readonly shell?: string;
  readonly folder?: string;
}

/** Facts about the whole workflow that steps add to. */
export interface WorkflowState {
  readonly ledger: Ledger;
  /** Fields of the codebase, as the first checkout asks for them. */
  readonly codebase: Record<string, Yaml>;
  readonly askFor: (name: string) => void;
}

export class JobState {
  readonly ledger: Ledger;
  readonly workflow: WorkflowState;
  readonly names: JobNames;
  readonly surroundings: Surroundings;
  readonly defaults: StepDefaults;
  /** The image of the container of the job. */
  readonly container: string | undefined;
  /** What its services are called elsewhere and here. */
  image: string | undefined;
  clones = false;
  /** Steps at the end of the stage, the last one first. */
  readonly atEnd: StepDraft[] = [];
  readonly notes: string[] = [];

  constructor(
    workflow: WorkflowState,
    names: JobNames,
    surroundings: Surroundings,
    defaults: StepDefaults,
    container: string | undefined,
  ) {
    this.ledger = workflow.ledger;
    this.workflow = workflow;
    this.names = names;
    this.surroundings = surroundings;
    this.defaults = defaults;
    this.container = container;
    this.image = container;
  }

  contexts(stepVariables?: ReadonlyMap<string, string>): Contexts {
    return contextsOf({ ...this.surroundings, ...(stepVariables === undefined ? {} : { stepVariables }) });
  }
}

/** The text of a field with its expressions translated; what could not be is reported, and noted for the reader of the YAML. */
export function fieldText(
  node: SourceNode | undefined,
  what: string,
  contexts: Contexts,
  ledger: Ledger,
  notes: string[],
): string | undefined {
  const text = textOf(node);
  return node === undefined || text === undefined ? undefined : translated(text, node, what, contexts, ledger, notes);
}

export function translated(
  text: string,
  at: { readonly place: Place },
  what: string,
  contexts: Contexts,
  ledger: Ledger,
  notes: string[],
): string {
  const made = interpolate(text, contexts);
  for (const { text: expression, into } of made.translations)
    ledger.converted(at, `${what}: ${expression}`, `It is ${into}.`);
  for (const remark of made.remarks) ledger.emulated(at, what, remark);
  for (const { text: expression, why } of made.failures) {
    ledger.manual(at, `${what}: ${expression}`, why);
    notes.push(`TODO: ${expression} in ${what}: ${why}`);
  }
  return made.text;
}

export interface ReadVariables {
  readonly variables: readonly VariableDraft[];
  readonly names: ReadonlySet<string>;
}

/** `env` of a workflow or a job as variables; one that is exactly a secret is a variable of that type. */
export function readVariables(
  map: SourceMap | undefined,
  what: string,
  contexts: Contexts,
  ledger: Ledger,
): ReadVariables {
  const variables = ledger.takeAll(map).map(({ key, value, place }): VariableDraft => {
    const notes: string[] = [];
    const text = fieldText(value, `${what} ${key}`, contexts, ledger, notes) ?? '';
    const secret = /^<\+secrets\.getValue\("([^"]+)"\)>$/.exec(text)?.[1];
    if (secret !== undefined)
      ledger.converted(
        { place },
        `${what} ${key}`,
        `It is a variable of the type Secret, which needs the secret ${secret}.`,
      );
    return secret === undefined
      ? { name: key, type: 'String', value: text, notes }
      : { name: key, type: 'Secret', value: secret, notes };
  });
  return { variables, names: new Set(variables.map(({ name }) => name)) };
}
