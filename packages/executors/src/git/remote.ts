/**
 * What a Git connector says about a repository: its URL, and who we are there.
 *
 * - R1 The URL never holds a secret: what a connector's URL has of a user is taken out of it.
 * - R2 Only the protocols listed here are spoken; files of this host only where a setting of the delegate allows it.
 */
import { isAbsolute } from 'node:path';
import type { StepConnector } from '../executor.ts';
import { SpecError, textOf } from '../step-spec.ts';
import { readLogin, type Login, type UrlUser } from './login.ts';

export interface Remote {
  /** Without credentials. */
  readonly url: string;
  readonly protocol: 'http' | 'https' | 'ssh' | 'git' | 'file';
  /** Scheme, host and port; for the scope of credentials. Empty for files. */
  readonly origin: string;
  readonly host: string;
  readonly login: Login;
  /** Last part of its path, without `.git`. */
  readonly name: string;
}

const GIT_CONNECTORS: ReadonlySet<string> = new Set(['Git', 'Github', 'Gitlab', 'Bitbucket', 'AzureRepo']);

/** @throws SpecError */
export function readRemote(connector: StepConnector, repoName: string | undefined, isFileUrlAllowed: boolean): Remote {
  const { identifier, type, spec } = connector;
  if (!GIT_CONNECTORS.has(type))
    throw new SpecError(`The connector ${identifier} is of type ${type}; a clone needs a Git connector.`);
  const base = textOf(spec['url'], `url of connector ${identifier}`)?.trim();
  if (base === undefined || base === '') throw new SpecError(`The connector ${identifier} has no url.`);
  const place = splitUser(base);
  const url = withRepository(place.url, connector, repoName);
  const address = readAddress(url, isFileUrlAllowed);
  const login = readLogin(connector, place, address.protocol);
  const name = /([^/:\\]+?)(\.git)?\/*$/.exec(url)?.[1] ?? 'repository';
  return { url, ...address, login, name };
}

/** Takes user and password out of an HTTP address; the user of an SSH address stays, it is no secret. */
function splitUser(base: string): UrlUser & { readonly url: string } {
  const ssh = /^(ssh:\/\/[^@:/?#]*):[^@/?#]*(@.*)$/i.exec(base);
  if (ssh !== null) return { url: `${ssh[1]}${ssh[2]}`, user: undefined, password: undefined };
  const found = /^(https?:\/\/)([^@/?#]*)@(.*)$/i.exec(base);
  if (found === null) return { url: base, user: undefined, password: undefined };
  const [, scheme = '', userInfo = '', rest = ''] = found;
  const [user = '', ...password] = userInfo.split(':');
  return {
    url: `${scheme}${rest}`,
    user: decoded(user) || undefined,
    password: password.length === 0 ? undefined : decoded(password.join(':')),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withRepository(base: string, connector: StepConnector, repoName: string | undefined): string {
  const { identifier, spec, type } = connector;
  const kind = [spec['connectionType'], spec['type']].find(
    (value) => value === 'Account' || value === 'Project' || value === 'Repo',
  );
  if (kind === undefined || kind === 'Repo') return base;
  if (repoName === undefined)
    throw new SpecError(`The connector ${identifier} is of an account: repoName must say which repository is meant.`);
  const path = repoName.replace(/^\/+|\/+$/g, '');
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (
    path === '' ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..') ||
    /[\s?#\\\u0000-\u001f]/.test(path)
  )
    throw new SpecError(`repoName: "${repoName}" is not the path of a repository.`);
  return `${base.replace(/\/+$/, '')}/${type === 'AzureRepo' ? '_git/' : ''}${path}`;
}

function readAddress(url: string, isFileUrlAllowed: boolean): Pick<Remote, 'protocol' | 'origin' | 'host'> {
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\s\u0000-\u001f\u007f]/.test(url) && !/^(file:\/\/)?\//.test(url))
    throw new SpecError(`"${url}" is not the address of a repository.`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'http':
    case 'https':
    case 'ssh':
    case 'git': {
      const host = URL.parse(url)?.hostname ?? '';
      if (host === '' || host.startsWith('-')) throw new SpecError(`"${url}" is not the address of a repository.`);
      return { protocol: scheme, origin: `${scheme}://${URL.parse(url)?.host ?? host}`, host };
    }
    case 'file':
      return fileAddress(url, isFileUrlAllowed);
    case undefined:
      break;
    default:
      throw new SpecError(`Repositories cannot be fetched by ${scheme}://; use https, http, ssh or git.`);
  }
  if (isAbsolute(url)) return fileAddress(url, isFileUrlAllowed);
  // user@host:path, as scp writes it
  const host = /^(?:[A-Za-z0-9._~-]+@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!:)./.exec(url)?.[1];
  if (host === undefined) throw new SpecError(`"${url}" is not the address of a repository.`);
  return { protocol: 'ssh', origin: `ssh://${host}`, host };
}

function fileAddress(url: string, isAllowed: boolean): Pick<Remote, 'protocol' | 'origin' | 'host'> {
  if (!isAllowed)
    throw new SpecError(
      `${url} is a folder of the delegate's host; it is cloned only where the delegate was started with BRIDLE_DELEGATE_GIT_FILE_URLS=on.`,
    );
  return { protocol: 'file', origin: '', host: '' };
}
