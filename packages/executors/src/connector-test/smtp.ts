/** Mail servers: greeting, TLS and login, and no mail. */
import type { StepConnector, StepContext } from '../executor.ts';
import { checkTarget } from '../http/address-guard.ts';
import { outgoingRules } from '../http/outgoing.ts';
import { secretText } from '../storage/connector-secrets.ts';
import { SpecError, textOf } from '../step-spec.ts';
import { addressOf } from './http-call.ts';
import { TestFailed } from './test-failed.ts';

const ANSWER_MS_MAX = 20_000;

export async function testSmtp(connector: StepConnector, context: StepContext): Promise<void> {
  const { spec, identifier } = connector;
  const host = textOf(spec['host'], 'host') ?? '';
  const port = Number(textOf(spec['port'], 'port') ?? '');
  if (host === '' || !Number.isInteger(port))
    throw new SpecError(`The connector ${identifier} has no host or no port.`);
  const user = textOf(spec['username'], 'username') || secretText(connector, spec['usernameRef']);
  const pass = secretText(connector, spec['passwordRef']);
  await checkTarget(addressOf(host, port), await outgoingRules(context.host.settings), host);
  const { createTransport } = await import('nodemailer');
  const isSecure = isTrue(spec['useSSL']);
  const transport = createTransport({
    host,
    port,
    secure: isSecure,
    requireTLS: !isSecure && isTrue(spec['startTLS']),
    ...(user === undefined || user === '' || pass === undefined ? {} : { auth: { user, pass } }),
    connectionTimeout: context.host.settings.http.connectTimeoutMs,
    greetingTimeout: ANSWER_MS_MAX,
    socketTimeout: ANSWER_MS_MAX,
  });
  const close = (): void => transport.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    await transport.verify();
  } catch (error) {
    if (context.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const isLogin = error instanceof Error && 'code' in error && error.code === 'EAUTH';
    throw isLogin
      ? new TestFailed(`${host}:${String(port)} does not accept the connector's user or password.`, 'AUTHENTICATION')
      : new TestFailed(`${host}:${String(port)} cannot be used: ${reason}`, 'CONNECTIVITY');
  } finally {
    context.signal.removeEventListener('abort', close);
    transport.close();
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
