/**
 * The delegate's standing with the server: registers, keeps the identity, and carries calls over outages.
 *
 * - S1 One incarnation per process: the server takes a new one as proof that the old process is dead.
 * - S2 410 means that the server does not know this incarnation (any more): register again, then repeat the call.
 */
import type { Readable } from 'node:stream';
import type { RegisterRequest, RegisterResponse } from '@bridle/protocol';
import type { Logger } from 'pino';
import { readNothing, readRegistration } from './answers.ts';
import { backoffMs, pause } from './backoff.ts';
import { CallCancelled, OutageError, type Answer, type CallOptions, type ServerClient } from './client.ts';

const CALL_TIMEOUT_MS = 30_000;
/** An outage is logged at its first failure and then now and then. */
const LOG_EVERY = 20;
/** HTTP status of a registration whose version is outside of the server's window. */
const OUTDATED = 426;

/** What the server said, its body checked. */
export type Said<T> =
  | { readonly kind: 'ok'; readonly body: T }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

/** The server does not accept the token or the registration. Needs a person. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
}

/** The server does not work with delegates of this version. */
export class VersionRefused extends RegistrationRefused {}

export interface PostOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** False = one attempt only; an outage is thrown. Default true: repeated until answered. */
  readonly isPersistent?: boolean;
  /** False = 410 is an answer like any other: who goes away does not register again. Default true. */
  readonly registers?: boolean;
}

export class Session {
  readonly #client: ServerClient;
  #request: RegisterRequest;
  readonly #log: Logger;
  #registration: RegisterResponse | undefined;
  #registering: Promise<RegisterResponse> | undefined;
  readonly #end = new AbortController();
  /** Called after every registration, with the tasks the server has given up. */
  onRegistered: (registration: RegisterResponse) => void = () => undefined;

  constructor(client: ServerClient, request: RegisterRequest, log: Logger) {
    this.#client = client;
    this.#request = request;
    this.#log = log;
  }

  get incarnation(): string {
    return this.#request.incarnation;
  }

  get registration(): RegisterResponse {
    if (this.#registration === undefined) throw new Error('the delegate is not registered yet');
    return this.#registration;
  }

  /**
   * One registration serves everybody who asks meanwhile, and no caller's impatience ends it for the others.
   * @throws RegistrationRefused, CallCancelled
   */
  async register(signal?: AbortSignal): Promise<RegisterResponse> {
    this.#registering ??= this.#register().finally(() => (this.#registering = undefined));
    return orAbort(this.#registering, signal);
  }

  /** Whether the server was told just that. */
  isDescribedBy({ shells, capabilities }: Pick<RegisterRequest, 'shells' | 'capabilities'>): boolean {
    const told = { shells: this.#request.shells, capabilities: this.#request.capabilities };
    return JSON.stringify({ shells, capabilities }) === JSON.stringify(told);
  }

  /** Tells the server what has changed of this delegate; it stays the same process (S1). */
  async describe(changes: Pick<RegisterRequest, 'shells' | 'capabilities'>): Promise<void> {
    this.#request = { ...this.#request, ...changes };
    await this.register();
  }

  /** Ends a registration that is under way. */
  close(): void {
    this.#end.abort();
  }

  async #register(): Promise<RegisterResponse> {
    const register = (call: CallOptions): Promise<Answer> => this.#client.post('register', this.#request, call);
    const said = await this.#attempts('register', register, readRegistration, {
      signal: this.#end.signal,
      timeoutMs: CALL_TIMEOUT_MS,
      isPersistent: true,
    });
    if (said.kind === 'refused') {
      if (said.status === OUTDATED) throw new VersionRefused(said.message);
      const isToken = said.status === 401 || said.status === 403;
      throw new RegistrationRefused(
        isToken
          ? `The server does not accept the delegate token (${said.status}): ${said.message}`
          : `The server refused to register this delegate (${said.status}): ${said.message}`,
      );
    }
    const registration = said.body;
    this.#registration = registration;
    this.#log.info({ delegateId: registration.delegateId, abandoned: registration.abandoned.length }, 'registered');
    this.onRegistered(registration);
    return registration;
  }

  /** `ask` for calls whose answer says no more than yes or no. */
  async tell(path: string, body: object, options: PostOptions = {}): Promise<Said<undefined>> {
    return this.ask(path, body, readNothing, options);
  }

  /**
   * Calls `/{delegateId}/{path}`. The incarnation is added to `body`.
   * @param read - checks the body of the answer
   * @throws CallCancelled, RegistrationRefused; OutageError only when not persistent
   */
  async ask<T>(path: string, body: object, read: (body: unknown) => T, options: PostOptions = {}): Promise<Said<T>> {
    return this.#ask(
      path,
      (target, call) => this.#client.post(target, { incarnation: this.incarnation, ...body }, call),
      read,
      options,
    );
  }

  /** `ask` with a body in a form of its own. */
  async send<T>(path: string, body: Buffer, read: (body: unknown) => T, options: PostOptions = {}): Promise<Said<T>> {
    return this.#ask(path, (target, call) => this.#client.postBytes(target, body, call), read, options);
  }

  async #ask<T>(
    path: string,
    post: (target: string, call: CallOptions) => Promise<Answer>,
    read: (body: unknown) => T,
    options: PostOptions,
  ): Promise<Said<T>> {
    for (;;) {
      const asked = this.registration;
      const target = `${encodeURIComponent(asked.delegateId)}/${path}`;
      const said = await this.#attempts(path, (call) => post(target, call), read, {
        timeoutMs: CALL_TIMEOUT_MS,
        isPersistent: true,
        ...options,
      });
      const isUnknown = said.kind === 'refused' && (said.status === 410 || said.status === 401);
      if (!isUnknown || options.registers === false) return said;
      // Whoever finds out first registers; the others only repeat.
      if (this.#registration === asked) await this.register(options.signal);
    }
  }

  /**
   * Sends a file to `/{delegateId}/{path}`; the incarnation is added to `query`. Repeated like `ask`.
   * @param open - begins to read the file; asked again for each attempt
   */
  async upload(
    path: string,
    query: Readonly<Record<string, string>>,
    open: () => Readable,
    options: Pick<PostOptions, 'signal' | 'timeoutMs'> = {},
  ): Promise<Said<undefined>> {
    for (;;) {
      const asked = this.registration;
      const parameters = new URLSearchParams({ incarnation: this.incarnation, ...query });
      const target = `${encodeURIComponent(asked.delegateId)}/${path}?${parameters.toString()}`;
      const said = await this.#attempts(
        path,
        async (call) => {
          const content = open();
          try {
            return await this.#client.put(target, content, call);
          } catch (error) {
            // The file, not the server.
            if (content.errored === null || error instanceof CallCancelled) throw error;
            return { kind: 'refused', status: 400, message: `it cannot be read: ${content.errored.message}` };
          } finally {
            content.destroy();
          }
        },
        readNothing,
        { timeoutMs: CALL_TIMEOUT_MS, isPersistent: true, ...options },
      );
      const isUnknown = said.kind === 'refused' && (said.status === 410 || said.status === 401);
      if (!isUnknown) return said;
      if (this.#registration === asked) await this.register(options.signal);
    }
  }

  async #attempts<T>(
    path: string,
    call: (options: CallOptions) => Promise<Answer>,
    read: (body: unknown) => T,
    {
      signal,
      timeoutMs,
      isPersistent,
    }: Required<Pick<PostOptions, 'timeoutMs' | 'isPersistent'>> & Pick<PostOptions, 'signal'>,
  ): Promise<Said<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await call({ signal, timeoutMs });
        const said: Said<T> = answer.kind === 'ok' ? { kind: 'ok', body: read(answer.body) } : answer;
        if (attempt > 1) this.#log.info({ call: lastPart(path), attempt }, 'the server answers again');
        return said;
      } catch (error) {
        if (!(error instanceof OutageError) || !isPersistent) throw error;
        if (attempt % LOG_EVERY === 1) {
          this.#log.warn({ call: lastPart(path), attempt, reason: error.message }, 'the server cannot be reached');
        }
        await pause(error.retryAfterMs ?? backoffMs(attempt), signal);
        if (signal?.aborted === true) throw new CallCancelled('The call was given up.');
      }
    }
  }
}

/** @throws CallCancelled as soon as the signal is aborted; the work goes on without us */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new CallCancelled('The call was given up.'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', onAbort));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
