/** One result of one test, as a report tells it. */
export interface TestCase {
  /** Names of the suites around it, joined by ` > `; empty where the report has none. */
  readonly suite: string;
  readonly className: string;
  readonly name: string;
  readonly status: TestStatus;
  /** 0 where the report does not say. */
  readonly durationMs: number;
  /** Source file, where the report names it. */
  readonly file?: string;
  /** Of a failure, an error or a skip: the short text. */
  readonly message?: string;
  /** Of a failure or an error: the long text, a stack trace mostly. */
  readonly details?: string;
  /** It failed first and passed when it was repeated within the same run. */
  readonly hasFailedBefore?: true;
}

export type TestStatus = 'passed' | 'failed' | 'error' | 'skipped';
