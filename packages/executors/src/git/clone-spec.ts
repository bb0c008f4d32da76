/** Reads what a clone is asked for: `GitClone`, and the clone of the codebase before a CI stage's steps. */
import { asObject, SpecError, textOf, type SpecObject } from '../step-spec.ts';

/** As the language's default when nothing is written: enough for `git log`, little enough for large repositories. */
const DEPTH_OF_BRANCHES = 50;
const PATTERNS_MAX = 1_000;

export type Build =
  /** The head of a branch, or a commit of it (that of a trigger). */
  | { readonly type: 'branch'; readonly branch: string; readonly commit: string | undefined }
  | { readonly type: 'tag'; readonly tag: string }
  | { readonly type: 'commitSha'; readonly commit: string }
  | {
      readonly type: 'PR';
      readonly number: string;
      readonly strategy: 'MergeCommit' | 'SourceBranch';
      /** What a trigger tells: the head that was pushed, and both branches. */
      readonly commit: string | undefined;
      readonly sourceBranch: string | undefined;
      readonly targetBranch: string | undefined;
    };

export interface CloneSpec {
  readonly connectorRef: string;
  readonly repoName: string | undefined;
  readonly build: Build;
  /** 0 = everything. */
  readonly depth: number;
  readonly isTlsChecked: boolean;
  readonly hasLfs: boolean;
  readonly hasTags: boolean;
  readonly sparsePatterns: readonly string[];
  readonly submodules: 'none' | 'top' | 'recursive';
  readonly cloneDirectory: string | undefined;
  readonly preFetchCommand: string | undefined;
  readonly keepsCredentials: boolean;
  readonly isVerbose: boolean;
}

/** @throws SpecError */
export function readCloneSpec(value: unknown): CloneSpec {
  const spec = asObject(value, 'The spec of a GitClone step');
  const connectorRef = given(spec, 'connectorRef');
  if (connectorRef === undefined)
    throw new SpecError('A clone needs a connectorRef: the connector says where the repository is.');
  const build = readBuild(spec);
  return {
    connectorRef,
    repoName: given(spec, 'repoName'),
    build,
    depth: readDepth(given(spec, 'depth'), build),
    isTlsChecked: flag(spec, 'sslVerify', true),
    hasLfs: flag(spec, 'lfs', false),
    hasTags: flag(spec, 'fetchTags', false),
    sparsePatterns: readPatterns(spec['sparseCheckout']),
    submodules: readSubmodules(given(spec, 'submoduleStrategy')),
    cloneDirectory: given(spec, 'cloneDirectory'),
    preFetchCommand: given(spec, 'preFetchCommand'),
    keepsCredentials: flag(spec, 'persistCredentials', false),
    isVerbose: flag(spec, 'debug', false),
  };
}

function readBuild(spec: SpecObject): Build {
  const build = asObject(spec['build'], 'build');
  const details = asObject(build['spec'] ?? {}, 'build.spec');
  const type = given(build, 'type', 'build.');
  const need = (name: string): string => {
    const text = given(details, name, 'build.spec.');
    if (text === undefined) throw new SpecError(`A build of type ${type} needs build.spec.${name}.`);
    return text;
  };
  const commit = details['commitSha'] === undefined ? undefined : commitId(given(details, 'commitSha', 'build.spec.'));
  switch (type) {
    case 'branch':
      return { type, branch: refName(need('branch'), 'branch'), commit };
    case 'tag':
      return { type, tag: refName(need('tag'), 'tag') };
    case 'commitSha':
      return { type, commit: commitId(need('commitSha')) ?? '' };
    case 'PR':
      return {
        type,
        number: pullRequest(need('number')),
        strategy: given(spec, 'prCloneStrategy') === 'SourceBranch' ? 'SourceBranch' : 'MergeCommit',
        commit,
        sourceBranch: branchOf(details, 'sourceBranch'),
        targetBranch: branchOf(details, 'targetBranch'),
      };
    default:
      throw new SpecError(`"${type ?? ''}" is not a type of build; it is one of branch, tag, PR and commitSha.`);
  }
}

function branchOf(details: SpecObject, key: string): string | undefined {
  const name = given(details, key, 'build.spec.');
  return name === undefined ? undefined : refName(name, key);
}

/** Git's own rules for names of branches and tags, so that none is ever read as an option, a range or a pattern. */
function refName(text: string, what: string): string {
  const name = text.replace(/^refs\/(heads|tags)\//, '');
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  const isBad = /[\u0000-\u0020~^:?*[\\\u007f]|\.\.|@\{|\/\/|^[-/.]|\/\.|[/.]$|\.lock(\/|$)/.test(name);
  if (isBad || name === '' || name === '@') throw new SpecError(`"${text}" cannot be the name of a ${what}.`);
  return name;
}

function commitId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(id))
    throw new SpecError(`"${text}" is not a commit: it has 4 to 64 hexadecimal digits.`);
  return id;
}

function pullRequest(text: string): string {
  if (!/^[1-9]\d{0,17}$/.test(text)) throw new SpecError(`"${text}" is not the number of a pull request.`);
  return text;
}

function readDepth(text: string | undefined, build: Build): number {
  if (text === undefined) return build.type === 'branch' || build.type === 'tag' ? DEPTH_OF_BRANCHES : 0;
  const depth = Number(text);
  if (!Number.isInteger(depth) || depth < 0 || depth > 2 ** 31 - 1)
    throw new SpecError(`depth: "${text}" is not a whole number of commits (0 = all of them).`);
  return depth;
}

/** One pattern an item or line. */
function readPatterns(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const items = Array.isArray(value) ? value : [value];
  const patterns = items
    .flatMap((item) => (textOf(item, 'sparseCheckout') ?? '').split(/\r?\n/))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (patterns.length > PATTERNS_MAX)
    throw new SpecError(`sparseCheckout has ${patterns.length} patterns; at most ${PATTERNS_MAX} are taken.`);
  return patterns;
}

function readSubmodules(text: string | undefined): CloneSpec['submodules'] {
  switch (text) {
    case undefined:
    case 'false':
      return 'none';
    case 'true':
      return 'top';
    case 'recursive':
      return 'recursive';
    default:
      throw new SpecError(`submoduleStrategy: "${text}" is none of true, false and recursive.`);
  }
}

function flag(spec: SpecObject, key: string, otherwise: boolean): boolean {
  const text = given(spec, key)?.toLowerCase();
  if (text === undefined) return otherwise;
  if (text !== 'true' && text !== 'false') throw new SpecError(`${key}: "${text}" is neither true nor false.`);
  return text === 'true';
}

/** A text that is there and not blank. */
function given(object: SpecObject, key: string, where = ''): string | undefined {
  const text = textOf(object[key], `${where}${key}`)?.trim();
  return text === '' ? undefined : text;
}
