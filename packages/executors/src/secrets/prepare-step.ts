/**
 * Makes of a task what an executor performs: secrets are masked, and put where they are used. Where they come from is the matter of
 * who asks: a delegate gets them with the lease, a local run from whom started it.
 *
 * - K3 A secret is in the mask before anything is done with it. One that cannot be masked (too many, too large) is not used.
 * - K4 A secret that is not to be had fails the step only if the step uses it.
 */
import type { StepConnector, StepFailure, StepRequest } from '../executor.ts';
import { MaskLimitPassed, type Mask } from '../masking/mask.ts';
import { BrokenTask, placeSecrets, type SecretPlace } from './place.ts';

/** How a connector that is not there is named: a place in the spec that nothing can be put in. */
export const MISSING_CONNECTOR = 'connector:';

export type FoundSecret =
  | { readonly kind: 'found'; readonly bytes: Buffer }
  /** The text is for the step's author. */
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'notReleased'; readonly message: string };

/** A step with references where its secrets belong. */
export interface BareStep extends Omit<StepRequest, 'connectors'> {
  readonly secretPlaces?: readonly SecretPlace[];
  readonly connectors?: Readonly<Record<string, Omit<StepConnector, 'secrets'>>>;
}

export type PreparedStep =
  | { readonly kind: 'ready'; readonly step: StepRequest }
  | { readonly kind: 'failed'; readonly failure: StepFailure };

/** A secret that the step uses is not to be had. */
class SecretNotFound extends Error {
  readonly failure: StepFailure;

  constructor(failure: StepFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * @param found - secrets by their references
 * @param mask - gets every one of them
 */
export function prepareStep(
  { secretPlaces = [], connectors, ...step }: BareStep,
  found: ReadonlyMap<string, FoundSecret>,
  mask: Mask,
): PreparedStep {
  try {
    for (const secret of found.values()) {
      if (secret.kind !== 'found') continue;
      mask.add(secret.bytes);
      // Where text is wanted, what is not UTF-8 looks different.
      mask.add(secret.bytes.toString());
    }
    const placed = placeSecrets(step, secretPlaces, (reference) => need(found, reference).toString());
    return { kind: 'ready', step: { ...step, ...placed, ...connectorsOf(connectors, found) } };
  } catch (error) {
    if (error instanceof SecretNotFound) return { kind: 'failed', failure: error.failure };
    if (error instanceof MaskLimitPassed) return failed(`${error.message} The step was not run.`);
    if (error instanceof BrokenTask) {
      return failed(`The server sent a task that cannot be performed: ${error.message}. The step was not run.`);
    }
    throw error;
  }
}

function failed(message: string): PreparedStep {
  return { kind: 'failed', failure: { message, types: ['APPLICATION_ERROR'] } };
}

/** @throws SecretNotFound, BrokenTask */
function need(found: ReadonlyMap<string, FoundSecret>, reference: string): Buffer {
  const secret = found.get(reference);
  if (secret === undefined) throw new BrokenTask(`the secret ${reference} was not sent along`);
  switch (secret.kind) {
    case 'found':
      return secret.bytes;
    case 'missing':
      throw new SecretNotFound({
        message: secret.message,
        types: [reference.startsWith(MISSING_CONNECTOR) ? 'CONFIGURATION_FAILURE' : 'AUTHENTICATION'],
      });
    case 'notReleased':
      throw new SecretNotFound({ message: secret.message, types: ['AUTHORIZATION_ERROR'] });
  }
}

function connectorsOf(
  connectors: BareStep['connectors'],
  found: ReadonlyMap<string, FoundSecret>,
): Pick<StepRequest, 'connectors'> {
  if (connectors === undefined) return {};
  const prepared = Object.entries(connectors).map(([reference, connector]) => {
    const references = referencesIn(connector.spec).filter((each) => found.has(each));
    const secrets = new Map(references.map((each) => [each, need(found, each)]));
    return [reference, { ...connector, secrets }] as const;
  });
  return { connectors: Object.fromEntries(prepared) };
}

/** Whatever is called `…Ref`. */
function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'string' && key.endsWith('Ref') ? [each] : referencesIn(each),
  );
}
