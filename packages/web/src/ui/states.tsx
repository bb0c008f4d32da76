/** What a page shows when it has nothing to show: loading, empty, or wrong. */
import { RefreshCw } from 'lucide-react';
import type { JSX, ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { Button } from './controls.tsx';

export function Loading({ rows = 6 }: { readonly rows?: number }): JSX.Element {
  return (
    <div role="status" aria-label="Loading" className="grid gap-2 p-4">
      {Array.from({ length: rows }, (_, index) => (
        <div
          key={index}
          className="breathing h-5 rounded bg-raised"
          style={{ width: `${90 - ((index * 17) % 45)}%` }}
        />
      ))}
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}): JSX.Element {
  return (
    <div className="mx-auto grid max-w-lg justify-items-center gap-2 px-4 py-12 text-center">
      <h2 className="text-16">{title}</h2>
      {children === undefined ? null : <p className="m-0 text-muted">{children}</p>}
      {action === undefined ? null : <div className="pt-2">{action}</div>}
    </div>
  );
}

export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }): JSX.Element {
  const isKnown = error instanceof ApiError;
  return (
    <div role="alert" className="mx-auto grid max-w-lg justify-items-center gap-2 px-4 py-12 text-center">
      <h2 className="text-16">{isKnown && error.status === 404 ? 'Not found' : 'This could not be loaded'}</h2>
      <p className="m-0 text-muted">{error instanceof Error ? error.message : String(error)}</p>
      {isKnown && error.correlationId !== '' ? (
        <p className="m-0 font-mono text-12 text-faint">{error.correlationId}</p>
      ) : null}
      {onRetry === undefined ? null : (
        <Button onClick={onRetry}>
          <RefreshCw size={14} aria-hidden /> Try again
        </Button>
      )}
    </div>
  );
}
