/** Operational errors of the runtime: neither bugs nor users' mistakes. Their codes are stable; who meets one may try again later. */

/** Thrown when other writers were first too many times in a row; the caller may try again later. */
export class ExecutionContendedError extends Error {
  readonly code = 'EXECUTION_CONTENDED';

  constructor(id: string, attempts: number) {
    super(
      `Execution ${id} was changed by other writers ${attempts} times in a row while one event was being applied to it.`,
    );
    this.name = 'ExecutionContendedError';
  }
}

/** Thrown when too many events wait for one execution in this process; the caller may try again later. */
export class ExecutionBusyError extends Error {
  readonly code = 'EXECUTION_BUSY';

  constructor(id: string, waiting: number) {
    super(`Execution ${id} already has ${waiting} events waiting to be applied.`);
    this.name = 'ExecutionBusyError';
  }
}

/** Thrown when a chained execution is to start that its parent does not wait for any more. */
export class ChildForbiddenError extends Error {
  readonly code = 'CHILD_FORBIDDEN';

  constructor(id: string) {
    super(`The execution ${id} may not start: the stage that asked for it was given up.`);
    this.name = 'ChildForbiddenError';
  }
}
