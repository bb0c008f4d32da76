import { queryOptions } from '@tanstack/react-query';
import { ApiError, call } from './client.ts';
import type { BrowserSession, Session, SignInWays } from './types.ts';

/** Who is signed in; null = nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Infinity,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await call<Session>('/bridle/api/session', { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

/** How one can sign in here, beside tokens and links. */
export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in ways'],
  queryFn: ({ signal }) => call<SignInWays>('/bridle/api/sign-in', { signal }),
});

/** The browsers in which one is signed in. */
export const browserSessionsQuery = queryOptions({
  queryKey: ['browser sessions'],
  queryFn: ({ signal }) => call<readonly BrowserSession[]>('/bridle/api/sessions', { signal }),
});

export type Credential =
  /** `pat.…` */
  | { readonly token: string }
  /** Of a sign-in link; works once. */
  | { readonly code: string }
  | { readonly email: string; readonly password: string; readonly newPassword?: string };

export function signIn(credential: Credential): Promise<Session> {
  return call<Session>('/bridle/api/session', { method: 'POST', body: credential });
}

/** Answers with where one signs out of the provider too, if it signed one in. */
export async function signOut(): Promise<string | null> {
  const { continueAt } = await call<{ readonly continueAt: string | null }>('/bridle/api/session', {
    method: 'DELETE',
  });
  return continueAt;
}

export function endBrowserSession(id: string): Promise<unknown> {
  return call(`/bridle/api/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export function endOtherSessions(): Promise<unknown> {
  return call('/bridle/api/sessions', { method: 'DELETE', query: { keepCurrent: true } });
}

export function choosePassword(passwords: {
  readonly currentPassword?: string;
  readonly newPassword: string;
}): Promise<'PASSWORD_CHANGED' | 'INCORRECT_CURRENT_PASSWORD' | 'PASSWORD_STRENGTH_VIOLATED'> {
  return call('/ng/api/user/password', { method: 'PUT', body: passwords });
}
