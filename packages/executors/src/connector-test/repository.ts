/** Git connectors: `git ls-remote`, in the same world as clones (git-home.ts). */
import type { StepConnector, StepContext } from '../executor.ts';
import { readCloneSpec } from '../git/clone-spec.ts';
import { Git } from '../git/git-command.ts';
import { CloneCancelled, CloneFailed, classify } from '../git/git-failure.ts';
import { makeGitHome } from '../git/git-home.ts';
import { readRemote, type Remote } from '../git/remote.ts';
import { signIn } from '../git/sign-in.ts';
import { StepLog } from '../step-log.ts';
import { SpecError } from '../step-spec.ts';
import { TestCancelled, TestFailed } from './test-failed.ts';

/** @param repoName - needed where the connector is of a whole account */
export async function testRepository(
  connector: StepConnector,
  context: StepContext,
  repoName: string | undefined,
): Promise<void> {
  const kinds = [connector.spec['connectionType'], connector.spec['type']];
  if (repoName === undefined && (kinds.includes('Account') || kinds.includes('Project'))) {
    throw new SpecError(
      `The connector ${connector.identifier} is of a whole account: say in validationRepo which repository to try.`,
    );
  }
  const { settings } = context.host;
  const remote = await signedIn(readRemote(connector, repoName, settings.git.isFileUrlAllowed), context);
  // What a clone of it would be asked for; only its world is made of it.
  const spec = readCloneSpec({
    connectorRef: connector.identifier,
    build: { type: 'branch', spec: { branch: 'main' } },
  });
  const home = makeGitHome(context.workspace, remote, spec, settings);
  try {
    const folder = { path: context.workspace.scratch, shown: '.', wasCloned: false };
    const git = new Git(
      { context, log: new StepLog(context.log), environment: home.environment, url: remote.url },
      folder,
    );
    const end = await git.try(['ls-remote', '--heads', '--quiet', '--', remote.url]);
    if (end.exitCode === 0) return;
    const { message, types } = classify(end.output, 'list the branches', remote.url);
    throw new TestFailed(message, types[0] ?? 'APPLICATION_ERROR');
  } catch (error) {
    if (error instanceof CloneCancelled) throw new TestCancelled();
    throw error;
  } finally {
    await home.leave();
  }
}

async function signedIn(remote: Remote, context: StepContext): Promise<Remote> {
  try {
    return await signIn(remote, context);
  } catch (error) {
    if (error instanceof CloneCancelled) throw new TestCancelled();
    if (error instanceof CloneFailed) throw new TestFailed(error.message, error.types[0] ?? 'APPLICATION_ERROR');
    throw error;
  }
}
