/** A delegate's outcome checked and turned into the engine's. */
import type { FailureType, TaskOutcome, Value } from '@bridle/pipeline';
import type { TaskOutcome as ReportedOutcome } from '@bridle/protocol';

/** Nesting of one output value; deeper ones come from nobody's step on purpose. */
export const OUTPUT_DEPTH_MAX = 64;
/** All outputs of one step as JSON text, in UTF-16 units. */
export const OUTPUT_LENGTH_MAX = 4_194_304;

const FAILURE_TYPES: Readonly<Record<FailureType, true>> = {
  EXPIRED: true,
  DELEGATE_PROVISIONING: true,
  CONNECTIVITY: true,
  AUTHENTICATION: true,
  VERIFICATION_FAILURE: true,
  APPLICATION_ERROR: true,
  AUTHORIZATION_ERROR: true,
  TIMEOUT_ERROR: true,
  POLICY_EVALUATION_FAILURE: true,
  INPUT_TIMEOUT_FAILURE: true,
  APPROVAL_REJECTION: true,
  DELEGATE_RESTART: true,
  USER_MARKED_FAILURE: true,
  INFRASTRUCTURE_FAILURE: true,
  PLUGIN_IMAGE_FAILURE: true,
  RESOURCE_LIMITS_FAILURE: true,
  CONFIGURATION_FAILURE: true,
};

export type CheckedOutcome =
  | { readonly kind: 'ok'; readonly outcome: TaskOutcome }
  | { readonly kind: 'invalid'; readonly message: string };

export function checkOutcome(reported: ReportedOutcome): CheckedOutcome {
  if (reported.kind === 'cancelled') return { kind: 'ok', outcome: { kind: 'cancelled' } };
  if (!isShallow(reported.outputs, OUTPUT_DEPTH_MAX))
    return { kind: 'invalid', message: `The outputs are nested deeper than ${OUTPUT_DEPTH_MAX} levels.` };
  if (JSON.stringify(reported.outputs).length > OUTPUT_LENGTH_MAX) {
    return { kind: 'invalid', message: `The outputs are longer than ${OUTPUT_LENGTH_MAX} characters.` };
  }
  // JSON that came over the wire is made of values and nothing else.
  const outputs = reported.outputs as Readonly<Record<string, Value>>;
  const exit = {
    ...(reported.exitCode === undefined ? {} : { exitCode: reported.exitCode }),
    ...(reported.secretOutputs === undefined ? {} : { secretOutputs: reported.secretOutputs }),
  };
  if (reported.kind === 'succeeded') return { kind: 'ok', outcome: { kind: 'succeeded', ...exit, outputs } };
  const types = reported.failure.types.filter((type): type is FailureType => Object.hasOwn(FAILURE_TYPES, type));
  const failure = {
    message: reported.failure.message,
    types: types.length === 0 ? (['APPLICATION_ERROR'] as const) : types,
  };
  return { kind: 'ok', outcome: { kind: 'failed', ...exit, outputs, failure } };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((child) => isShallow(child, levels - 1));
}
