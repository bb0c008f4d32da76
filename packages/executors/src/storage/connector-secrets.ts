/** Reading what a connector's spec refers to. */
import { type StepConnector } from '../executor.ts';
import { SpecError, textOf } from '../step-spec.ts';

/**
 * @param reference - as the connector's spec has it (`passwordRef: account.x`)
 * @throws SpecError when it refers to something that was not handed over
 */
export function secretText(connector: StepConnector, reference: unknown): string | undefined {
  const name = textOf(reference, 'A reference to a secret');
  if (name === undefined || name === '') return undefined;
  const bytes = connector.secrets.get(name);
  if (bytes === undefined)
    throw new SpecError(`The secret ${name} of the connector ${connector.identifier} was not given to the step.`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
