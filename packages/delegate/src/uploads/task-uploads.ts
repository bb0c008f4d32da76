/**
 * What a step leaves with the server beside its outcome: results of tests and build artifacts.
 *
 * - U1 Everything is sent before the step is reported, while its folder is still there; an outage delays it.
 * - U2 Nothing that goes wrong with a report or an artifact changes how the step ended: the step's log says what was not kept.
 * - U3 Texts of test reports leave masked, like the log.
 */
import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readFoundFile, readJunit, ReportError, type StepUploads, type TestCase } from '@bridle/executors';
import { REPORTED_TESTS_MAX, type DelegateTask, type ReportedTest } from '@bridle/protocol';
import { CallCancelled } from '../client.ts';
import type { Session } from '../session.ts';

/** Of one step; more than a report that anybody reads. */
const TESTS_MAX = 1_000_000;
/** Characters of the tests of one piece, about: far below what the server takes. */
const PIECE_LENGTH_MAX = 2_000_000;
const ARTIFACTS_MAX = 10_000;
/** An upload may take this long and a second more for each of these bytes. */
const UPLOAD_MS = 60_000;
const UPLOAD_BYTES_PER_SECOND = 50_000;
const STALE = 409;

export interface UploadTools {
  readonly session: Session;
  /** Hides secrets in a text. */
  readonly hide: (text: string) => string;
  /** A line of ours in the step's log. */
  readonly say: (line: string) => Promise<void>;
  readonly signal: AbortSignal;
}

export class TaskUploads implements StepUploads {
  readonly #task: DelegateTask;
  readonly #reports = new Set<string>();
  readonly #artifacts = new Map<string, string>();

  constructor(task: DelegateTask) {
    this.#task = task;
  }

  addTestReports(paths: readonly string[]): void {
    for (const path of paths) this.#reports.add(path);
  }

  addArtifact({ name, path }: { readonly name: string; readonly path: string }): void {
    this.#artifacts.set(name, path);
  }

  get isEmpty(): boolean {
    return this.#reports.size + this.#artifacts.size === 0;
  }

  /** Sends everything. @throws CallCancelled when `signal` was aborted */
  async send(tools: UploadTools): Promise<void> {
    if (this.#reports.size > 0) await this.#sendTests(tools);
    let count = 0;
    for (const [name, path] of this.#artifacts) {
      if (count === ARTIFACTS_MAX) {
        await tools.say(`More than ${ARTIFACTS_MAX} artifacts of one step are not kept.`);
        break;
      }
      count += 1;
      if (!(await this.#sendArtifact(name, path, tools))) return;
    }
  }

  async #sendTests(tools: UploadTools): Promise<void> {
    const sender = new TestSender(this.#task, tools);
    for (const path of this.#reports) {
      try {
        for await (const test of readJunit(readFoundFile(path), tools.hide)) if (!(await sender.add(test))) return;
      } catch (error) {
        if (error instanceof CallCancelled) throw error;
        const why = error instanceof ReportError ? error.message : `It cannot be read: ${codeOf(error)}.`;
        await tools.say(`The test report ${basename(path)} is used as far as it goes. ${why}`);
      }
    }
    if (await sender.end()) await tools.say(sender.summary());
  }

  /** False = the task is no longer ours. */
  async #sendArtifact(name: string, path: string, tools: UploadTools): Promise<boolean> {
    const { taskId, fence } = this.#task;
    const hidden = tools.hide(name);
    if (hidden !== name) {
      await tools.say(`The artifact ${hidden} is not kept: its name holds a secret.`);
      return true;
    }
    let bytes: number;
    try {
      bytes = (await lstat(path)).size;
    } catch (error) {
      await tools.say(`The artifact ${name} is not kept: it cannot be read (${codeOf(error)}).`);
      return true;
    }
    let answer: Awaited<ReturnType<Session['upload']>>;
    try {
      answer = await tools.session.upload(
        `tasks/${taskId}/artifacts`,
        { fence: String(fence), name },
        () => readFoundFile(path),
        { signal: tools.signal, timeoutMs: UPLOAD_MS + Math.ceil(bytes / UPLOAD_BYTES_PER_SECOND) * 1_000 },
      );
    } catch (error) {
      // The system's word about this one file; the others go on.
      if (!(error instanceof Error && 'syscall' in error) && codeOf(error) !== 'ELOOP') throw error;
      await tools.say(`The artifact ${name} is not kept: it cannot be read (${codeOf(error)}).`);
      return true;
    }
    if (answer.kind === 'ok') await tools.say(`Kept the artifact ${name} (${bytes} bytes).`);
    else if (answer.status === STALE) return false;
    else await tools.say(`The artifact ${name} is not kept: ${answer.message}`);
    return true;
  }
}

/** Collects tests and sends them in pieces. */
class TestSender {
  readonly #task: DelegateTask;
  readonly #tools: UploadTools;
  readonly #counts = new Map<TestCase['status'], number>();
  #piece: ReportedTest[] = [];
  #pieceLength = 0;
  #position = 0;

  constructor(task: DelegateTask, tools: UploadTools) {
    this.#task = task;
    this.#tools = tools;
  }

  /** False = no more are taken. */
  async add(test: TestCase): Promise<boolean> {
    if (this.#position + this.#piece.length >= TESTS_MAX) {
      await this.#tools.say(`More than ${TESTS_MAX} tests of one step are not kept.`);
      await this.#send();
      return false;
    }
    const hidden = this.#hide(test);
    this.#piece.push(hidden);
    this.#pieceLength += lengthOf(hidden);
    this.#counts.set(test.status, (this.#counts.get(test.status) ?? 0) + 1);
    if (this.#piece.length < REPORTED_TESTS_MAX && this.#pieceLength < PIECE_LENGTH_MAX) return true;
    return this.#send();
  }

  /** True = all of them are with the server. */
  async end(): Promise<boolean> {
    return this.#send();
  }

  summary(): string {
    const count = (status: TestCase['status']): number => this.#counts.get(status) ?? 0;
    const bad = count('failed') + count('error');
    return `Tests: ${this.#position} in all, ${count('passed')} passed, ${bad} failed, ${count('skipped')} skipped.`;
  }

  async #send(): Promise<boolean> {
    if (this.#piece.length === 0) return true;
    const { taskId, fence, environment } = this.#task;
    const commit = environment['DRONE_COMMIT_SHA'];
    const answer = await this.#tools.session.tell(
      `tasks/${taskId}/tests`,
      {
        fence,
        position: this.#position,
        ...(commit === undefined || commit === '' ? {} : { commit }),
        tests: this.#piece,
      },
      { signal: this.#tools.signal },
    );
    if (answer.kind === 'refused') {
      if (answer.status !== STALE) await this.#tools.say(`The results of tests are not kept: ${answer.message}`);
      return false;
    }
    this.#position += this.#piece.length;
    this.#piece = [];
    this.#pieceLength = 0;
    return true;
  }

  #hide(test: TestCase): ReportedTest {
    const { hide } = this.#tools;
    return {
      ...test,
      suite: hide(test.suite),
      className: hide(test.className),
      name: hide(test.name),
      ...(test.file === undefined ? {} : { file: hide(test.file) }),
      ...(test.message === undefined ? {} : { message: hide(test.message) }),
      ...(test.details === undefined ? {} : { details: hide(test.details) }),
    };
  }
}

function lengthOf(test: ReportedTest): number {
  return Object.values(test).reduce<number>((sum, value) => sum + String(value).length, 100);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
