/**
 * A hand-driven server for the delegate's tests: speaks the wire contract over real HTTP, keeps what it is told, and misbehaves on
 * demand. It checks what the contract demands of a delegate and throws into the test (`problems`) what is wrong.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  CompleteRequest,
  DelegateTask,
  HeartbeatRequest,
  LogsRequest,
  PollRequest,
  PollResponse,
  RegisterRequest,
  StartedRequest,
  TestsRequest,
} from '@bridle/protocol';

export const TOKEN = 'fake-delegate-token-0123456789';

export interface Call {
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

export class FakeServer {
  readonly calls: Call[] = [];
  readonly problems: string[] = [];
  readonly logs = new Map<string, { bytes: Buffer; lineTimes: number[]; isFinal: boolean }>();
  readonly registrations: RegisterRequest[] = [];
  readonly completions: { readonly taskId: string; readonly request: CompleteRequest }[] = [];
  readonly heartbeats: HeartbeatRequest[] = [];
  readonly tests: TestsRequest[] = [];
  /** By name. */
  readonly artifacts = new Map<string, Buffer>();
  readonly releasedKeys = new Set<string>();
  abandoned: string[] = [];
  heartbeatMs = 5_000;
  logBytesMax: number | undefined;
  lost: string[] = [];
  cancels: string[] = [];
  releases: string[] = [];
  /** True = every connection is cut without an answer. */
  isDown = false;
  /** Answers a call in place of the fake; `undefined` = the fake answers. `'cut'` = the connection is cut. */
  intercept: (path: string, body: unknown) => Reply | 'cut' | undefined = () => undefined;
  readonly #tasks: DelegateTask[] = [];
  readonly #fences = new Map<string, { fence: number; state: 'given' | 'started' | 'done' }>();
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error: unknown) => {
      // Who goes away in the middle of a sentence is no fault of the test.
      if (request.complete) this.problems.push(String(error));
      response.destroy();
    });
  });
  #changed = Promise.withResolvers<void>();
  url = '';

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Queues a task; the next poll with room gets it. */
  give(task: DelegateTask): void {
    this.#tasks.push(task);
    this.#signal();
  }

  cancel(taskId: string): void {
    this.cancels.push(taskId);
    this.#signal();
  }

  release(key: string): void {
    this.releases.push(key);
    this.#signal();
  }

  /** Resolves as soon as `find` answers with something; asked again after every call the server gets. */
  async until<T>(find: () => T | undefined | false): Promise<T> {
    for (;;) {
      if (this.problems.length > 0) throw new Error(this.problems.join('; '));
      const found = find();
      if (found !== undefined && found !== false) return found;
      await this.#changed.promise;
    }
  }

  completion(taskId: string): Promise<CompleteRequest> {
    return this.until(() => this.completions.find((entry) => entry.taskId === taskId)?.request);
  }

  callsTo(part: string): readonly Call[] {
    return this.calls.filter((call) => call.path.includes(part));
  }

  text(logKey: string): string {
    return this.logs.get(logKey)?.bytes.toString() ?? '';
  }

  #signal(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    changed.resolve();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.isDown) return void request.socket.destroy();
    const path = (request.url ?? '').replace('/delegate/api/', '');
    const bytes = Buffer.concat(chunks);
    const body: unknown = request.method === 'PUT' ? bytes : JSON.parse(bytes.toString());
    this.calls.push({ path, body, authorization: request.headers.authorization });
    this.#signal();
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return this.#send(response, { status: 401, body: { message: 'who are you?' } });
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
      this.#signal();
    });
    const reply = this.intercept(path, body) ?? (await this.#answer(path, body, gone.signal));
    if (reply === 'cut' || this.isDown) request.socket.destroy();
    else this.#send(response, reply);
    this.#signal();
  }

  #send(response: ServerResponse, reply: Reply): void {
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body ?? {}));
  }

  async #answer(path: string, body: unknown, gone: AbortSignal): Promise<Reply> {
    if (path === 'register') {
      this.registrations.push(body as RegisterRequest);
      return {
        status: 200,
        body: {
          delegateId: 'delegate-1',
          heartbeatMs: this.heartbeatMs,
          leaseMs: 15_000,
          abandoned: this.abandoned,
          logBytesMax: this.logBytesMax,
        },
      };
    }
    const [, call, taskId = '', report] = path.split('/');
    switch (call) {
      case 'poll':
        return { status: 200, body: await this.#poll(body as PollRequest, gone) };
      case 'heartbeat':
        this.heartbeats.push(body as HeartbeatRequest);
        return { status: 200, body: { lost: this.lost, cancel: [] } };
      case 'logs':
        return { status: 200, body: this.takeLogs(body as LogsRequest) };
      case 'tasks':
        return this.#tell(taskId, report ?? '', body);
      default:
        return { status: 200 };
    }
  }

  #tell(taskId: string, report: string, body: unknown): Reply {
    const [what, query] = report.split('?');
    switch (what) {
      case 'started':
        return this.#started(taskId, body as StartedRequest);
      case 'tests':
        this.tests.push(body as TestsRequest);
        return { status: 200 };
      case 'artifacts':
        this.artifacts.set(new URLSearchParams(query).get('name') ?? '', body as Buffer);
        return { status: 200 };
      default:
        return this.#complete(taskId, body as CompleteRequest);
    }
  }

  async #poll(request: PollRequest, gone: AbortSignal): Promise<PollResponse> {
    for (const key of request.released) {
      this.releasedKeys.add(key);
      this.releases = this.releases.filter((known) => known !== key);
    }
    const until = performance.now() + request.waitMs;
    for (;;) {
      const cancel = this.cancels.filter((taskId) => !request.cancelling.includes(taskId));
      const tasks = gone.aborted ? [] : this.#tasks.splice(0, request.free);
      for (const task of tasks) this.#fences.set(task.taskId, { fence: task.fence, state: 'given' });
      if (tasks.length + cancel.length + this.releases.length > 0)
        return { tasks, cancel, release: [...this.releases] };
      if (gone.aborted || performance.now() > until) return { tasks: [], cancel: [], release: [] };
      await this.#changed.promise;
    }
  }

  #started(taskId: string, request: StartedRequest): Reply {
    const task = this.#fences.get(taskId);
    if (task?.fence !== request.fence || task.state === 'done') return { status: 409 };
    task.state = 'started';
    return { status: 200 };
  }

  #complete(taskId: string, request: CompleteRequest): Reply {
    const task = this.#fences.get(taskId);
    if (task?.fence !== request.fence) return { status: 409 };
    if (task.state === 'given') this.problems.push(`${taskId} was completed before it was started`);
    if (task.state === 'started') this.completions.push({ taskId, request });
    task.state = 'done';
    this.cancels = this.cancels.filter((known) => known !== taskId);
    return { status: 200 };
  }

  /** Public for faults between taking and answering. */
  takeLogs(request: LogsRequest): { received: Record<string, number> } {
    const received: Record<string, number> = {};
    for (const chunk of request.chunks) {
      const log = this.logs.get(chunk.logKey) ?? { bytes: Buffer.alloc(0), lineTimes: [], isFinal: false };
      this.logs.set(chunk.logKey, log);
      const bytes = Buffer.from(chunk.content, 'base64');
      if (chunk.byteOffset > log.bytes.length) this.problems.push(`gap in ${chunk.logKey} at ${log.bytes.length}`);
      if (chunk.byteOffset === log.bytes.length) {
        const isAtLineStart = log.bytes.length === 0 || log.bytes.at(-1) === 0x0a;
        const starts = (isAtLineStart && bytes.length > 0 ? 1 : 0) + countLineStarts(bytes);
        if (starts !== chunk.lineTimes.length)
          this.problems.push(`${chunk.lineTimes.length} times for ${starts} lines`);
        log.bytes = Buffer.concat([log.bytes, bytes]);
        log.lineTimes.push(...chunk.lineTimes);
        log.isFinal ||= chunk.final;
      }
      received[chunk.logKey] = log.bytes.length;
    }
    return { received };
  }
}

/** Line breaks that have something behind them. */
function countLineStarts(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
