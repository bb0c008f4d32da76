/** Who a Git connector says we are. The secrets it refers to came along with it. */
import type { StepConnector } from '../executor.ts';
import { asObject, SpecError, textOf, type SpecObject } from '../step-spec.ts';

export type Login =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | SshKey
  | GithubApp;

/** Signs in for a token of an hour (github-app.ts). */
export interface GithubApp {
  readonly kind: 'githubApp';
  readonly applicationId: string;
  readonly installationId: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface SshKey {
  readonly kind: 'key';
  /** As OpenSSH reads it. */
  readonly privateKey: string;
  readonly passphrase: string | undefined;
  /** Where the URL names none. */
  readonly user: string | undefined;
  readonly port: string | undefined;
}

/** What a connector's URL has of a user, taken out of it. */
export interface UrlUser {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** What providers want as the user name beside a token, when none is given. */
const TOKEN_USERS: Readonly<Record<string, string>> = {
  Github: 'x-access-token',
  Gitlab: 'oauth2',
  Bitbucket: 'x-token-auth',
};

/** @throws SpecError */
export function readLogin(connector: StepConnector, place: UrlUser, protocol: string): Login {
  const secrets = new ConnectorSecrets(connector);
  const ssh = sshKeyRef(connector.spec);
  if (protocol === 'ssh') {
    return ssh === undefined ? { kind: 'none' } : keyLogin(ssh, connector, secrets);
  }
  if (protocol === 'git' || protocol === 'file') return { kind: 'none' };
  if (ssh !== undefined)
    throw new SpecError(`The connector ${connector.identifier} has an SSH key, but its url is not one of SSH.`);
  return httpLogin(connector, secrets, place);
}

/** `authentication.spec.sshKeyRef` of the providers' connectors, `spec.sshKeyRef` of generic ones. */
function sshKeyRef(spec: SpecObject): string | undefined {
  const authentication = asObject(spec['authentication'] ?? {}, 'authentication');
  for (const holder of [authentication['spec'], spec['spec'], spec]) {
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) continue;
    const reference = textOf((holder as SpecObject)['sshKeyRef'], 'sshKeyRef');
    if (reference !== undefined && reference !== '') return reference;
  }
  return undefined;
}

/** What beside the key a secret of type `SSHKey` says stands at `spec.sshKey`. */
function keyLogin(reference: string, { spec }: StepConnector, secrets: ConnectorSecrets): SshKey {
  const more = asObject(spec['sshKey'] ?? {}, 'sshKey');
  const passphraseRef = textOf(more['passphraseRef'], 'sshKey.passphraseRef');
  return {
    kind: 'key',
    privateKey: secrets.key(reference),
    passphrase: passphraseRef === undefined ? undefined : secrets.text(passphraseRef),
    user: wordOf(more, 'userName'),
    port: wordOf(more, 'port'),
  };
}

/** For a line of ssh's settings. */
function wordOf(object: SpecObject, key: string): string | undefined {
  const text = textOf(object[key], `sshKey.${key}`);
  if (text !== undefined && !/^[\w.@-]*$/.test(text))
    throw new SpecError(`sshKey.${key}: "${text}" has odd characters.`);
  return text === '' ? undefined : text;
}

function httpLogin(connector: StepConnector, secrets: ConnectorSecrets, place: UrlUser): Login {
  const { identifier, spec, type } = connector;
  const authentication = asObject(spec['authentication'] ?? {}, 'authentication');
  // Generic connectors have user and password directly in `spec`, the others a typed pair below `authentication`.
  const outer = asObject(authentication['spec'] ?? spec['spec'] ?? {}, 'authentication.spec');
  const inner = asObject(outer['spec'] ?? outer, 'authentication.spec.spec');
  const way = textOf(outer['type'], 'authentication.spec.type') ?? 'UsernamePassword';
  if (way === 'Anonymous') return { kind: 'none' };
  if (way === 'GithubApp') return appLogin(inner, connector, secrets);
  const passwordRef = ['passwordRef', 'tokenRef'].map((key) => textOf(inner[key], key)).find((ref) => ref);
  if (passwordRef === undefined) {
    if (way !== 'UsernamePassword' && way !== 'UsernameToken')
      throw new SpecError(
        `The connector ${identifier} authenticates by ${way}, which a clone cannot do yet; use a token.`,
      );
    return place.password === undefined
      ? { kind: 'none' }
      : { kind: 'password', username: place.user ?? '', password: place.password };
  }
  const usernameRef = ['usernameRef', 'emailRef'].map((key) => textOf(inner[key], key)).find((ref) => ref);
  const username =
    (usernameRef === undefined ? undefined : secrets.text(usernameRef)) ??
    ['username', 'email'].map((key) => textOf(inner[key], key)).find((text) => text) ??
    place.user ??
    TOKEN_USERS[type] ??
    'git';
  const password = secrets.text(passwordRef);
  for (const part of [username, password]) {
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    if (/[\u0000-\u001f]/.test(part))
      throw new SpecError(`User name and password of the connector ${identifier} must be of one line each.`);
  }
  return { kind: 'password', username, password };
}

function appLogin(spec: SpecObject, { identifier }: StepConnector, secrets: ConnectorSecrets): GithubApp {
  const id = (key: string): string => {
    const reference = textOf(spec[`${key}Ref`], `${key}Ref`);
    const found = reference ? secrets.text(reference) : textOf(spec[key], key);
    if (found === undefined || !/^[\w.-]{1,100}$/.test(found))
      throw new SpecError(`${key} of the connector ${identifier} is missing, or not an id.`);
    return found;
  };
  const keyRef = textOf(spec['privateKeyRef'], 'privateKeyRef') ?? '';
  if (keyRef === '') throw new SpecError(`The connector ${identifier} has no privateKeyRef.`);
  return {
    kind: 'githubApp',
    applicationId: id('applicationId'),
    installationId: id('installationId'),
    privateKey: secrets.key(keyRef),
  };
}

class ConnectorSecrets {
  readonly #connector: StepConnector;

  constructor(connector: StepConnector) {
    this.#connector = connector;
  }

  /** A password or token; the line break that many editors leave behind it is not part of it. */
  text(reference: string): string {
    return this.#read(reference).replace(/\r?\n$/, '');
  }

  key(reference: string): string {
    const text = this.#read(reference).replaceAll('\r\n', '\n').trim();
    if (!text.startsWith('-----BEGIN '))
      throw new SpecError(
        `The secret ${reference} of the connector ${this.#connector.identifier} is not a private key.`,
      );
    return `${text}\n`;
  }

  #read(reference: string): string {
    const bytes = this.#connector.secrets.get(reference);
    if (bytes === undefined)
      throw new SpecError(`The secret ${reference} of the connector ${this.#connector.identifier} is not there.`);
    return Buffer.from(bytes).toString('utf8');
  }
}
