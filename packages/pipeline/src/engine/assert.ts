/** Thrown when the engine's own rules are broken: a bug of ours, never a user's mistake. The process must stop. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function assertInvariant(holds: boolean, message: string): asserts holds {
  if (!holds) throw new InvariantError(message);
}
