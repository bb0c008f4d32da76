/** Thrown when the server of a test did not come up. */
export class BridleStartError extends Error {
  override readonly name = 'BridleStartError';
  /** The last that it said. */
  readonly output: string;

  constructor(message: string, output: string) {
    super(output === '' ? message : `${message}\n${output}`);
    this.output = output;
  }
}
