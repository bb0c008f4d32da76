/** Makes of what a connector says what git can use, and has all of it masked. */
import type { StepContext } from '../executor.ts';
import type { Remote } from './remote.ts';

/** @throws CloneFailed, CloneCancelled */
export async function signIn(remote: Remote, context: StepContext): Promise<Remote> {
  const signedIn = remote.login.kind === 'githubApp' ? await asInstallation(remote, context) : remote;
  const { login } = signedIn;
  if (login.kind === 'password' && login.password !== '') {
    context.mask.add(login.password);
    // As HTTP carries it.
    context.mask.add(Buffer.from(`${login.username}:${login.password}`).toString('base64'));
  }
  return signedIn;
}

async function asInstallation(remote: Remote, context: StepContext): Promise<Remote> {
  if (remote.login.kind !== 'githubApp') return remote;
  const { installationToken } = await import('./github-app.ts');
  const password = await installationToken(remote.login, remote, context);
  return { ...remote, login: { kind: 'password', username: 'x-access-token', password } };
}
