/**
 * What an approver is asked for (pipelines.md §5.4). A `defaultValue` may be a chain such as
 * `<+input>.default(a).allowedValues(a,b)`: then its rules are the approver's, and nobody is asked when the run starts. A bare
 * `<+input>` is an input of the run, whose value is the approver's default.
 */
import type { Value } from '../expressions/values.ts';
import { parseRuntimeInput } from './runtime-input.ts';

/** The `defaultValue` of an item of `approverInputs` that is such a chain. */
export function isApproverChain(text: string): boolean {
  const parsed = parseRuntimeInput(text);
  return parsed.kind === 'input' && text.trim() !== '<+input>' && !parsed.input.isExecutionInput;
}

/** The spec of a HarnessApproval with the chains taken apart into the fields beside `defaultValue`. */
export function readApproverInputs(spec: Value): Value {
  if (!isRecord(spec) || !Array.isArray(spec['approverInputs'])) return spec;
  const inputs = spec['approverInputs'] as readonly Value[];
  return { ...spec, approverInputs: inputs.map(readChain) };
}

function readChain(item: Value): Value {
  const text = isRecord(item) ? item['defaultValue'] : undefined;
  if (!isRecord(item) || typeof text !== 'string' || !isApproverChain(text)) return item;
  const parsed = parseRuntimeInput(text);
  if (parsed.kind !== 'input') return item;
  const { allowedValues, isMany, regex, default: fallback } = parsed.input;
  return {
    ...item,
    defaultValue: fallback ?? '',
    ...(allowedValues === undefined ? {} : { [isMany ? 'selectManyFrom' : 'allowedValues']: allowedValues }),
    ...(regex === undefined ? {} : { regex }),
  };
}

function isRecord(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
