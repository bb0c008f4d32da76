/** Mail servers: greeting, TLS and login as `Email` does them, and no mail. */
import { getCACertificates } from 'node:tls';
import type { StepConnector, StepContext } from '../executor.ts';
import { describeFailure, findRefusal } from '../http/call-failure.ts';
import { openGuardedSocket } from '../http/guarded-socket.ts';
import { findSmtpServer } from '../mail/smtp-server.ts';
import { TestFailed } from './test-failed.ts';

const ANSWER_MS_MAX = 20_000;

export async function testSmtp(connector: StepConnector, context: StepContext): Promise<void> {
  const { identifier } = connector;
  const { host, port, tls, login } = findSmtpServer(identifier, { [identifier]: connector });
  const { settings } = context.host;
  const { connectTimeoutMs, certificateAuthorities = [] } = settings.http;
  const { createTransport } = await import('nodemailer');
  try {
    const socket = await openGuardedSocket(host, port, settings, connectTimeoutMs, context.signal);
    const transport = createTransport({
      host,
      port,
      connection: socket,
      secure: tls === 'always',
      requireTLS: tls === 'start',
      tls:
        certificateAuthorities.length === 0 ? {} : { ca: [...getCACertificates('default'), ...certificateAuthorities] },
      greetingTimeout: ANSWER_MS_MAX,
      socketTimeout: ANSWER_MS_MAX,
      ...(login === undefined ? {} : { auth: login }),
    });
    try {
      await transport.verify();
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (context.signal.aborted || findRefusal(error) !== undefined) throw error;
    const server = `${host}:${String(port)}`;
    const isLogin = error instanceof Error && 'code' in error && error.code === 'EAUTH';
    throw isLogin
      ? new TestFailed(`${server} does not accept the connector's user or password.`, 'AUTHENTICATION')
      : new TestFailed(`${server} cannot be used: ${describeFailure(error)}`, 'CONNECTIVITY');
  }
}
