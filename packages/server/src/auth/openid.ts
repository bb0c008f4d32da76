/**
 * Signing in by a provider of OpenID Connect: authorization code with PKCE, state and nonce; the ID token's signature is
 * checked, though it comes straight from the provider.
 *
 * - O1 The provider may be away: it is looked for at the start and again until it is found, and when somebody wants to sign in.
 * - O2 A sign-in comes back to the browser that began it, once: it holds half of what the database has the hash of.
 */
import type * as OpenIdClient from 'openid-client';
import type { Database } from '../store/database.ts';
import { insertSignInFlow, takeSignInFlow } from '../store/identities.ts';
import { isLocal } from './loopback.ts';
import { hashSecret, makeSecret } from './secrets.ts';

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent = a public client. */
  readonly clientSecret?: string;
  readonly scopes: string;
  /** What people know the provider by. */
  readonly name: string;
  /** A user who is new here is made. */
  readonly createsUsers: boolean;
  /** Role of the account that such a user is given, beside what everybody has. */
  readonly role?: string;
  /** A user who is here already is theirs whose verified e-mail address it has. */
  readonly linksByEmail: boolean;
  readonly groups?: GroupMapping;
}

export interface GroupMapping {
  /** Claim with the names of groups at the provider. */
  readonly claim: string;
  /** Name at the provider → identifier of a user group of the account. */
  readonly groups: ReadonlyMap<string, string>;
}

/** Who somebody is, by the provider's word. */
export interface OpenIdPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  /** User groups of the account, of those that are mapped. */
  readonly groups: readonly string[];
}

export type OpenIdReturn =
  | { readonly kind: 'person'; readonly person: OpenIdPerson; readonly continueAt: string }
  /** Unknown, late, or of another browser. */
  | { readonly kind: 'lost' }
  /** The person, or the provider, said no. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface OpenId {
  readonly settings: OpenIdSettings;
  /** Where the browser goes; and what it holds until it comes back. @throws OpenIdAwayError */
  begin(returnUrl: string, continueAt: string): Promise<{ readonly url: string; readonly flow: string }>;
  /** @param url - with which the browser came back @throws OpenIdAwayError */
  finish(url: URL, flow: string | undefined): Promise<OpenIdReturn>;
  /** Where a browser signs out of the provider; `undefined` when the provider has no such place, or is away. */
  signOutUrl(returnUrl: string): string | undefined;
  stop(): Promise<void>;
}

/** The provider cannot be reached, or is none. */
export class OpenIdAwayError extends Error {
  override readonly name = 'OpenIdAwayError';

  constructor(cause: unknown) {
    super(`The provider of OpenID Connect does not answer: ${textOf(cause)}`, { cause });
  }
}

export const FLOW_LIFETIME_MS = 600_000;
const TIMEOUT_S = 10;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
const NAME_LENGTH_MAX = 128;

export interface OpenIdOptions {
  readonly db: Database;
  readonly settings: OpenIdSettings;
  readonly onAway: (error: unknown) => void;
}

export function createOpenId({ db, settings, onAway }: OpenIdOptions): OpenId {
  const stopping = new AbortController();
  let found: Found | undefined;
  let looking: Promise<Found> | undefined;

  const configuration = async (): Promise<Found> => {
    if (found !== undefined) return found;
    looking ??= discover(settings).finally(() => {
      looking = undefined;
    });
    found = await looking;
    return found;
  };
  // O1
  const watching = (async (): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        await configuration();
        return;
      } catch (error) {
        onAway(error);
      }
      await pause(pauseMs, stopping.signal);
    }
  })();

  return {
    settings,
    begin: async (returnUrl, continueAt) => {
      const { client, config } = await reach(configuration());
      const flow = makeSecret();
      const verifier = client.randomPKCECodeVerifier();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: returnUrl,
        scope: settings.scopes,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: stateOf(flow),
        nonce,
      });
      await insertSignInFlow(db, hashSecret(flow), { nonce, verifier, continueAt }, FLOW_LIFETIME_MS);
      return { url: url.href, flow };
    },
    finish: async (url, flow) => {
      // O2
      if (flow === undefined || url.searchParams.get('state') !== stateOf(flow)) return { kind: 'lost' };
      const kept = await takeSignInFlow(db, hashSecret(flow));
      if (kept === undefined) return { kind: 'lost' };
      const provider = await reach(configuration());
      try {
        const tokens = await provider.client.authorizationCodeGrant(provider.config, url, {
          pkceCodeVerifier: kept.verifier,
          expectedState: stateOf(flow),
          expectedNonce: kept.nonce,
          idTokenExpected: true,
        });
        return { kind: 'person', person: await personOf(provider, settings, tokens), continueAt: kept.continueAt };
      } catch (error) {
        return { kind: 'refused', reason: textOf(error) };
      }
    },
    signOutUrl: (returnUrl) => {
      if (found?.config.serverMetadata().end_session_endpoint === undefined) return undefined;
      return found.client.buildEndSessionUrl(found.config, { post_logout_redirect_uri: returnUrl }).href;
    },
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

interface Found {
  /** Loaded by those alone who have a provider. */
  readonly client: typeof OpenIdClient;
  readonly config: OpenIdClient.Configuration;
}

async function discover({ issuer, clientId, clientSecret }: OpenIdSettings): Promise<Found> {
  const client = await import('openid-client');
  const url = new URL(issuer);
  const config = await client.discovery(
    url,
    clientId,
    undefined,
    clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret),
    {
      timeout: TIMEOUT_S,
      // For a provider on this machine only: settings take no other without TLS.
      ...(url.protocol === 'http:' && isLocal(url) ? { execute: [client.allowInsecureRequests] } : {}),
    },
  );
  client.enableNonRepudiationChecks(config);
  return { client, config };
}

/** Claims that the ID token lacks are asked for. */
async function personOf(
  { client, config }: Found,
  { groups }: OpenIdSettings,
  tokens: OpenIdClient.TokenEndpointResponse & OpenIdClient.TokenEndpointResponseHelpers,
): Promise<OpenIdPerson> {
  const idClaims = tokens.claims();
  if (idClaims === undefined) throw new Error('The provider sent no ID token.');
  const isAll = typeof idClaims['email'] === 'string' && (groups === undefined || groups.claim in idClaims);
  const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
  const more = isAll || !hasUserInfo ? {} : await client.fetchUserInfo(config, tokens.access_token, idClaims.sub);
  const claims: Readonly<Record<string, unknown>> = { ...more, ...idClaims };
  const text = (name: string): string | undefined => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' && !value.includes('\0') ? value.trim() : undefined;
  };
  const email = text('email');
  const name = text('name') ?? text('preferred_username') ?? email ?? idClaims.sub;
  return {
    issuer: idClaims.iss,
    subject: idClaims.sub,
    name: name.slice(0, NAME_LENGTH_MAX),
    email,
    isEmailVerified: claims['email_verified'] === true,
    groups: groups === undefined ? [] : mappedGroups(groups, claims[groups.claim]),
  };
}

function mappedGroups({ groups }: GroupMapping, claim: unknown): readonly string[] {
  const names = (Array.isArray(claim) ? (claim as readonly unknown[]) : [claim]).filter(
    (name) => typeof name === 'string',
  );
  return [...new Set(names.flatMap((name) => groups.get(name) ?? []))];
}

/** The state says nothing of what the browser holds. */
function stateOf(flow: string): string {
  return hashSecret(`state ${flow}`);
}

async function reach<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new OpenIdAwayError(error);
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
