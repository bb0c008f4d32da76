import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent, type JSX } from 'react';
import { ApiError } from '../api/client.ts';
import { sessionQuery, signIn } from '../api/session.ts';
import { Button, Field, TextInput } from '../ui/controls.tsx';

/** Sign-in by the token that the first start printed, or by a one-time link (`/login?code=…`). */
export function LoginPage(): JSX.Element {
  const { code, to } = useSearch({ from: '/login' });
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(code !== undefined);
  const client = useQueryClient();
  const navigate = useNavigate();

  const enter = async (credential: Parameters<typeof signIn>[0]): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      client.setQueryData(sessionQuery.queryKey, await signIn(credential));
      // Only addresses of this site: a link must not send a fresh session elsewhere.
      await navigate({ to: to?.startsWith('/') === true && !to.startsWith('//') ? to : '/', replace: true });
    } catch (error) {
      setProblem(problemOf(error, 'code' in credential));
      setBusy(false);
    }
  };

  useEffect(() => {
    if (code !== undefined) void enter({ code });
    // The code works once; it is tried when the page opens and never again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void enter({ token: token.trim() });
  };

  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-6 px-4 py-12">
      <div className="flex items-center gap-3">
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1 className="text-28">bridle</h1>
      </div>
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
            autoComplete="current-password"
            autoFocus
            required
            value={token}
            aria-invalid={problem !== undefined}
            onChange={(event) => setToken(event.target.value)}
          />
        </Field>
        <Button type="submit" look="primary" disabled={isBusy || token.trim() === ''}>
          {isBusy ? 'Signing in' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}

function problemOf(error: unknown, isLink: boolean): string {
  if (error instanceof ApiError && error.status === 401) {
    return isLink
      ? 'This link was used already, or is too old. Paste the token instead.'
      : 'No such token. Copy it whole, from pat. to its last character.';
  }
  return error instanceof Error ? error.message : String(error);
}
