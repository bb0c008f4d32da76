import type { FailureType } from '@bridle/pipeline';

/** What the connector stands for does not answer as it should; the text is for who made the connector. */
export class TestFailed extends Error {
  override readonly name = 'TestFailed';
  readonly type: FailureType;

  constructor(message: string, type: FailureType) {
    super(message);
    this.type = type;
  }
}

/** Nobody waits for the test any more. */
export class TestCancelled extends Error {
  override readonly name = 'TestCancelled';
}
