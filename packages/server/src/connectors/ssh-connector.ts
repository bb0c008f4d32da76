/** SSH keys in leases: a secret of type `SSHKey` is a login, made of other secrets. */
import { asProjectsWrite, levelOf, objectToReference } from '@bridle/pipeline';
import type { SecretSource, TaskConnector } from '@bridle/protocol';
import type { SshLogin } from '../secrets/ssh-spec.ts';
import type { StoredKey } from './scoped-reference.ts';
import { missing, type SecretSources } from './secret-sources.ts';

interface SshKeySecret {
  readonly login: SshLogin;
  readonly key: StoredKey;
}

interface TakenConnector {
  readonly connector: TaskConnector;
  readonly secrets: ReadonlyMap<string, SecretSource>;
}

/** A step's target that names an SSH key: a connector of type `SSHKey`, whose spec is the login. */
export function sshConnector(secret: SshKeySecret, sources: SecretSources): TakenConnector {
  const { spec, secrets } = loginOf(secret, sources);
  return { connector: { identifier: secret.key.identifier, type: 'SSHKey', spec }, secrets };
}

/**
 * A connector that signs in by SSH (`sshKeyRef`): the reference stands for the private key itself, and `sshKey` at the top of
 * the spec says the rest of the login.
 */
export function withSshKey(
  connector: TaskConnector,
  secrets: ReadonlyMap<string, SecretSource>,
  sources: SecretSources,
): TakenConnector {
  const result = new Map(secrets);
  let spec = connector.spec;
  for (const reference of secrets.keys()) {
    const secret = sources.sshKey(reference);
    if (secret === undefined) continue;
    const login = loginOf(secret, sources);
    for (const [name, source] of login.secrets) result.set(name, source);
    const keyRef = login.spec['keyRef'];
    const key = typeof keyRef === 'string' ? login.secrets.get(keyRef) : undefined;
    result.set(reference, key ?? missing(`The SSH key ${reference} has no private key of its own.`));
    spec = { ...spec, sshKey: login.spec };
  }
  return { connector: { ...connector, spec }, secrets: result };
}

function loginOf(
  { login, key }: SshKeySecret,
  sources: SecretSources,
): {
  readonly spec: Record<string, unknown>;
  readonly secrets: ReadonlyMap<string, SecretSource>;
} {
  const secrets = new Map<string, SecretSource>();
  const take = (written: string): string => {
    const reference = asProjectsWrite(levelOf(key.owner), written);
    const problem = objectToReference(key.owner, written);
    secrets.set(
      reference,
      problem === undefined ? sources.source(reference) : missing(`The secret ${written} ${problem}.`),
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
