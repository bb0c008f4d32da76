import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type ExecutorSettings, type StepConnector } from '../executor.ts';
import { makeAuthority } from '../testing/certificates.ts';
import { openStage, type Stage, type StepStart } from '../testing/stage.ts';
import { readAddresses } from './addresses.ts';
import { findSmtpServer } from './smtp-server.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly message: string;
  readonly user: string | undefined;
  readonly isSecure: boolean;
}

const authority = makeAuthority();
const TRUSTING = { http: { ...DEFAULT_SETTINGS.http, certificateAuthorities: [authority.cert] } };
const certificate = authority.issue('mail', ['127.0.0.1']);

let stage: Stage;
const servers: (SMTPServer | Server)[] = [];
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => void server.close(() => resolve()));
});

/** A real mail server that keeps what it is sent. */
async function serve(
  options: SMTPServerOptions = {},
): Promise<{ readonly port: number; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    ...certificate,
    authOptional: true,
    onAuth: ({ username, password }, _session, answer) =>
      password === 's3cret'
        ? answer(null, { user: username ?? '' })
        : answer(new Error('Invalid username or password')),
    onData: (stream, session: SMTPServerSession, done) => {
      const { mailFrom, rcptTo } = session.envelope;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          message: Buffer.concat(chunks).toString(),
          user: session.user,
          isSecure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that left
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { port: (server.server.address() as AddressInfo).port, received };
}

function smtp(port: number, more: Readonly<Record<string, unknown>> = {}): StepConnector {
  return {
    identifier: 'smtp',
    type: 'Smtp',
    spec: { host: '127.0.0.1', port, fromAddress: 'Bridle <ci@example.com>', ...more },
    secrets: new Map([
      ['account.pass', Buffer.from('s3cret')],
      ['account.wrong', Buffer.from('wr0ng')],
    ]),
  };
}

const LOGIN = { username: 'me', passwordRef: 'account.pass' };
const SPEC = { to: 'one@example.com', subject: 'Build 7', body: '<p>done</p>', connectorRef: 'account.smtp' };

function send(spec: object, connector: StepConnector, settings: Partial<ExecutorSettings> = {}): StepStart {
  return stage.start('Email', spec, {
    workspaceKey: 'one', // a stage's: single steps wait at their end for stray processes
    step: { connectors: { 'account.smtp': connector } },
    settings: { ...TRUSTING, ...settings },
  });
}

describe('Email', () => {
  test('goes to everybody, as HTML', async () => {
    const { port, received } = await serve();
    const spec = {
      ...SPEC,
      to: 'one@example.com, "Last, First" <two@example.com>;\nthree@example.com',
      cc: ['four@example.com', 'ONE@example.com'],
      subject: 'Bau fertig: ünïcode ✓',
      body: '<p>fertig &amp; gut – ✓</p>\n.\nend',
    };
    const { result, log } = send(spec, smtp(port));
    expect(await result).toEqual({ kind: 'succeeded', outputs: {} });
    const [mail] = received;
    expect(received).toHaveLength(1);
    expect(mail?.from).toBe('ci@example.com');
    expect(mail?.to.map((each) => each.toLowerCase()).toSorted()).toEqual(
      ['one@example.com', 'two@example.com', 'three@example.com', 'four@example.com'].toSorted(),
    );
    expect(mail?.message).toMatch(/^To: one@example\.com, "Last, First" <two@example\.com>,?\s+three@example\.com/m);
    expect(mail?.message).toMatch(/^Content-Type: text\/html; charset=utf-8/m);
    expect(mail?.message).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(decodeHeader(/^Subject: (.*(?:\r\n .*)*)/m.exec(mail?.message ?? '')?.[1] ?? '')).toBe(
      'Bau fertig: ünïcode ✓',
    );
    expect(log.text).toContain('The mail server has taken the message.');
  });

  test('the default connector is found under its own name', async () => {
    const { port, received } = await serve();
    const { connectorRef: _, ...spec } = SPEC;
    const { result } = stage.start('Email', spec, { step: { connectors: { smtp: smtp(port) } }, settings: TRUSTING });
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(received).toHaveLength(1);
    expect(await stage.start('Email', spec, {}).result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('There is no mail server') },
    });
  });

  test.each([
    ['TLS from the start', { secure: true }, { useSSL: true }],
    ['STARTTLS', {}, { startTLS: true }],
    ['STARTTLS where it is offered', {}, {}],
  ])('by %s', async (_name, options, spec) => {
    const { port, received } = await serve(options);
    expect(await send(SPEC, smtp(port, { ...spec, ...LOGIN })).result).toMatchObject({ kind: 'succeeded' });
    expect(received).toMatchObject([{ isSecure: true, user: 'me' }]);
  });

  test('a server without TLS is refused where TLS is asked for, and by an unknown authority always', async () => {
    const plain = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    expect(await send(SPEC, smtp(plain.port, { startTLS: true })).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'], message: expect.stringContaining('secure') },
    });
    const unknown = await serve({ secure: true });
    expect(
      await send(SPEC, smtp(unknown.port, { useSSL: true }), { http: DEFAULT_SETTINGS.http }).result,
    ).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
    expect([...plain.received, ...unknown.received]).toEqual([]);
  });

  test('a wrong password is an authentication failure and is not shown', async () => {
    const { port } = await serve();
    const { result, log } = send(SPEC, smtp(port, { username: 'me', passwordRef: 'account.wrong' }));
    expect(await result).toMatchObject({ kind: 'failed', failure: { types: ['AUTHENTICATION'] } });
    expect(JSON.stringify(await result) + log.text).not.toMatch(/wr0ng|d3IwbmU|bWUA/);
  });

  test('recipients the server refuses fail the step by name; the others get the message', async () => {
    const { port, received } = await serve({
      onRcptTo: ({ address }, _session, answer) =>
        answer(address.startsWith('no') ? new Error('No such user here') : undefined),
    });
    expect(await send({ ...SPEC, cc: 'nobody@example.com' }, smtp(port)).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining('nobody@example.com') },
    });
    expect(received).toMatchObject([{ to: ['one@example.com'] }]);
    expect(await send({ ...SPEC, to: 'nobody@example.com' }, smtp(port)).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['APPLICATION_ERROR'] },
    });
  });

  test('fireAndForget: what cannot be sent fails nothing and is said; a wrong spec still fails', async () => {
    const forgotten = send({ ...SPEC, fireAndForget: true }, smtp(1));
    expect(await forgotten.result).toEqual({ kind: 'succeeded', outputs: {} });
    expect(forgotten.log.text).toContain('could not be reached');
    expect(await send({ ...SPEC, to: 'nonsense', fireAndForget: true }, smtp(1)).result).toMatchObject({
      kind: 'failed',
    });
    expect(await send(SPEC, smtp(1)).result).toMatchObject({ kind: 'failed', failure: { types: ['CONNECTIVITY'] } });
  });

  test('a server that says nothing is given up when the step is stopped', async () => {
    const asked = Promise.withResolvers<Socket>();
    const silent = createServer((socket) => asked.resolve(socket));
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { result, cancel } = send(SPEC, smtp((silent.address() as AddressInfo).port));
    const socket = await asked.promise;
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    socket.destroy();
  });

  test('a mail server may be nothing a step may not reach (S11)', async () => {
    expect(
      await send(SPEC, { ...smtp(25), spec: { host: '169.254.169.254', port: 25, fromAddress: 'a@b.c' } }).result,
    ).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHORIZATION_ERROR'] },
    });
  });

  test.each([
    ['mail.example.com', LOGIN, 'start'],
    ['127.example.com', LOGIN, 'start'],
    ['192.168.1.1', LOGIN, 'start'],
    ['127.0.0.1', LOGIN, 'offered'],
    ['mail.example.com', {}, 'offered'],
    ['mail.example.com', { ...LOGIN, useSSL: true }, 'always'],
  ])('a password does not leave this host in the clear: %s %j', (host, more, tls) => {
    const connectors = { smtp: smtp(25, { host, ...more }) };
    expect(findSmtpServer('', connectors).tls).toBe(tls);
  });

  test.each([
    ['nobody', { ...SPEC, to: '' }, 'needs a recipient'],
    ['no address', { ...SPEC, to: 'one' }, 'not a mail address'],
    ['an address with a line break', { ...SPEC, to: 'one@example.com\r\nBcc: two@example.com' }, 'not a mail address'],
    ['a name with a line break', { ...SPEC, to: '"a\r\nBcc: b@c.d" <one@example.com>' }, 'not a mail address'],
    ['a long subject', { ...SPEC, subject: 'x'.repeat(999) }, '998 characters'],
    ['another connector', { ...SPEC, connectorRef: 'other' }, 'was not given'],
  ])('%s is refused in words', async (_name, spec, words) => {
    const { port, received } = await serve();
    expect(await send(spec, smtp(port)).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining(words) },
    });
    expect(received).toEqual([]);
  });
});

describe('headers (M1)', () => {
  test('a subject is one line whatever it holds', async () => {
    const { port, received } = await serve();
    for (const subject of [
      'a\r\nBcc: evil@example.com',
      'a\n\nbody',
      'a\rX-Evil: 1',
      'a\u{85}X-Evil: 1',
      'a\u{2028}X-Evil: 1',
      'a\0b',
    ]) {
      await send({ ...SPEC, subject }, smtp(port)).result;
    }
    expect(received).toHaveLength(6);
    for (const { message, to } of received) {
      expect(to).toEqual(['one@example.com']);
      const [head = ''] = message.split('\r\n\r\n');
      const names = head
        .replaceAll(/\r\n[ \t]+/g, ' ')
        .split('\r\n')
        .map((line) => line.slice(0, line.indexOf(':')));
      expect(names.toSorted()).toEqual(
        [
          'Auto-Submitted',
          'Content-Transfer-Encoding',
          'Content-Type',
          'Date',
          'From',
          'MIME-Version',
          'Message-ID',
          'Subject',
          'To',
        ].toSorted(),
      );
    }
  });

  test('what is read as an address holds nothing that ends a header', () => {
    const part = fc.constantFrom(
      'a',
      'b.c',
      '@',
      '<',
      '>',
      '"',
      ',',
      ';',
      '\r',
      '\n',
      '\0',
      ' ',
      'Bcc:',
      '\u{2028}',
      '(',
      '\\',
      'x@y.z',
      ':',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        let found: ReturnType<typeof readAddresses>;
        try {
          found = readAddresses(parts.join(''), 'to');
        } catch {
          return;
        }
        for (const { name, address } of found) {
          expect(address).toMatch(/^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/);
          expect(name).not.toMatch(/[\r\n\0]/);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

function decodeHeader(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?(q|b)\?([^?]*)\?=/gi, (_, kind: string, coded: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(coded, 'base64').toString()
        : Buffer.from(
            coded
              .replaceAll('_', ' ')
              .replaceAll(/=([0-9A-F]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          ).toString(),
    );
}
