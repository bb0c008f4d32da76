/** What the address of a Git repository says of it: owner, name, and where people look at it. */

export interface RepositoryName {
  /** Path without the name, as in `group/team`; empty when there is none. */
  readonly owner: string;
  readonly name: string;
  /** Page of the repository; only addresses by HTTP have one. */
  readonly link?: string;
  readonly kind: 'http' | 'ssh' | 'other';
}

const BY_HTTP = /^(https?):\/\/(?:[^/@]*@)?([^/]+)\/(.+)$/i;
const BY_SSH = /^ssh:\/\/(?:[^/@]*@)?[^/]+\/(.+)$/i;
/** As in `git@example.com:owner/name.git`. */
const BY_SCP = /^(?:[^/@:]+@)?[^/:]+:(?!\/\/)(.+)$/;

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Any text: what is no address has its last part as its name. */
export function readRepositoryUrl(url: string): RepositoryName {
  const http = BY_HTTP.exec(url);
  const path = http?.[3] ?? BY_SSH.exec(url)?.[1] ?? BY_SCP.exec(url)?.[1] ?? url.replace(SCHEME, '');
  const parts = path
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .split('/')
    .filter((part) => part !== '');
  const name = parts.at(-1) ?? '';
  const owner = parts.slice(0, -1).join('/');
  if (http === null) return { owner, name, kind: BY_SSH.test(url) || BY_SCP.test(url) ? 'ssh' : 'other' };
  return {
    owner,
    name,
    kind: 'http',
    link: `${String(http[1]).toLowerCase()}://${String(http[2])}/${parts.join('/')}`,
  };
}
