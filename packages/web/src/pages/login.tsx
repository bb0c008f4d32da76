import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent, type JSX } from 'react';
import { ApiError } from '../api/client.ts';
import { sessionQuery, signIn, signInWaysQuery, type Credential } from '../api/session.ts';
import { Button, Field, TextInput } from '../ui/controls.tsx';

/** What the server says in the address when a provider's answer did not sign in. */
const PROBLEMS: Readonly<Record<string, string>> = {
  away: 'The sign-in provider does not answer. Try again in a moment, or sign in another way.',
  lost: 'This sign-in took too long, or was begun in another browser. Begin it again.',
  refused: 'The sign-in provider refused.',
  unknown: 'You are not known here yet. An administrator has to invite you.',
  taken: 'Somebody here has your e-mail address already. An administrator can help.',
  disabled: 'Your account is disabled here.',
  noEmail: 'The sign-in provider did not tell your e-mail address.',
};

/** Sign-in by password, by a provider, by an access token, or by a one-time link (`/login?code=…`). */
export function LoginPage(): JSX.Element {
  const { code, to, problem: returned } = useSearch({ from: '/login' });
  const { data: ways, isPending } = useQuery(signInWaysQuery);
  const [chosen, setChosen] = useState<'password' | 'token'>();
  const [problem, setProblem] = useState(returned === undefined ? undefined : PROBLEMS[returned]);
  const [isNewNeeded, setNewNeeded] = useState(false);
  const [isBusy, setBusy] = useState(code !== undefined);
  const client = useQueryClient();
  const navigate = useNavigate();
  // Only addresses of this site: a link must not send a fresh session elsewhere.
  const target = to?.startsWith('/') === true && !to.startsWith('//') ? to : '/';

  const enter = async (credential: Credential): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      client.setQueryData(sessionQuery.queryKey, await signIn(credential));
      await navigate({ to: target, replace: true });
    } catch (error) {
      const isOneTime = error instanceof ApiError && error.code === 'PASSWORD_EXPIRED';
      if (isOneTime) setNewNeeded(true);
      setProblem(isOneTime ? undefined : problemOf(error, credential));
      setBusy(false);
    }
  };

  useEffect(() => {
    if (code !== undefined) void enter({ code });
    // The code works once; it is tried when the page opens and never again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const way = chosen ?? (ways?.password === true ? 'password' : 'token');
  const openId = ways?.openId ?? null;
  const form = { problem, isBusy, onEnter: enter };
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-6 px-4 py-12">
      <div className="flex items-center gap-3">
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1 className="text-28">bridle</h1>
      </div>
      {openId === null ? null : (
        <a
          href={`${openId.url}?to=${encodeURIComponent(target)}`}
          className="inline-flex h-8 items-center justify-center rounded bg-accent px-3 text-13 font-semibold text-on-accent no-underline hover:bg-accent-hover"
        >
          Continue with {openId.name}
        </a>
      )}
      {isPending ? null : way === 'password' ? (
        <PasswordForm {...form} isNewNeeded={isNewNeeded} />
      ) : (
        <TokenForm {...form} />
      )}
      {isPending ? null : (
        <Button
          look="quiet"
          className="justify-self-start"
          onClick={() => {
            setProblem(undefined);
            setChosen(way === 'password' ? 'token' : 'password');
          }}
        >
          {way === 'password' ? 'Use an access token' : 'Use a password'}
        </Button>
      )}
    </main>
  );
}

interface FormProps {
  readonly problem: string | undefined;
  readonly isBusy: boolean;
  readonly onEnter: (credential: Credential) => Promise<void>;
}

function PasswordForm({
  problem,
  isBusy,
  onEnter,
  isNewNeeded,
}: FormProps & { readonly isNewNeeded: boolean }): JSX.Element {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void onEnter({ email: email.trim(), password, ...(isNewNeeded ? { newPassword } : {}) });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="E-mail address" htmlFor="email">
        <TextInput
          id="email"
          type="text"
          inputMode="email"
          autoComplete="username"
          autoFocus
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Password" htmlFor="password" error={isNewNeeded ? undefined : problem}>
        <TextInput
          id="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          aria-invalid={problem !== undefined && !isNewNeeded}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {isNewNeeded ? (
        <Field
          label="New password"
          htmlFor="new-password"
          error={problem}
          hint="Your password was given by somebody else. Choose one that only you know, of at least 12 characters."
        >
          <TextInput
            id="new-password"
            type="password"
            autoComplete="new-password"
            autoFocus
            required
            value={newPassword}
            aria-invalid={problem !== undefined}
            onChange={(event) => setNewPassword(event.target.value)}
          />
        </Field>
      ) : null}
      <SubmitButton isBusy={isBusy} isEmpty={email.trim() === '' || password === ''} />
    </form>
  );
}

function TokenForm({ problem, isBusy, onEnter }: FormProps): JSX.Element {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void onEnter({ token: token.trim() });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label="Access token"
        htmlFor="token"
        error={problem}
        hint={
          <>
            The first start printed it (<code>pat.…</code>); it also lies in the file <code>admin-token</code> of
            Bridle’s home folder.
          </>
        }
      >
        <TextInput
          id="token"
          type="password"
          autoComplete="off"
          autoFocus
          required
          value={token}
          aria-invalid={problem !== undefined}
          onChange={(event) => setToken(event.target.value)}
        />
      </Field>
      <SubmitButton isBusy={isBusy} isEmpty={token.trim() === ''} />
    </form>
  );
}

function SubmitButton({ isBusy, isEmpty }: { readonly isBusy: boolean; readonly isEmpty: boolean }): JSX.Element {
  return (
    <Button type="submit" look="primary" disabled={isBusy || isEmpty}>
      {isBusy ? 'Signing in' : 'Sign in'}
    </Button>
  );
}

function problemOf(error: unknown, credential: Credential): string {
  if (error instanceof ApiError && error.status === 401) {
    if ('code' in credential) return 'This link was used already, or is too old. Sign in another way.';
    if ('token' in credential) return 'No such token. Copy it whole, from pat. to its last character.';
  }
  return error instanceof Error ? error.message : String(error);
}
