/** `sharedPaths` of a CI stage: absolute paths that all its containers see alike, beside the workspace (pipelines.md §6.2). */

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/])/;
const WILDCARD = /[*?[\]]/;
const STEP_UP = /(?:^|[\\/])\.\.(?:[\\/]|$)/;
const WORKSPACE = /^\/harness(?:\/|$)/;
/** Of the container's own system: what is shared there breaks every image. */
const SYSTEM_PATHS: readonly string[] = ['', '/proc', '/sys', '/dev'];

/** Completes `It names "path", …`; `undefined` for a path that can be shared. */
export function objectionToSharedPath(path: string): string | undefined {
  if (!ABSOLUTE.test(path)) return 'which is not an absolute path';
  if (WILDCARD.test(path)) return 'but wildcards are not expanded';
  if (STEP_UP.test(path)) return 'which leads upwards';
  if (WORKSPACE.test(path)) return 'which is shared already: it is the workspace';
  return SYSTEM_PATHS.includes(path.replace(/\/+$/, '')) ? "which belongs to the container's own system" : undefined;
}
