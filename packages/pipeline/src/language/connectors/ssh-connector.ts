/** SSH keys: a secret of type `SSHKey` is a login, made of other secrets. Whoever gives steps their connectors puts it together so. */
import { asProjectsWrite, levelOf, type DocumentOwner } from '../documents.ts';
import { objectToReference } from './secret-references.ts';
import type { SshLogin } from './ssh-spec.ts';

export interface SshKeySecret {
  readonly login: SshLogin;
  readonly identifier: string;
  readonly owner: DocumentOwner;
}

/** Where the plaintext of references comes from, as whoever asks says it. */
export interface SshSources<Source> {
  /** The login, when the reference means an SSH key. */
  sshKey(reference: string): SshKeySecret | undefined;
  source(reference: string): Source;
  /** A secret that is not to be had; the text is for the step's author. */
  missing(message: string): Source;
}

export interface ConnectorParts {
  readonly identifier: string;
  readonly type: string;
  readonly spec: Record<string, unknown>;
}

export interface TakenConnector<Source> {
  readonly connector: ConnectorParts;
  readonly secrets: ReadonlyMap<string, Source>;
}

/** A step's target that names an SSH key: a connector of type `SSHKey`, whose spec is the login. */
export function sshConnector<Source>(secret: SshKeySecret, sources: SshSources<Source>): TakenConnector<Source> {
  const { spec, secrets } = loginOf(secret, sources);
  return { connector: { identifier: secret.identifier, type: 'SSHKey', spec }, secrets };
}

/**
 * A connector that signs in by SSH (`sshKeyRef`): the reference stands for the private key itself, and `sshKey` at the top of
 * the spec says the rest of the login.
 */
export function withSshKey<Source>(
  connector: ConnectorParts,
  secrets: ReadonlyMap<string, Source>,
  sources: SshSources<Source>,
): TakenConnector<Source> {
  const result = new Map(secrets);
  let spec = connector.spec;
  for (const reference of secrets.keys()) {
    const secret = sources.sshKey(reference);
    if (secret === undefined) continue;
    const login = loginOf(secret, sources);
    for (const [name, source] of login.secrets) result.set(name, source);
    const keyRef = login.spec['keyRef'];
    const key = typeof keyRef === 'string' ? login.secrets.get(keyRef) : undefined;
    result.set(reference, key ?? sources.missing(`The SSH key ${reference} has no private key of its own.`));
    spec = { ...spec, sshKey: login.spec };
  }
  return { connector: { ...connector, spec }, secrets: result };
}

function loginOf<Source>(
  { login, owner }: SshKeySecret,
  sources: SshSources<Source>,
): {
  readonly spec: Record<string, unknown>;
  readonly secrets: ReadonlyMap<string, Source>;
} {
  const secrets = new Map<string, Source>();
  const take = (written: string): string => {
    const reference = asProjectsWrite(levelOf(owner), written);
    const problem = objectToReference(owner, written);
    secrets.set(
      reference,
      problem === undefined ? sources.source(reference) : sources.missing(`The secret ${written} ${problem}.`),
    );
    return reference;
  };
  const { userName, port } = login;
  const way = login.with;
  const passphrase =
    'passphraseRef' in way && way.passphraseRef !== undefined ? { passphraseRef: take(way.passphraseRef) } : {};
  switch (way.kind) {
    case 'key':
      return { spec: { userName, port, keyRef: take(way.keyRef), ...passphrase }, secrets };
    case 'keyPath':
      return { spec: { userName, port, keyPath: way.path, ...passphrase }, secrets };
    case 'password':
      return { spec: { userName, port, passwordRef: take(way.passwordRef) }, secrets };
  }
}
