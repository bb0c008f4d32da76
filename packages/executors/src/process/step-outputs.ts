/** All output variables of a step with a script, and which of them are secret. */
import { existsSync } from 'node:fs';
import { checkSizes, readCapturedValues, readOutputFile } from './outputs.ts';

export interface OutputFiles {
  /** `$DRONE_OUTPUT`, which is `$HARNESS_OUTPUT_FILE`. */
  readonly plain: string;
  /** `$HARNESS_OUTPUT_SECRET_FILE`: written like the other, its values are secret. */
  readonly secret: string;
  /** Values of declared variables, written behind the script's regular end. */
  readonly captured: string;
}

/** An output with the name of the variable it is read from. */
export interface OutputSource {
  readonly name: string;
  readonly variable: string;
  /** Its value is secret, and must not be empty. */
  readonly isSecret: boolean;
}

export type StepOutputValues =
  | {
      readonly kind: 'read';
      readonly values: ReadonlyMap<string, string>;
      readonly secretNames: ReadonlySet<string>;
    }
  /** A limit was passed, or a secret output is empty. */
  | { readonly kind: 'refused'; readonly message: string };

/** What the script wrote to its output files counts even when it failed; variables only after its regular end. */
export function readStepOutputs(
  files: OutputFiles,
  sources: readonly OutputSource[],
  hasSucceeded: boolean,
): StepOutputValues {
  const plain = readOutputFile(files.plain);
  if (plain.kind === 'refused') return plain;
  const secret = readOutputFile(files.secret);
  if (secret.kind === 'refused') return secret;
  const values = new Map([...plain.values, ...secret.values]);
  if (hasSucceeded && sources.length > 0) {
    const captured = readCapturedValues(files.captured);
    if (captured.kind === 'refused') return captured;
    for (const { name, variable } of sources) {
      const value = captured.values.get(variable);
      if (value !== undefined) values.set(name, value);
    }
  }
  const sizes = checkSizes(values);
  if (sizes.kind === 'refused') return sizes;
  const declared = sources.filter((source) => source.isSecret);
  // Without the file of captured values the script has left early, which is a success without outputs.
  const isComplete = hasSucceeded && existsSync(files.captured);
  const empty = isComplete ? declared.find(({ name }) => (values.get(name) ?? '') === '') : undefined;
  if (empty !== undefined) {
    return {
      kind: 'refused',
      message: `The secret output variable ${empty.name} is empty: the script has to set ${empty.variable}.`,
    };
  }
  const names = declared.map(({ name }) => name).filter((name) => values.has(name));
  return { kind: 'read', values, secretNames: new Set([...secret.values.keys(), ...names]) };
}
