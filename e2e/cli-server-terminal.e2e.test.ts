/** What people see of an execution on a server in a terminal. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openCli, runCli } from './src/cli.ts';
import { normalisedServer, saveFixture, serverEnvironment } from './src/cli-server.ts';
import { startProduct, type Product } from './src/product.ts';
import { hasPseudoTerminals, KEYS, type TerminalSession } from './src/terminal.ts';

let product: Product;
const sessions: TerminalSession[] = [];

beforeAll(async () => {
  product = await startProduct();
  await saveFixture(product, 'approval.yaml');
  await saveFixture(product, 'decisions.yaml');
});

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.dispose();
});

afterAll(() => product?.dispose());

function on(words: readonly string[]): TerminalSession {
  const session = openCli(words, { folder: product.home, environment: serverEnvironment(product), columns: 100 });
  sessions.push(session);
  return session;
}

describe.runIf(hasPseudoTerminals())('in a terminal', () => {
  it('is live, asks what the execution waits for, and ends with the report', async () => {
    const session = on(['execute', 'release', '--watch']);
    await session.until('Shall build 42 go live?');
    await session.until('Approve');
    session.type(KEYS.enter);
    await session.until('ticket');
    session.type(KEYS.enter);
    await session.until('Comment');
    session.type(KEYS.enter);
    expect(await session.exited).toBe(0);
    const screen = normalisedServer(session.everything(), product);
    expect(screen).toMatch(/✓ Gate +Success +TIME +1 step\n✓ Go live +Success +TIME +1 step\n/);
    expect(screen).toMatch(/✓ Success {2}Release {2}TIME {2}2 steps: 2 succeeded$/);
  });

  it('asks what to do about a failure, and for what a step waits for', async () => {
    const session = on(['execute', 'decisions', '--watch']);
    await session.until('Work › Flaky failed. What now?');
    session.type(`${KEYS.down}${KEYS.enter}`);
    await session.until('Work › Greet waits for input');
    session.type(`${KEYS.down}${KEYS.enter}`);
    expect(await session.exited).toBe(0);
    expect(normalisedServer(session.everything(), product)).toMatch(
      /✓ Failure ignored {2}Decisions {2}TIME {2}2 steps: 1 succeeded, 1 failed and ignored$/,
    );
  });

  it('looks away on Ctrl-C, and aborts only when that is wanted', async () => {
    const environment = serverEnvironment(product);
    const { out } = await runCli(['execute', 'release', '-q'], { folder: product.home, environment });
    const id = out.trim();
    const session = on(['execution', 'watch', id, '--wait-on-approval']);
    await session.until('Shall build 42 go live?');
    session.type(KEYS.ctrlC);
    await session.until('Ctrl-C once more to abort it.');
    session.type(KEYS.ctrlC);
    await session.until('Abort the execution?');
    session.type(KEYS.down);
    session.type(KEYS.enter);
    await session.until('It is being aborted.');
    expect(await session.exited).toBe(130);
    const waited = await runCli(['wait', id], { folder: product.home, environment });
    expect(waited).toMatchObject({ exitCode: 3, out: 'Aborted\n' });
  });
});
