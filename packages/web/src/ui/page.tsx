import type { JSX, ReactNode } from 'react';

/** Title, facts in one line, actions: the head of every page. */
export function PageHead({
  title,
  facts,
  actions,
  above,
}: {
  readonly title: ReactNode;
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
  /** A line of links that lead back up. */
  readonly above?: ReactNode;
}): JSX.Element {
  return (
    <div className="border-b border-line px-4 py-3 sm:px-6">
      {above === undefined ? null : <div className="pb-1 text-13 text-muted">{above}</div>}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="flex min-w-0 items-center gap-2 text-20">{title}</h1>
        {facts === undefined ? null : (
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-13 text-muted">{facts}</div>
        )}
        {actions === undefined ? null : <div className="ml-auto flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
