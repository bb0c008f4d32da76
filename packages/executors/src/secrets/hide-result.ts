/**
 * Takes every secret out of a step's result, before the report leaves this process or is kept on disk (S6).
 *
 * - H1 An output variable that is secret, or in whose value any form of a secret occurs, leaves sealed as a whole, and is named in
 *   `secretOutputs`. Where nobody can open it, it is masked.
 * - H2 Everything else that is text leaves masked: other outputs, names, the failure's message.
 */
import type { StepResult } from '../executor.ts';
import type { Mask } from '../masking/mask.ts';
import { MASK_TEXT } from '../masking/masked-stream.ts';

type Outputs = Extract<StepResult, { readonly outputs: unknown }>['outputs'];
type OutputValue = Outputs[string];

/** @param seal - makes of a plaintext what only its owner can open; `undefined` = nobody takes sealed outputs */
export function hideSecrets(
  result: StepResult,
  mask: Mask,
  seal: ((plaintext: string) => string) | undefined,
): StepResult {
  if (result.kind === 'cancelled') return result;
  const { outputVariables } = result.outputs;
  const variables = isMap(outputVariables) ? outputVariables : {};
  const declared = new Set(result.secretOutputs);
  for (const name of declared) {
    for (const text of textsIn(variables[name] ?? null)) mask.add(text); // they may stand in others
  }
  const secretOutputs: string[] = [];
  const hidden: Record<string, OutputValue> = {};
  for (const [name, value] of Object.entries(variables)) {
    const isSecret = value !== null && (declared.has(name) || (typeof value === 'string' && mask.occursIn(value)));
    const shown = mask.text(name);
    if (!isSecret) hidden[shown] = masked(value, mask);
    else if (seal === undefined) hidden[shown] = MASK_TEXT;
    else {
      hidden[shown] = seal(typeof value === 'string' ? value : JSON.stringify(value));
      secretOutputs.push(shown);
    }
  }
  const others = Object.entries(result.outputs).filter(
    ([name]) => name !== 'outputVariables' || !isMap(outputVariables),
  );
  const outputs: Record<string, OutputValue> = {};
  for (const [name, value] of others) outputs[mask.text(name)] = masked(value, mask);
  if (isMap(outputVariables)) outputs['outputVariables'] = hidden;
  const { secretOutputs: _declared, ...rest } = result;
  const common = { ...rest, outputs, ...(secretOutputs.length === 0 ? {} : { secretOutputs }) };
  if (common.kind === 'succeeded') return common;
  return { ...common, failure: { ...common.failure, message: mask.text(common.failure.message) } };
}

function masked(value: OutputValue, mask: Mask): OutputValue {
  if (typeof value === 'string') return mask.text(value);
  if (typeof value === 'number') return mask.occursIn(String(value)) ? MASK_TEXT : value;
  if (Array.isArray(value)) return value.map((item: OutputValue) => masked(item, mask));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [mask.text(name), masked(item, mask)]));
}

/** Every text and number in it: of a secret that is a list or a map each may show by itself. */
function textsIn(value: OutputValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item: OutputValue) => textsIn(item));
}

function isMap(value: OutputValue | undefined): value is Readonly<Record<string, OutputValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
