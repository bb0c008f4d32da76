/** What is said of the codebase (`<+codebase.…>`, `DRONE_COMMIT_…`) when it is the user's working tree and not a clone. */
import { GIT_CLONE_OUTPUTS, type GitCloneOutputs, type Value } from '@bridle/pipeline';
import { askGit, askGitLine } from './user-git.ts';

const MESSAGE_LENGTH_MAX = 32_768;
const SHORT_ID = 7;

/** @param build - that of the clone's spec, resolved: what a server would have cloned */
export async function describeCodebase(folder: string, build: Value): Promise<GitCloneOutputs> {
  const [branch, origin, commit] = await Promise.all([
    askGitLine(folder, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    askGitLine(folder, ['remote', 'get-url', 'origin']),
    askGit(folder, ['show', '--no-patch', '--format=%H%x00%an%x00%ae%x00%B', 'HEAD']),
  ]);
  const [sha, user, email, message] = commit?.split('\0') ?? [];
  const wanted = readBuild(build);
  return {
    ...NOTHING,
    buildType: wanted.type,
    repoUrl: origin === undefined ? null : withoutLogin(origin),
    branch: wanted.type === 'tag' ? null : (branch ?? wanted.branch ?? null),
    tag: wanted.tag ?? null,
    commitSha: sha ?? null,
    shortCommitSha: sha?.slice(0, SHORT_ID) ?? null,
    commitMessage: message?.trimEnd().slice(0, MESSAGE_LENGTH_MAX) ?? null,
    commitRef: branch === undefined ? (sha ?? null) : `refs/heads/${branch}`,
    gitUser: user ?? null,
    gitUserEmail: email ?? null,
    prNumber: wanted.number ?? null,
  };
}

const NOTHING = Object.fromEntries(GIT_CLONE_OUTPUTS.map((name) => [name, null])) as GitCloneOutputs;

interface Build {
  readonly type: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly number?: string;
}

function readBuild(build: Value): Build {
  const { type, spec } = isMap(build) ? build : {};
  const fields = isMap(spec) ? spec : {};
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [branch, tag, number] = [text('branch'), text('tag'), text('number')];
  return {
    type: typeof type === 'string' && type !== '' ? type : 'branch',
    ...(branch === undefined ? {} : { branch }),
    ...(tag === undefined ? {} : { tag }),
    ...(number === undefined ? {} : { number }),
  };
}

function isMap(value: Value | undefined): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Credentials in an address are nobody's business. */
export function withoutLogin(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^@/]*@/i, '$1');
}
