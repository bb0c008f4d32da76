import type { JSX, ReactNode } from 'react';

/** A titled part of a page, set off by a hairline. */
export function Section({
  title,
  actions,
  children,
}: {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <section className="min-w-0 border-b border-line px-4 py-4 sm:px-6">
      <div className="flex min-h-8 flex-wrap items-center gap-2 pb-2">
        <h2 className="text-14">{title}</h2>
        {actions === undefined ? null : <div className="ml-auto flex gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
