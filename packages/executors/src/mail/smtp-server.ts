/** The mail server of an `Smtp` connector. */
import { isIP } from 'node:net';
import type { StepConnector, StepRequest } from '../executor.ts';
import { SpecError, textOf } from '../step-spec.ts';
import { secretText } from '../storage/connector-secrets.ts';
import { readAddress, type MailAddress } from './addresses.ts';

/** Where a step names no connector, the server looks for one of this identifier and hands it over under it. */
const DEFAULT_KEY = 'smtp';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly from: MailAddress;
  /** `always`: the connection begins with TLS; `start`: it must become TLS; `offered`: it becomes TLS where the server can. */
  readonly tls: 'always' | 'start' | 'offered';
  readonly login?: { readonly user: string; readonly pass: string };
}

/** @throws SpecError */
export function findSmtpServer(reference: string, connectors: StepRequest['connectors']): SmtpServer {
  const connector = connectors?.[reference === '' ? DEFAULT_KEY : reference];
  if (connector === undefined)
    throw new SpecError(
      reference === ''
        ? `There is no mail server: make a connector of type Smtp with the identifier ${DEFAULT_KEY}, in the project or the account.`
        : `The connector ${reference} was not given to the step.`,
    );
  if (connector.type !== 'Smtp')
    throw new SpecError(
      `The connector ${connector.identifier} is of type ${connector.type}; mail needs one of type Smtp.`,
    );
  const text = (name: string): string => textOf(connector.spec[name], name)?.trim() ?? '';
  const host = text('host');
  const port = Number(text('port'));
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SpecError(`The connector ${connector.identifier} has no host or no port.`);
  const login = readLogin(connector, text('username'));
  return {
    host,
    port,
    from: readAddress(text('fromAddress'), `fromAddress of the connector ${connector.identifier}`),
    tls: tlsOf(text('useSSL') === 'true', text('startTLS') === 'true', login !== undefined && !isLoopback(host)),
    ...(login === undefined ? {} : { login }),
  };
}

/** A password goes over the network in TLS only, whatever the connector says. */
function tlsOf(isFromStart: boolean, isStarted: boolean, isNeeded: boolean): SmtpServer['tls'] {
  if (isFromStart) return 'always';
  return isStarted || isNeeded ? 'start' : 'offered';
}

function readLogin(connector: StepConnector, userName: string): SmtpServer['login'] {
  const user = userName || secretText(connector, connector.spec['usernameRef']) || '';
  const pass = secretText(connector, connector.spec['passwordRef']) ?? '';
  return user === '' ? undefined : { user, pass };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
