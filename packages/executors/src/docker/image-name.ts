/**
 * Names of images, as people write them and as they are meant.
 *
 * `alpine` is `docker.io/library/alpine:latest`: the allow-list (S13) and credentials are matched against what is meant, never against
 * what is written.
 */
export interface ImageName {
  /** Where it is pulled from: `docker.io`, `localhost:5000`, … */
  readonly registry: string;
  /** `library/alpine` */
  readonly repository: string;
  /** Absent where a digest alone names the image. */
  readonly tag?: string;
  /** `sha256:…`; the image can then not change. */
  readonly digest?: string;
}

export const DOCKER_HUB = 'docker.io';
const NAME_LENGTH_MAX = 512;
const REGISTRY = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,128}$/;

/** `undefined` when no image can be called that. */
export function parseImageName(text: string): ImageName | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > NAME_LENGTH_MAX) return undefined;
  const [named = '', digest, ...more] = trimmed.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const place = splitRegistry(hasTag ? named.slice(0, colon) : named);
  if (!REGISTRY.test(place.registry) || !REPOSITORY.test(place.repository)) return undefined;
  return {
    ...place,
    ...(tag === undefined ? (digest === undefined ? { tag: 'latest' } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** A first part with a dot or a port, or `localhost`. (Capitals alone make none: in small letters it would be another name.) */
export function looksLikeRegistry(part: string): boolean {
  return /[.:]/.test(part) || part === 'localhost';
}

function splitRegistry(path: string): { readonly registry: string; readonly repository: string } {
  const slash = path.indexOf('/');
  const first = slash === -1 ? '' : path.slice(0, slash);
  const isRegistry = looksLikeRegistry(first);
  const registry = isRegistry ? registryOf(first) : DOCKER_HUB;
  const repository = isRegistry ? path.slice(slash + 1) : path;
  const isOfficial = registry === DOCKER_HUB && !repository.includes('/');
  return { registry, repository: isOfficial ? `library/${repository}` : repository };
}

/** One spelling for a registry; Docker Hub has several. */
export function registryOf(host: string): string {
  const name = host.toLowerCase();
  return name === 'index.docker.io' || name === 'registry-1.docker.io' || name === 'registry.hub.docker.com'
    ? DOCKER_HUB
    : name;
}

/** `docker.io/library/alpine:latest` */
export function fullName(name: ImageName): string {
  return `${name.registry}/${name.repository}${suffix(name)}`;
}

/** Without tag and digest. */
export function repositoryName(name: ImageName): string {
  return `${name.registry}/${name.repository}`;
}

function suffix(name: ImageName): string {
  return `${name.tag === undefined ? '' : `:${name.tag}`}${name.digest === undefined ? '' : `@${name.digest}`}`;
}
