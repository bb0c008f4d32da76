/**
 * The delegate's standing with the server: registers, keeps the identity, and carries calls over outages.
 *
 * - S1 One incarnation per process: the server takes a new one as proof that the old process is dead.
 * - S2 410 means that the server does not know this incarnation (any more): register again, then repeat the call.
 */
import type { RegisterRequest, RegisterResponse } from '@bridle/protocol';
import type { Logger } from 'pino';
import { backoffMs, pause } from './backoff.ts';
import { CallCancelled, OutageError, type Answer, type ServerClient } from './client.ts';

const CALL_TIMEOUT_MS = 30_000;
/** An outage is logged at its first failure and then now and then. */
const LOG_EVERY = 20;

/** The server does not accept the token or the registration. Needs a person. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
}

export interface PostOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** False = one attempt only; an outage is thrown. Default true: repeated until answered. */
  readonly isPersistent?: boolean;
}

export class Session {
  readonly #client: ServerClient;
  readonly #request: RegisterRequest;
  readonly #log: Logger;
  #registration: RegisterResponse | undefined;
  #registering: Promise<RegisterResponse> | undefined;
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

  /** @throws RegistrationRefused, CallCancelled */
  async register(signal?: AbortSignal): Promise<RegisterResponse> {
    this.#registering ??= this.#register(signal).finally(() => (this.#registering = undefined));
    return this.#registering;
  }

  async #register(signal: AbortSignal | undefined): Promise<RegisterResponse> {
    const answer = await this.#attempts('register', () => this.#request, signal, CALL_TIMEOUT_MS, true);
    if (answer.kind === 'refused') {
      const isToken = answer.status === 401 || answer.status === 403;
      throw new RegistrationRefused(
        isToken
          ? `The server does not accept the delegate token (${answer.status}): ${answer.message}`
          : `The server refused to register this delegate (${answer.status}): ${answer.message}`,
      );
    }
    const registration = answer.body as RegisterResponse;
    this.#registration = registration;
    this.#log.info({ delegateId: registration.delegateId, abandoned: registration.abandoned.length }, 'registered');
    this.onRegistered(registration);
    return registration;
  }

  /**
   * Calls `/{delegateId}/{path}`. The incarnation is added to `body`.
   * @throws CallCancelled, RegistrationRefused; OutageError only when not persistent
   */
  async post(path: string, body: object, options: PostOptions = {}): Promise<Answer> {
    for (;;) {
      const asked = this.registration;
      const answer = await this.#attempts(
        `${encodeURIComponent(asked.delegateId)}/${path}`,
        () => ({ incarnation: this.incarnation, ...body }),
        options.signal,
        options.timeoutMs ?? CALL_TIMEOUT_MS,
        options.isPersistent ?? true,
      );
      const isUnknown = answer.kind === 'refused' && (answer.status === 410 || answer.status === 401);
      if (!isUnknown) return answer;
      // Whoever finds out first registers; the others only repeat.
      if (this.#registration === asked) await this.register(options.signal);
    }
  }

  async #attempts(
    path: string,
    body: () => object,
    signal: AbortSignal | undefined,
    timeoutMs: number,
    isPersistent: boolean,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#client.post(path, body(), { signal, timeoutMs });
        if (attempt > 1) this.#log.info({ call: lastPart(path), attempt }, 'the server answers again');
        return answer;
      } catch (error) {
        if (!(error instanceof OutageError) || !isPersistent) throw error;
        if (attempt % LOG_EVERY === 1)
          this.#log.warn({ call: lastPart(path), attempt, reason: error.message }, 'the server cannot be reached');
        await pause(error.retryAfterMs ?? backoffMs(attempt), signal);
        if (signal?.aborted === true) throw new CallCancelled('The call was given up.');
      }
    }
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
