/**
 * `Email`: one message by SMTP.
 *
 * - M1 No text of the step becomes a header of its own: addresses are checked, line breaks of the subject become blanks.
 * - M2 The body is text: nothing in it makes this host read a file or ask an address.
 * - M3 With `fireAndForget` a message that cannot be sent is said in the log and fails nothing; a wrong spec still does.
 */
import type { FailureType } from '@bridle/pipeline';
import type { SentMessageInfo } from 'nodemailer';
import { failed, type StepContext, type StepExecutor, type StepResult } from '../executor.ts';
import { AddressRefused } from '@bridle/outgoing';
import { describeFailure } from '../http/call-failure.ts';
import { openGuardedSocket } from '../http/guarded-socket.ts';
import { StepLog } from '../step-log.ts';
import { asObject, SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { readAddresses, type MailAddress } from './addresses.ts';
import { findSmtpServer, type SmtpServer } from './smtp-server.ts';

const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** RFC 5322 allows lines of 998; a longer subject is nobody's intention. */
const SUBJECT_LENGTH_MAX = 998;
const GREETING_TIMEOUT_MS = 30_000;
const SILENCE_MS_MAX = 60_000;

interface Message {
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  readonly html: string;
}

export const email: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    if (context.signal.aborted) return { kind: 'cancelled' };
    const log = new StepLog(context.log);
    try {
      const spec = asObject(context.step.spec, 'The spec of an Email step');
      const message = readMessage(spec);
      const server = findSmtpServer(
        textOf(spec['connectorRef'], 'connectorRef')?.trim() ?? '',
        context.step.connectors,
      );
      const isForgotten = textOf(spec['fireAndForget'], 'fireAndForget') === 'true';
      return await deliver(message, server, isForgotten, context, log);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      await log.line(error.message);
      return failed(error.message);
    }
  },
};

function readMessage(spec: SpecObject): Message {
  const to = readAddresses(spec['to'], 'to');
  const cc = readAddresses(spec['cc'], 'cc');
  if (to.length + cc.length === 0) throw new SpecError('An Email step needs a recipient: to or cc.');
  const subject = (textOf(spec['subject'], 'subject') ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (subject.length > SUBJECT_LENGTH_MAX)
    throw new SpecError(`The subject has more than ${SUBJECT_LENGTH_MAX} characters.`);
  const html = textOf(spec['body'], 'body') ?? '';
  if (Buffer.byteLength(html) > BODY_BYTES_MAX) throw new SpecError(`The body has more than ${BODY_BYTES_MAX} bytes.`);
  return { to, cc, subject, html };
}

async function deliver(
  message: Message,
  server: SmtpServer,
  isForgotten: boolean,
  context: StepContext,
  log: StepLog,
): Promise<StepResult> {
  const all = [...message.to, ...message.cc].map(({ address }) => address);
  await log.line(`Sending "${message.subject}" to ${all.join(', ')} through ${server.host} port ${server.port}`);
  const problem = await send(message, server, context).then(problemWithSome, (error: unknown) => {
    if (context.signal.aborted) return 'cancelled' as const;
    return describe(error, server);
  });
  if (problem === 'cancelled') {
    await log.line('Execution was stopped before it ended.');
    return { kind: 'cancelled' };
  }
  if (problem === undefined) {
    await log.line('The mail server has taken the message.');
    return { kind: 'succeeded', outputs: {} };
  }
  await log.line(problem.message);
  if (!isForgotten) return failed(problem.message, [problem.type]);
  await log.line('The step does not fail by this (fireAndForget).');
  return { kind: 'succeeded', outputs: {} };
}

async function send(message: Message, server: SmtpServer, { host, signal }: StepContext): Promise<SentMessageInfo> {
  const { createTransport } = await import('nodemailer');
  const { http } = host.settings;
  const socket = await openGuardedSocket(server.host, server.port, host.settings, http.connectTimeoutMs, signal);
  const authorities = http.certificateAuthorities ?? [];
  try {
    const transport = createTransport({
      host: server.host,
      port: server.port,
      connection: socket,
      secure: server.tls === 'always',
      requireTLS: server.tls === 'start',
      tls: await trusted(authorities),
      greetingTimeout: GREETING_TIMEOUT_MS,
      socketTimeout: SILENCE_MS_MAX,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(server.login === undefined ? {} : { auth: server.login }),
    });
    return await transport.sendMail({
      from: { ...server.from },
      to: message.to.map((each) => ({ ...each })),
      cc: message.cc.map((each) => ({ ...each })),
      subject: message.subject,
      html: message.html,
      headers: { 'Auto-Submitted': 'auto-generated' },
      xMailer: false,
    });
  } finally {
    socket.destroy();
  }
}

async function trusted(authorities: readonly string[]): Promise<{ readonly ca?: string[] }> {
  if (authorities.length === 0) return {};
  const { getCACertificates } = await import('node:tls');
  return { ca: [...getCACertificates('default'), ...authorities] };
}

interface Problem {
  readonly message: string;
  readonly type: FailureType;
}

/** A server may take the message for some and refuse others. */
function problemWithSome(sent: SentMessageInfo): Problem | undefined {
  const refused: readonly unknown[] = sent.rejected ?? [];
  if (refused.length === 0) return undefined;
  return {
    message: `The mail server does not take the message for ${refused.map(addressText).join(', ')}; the others get it.`,
    type: 'APPLICATION_ERROR',
  };
}

function addressText(refused: unknown): string {
  return typeof refused === 'string' ? refused : JSON.stringify(refused);
}

/** Codes of nodemailer; what the server answered is in its text, and never a password. */
function describe(error: unknown, server: SmtpServer): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said =
    error instanceof Error && 'response' in error && typeof error.response === 'string'
      ? error.response
      : describeFailure(error);
  if (error instanceof AddressRefused) return { message: error.message, type: 'AUTHORIZATION_ERROR' };
  switch (code) {
    case 'EAUTH':
      return { message: `The mail server does not accept the login: ${said}`, type: 'AUTHENTICATION' };
    case 'EENVELOPE':
    case 'EMESSAGE':
      return { message: `The mail server does not take the message: ${said}`, type: 'APPLICATION_ERROR' };
    case 'ETLS':
      return { message: `No secure connection to ${server.host} came about: ${said}`, type: 'CONNECTIVITY' };
    default:
      return {
        message: `The mail server ${server.host} port ${server.port} could not be reached: ${said}`,
        type: 'CONNECTIVITY',
      };
  }
}
