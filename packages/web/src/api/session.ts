import { queryOptions } from '@tanstack/react-query';
import { ApiError, call } from './client.ts';
import type { Session } from './types.ts';

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

/** By a token (`pat.…`) or the one-time code of a sign-in link. */
export function signIn(credential: { readonly token: string } | { readonly code: string }): Promise<Session> {
  return call<Session>('/bridle/api/session', { method: 'POST', body: credential });
}

export function signOut(): Promise<unknown> {
  return call('/bridle/api/session', { method: 'DELETE' });
}
