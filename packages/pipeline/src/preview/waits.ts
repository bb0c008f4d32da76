/** Waits as the expression language carries them: texts. */
import { didYouMean } from '../language/suggest.ts';
import { laterValue, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import { Pending } from '../expressions/errors.ts';
import type { Wait } from './preview.ts';

export function waitValue(wait: Wait): ScopeValue {
  return laterValue(writeWait(wait));
}

export function writeWait({ kind, node, text, undeclared }: Wait): string {
  return JSON.stringify([kind, node, text, ...(undeclared === undefined ? [] : [undeclared])]);
}

/** Each once, in their order. */
export function readWaits(texts: readonly string[]): readonly Wait[] {
  return [...new Set(texts)].map(readWait);
}

export function readWait(written: string): Wait {
  const [kind, node, text, undeclared] = JSON.parse(written) as [
    Wait['kind'],
    string,
    string,
    NonNullable<Wait['undeclared']>?,
  ];
  return { kind, node, text, ...(undeclared === undefined ? {} : { undeclared }) };
}

/** An object that comes later as a whole, with the members that can be told apart before. */
export function laterObject(
  wait: Wait,
  get: (key: string) => ScopeValue | undefined,
  names: readonly string[],
): ScopeObject {
  return {
    get,
    names: () => names,
    toValue: () => {
      throw new Pending(writeWait(wait));
    },
    call: () => waitValue(wait),
  };
}

/** About outputs that nobody declares. */
export function doubtAbout(waits: readonly Wait[]): { readonly message: string; readonly hint?: string } | undefined {
  for (const { undeclared, text } of waits) {
    if (undeclared === undefined) continue;
    const { name, declared } = undeclared;
    const hint = didYouMean(name, declared) ?? 'It has a value only if the script writes it to its output file.';
    return { message: `${text} has no declared output variable ${name}`, hint };
  }
  return undefined;
}
