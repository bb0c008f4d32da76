/**
 * Filters of executions by what they build and deploy (api.md §6.7): `moduleProperties` name it by the paths of `moduleInfo`, as
 * `{"ci": {"branch": "main"}, "cd": {"serviceIdentifiers": ["web"]}}`. All that is named must hold; of a list, any.
 */
import type { SubjectCondition } from '../store/execution-subjects.ts';
import { invalidRequest } from './errors.ts';

/** Paths of `moduleInfo` → where the store has it; `isList` there. */
const KNOWN: Readonly<Record<string, Omit<SubjectCondition, 'values'>>> = {
  'ci.repoName': { part: 'build', path: ['repoName'] },
  'ci.branch': { part: 'build', path: ['branch'] },
  'ci.tag': { part: 'build', path: ['tag'] },
  'ci.buildType': { part: 'build', path: ['buildType'] },
  'ci.ciExecutionInfoDTO.event': { part: 'build', path: ['event'] },
  'ci.ciExecutionInfoDTO.author.id': { part: 'build', path: ['author'] },
  'ci.ciExecutionInfoDTO.branch.name': { part: 'build', path: ['branch'] },
  'ci.ciExecutionInfoDTO.pullRequest.id': { part: 'build', path: ['pullRequest', 'number'] },
  'ci.ciExecutionInfoDTO.pullRequest.sourceBranch': { part: 'build', path: ['pullRequest', 'sourceBranch'] },
  'ci.ciExecutionInfoDTO.pullRequest.targetBranch': { part: 'build', path: ['pullRequest', 'targetBranch'] },
  'cd.serviceIdentifiers': { part: 'deployment', path: ['services'], isList: true },
  'cd.serviceDefinitionTypes': { part: 'deployment', path: ['serviceTypes'], isList: true },
  'cd.envIdentifiers': { part: 'deployment', path: ['environments'], isList: true },
  'cd.environmentTypes': { part: 'deployment', path: ['environmentTypes'], isList: true },
  'cd.envGroupIdentifiers': { part: 'deployment', path: ['environmentGroups'], isList: true },
  'cd.infrastructureIdentifiers': { part: 'deployment', path: ['infrastructures'], isList: true },
  'cd.infrastructureNames': { part: 'deployment', path: ['infrastructureNames'], isList: true },
  'cd.infrastructureTypes': { part: 'deployment', path: ['infrastructureTypes'], isList: true },
  'cd.artifactDisplayNames': { part: 'deployment', path: ['images'], isList: true },
};

/** What one filter names at most (P1). */
const VALUES_MAX = 200;

export interface AskedSubject {
  readonly moduleProperties?: unknown;
  /** Of the code, not of the pipeline's YAML, which is in no repository. */
  readonly branch?: string;
  readonly repoName?: string;
}

/** Empty = nothing is asked. `undefined`: something that Bridle never knows, which nothing matches. */
export function subjectConditions({
  moduleProperties,
  branch = '',
  repoName = '',
}: AskedSubject): readonly SubjectCondition[] | undefined {
  const asked = [
    ...leavesOf(moduleProperties, ''),
    ...(branch === '' ? [] : [{ path: 'ci.branch', values: [branch] }]),
    ...(repoName === '' ? [] : [{ path: 'ci.repoName', values: [repoName.split('/').at(-1) ?? repoName] }]),
  ];
  if (asked.reduce((sum, { values }) => sum + values.length, 0) > VALUES_MAX)
    throw invalidRequest(`moduleProperties name more than ${VALUES_MAX} values.`);
  const conditions = asked.flatMap(({ path, values }) => {
    const known = Object.hasOwn(KNOWN, path) ? KNOWN[path] : undefined;
    return known === undefined ? [] : [{ ...known, values }];
  });
  return conditions.length < asked.length ? undefined : conditions;
}

interface Leaf {
  readonly path: string;
  readonly values: readonly string[];
}

/** What is empty asks for nothing: forms send all their fields. */
function leavesOf(value: unknown, path: string): readonly Leaf[] {
  if (Array.isArray(value)) {
    const values = value.flatMap((each) => textsOf(each));
    return values.length === 0 ? [] : [{ path, values }];
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, member]) => leavesOf(member, path === '' ? key : `${path}.${key}`));
  }
  const values = textsOf(value);
  return values.length === 0 ? [] : [{ path, values }];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return typeof value === 'string' && value !== '' ? [value] : [];
}
