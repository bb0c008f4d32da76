/** Which repository a Git connector means, as what events say is compared with. */

const REPOSITORIES = ['connectionType', 'type'] as const;

/**
 * @param spec - of a connector of type Git, Github, Gitlab or Bitbucket
 * @param repoName - which one, where the connector is that of an account or a project
 * @returns `undefined` = the connector has no address, or of an account and nothing says which repository
 */
export function repositoryAddress(
  spec: Readonly<Record<string, unknown>>,
  repoName: string | undefined,
): string | undefined {
  const { url } = spec;
  if (typeof url !== 'string' || url.trim() === '') return undefined;
  const level = REPOSITORIES.map((key) => spec[key]).find((word) => word === 'Account' || word === 'Project');
  if (level === undefined) return url.trim();
  if (repoName === undefined) return undefined;
  return `${url.trim().replace(/\/+$/, '')}/${repoName.replace(/^\/+|\/+$/g, '')}`;
}
