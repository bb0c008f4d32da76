/**
 * Gives tasks to delegates: registration, the long-poll, leases, and the reports that come back. Wire shapes are those of
 * `protocol/src/delegate.ts`; `createDispatch` (create-dispatch.ts) is the implementation.
 *
 * Invariants: D1, D2, D3, T1, N1 of docs/ARCHITECTURE.md; each is kept by a statement of `store/` under a row lock.
 */
import type {
  CompleteRequest,
  HeartbeatRequest,
  HeartbeatResponse,
  LeaveRequest,
  PollRequest,
  PollResponse,
  RegisterRequest,
  RegisterResponse,
  StartedRequest,
} from '@bridle/protocol';
import type { ListedToken } from '../store/delegate-tokens.ts';
import type { ErrandRequest, ErrandResult } from './errands.ts';
import type { DelegateChannel } from './task-dresser.ts';

/** Who holds a delegate token, and what it may serve: the account, one organization, or one project. */
export interface TokenScope {
  readonly tokenId: string;
  readonly accountId: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

export type Refusal =
  /** Another process took this delegate's place, it has left, or it is not registered under this token: register again (410). */
  | { readonly kind: 'gone' }
  /** The report is stale (409). */
  | { readonly kind: 'stale'; readonly message: string }
  /** The delegate's version is too far from the server's (426). */
  | { readonly kind: 'outdated'; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string };

export type Answer<Body> = { readonly kind: 'ok'; readonly body: Body } | Refusal;

export interface NewToken {
  readonly name: string;
  /** As people are named in lists. */
  readonly createdBy?: string;
  /** When it ends by itself, in epoch milliseconds. */
  readonly revokeAfter?: number;
}

export interface DelegateInfo {
  readonly delegateId: string;
  readonly name: string;
  /** Of its registration; replicas with one name are one group. */
  readonly tokenId: string;
  readonly tags: readonly string[];
  /** Words of requirements.ts. */
  readonly capabilities: readonly string[];
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly version: string;
  readonly hostName: string;
  readonly os: string;
  readonly arch: string;
  readonly shells: readonly string[];
  readonly binaries?: readonly string[];
  readonly docker?: { readonly version: string; readonly os: string; readonly arch: string };
  readonly capacity: number;
  readonly registeredAt: number;
  readonly heartbeatAt: number;
  /** `disconnected`: silent for longer than a lease (D3). `left`: it said that it goes, or its token was revoked. */
  readonly state: 'connected' | 'disconnected' | 'left';
  /** Tasks it holds now. */
  readonly tasks: number;
}

export interface Dispatch {
  /** The token's scope, or `undefined` for an unknown or revoked one. */
  authenticate(bearer: string): Promise<TokenScope | undefined>;
  register(token: TokenScope, request: RegisterRequest): Promise<Answer<RegisterResponse>>;
  /** Answers at once when there is work or a cancellation, else after `waitMs` or when `signal` aborts. */
  poll(
    token: TokenScope,
    delegateId: string,
    request: PollRequest,
    signal: AbortSignal,
    channel: DelegateChannel,
  ): Promise<Answer<PollResponse>>;
  heartbeat(token: TokenScope, delegateId: string, request: HeartbeatRequest): Promise<Answer<HeartbeatResponse>>;
  started(
    token: TokenScope,
    delegateId: string,
    taskId: string,
    request: StartedRequest,
  ): Promise<Answer<Record<string, never>>>;
  complete(
    token: TokenScope,
    delegateId: string,
    taskId: string,
    request: CompleteRequest,
  ): Promise<Answer<Record<string, never>>>;
  /** Whether this process is the registered one: what it sends to other rooms (logs) counts only then. */
  isRegistered(token: TokenScope, delegateId: string, incarnation: string): Promise<boolean>;
  /** Whether there is such a delegate in the token's account, living or not. */
  isOfAccount(token: TokenScope, delegateId: string): Promise<boolean>;
  leave(token: TokenScope, delegateId: string, request: LeaveRequest): Promise<Answer<Record<string, never>>>;
  /** Delegates that may serve the scope; those that have left are listed for a day. */
  listDelegates(scope: {
    readonly accountId: string;
    readonly orgIdentifier?: string;
    readonly projectIdentifier?: string;
  }): Promise<readonly DelegateInfo[]>;
  /** Makes a token and returns its plaintext, shown once. A name that is taken gets a number. */
  createToken(
    scope: Omit<TokenScope, 'tokenId'>,
    name: string,
  ): Promise<{ readonly tokenId: string; readonly secret: string }>;
  /** The same with everything a person says about it; `undefined` when the name is taken. */
  addToken(
    scope: Omit<TokenScope, 'tokenId'>,
    token: NewToken,
  ): Promise<{ readonly token: ListedToken; readonly secret: string } | undefined>;
  /** Ends a token and sends its delegates away: at once here, and within a second elsewhere. */
  revokeToken(accountId: string, tokenId: string): Promise<boolean>;
  /** A delegate does something outside of executions for somebody who waits for it. */
  runErrand(request: ErrandRequest, signal: AbortSignal): Promise<ErrandResult>;
  /** Ends the long-polls and the loop; delegates poll another replica. */
  close(): Promise<void>;
}
