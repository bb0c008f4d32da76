/**
 * `GitClone`, and the clone of `properties.ci.codebase` before the steps of a CI stage (pipelines.md §5.1, §6.2): one
 * executor for both.
 *
 * `GIT_CLONE_OUTPUTS` is the authority on what a clone gives out: its executor fills in exactly these names, each a text or
 * null where it does not apply or cannot be known, directly below the step's `output`. `<+codebase.…>` and the DRONE_COMMIT_* variables
 * of later steps are made from them.
 */
import { Type, type Static } from 'typebox';
import { NO_CONTAINER_OF_ITS_OWN } from './container-fields.ts';
import { ignored, notRunYet, type StepDefinition } from './step-definition.ts';

/** Identifies the implicit clone in its stage; the `-` keeps it apart from what people name. */
export const CLONE_STEP = 'harness-git-clone';

/** What a build is of, and the field of its spec that says which one. */
export const BUILD_TYPES = { branch: 'branch', tag: 'tag', PR: 'number', commitSha: 'commitSha' } as const;

const Build = Type.Object(
  {
    type: Type.Enum(['branch', 'tag', 'PR', 'commitSha'], { description: 'What is built.' }),
    spec: Type.Object(
      {
        branch: Type.Optional(Type.String({ description: 'Of the type branch: its head is built.' })),
        tag: Type.Optional(Type.String({ description: 'Of the type tag.' })),
        number: Type.Optional(Type.String({ description: 'Of the type PR: the number of the pull request.' })),
        commitSha: Type.Optional(Type.String({ description: 'Of the type commitSha.' })),
      },
      { description: 'Which one is built; its field depends on the type.' },
    ),
  },
  { description: 'What is built; <+input> asks for it.' },
);

/** What `GitClone` and `properties.ci.codebase` share. */
export const CLONE_FIELDS = {
  connectorRef: Type.String({
    description: 'The Git connector that the repository is reached by.',
    whenMissing: 'Name a Git connector: without one Harness clones from Harness Code, which Bridle does not have.',
  }),
  repoName: Type.Optional(
    Type.String({
      description: 'The repository below the URL of a connector of an account; else it only names the default folder.',
    }),
  ),
  build: Build,
  depth: Type.Optional(
    Type.Integer({
      description: 'How many commits are fetched; 0 = all. Absent: 50 for branches and tags, all for the others.',
    }),
  ),
  sslVerify: Type.Optional(Type.Boolean({ description: 'Whether the certificate of the server is checked.' })),
  prCloneStrategy: Type.Optional(
    Type.Enum(['MergeCommit', 'SourceBranch'], {
      description: 'Of pull requests: their head merged into the target branch, or the head alone.',
    }),
  ),
  lfs: Type.Optional(Type.Boolean({ description: 'Whether large files are fetched.' })),
  fetchTags: Type.Optional(Type.Boolean({ description: 'Whether tags are fetched.' })),
  sparseCheckout: Type.Optional(
    Type.Array(Type.String(), { description: "What is checked out: patterns in git's own format; absent = all." }),
  ),
  submoduleStrategy: Type.Optional(
    Type.Enum(['true', 'false', 'recursive'], { description: 'Whether submodules are fetched, and theirs in turn.' }),
  ),
  // Only the implicit clone goes into the workspace itself.
  cloneDirectory: Type.Optional(
    Type.String({
      description:
        'Where it is cloned to: a folder of the workspace, which /harness stands for. Absent: the name of the repository; of the codebase, the workspace itself.',
    }),
  ),
  preFetchCommand: Type.Optional(
    Type.String({ description: "Run by sh in the clone's folder before anything is fetched." }),
  ),
  persistCredentials: Type.Optional(
    Type.Boolean({ description: "Whether later steps' git finds the credentials, until the stage ends." }),
  ),
  debug: Type.Optional(Type.Boolean({ description: 'Whether the clone tells more.' })),
  resources: ignored(NO_CONTAINER_OF_ITS_OWN),
} as const;

export const GitCloneSpec = Type.Object({
  ...CLONE_FIELDS,
  projectName: notRunYet('repositories of a project of the connector (projectName)'),
  outputFilePathsContent: notRunYet('files of the clone as outputs (outputFilePathsContent)'),
  privileged: ignored(NO_CONTAINER_OF_ITS_OWN),
  runAsUser: ignored(NO_CONTAINER_OF_ITS_OWN),
});
export type GitCloneSpec = Static<typeof GitCloneSpec>;

export const GIT_CLONE_OUTPUTS = [
  /** `branch`, `tag`, `PR` or `commitSha`: the type of the build. */
  'buildType',
  /** Where it was cloned from, without credentials. */
  'repoUrl',
  /** The branch that was asked for; of a pull request its target branch; null for tags and commits. */
  'branch',
  'tag',
  /** The commit that is checked out; of a pull request the head of its source branch, also when a merge is checked out. */
  'commitSha',
  /** Its first 7 characters. */
  'shortCommitSha',
  /** Of that commit. */
  'commitMessage',
  /** What was fetched: `refs/heads/…`, `refs/tags/…`, `refs/pull/…`, or the sha. */
  'commitRef',
  /** The author of that commit, by name and address. */
  'gitUser',
  'gitUserEmail',
  /** Of a pull request only: its number, branches, the commit of the target branch it was merged into, the merge itself. */
  'prNumber',
  'sourceBranch',
  'targetBranch',
  'baseCommitSha',
  'mergeSha',
] as const;

export type GitCloneOutputs = Readonly<Record<(typeof GIT_CLONE_OUTPUTS)[number], string | null>>;

export const gitClone: StepDefinition = {
  type: 'GitClone',
  spec: GitCloneSpec,
  outputs: GIT_CLONE_OUTPUTS,
  usualIn: ['CI'],
};
