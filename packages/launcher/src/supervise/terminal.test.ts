import { describe, expect, it } from 'vitest';

import { LauncherError } from '../errors.ts';
import type { ServerReadyMessage } from '../messages.ts';
import { Terminal, wantsColour } from './terminal.ts';

const FIRST: ServerReadyMessage = {
  kind: 'ready',
  url: 'http://127.0.0.1:7070',
  firstStart: true,
  adminToken: 'pat.acc.id.secret',
  adminTokenPath: '/home/mira/.bridle/admin-token',
  delegateToken: 'delegate-secret',
  loginUrl: 'http://127.0.0.1:7070/sign-in#once',
  webhookCurl: "curl -X POST \\\n  --url 'http://127.0.0.1:7070/x' -d '{}'",
};

function told(story: (terminal: Terminal) => void, isColoured = false): string {
  let text = '';
  const add = (more: string): void => void (text += more);
  story(new Terminal({ isColoured, out: add, err: add }));
  return text;
}

describe('Terminal', () => {
  it('tells a first start', () => {
    const text = told((terminal) => {
      terminal.title('0.1.0');
      terminal.done('PostgreSQL', 'version 18, ready in 0.9 s');
      terminal.done('Server', 'ready in 1.2 s');
      terminal.done('Delegate', 'started');
      terminal.ready(FIRST, '/home/mira/.bridle/logs');
      terminal.stopping(false);
      terminal.stopped();
    });
    expect(text).toMatchInlineSnapshot(`
      "
        Bridle 0.1.0

        ✓ PostgreSQL   version 18, ready in 0.9 s
        ✓ Server       ready in 1.2 s
        ✓ Delegate     started

        Open      http://127.0.0.1:7070
        Sign in   http://127.0.0.1:7070/sign-in#once
                  works once
        Token     pat.acc.id.secret
                  shown this once, kept in /home/mira/.bridle/admin-token

        Run the demo pipeline from another terminal:

      curl -X POST \\
        --url 'http://127.0.0.1:7070/x' -d '{}'

        Logs      /home/mira/.bridle/logs
        Stop      Ctrl-C

        Stopping. Ctrl-C again stops at once.
        ✓ Stopped

      "
    `);
  });

  it('tells only where the token lies at a later start', () => {
    const { adminToken: _token, loginUrl: _link, ...later } = FIRST;
    const text = told((terminal) => terminal.ready({ ...later, firstStart: false }, '/l'));
    expect(text).toContain('Token     in /home/mira/.bridle/admin-token\n');
    expect(text).not.toContain('Sign in');
  });

  it('never shows the delegate token', () => {
    expect(told((terminal) => terminal.ready(FIRST, '/l'))).not.toContain(FIRST.delegateToken);
  });

  it('keeps the curl free of anything that cannot be pasted', () => {
    expect(told((terminal) => terminal.ready(FIRST, '/l'), true)).toContain(`\n\n${FIRST.webhookCurl}\n\n`);
  });

  it('tells why it did not start', () => {
    const error = new LauncherError({
      code: 'SERVER_FAILED',
      message: 'The server ended with code 1 while starting.',
      hint: 'The whole log is /l/server.log.',
      logTail: ['first', 'last'],
      logFile: '/l/server.log',
    });
    expect(told((terminal) => terminal.failure(error))).toMatchInlineSnapshot(`
      "
        ✗ The server ended with code 1 while starting. SERVER_FAILED
          The whole log is /l/server.log.

          Last lines of /l/server.log:
          │ first
          │ last

      "
    `);
  });

  it('tells a trouble of the system in its words, and a bug as a bug', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(told((terminal) => terminal.failure(full))).toBe('\n  ✗ ENOSPC: no space left on device, write\n\n');
    const bug = told((terminal) => terminal.failure(new TypeError('x is not a function')));
    expect(bug).toContain('This is a bug in Bridle: x is not a function');
    expect(bug).toContain('terminal.test.ts');
  });

  it('colours only when asked to', () => {
    const story = (terminal: Terminal): void => terminal.ready(FIRST, '/l');
    expect(told(story)).not.toContain('\u001b');
    expect(told(story, true)).toContain('\u001b[1mhttp://127.0.0.1:7070\u001b[22m');
  });
});

describe('wantsColour', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('terminal %j with %j: %j', (isTTY, env: Record<string, string>, expected) => {
    expect(wantsColour({ isTTY }, env)).toBe(expected);
  });
});
