import type { Mask } from '@bridle/executors';

/** An error for the delegate's own log: what a step's secrets have left in it is masked. */
export function hideError(error: unknown, mask: Mask): unknown {
  if (!(error instanceof Error)) return mask.text(String(error));
  const { name, message, stack } = error;
  return {
    type: name,
    message: mask.text(message),
    stack: mask.text(stack ?? ''),
    ...('code' in error ? { code: mask.text(String(error.code)) } : {}),
    ...(error.cause instanceof Error ? { cause: mask.text(error.cause.message) } : {}),
  };
}
