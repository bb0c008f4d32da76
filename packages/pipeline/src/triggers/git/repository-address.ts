/**
 * Whether two addresses are of one repository, by whichever way it is reached: the host and the path decide, and not the scheme, the
 * user, the port or the ending `.git`.
 */
export function isSameAddress(one: string, other: string): boolean {
  const place = placeOf(one);
  return place !== undefined && place === placeOf(other);
}

const BY_URL = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/i;
/** As in `git@example.com:team/app.git`. */
const BY_SCP = /^(?:[^/@:]+@)?([^/:]+):(?!\/\/)\/?(.+)$/;

/** Hosts have no case; most of them take paths in any. */
function placeOf(address: string): string | undefined {
  const [, host, path] = BY_URL.exec(address) ?? BY_SCP.exec(address) ?? [];
  if (host === undefined || path === undefined) return undefined;
  const repository = path
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  return `${host}/${repository}`.toLowerCase();
}
