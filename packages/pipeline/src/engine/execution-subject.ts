/**
 * What an execution is about, as its plan and its cause say when it begins: what it builds, and what it deploys where. Lists of
 * executions show it and are filtered by it. What still is an expression then is left out.
 */
import { deploymentSubject, plainText, type DeploymentSubject } from '../plan/deployment-subject.ts';
import type { Plan } from '../plan/plan.ts';
import type { Value } from '../expressions/values.ts';
import { BUILD_TYPES, CLONE_STEP } from '../steps/git-clone.ts';
import type { GitEvent } from '../triggers/git/git-event.ts';
import type { ExecutionCause } from './execution.ts';

export interface ExecutionSubject {
  readonly build?: BuildSubject;
  readonly deployment?: DeploymentSubject;
}

export interface BuildSubject {
  /** Without its owner. */
  readonly repoName?: string;
  /** Of a pull request: the one it goes to. */
  readonly branch?: string;
  readonly tag?: string;
  readonly commitSha?: string;
  readonly buildType?: keyof typeof BUILD_TYPES;
  /** Of a Git provider, that started it. */
  readonly event?: GitEvent['kind'];
  readonly pullRequest?: { readonly number: string; readonly sourceBranch?: string; readonly targetBranch?: string };
  /** Whose event it was. */
  readonly author?: string;
}

export function subjectOf(plan: Plan, cause: ExecutionCause): ExecutionSubject {
  const git = cause.trigger?.git;
  const build = git === undefined ? codebaseBuild(plan) : eventBuild(git);
  const deployment = deploymentSubject(plan);
  return { ...(build === undefined ? {} : { build }), ...(deployment === undefined ? {} : { deployment }) };
}

function eventBuild(git: GitEvent): BuildSubject {
  const common = {
    repoName: git.repository.fullName.split('/').at(-1) ?? git.repository.fullName,
    event: git.kind,
    author: git.user.login,
    ...(git.commitSha === undefined ? {} : { commitSha: git.commitSha }),
  };
  if (git.kind === 'pullRequest') {
    const { number, sourceBranch, targetBranch } = git;
    const pullRequest = { number, sourceBranch, targetBranch };
    return { ...common, branch: targetBranch, buildType: 'PR', pullRequest };
  }
  const { kind, name } = git.ref;
  return { ...common, [kind]: name, buildType: kind };
}

/** Nobody's event: what the first clone of the codebase was asked for. */
function codebaseBuild({ nodes }: Plan): BuildSubject | undefined {
  const clone = Object.values(nodes).find(({ identifier }) => identifier === CLONE_STEP);
  if (clone?.kind !== 'step' || !isMap(clone.spec)) return undefined;
  const { repoName, build } = clone.spec;
  const name = plainText(repoName)?.split('/').at(-1);
  return { ...(name === undefined ? {} : { repoName: name }), ...builtOf(build) };
}

function builtOf(build: Value | undefined): BuildSubject {
  if (!isMap(build) || !isMap(build['spec'])) return {};
  const buildType = plainText(build['type']);
  if (buildType === undefined || !isBuildType(buildType)) return {};
  const which = plainText(build['spec'][BUILD_TYPES[buildType]]);
  if (which === undefined) return { buildType };
  return buildType === 'PR'
    ? { buildType, pullRequest: { number: which } }
    : { buildType, [BUILD_TYPES[buildType]]: which };
}

function isBuildType(text: string): text is keyof typeof BUILD_TYPES {
  return Object.hasOwn(BUILD_TYPES, text);
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
