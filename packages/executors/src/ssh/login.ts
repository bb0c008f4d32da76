/** Who signs in on a step's target host, and with what: an `SSHKey` handed over as a connector, or one inside of a connector to hosts. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { ConnectConfig } from 'ssh2';
import type { StepConnector, StepRequest } from '../executor.ts';
import { asObject, SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { secretText } from '../storage/connector-secrets.ts';

const SSH_PORT = 22;

export interface SshLogin {
  readonly user: string;
  readonly port: number;
  readonly credential: Pick<ConnectConfig, 'privateKey' | 'passphrase' | 'password'>;
}

/** @throws SpecError */
export async function findSshLogin(reference: string, connectors: StepRequest['connectors']): Promise<SshLogin> {
  const connector = connectors?.[reference];
  if (connector === undefined)
    throw new SpecError(
      reference === ''
        ? 'executionTarget needs a connectorRef: an SSH key to sign in with.'
        : `The SSH key ${reference} was not given to the step.`,
    );
  const login = loginOf(connector);
  const user = textOf(login['userName'], 'userName')?.trim() ?? '';
  if (user === '') throw new SpecError(`The SSH key ${connector.identifier} has no userName.`);
  const port = Number(textOf(login['port'], 'port') ?? SSH_PORT);
  if (!isPort(port)) throw new SpecError(`The SSH key ${connector.identifier} has no valid port.`);
  return { user, port, credential: await readCredential(connector, login) };
}

function loginOf({ identifier, type, spec }: StepConnector): SpecObject {
  if (type === 'SSHKey') return spec;
  if (spec['sshKey'] !== undefined) return asObject(spec['sshKey'], `The SSH key of the connector ${identifier}`);
  throw new SpecError(
    `The connector ${identifier} of type ${type} does not say how to sign in by SSH; use a secret of type SSHKey.`,
  );
}

async function readCredential(connector: StepConnector, login: SpecObject): Promise<SshLogin['credential']> {
  const password = secretText(connector, login['passwordRef']);
  if (password !== undefined) return { password };
  const privateKey =
    secretText(connector, login['keyRef']) ?? (await readKeyFile(connector, textOf(login['keyPath'], 'keyPath')));
  const passphrase = secretText(connector, login['passphraseRef']);
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  // Its text says which part is wrong, and holds nothing of the key.
  if (parsed instanceof Error)
    throw new SpecError(`The SSH key ${connector.identifier} cannot be used: ${parsed.message}`);
  return { privateKey, ...(passphrase === undefined ? {} : { passphrase }) };
}

async function readKeyFile({ identifier }: StepConnector, path: string | undefined): Promise<string> {
  if (path === undefined || path === '')
    throw new SpecError(`The SSH key ${identifier} has neither a key nor a password.`);
  const file = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  if (!isAbsolute(file))
    throw new SpecError(`The keyPath of the SSH key ${identifier} is not an absolute path of the delegate's host.`);
  return readFile(file, 'utf8').catch(() => {
    throw new SpecError(`The file ${path} of the SSH key ${identifier} cannot be read on this delegate.`);
  });
}

export interface SshAddress {
  readonly host: string;
  readonly port: number;
}

/** `host`, `host:port`, `[v6]:port`. @throws SpecError */
export function readSshAddress(text: string, usualPort: number): SshAddress {
  const found = /^(?:\[([^\][]+)\]|([^:\s/@]+))(?::(\d+))?$/.exec(text);
  const bare = /^[0-9a-f:]+(%\w+)?$/i.test(text) && text.includes('::') ? text : undefined;
  const host = bare ?? found?.[1] ?? found?.[2];
  const port = Number(found?.[3] ?? usualPort);
  if (host === undefined || !isPort(port))
    throw new SpecError(`"${text}" is not a host to sign in to; write host or host:port.`);
  return { host, port };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
