/**
 * Which image a step means, and how its registry is logged in to.
 *
 * - A1 A connector's credentials go to the connector's own registry and to no other, whatever the image is called.
 * - A2 They travel in a header of the engine's API: never in an argument, a log or a file.
 */
import type { StepConnector, StepContext } from '../executor.ts';
import { asObject, SpecError, textOf } from '../step-spec.ts';
import { DOCKER_HUB, fullName, looksLikeRegistry, parseImageName, registryOf, type ImageName } from './image-name.ts';

/** As the engine's API wants it. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

export interface RegistryAccess {
  /** As in names of images. */
  readonly registry: string;
  /** What comes before the repository's name in this registry, as in `team` of `https://registry.example.com/team`. */
  readonly path: string;
  /** Absent = anonymous. */
  readonly login?: RegistryLogin;
}

/** @throws SpecError */
export function findRegistryAccess(reference: string | undefined, context: StepContext): RegistryAccess | undefined {
  if (reference === undefined) return undefined;
  const connector = context.step.connectors?.[reference];
  if (connector === undefined) throw new SpecError(`The connector ${reference} was not handed to this delegate.`);
  return registryAccess(connector);
}

/** @throws SpecError */
export function registryAccess(connector: StepConnector): RegistryAccess {
  const { identifier, spec, type } = connector;
  if (type !== 'DockerRegistry')
    throw new SpecError(`The connector ${identifier} is of type ${type}; images need one of type DockerRegistry.`);
  const address = textOf(spec['dockerRegistryUrl'], 'dockerRegistryUrl') || 'https://index.docker.io/v2/';
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  if (url === null) throw new SpecError(`The connector ${identifier}: "${address}" is not the address of a registry.`);
  const login = readLogin(connector, url);
  return {
    registry: registryOf(url.host),
    path: url.pathname.replace(/^\/(?:v[12]\/?)?/, '').replace(/\/+$/, ''),
    ...(login === undefined ? {} : { login }),
  };
}

function readLogin(connector: StepConnector, url: URL): RegistryLogin | undefined {
  const auth = asObject(connector.spec['auth'] ?? {}, `The auth of the connector ${connector.identifier}`);
  const type = textOf(auth['type'], 'auth.type') ?? 'Anonymous';
  if (type === 'Anonymous') return undefined;
  if (type !== 'UsernamePassword')
    throw new SpecError(`The connector ${connector.identifier} logs in by ${type}; use UsernamePassword or Anonymous.`);
  const spec = asObject(auth['spec'], `The login of the connector ${connector.identifier}`);
  const username = textOf(spec['username'], 'username') || secretText(connector, spec['usernameRef']);
  const password = secretText(connector, spec['passwordRef']);
  if (!username || password === undefined)
    throw new SpecError(`The connector ${connector.identifier} has no user name or no password.`);
  // Docker Hub is known to engines by this address only.
  const serveraddress = registryOf(url.host) === DOCKER_HUB ? 'https://index.docker.io/v1/' : url.host;
  return { username, password, serveraddress };
}

function secretText(connector: StepConnector, reference: unknown): string | undefined {
  const key = textOf(reference, 'passwordRef');
  const bytes = key === undefined ? undefined : connector.secrets.get(key);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/**
 * The image a step means: a name without a registry is looked for in the connector's.
 * @throws SpecError
 */
export function resolveImage(text: string, access: RegistryAccess | undefined): ImageName {
  const name = parseImageName(text);
  if (name === undefined) throw new SpecError(`"${text}" is not the name of an image.`);
  if (access === undefined || access.registry === DOCKER_HUB || namesRegistry(text)) return name;
  const repository = text.trim().replace(/^\/+/, '');
  const prefix = access.path === '' || repository.startsWith(`${access.path}/`) ? '' : `${access.path}/`;
  const inRegistry = parseImageName(`${access.registry}/${prefix}${repository}`);
  if (inRegistry === undefined) throw new SpecError(`"${text}" is not the name of an image in ${access.registry}.`);
  return inRegistry;
}

function namesRegistry(text: string): boolean {
  const first = text.trim().split('/', 1)[0] ?? '';
  return text.includes('/') && looksLikeRegistry(first);
}

/** A1 */
export function loginFor(name: ImageName, access: RegistryAccess | undefined): RegistryLogin | undefined {
  return access?.registry === name.registry ? access.login : undefined;
}

/**
 * S13: the list is compared with what is meant, letter for letter.
 * @throws SpecError
 */
export function checkAllowed(name: ImageName, context: StepContext): void {
  const allowed = context.step.containers?.imagesAllowed;
  const meant = fullName(name);
  if (allowed !== undefined && !allowed.includes(meant))
    throw new SpecError(`The image ${meant} is not among those that this account allows.`);
}

/** @throws SpecError */
export function checkPrivileged(isPrivileged: boolean, context: StepContext): void {
  if (isPrivileged && context.step.containers?.isPrivilegedAllowed !== true)
    throw new SpecError(
      'privileged: this account does not allow privileged containers. Remove it, or ask an administrator.',
    );
}
