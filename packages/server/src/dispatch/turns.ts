/**
 * In which order waiting tasks get their turn when there is more work than hands: a pure decision.
 *
 * Invariants (cited by tests):
 * - R15a the project that has the fewest tasks in hand comes first; of its executions likewise; then the oldest. Nobody is passed
 *   over for ever: what waits while others are served has fewer in hand.
 * - R15b tasks of one execution come in the order in which they were queued.
 */
import type { QueuedTask, RunningCount } from '../store/waiting-tasks.ts';

interface Line {
  /** Oldest first; `next` is the first that has not had its turn. */
  readonly tasks: QueuedTask[];
  next: number;
  inHand: number;
}

interface Project {
  readonly lines: Map<string, Line>;
  inHand: number;
}

export class Turns {
  readonly #projects = new Map<string, Project>();

  /** @param running - what delegates have in hand now; may be empty when nobody has to wait */
  constructor(tasks: readonly QueuedTask[], running: readonly RunningCount[]) {
    for (const task of tasks.toSorted((one, other) => one.position - other.position)) {
      const project = this.#project(task);
      const line = project.lines.get(task.executionId);
      if (line === undefined) project.lines.set(task.executionId, { tasks: [task], next: 0, inHand: 0 });
      else line.tasks.push(task);
    }
    for (const count of running) {
      const project = this.#projects.get(keyOf(count));
      if (project === undefined) continue;
      project.inHand += count.tasks;
      const line = project.lines.get(count.executionId);
      if (line !== undefined) line.inHand += count.tasks;
    }
  }

  /** The task whose turn it is; it does not come again. Say `taken` when somebody takes it. */
  next(): QueuedTask | undefined {
    let best: { readonly project: Project; readonly line: Line; readonly task: QueuedTask } | undefined;
    for (const project of this.#projects.values()) {
      if (best !== undefined && project.inHand > best.project.inHand) continue;
      const found = firstOf(project);
      if (found === undefined) continue;
      const isBefore =
        best === undefined || project.inHand < best.project.inHand || found.task.position < best.task.position;
      if (isBefore) best = { project, ...found };
    }
    if (best === undefined) return undefined;
    best.line.next += 1;
    return best.task;
  }

  /** Somebody has it in hand now. */
  taken(task: QueuedTask): void {
    const project = this.#project(task);
    project.inHand += 1;
    const line = project.lines.get(task.executionId);
    if (line !== undefined) line.inHand += 1;
  }

  #project(of: Parameters<typeof keyOf>[0]): Project {
    const key = keyOf(of);
    const known = this.#projects.get(key);
    if (known !== undefined) return known;
    const project: Project = { lines: new Map(), inHand: 0 };
    this.#projects.set(key, project);
    return project;
  }
}

function firstOf({ lines }: Project): { readonly line: Line; readonly task: QueuedTask } | undefined {
  let best: { readonly line: Line; readonly task: QueuedTask } | undefined;
  for (const [key, line] of lines) {
    const task = line.tasks[line.next];
    if (task === undefined) {
      lines.delete(key); // all had their turn
      continue;
    }
    const isBefore =
      best === undefined ||
      line.inHand < best.line.inHand ||
      (line.inHand === best.line.inHand && task.position < best.task.position);
    if (isBefore) best = { line, task };
  }
  return best;
}

function keyOf({
  orgIdentifier,
  projectIdentifier,
}: {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
}): string {
  return JSON.stringify([orgIdentifier, projectIdentifier]);
}
