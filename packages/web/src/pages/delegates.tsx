import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { delegatesQuery, type DelegateRow } from '../api/queries.ts';
import { useLiveProject, useScope } from '../app/scope.ts';
import { PageHead } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';

const LOOKS: Readonly<Record<DelegateRow['status'], { readonly tone: string; readonly word: string }>> = {
  connected: { tone: 'tone-green', word: 'Connected' },
  disconnected: { tone: 'tone-orange', word: 'Not connected' },
  left: { tone: 'tone-grey', word: 'Stopped' },
};

export function DelegatesPage(): JSX.Element {
  const scope = useScope();
  const { data, error, refetch } = useQuery(delegatesQuery(scope));
  useLiveProject(scope, 'delegates');
  return (
    <>
      <PageHead title="Delegates" facts={<span>the processes that do the steps’ work</span>} />
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.length === 0 ? (
        <Empty title="No delegate has registered">
          Steps wait until one does. <code>npm start</code> brings one along;{' '}
          <code>npm run delegate -- --url … --token-file …</code> starts another, on any machine that reaches this
          server.
        </Empty>
      ) : null}
      <ul className="m-0 list-none p-0">
        {data?.map((delegate) => (
          <DelegateLine key={delegate.id} delegate={delegate} />
        ))}
      </ul>
    </>
  );
}

function DelegateLine({ delegate }: { readonly delegate: DelegateRow }): JSX.Element {
  const look = LOOKS[delegate.status];
  return (
    <li className="grid gap-1 border-b border-line px-4 py-3 text-13 sm:px-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="text-14 font-semibold">{delegate.name}</span>
        <span
          className={`${look.tone} rounded-full border border-(--tone-line) bg-(--tone-bg) px-2 text-(--tone-text)`}
        >
          {look.word}
        </span>
        <span className="text-muted">
          {delegate.runningTasks} of {delegate.capacity} tasks
        </span>
        <span className="ml-auto text-muted">
          last heard of <RelativeTime at={delegate.lastHeartbeatAt} />
        </span>
      </div>
      <div className="flex flex-wrap gap-x-4 gap-y-1 text-muted">
        <span>
          {delegate.hostName} · {delegate.os} {delegate.arch} · {delegate.version}
        </span>
        <span>shells: {delegate.shells.join(', ') || 'none'}</span>
        {delegate.tags.length === 0 ? null : <span>tags: {delegate.tags.join(', ')}</span>}
      </div>
    </li>
  );
}
