import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Scope } from '../api/client.ts';
import { openLive } from '../api/live.ts';
import { sessionQuery } from '../api/session.ts';
import type { Session } from '../api/types.ts';
import { useScopeNames } from './frame.tsx';

/** The session of pages that exist only when signed in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error('This page needs somebody signed in.');
  return data;
}

export function useScope(): Scope {
  const { accountId } = useSession();
  const { org, project } = useScopeNames();
  return { accountId, org, project };
}

/** Changes in quick succession are answered by one look. */
const GATHER_MS = 150;

/**
 * Keeps lists of a project true: each change the server tells of makes the named queries ask again. After a lost connection
 * everything is asked once, since something may have been missed.
 */
export function useLiveProject(scope: Scope, ...keys: readonly string[]): void {
  const client = useQueryClient();
  const wanted = keys.join(' ');
  const { org, project } = scope;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;
    const refresh = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const key of wanted.split(' ')) void client.invalidateQueries({ queryKey: [key] });
      }, GATHER_MS);
    };
    const close = openLive(`/bridle/api/projects/${org}/${project}/events`, refresh, (state) => {
      if (state === 'live' && wasLost) refresh();
      wasLost = state === 'lost' || (wasLost && state !== 'live');
    });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [client, org, project, wanted]);
}
