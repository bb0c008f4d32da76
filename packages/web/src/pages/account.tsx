import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type JSX } from 'react';
import {
  browserSessionsQuery,
  choosePassword,
  endBrowserSession,
  endOtherSessions,
  sessionQuery,
} from '../api/session.ts';
import type { BrowserSession } from '../api/types.ts';
import { Button, Field, TextInput } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { Section } from '../ui/section.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';

/** One's own password, and the browsers in which one is signed in. */
export function AccountPage(): JSX.Element {
  const { data } = useQuery(sessionQuery);
  return (
    <>
      <PageHead title="Your account" facts={<span>{data?.user.email}</span>} />
      <Section title="Password">
        <PasswordForm hasPassword={data?.user.hasPassword ?? false} />
      </Section>
      <Section title="Signed-in browsers">
        <Browsers />
      </Section>
    </>
  );
}

type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'problem'; readonly field: 'current' | 'new'; readonly text: string };

function PasswordForm({ hasPassword }: { readonly hasPassword: boolean }): JSX.Element {
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const [isBusy, setBusy] = useState(false);
  const client = useQueryClient();

  const choose = async (): Promise<void> => {
    setBusy(true);
    try {
      const passwords = hasPassword ? { currentPassword: current, newPassword: fresh } : { newPassword: fresh };
      setOutcome(outcomeOf(await choosePassword(passwords)));
      await Promise.all([
        client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
        client.invalidateQueries({ queryKey: browserSessionsQuery.queryKey }),
      ]);
    } catch (error) {
      setOutcome({ kind: 'problem', field: 'new', text: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
      setCurrent('');
      setFresh('');
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void choose();
  };
  const problemOf = (field: 'current' | 'new'): string | undefined =>
    outcome?.kind === 'problem' && outcome.field === field ? outcome.text : undefined;

  return (
    <form onSubmit={submit} className="grid max-w-md gap-4">
      {hasPassword ? (
        <Field label="Current password" htmlFor="current-password" error={problemOf('current')}>
          <TextInput
            id="current-password"
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
      ) : null}
      <Field
        label="New password"
        htmlFor="new-password"
        error={problemOf('new')}
        hint="At least 12 characters. You are signed out in all other browsers."
      >
        <TextInput
          id="new-password"
          type="password"
          autoComplete="new-password"
          required
          value={fresh}
          onChange={(event) => setFresh(event.target.value)}
        />
      </Field>
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" disabled={isBusy || fresh === '' || (hasPassword && current === '')}>
          {hasPassword ? 'Change password' : 'Set password'}
        </Button>
        {outcome?.kind === 'done' ? <span role="status">Your password is set.</span> : null}
      </div>
    </form>
  );
}

function outcomeOf(result: Awaited<ReturnType<typeof choosePassword>>): Outcome {
  switch (result) {
    case 'PASSWORD_CHANGED':
      return { kind: 'done' };
    case 'INCORRECT_CURRENT_PASSWORD':
      return { kind: 'problem', field: 'current', text: 'This is not your current password.' };
    case 'PASSWORD_STRENGTH_VIOLATED':
      return {
        kind: 'problem',
        field: 'new',
        text: 'Choose another one: at least 12 characters, and not the same few.',
      };
  }
}

function Browsers(): JSX.Element {
  const { data, error, refetch } = useQuery(browserSessionsQuery);
  const end = async (what: Promise<unknown>): Promise<void> => {
    await what;
    await refetch();
  };
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={2} />;
  return (
    <>
      <ul className="m-0 list-none p-0" aria-label="Signed-in browsers">
        {data.map((session) => (
          <BrowserLine key={session.id} session={session} onEnd={() => void end(endBrowserSession(session.id))} />
        ))}
      </ul>
      {data.length > 1 ? (
        <Button look="danger" className="mt-3" onClick={() => void end(endOtherSessions())}>
          Sign out everywhere else
        </Button>
      ) : null}
    </>
  );
}

function BrowserLine({
  session,
  onEnd,
}: {
  readonly session: BrowserSession;
  readonly onEnd: () => void;
}): JSX.Element {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2 text-13">
      <span className="min-w-0 flex-1 truncate" title={session.userAgent}>
        {session.userAgent || 'Unknown browser'}
      </span>
      <span className="text-muted">{session.address}</span>
      <span className="text-muted">
        used <RelativeTime at={session.lastUsedAt} />
      </span>
      {session.current ? (
        <span className="font-semibold">This browser</span>
      ) : (
        <Button onClick={onEnd}>Sign out</Button>
      )}
    </li>
  );
}
