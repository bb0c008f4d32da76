/**
 * Reads an address of Harness's own UI by walking its segments (`orgs/X/projects/Y/pipelines/Z/deployments/E/…`), in the
 * path or after `#`, and gives the address of the same page here.
 */
export function readHarnessAddress(path: string, hash: string): string {
  const segments = `${path}/${hash}`.split(/[/?]/).filter((segment) => segment !== '' && segment !== '#');
  const after = (...names: readonly string[]): string | undefined => {
    const index = segments.findIndex((segment) => names.includes(segment));
    return index < 0 ? undefined : segments[index + 1];
  };
  const execution = after('deployments', 'executions');
  if (execution !== undefined) return `/x/${execution}`;
  const org = after('orgs');
  const project = after('projects');
  if (org === undefined || project === undefined) return '/';
  const base = `/p/${org}/${project}`;
  const pipeline = after('pipelines');
  if (pipeline !== undefined && pipeline !== '')
    return `${base}/pipelines/${pipeline}${segments.includes('triggers') ? '/triggers' : ''}`;
  return segments.includes('deployments') || segments.includes('executions')
    ? `${base}/executions`
    : `${base}/pipelines`;
}
