/**
 * What an execution is about, as its plan and its cause say when it begins: what it builds, and what it deploys where. Lists of
 * executions show it and are filtered by it. What still is an expression then is left out.
 */
import { artifactOutcome } from '../plan/artifacts.ts';
import type { InfrastructureSection, Section, ServiceSection } from '../language/deployment/section.ts';
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

/** Each without repetition, in the order of the plan. References are scoped, such as `org.web`. */
export interface DeploymentSubject {
  readonly services: readonly string[];
  readonly serviceTypes: readonly string[];
  readonly environments: readonly string[];
  readonly environmentTypes: readonly string[];
  readonly environmentGroups: readonly string[];
  readonly infrastructures: readonly string[];
  readonly infrastructureNames: readonly string[];
  readonly infrastructureTypes: readonly string[];
  /** Of primary artifacts, as in `team/app:1.2`. */
  readonly images: readonly string[];
}

/** Of each list (P1): a pipeline may deploy to very many places. */
const LIST_MAX = 100;

export function subjectOf(plan: Plan, cause: ExecutionCause): ExecutionSubject {
  const git = cause.trigger?.git;
  const build = git === undefined ? codebaseBuild(plan) : eventBuild(git);
  const deployment = deploymentOf(plan);
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

function deploymentOf({ nodes }: Plan): DeploymentSubject | undefined {
  const sections = Object.values(nodes).flatMap((node) => (node.kind === 'section' ? sectionsOf(node.spec) : []));
  if (sections.length === 0) return undefined;
  const services = sections.filter((section): section is ServiceSection => section.kind === 'service');
  const places = sections.filter((section): section is InfrastructureSection => section.kind === 'infrastructure');
  return {
    services: texts(services, ({ service }) => service.ref),
    serviceTypes: texts(services, ({ service }) => service.type),
    environments: texts(services, ({ environment }) => environment.ref),
    environmentTypes: texts(services, ({ environment }) => environment.type),
    environmentGroups: texts(services, ({ environment }) => environment.groupRef),
    infrastructures: texts(places, ({ identifier }) => identifier),
    infrastructureNames: texts(places, ({ name }) => name),
    infrastructureTypes: texts(places, ({ type }) => type),
    images: texts(services, ({ artifacts: { sources, primary } }) =>
      Object.hasOwn(sources, primary) && sources[primary] !== undefined
        ? artifactOutcome(sources[primary])['image']
        : undefined,
    ),
  };
}

/** Of a loop over several: all of them. Sections of plans are values; the language made them. */
function sectionsOf(spec: Value): readonly Section[] {
  if (!isMap(spec)) return [];
  if (spec['kind'] !== 'choice') return [spec as Section];
  return isMap(spec['sections']) ? (Object.values(spec['sections']) as Section[]) : [];
}

function texts<T>(sections: readonly T[], read: (section: T) => Value | undefined): readonly string[] {
  const found = sections.flatMap((section) => plainText(read(section)) ?? []);
  return [...new Set(found)].slice(0, LIST_MAX);
}

/** `undefined` for what is empty or not known before it runs. */
function plainText(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && !value.includes('<+') ? value : undefined;
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
