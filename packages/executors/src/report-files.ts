/**
 * Finds the test reports a step left behind and hands them to be sent.
 *
 * - J1 Only regular files below the working directory count: a link that leads out of it is passed over, whoever made it.
 * - J2 Looking is bounded in files and time; what was left out is said in the step's log.
 * - J3 Missing or odd reports change nothing about how the step ended.
 */
import { glob, lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { StepContext, StepResult } from './executor.ts';
import type { StepLog } from './step-log.ts';
import { asObject, SpecError, textOf } from './step-spec.ts';

export const REPORT_FILES_MAX = 5_000;
const SEARCH_MS_MAX = 30_000;
const GLOBS_MAX = 100;
/** What containers call the workspace of a CI stage. */
const CONTAINER_WORKSPACE = '/harness';
/** Of no interest to anybody's test reports, and large. */
const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** Call when the step's command has ended, also when it failed. @param globs - of `reportGlobs` */
export async function collectReports(
  globs: readonly string[],
  result: StepResult,
  context: StepContext,
  log: StepLog,
): Promise<void> {
  if (globs.length === 0 || result.kind === 'cancelled') return;
  const found = await findReports(context.workspace.folder, globs, context.signal);
  if (found.files.length > 0) context.uploads.addTestReports(found.files);
  await log.line(summary(found, globs));
}

/**
 * Reads `spec.reports`: `{ type: JUnit, spec: { paths } }`, or the paths alone.
 * @throws SpecError
 */
export function reportGlobs(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return checkedGlobs(value);
  if (typeof value === 'string') return checkedGlobs([value]);
  const reports = asObject(value, 'reports');
  const type = textOf(reports['type'], 'reports.type') ?? 'JUnit';
  if (type !== 'JUnit') throw new SpecError(`Reports of type ${type} cannot be read; use JUnit.`);
  const paths = asObject(reports['spec'] ?? {}, 'reports.spec')['paths'];
  if (paths === undefined || paths === null || paths === '') return [];
  return checkedGlobs(Array.isArray(paths) ? paths : [paths]);
}

function checkedGlobs(paths: readonly unknown[]): readonly string[] {
  if (paths.length > GLOBS_MAX)
    throw new SpecError(`reports names ${paths.length} paths; at most ${GLOBS_MAX} are read.`);
  return paths.map((path) => textOf(path, 'reports.spec.paths')?.trim() ?? '').filter((path) => path !== '');
}

interface FoundReports {
  /** Absolute, sorted, each once. */
  readonly files: readonly string[];
  readonly stoppedBy: 'files' | 'time' | undefined;
  /** Matches and whole patterns that were passed over because they lie elsewhere or are no regular files. */
  readonly strays: number;
}

/** Exported for its tests. */
export async function findReports(
  folder: string,
  globs: readonly string[],
  signal: AbortSignal,
  filesMax: number = REPORT_FILES_MAX,
): Promise<FoundReports> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) return { files: [], stoppedBy: undefined, strays: 0 }; // the step has removed it
  const files = new Set<string>();
  const until = performance.now() + SEARCH_MS_MAX;
  let strays = 0;
  const end = (stoppedBy: FoundReports['stoppedBy']): FoundReports => ({ files: [...files].sort(), stoppedBy, strays });
  for (const pattern of globs.map((text) => insideOf(text, [root, folder]))) {
    if (leadsOut(pattern)) {
      strays += 1;
      continue;
    }
    const isDotless = !pattern.split('/').some((part) => PASSED_OVER.has(part));
    const exclude = (name: string): boolean =>
      performance.now() > until || signal.aborted || (isDotless && PASSED_OVER.has(lastPart(name)));
    for await (const name of glob(pattern, { cwd: root, exclude })) {
      const match = await lookAt(join(root, name), root);
      if (match.kind === 'file') files.add(match.path);
      if (match.kind === 'stray') strays += 1;
      if (files.size >= filesMax) return end('files');
    }
    if (performance.now() > until || signal.aborted) return end('time');
  }
  return end(undefined);
}

/** A pattern as it is seen from the workspace; containers know the workspace by its absolute path. */
function insideOf(pattern: string, roots: readonly string[]): string {
  const text = pattern.replaceAll('\\', '/');
  for (const prefix of [CONTAINER_WORKSPACE, ...roots]) {
    if (text === prefix || text.startsWith(`${prefix}/`)) return text.slice(prefix.length + 1) || '.';
  }
  return text.replace(/^(\.\/)+/, '');
}

/** Not even looked for: the walk alone would tell about, and take time of, folders that are nobody's business. */
function leadsOut(pattern: string): boolean {
  return isAbsolute(pattern) || pattern.split(/[/{,}]/).includes('..');
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(sep) + 1);
}

type Match = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'folder' | 'stray' };

/** Follows links to the file itself, which must lie below `root` (J1). */
async function lookAt(path: string, root: string): Promise<Match> {
  try {
    const real = await realpath(path);
    const inside = relative(root, real);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return { kind: 'stray' };
    const info = await lstat(real);
    if (info.isDirectory()) return { kind: 'folder' };
    return info.isFile() ? { kind: 'file', path: real } : { kind: 'stray' };
  } catch {
    return { kind: 'stray' }; // gone meanwhile, or a link to nowhere
  }
}

function summary(found: FoundReports, globs: readonly string[]): string {
  const count = found.files.length;
  const parts = [
    count === 0
      ? `No test reports were found: nothing matches ${globs.join(', ')}.`
      : `Found ${count === 1 ? 'one test report' : `${count} test reports`}.`,
  ];
  if (found.stoppedBy === 'files') parts.push(`More than ${count} are not read.`);
  if (found.stoppedBy === 'time') parts.push('The search took too long and was stopped; name the paths more closely.');
  if (found.strays > 0) parts.push(`What is not a file of the workspace was passed over (${found.strays}).`);
  return parts.join(' ');
}
