/** `bridle mcp` as an assistant uses it: the real process, lines of JSON, the real product. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CLI_FOLDER } from './src/cli.ts';
import { saveFixture, serverEnvironment } from './src/cli-server.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';

const PROGRAM = join(REPOSITORY, 'packages/cli/bin/bridle.mjs');

interface Message {
  readonly jsonrpc: string;
  readonly id: number | null;
  readonly result?: { readonly [name: string]: unknown };
  readonly error?: { readonly code: number; readonly message: string };
}

interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

let product: Product;
let folder: string;

beforeAll(async () => {
  product = await startProduct();
  folder = mkdtempSync(join(tmpdir(), 'bridle-cli-mcp-'));
  for (const file of ['approval.yaml', 'failure.yaml', 'skip.yaml', 'stop.yaml']) await saveFixture(product, file);
});

afterAll(async () => {
  await product?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Its standard output is read as messages, all of it: anything else there fails the test. */
class Client {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly unasked: Message[] = [];
  err = '';
  #id = 0;

  constructor(...words: readonly string[]) {
    this.#child = spawn(process.execPath, [PROGRAM, 'mcp', ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...serverEnvironment(product) },
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      const take = message.id === null ? undefined : this.#waiting.get(message.id);
      if (take === undefined) this.unasked.push(message);
      else take(message);
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  send(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  notify(method: string, params: object = {}): void {
    this.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  async ask(method: string, params: object = {}): Promise<Message> {
    this.#id += 1;
    const id = this.#id;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(id, resolve);
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return await promise;
  }

  get lastId(): number {
    return this.#id;
  }

  async start(): Promise<Message> {
    const hello = await this.ask('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    });
    this.notify('notifications/initialized');
    return hello;
  }

  async call(name: string, given: object = {}): Promise<ToolAnswer> {
    const { result, error } = await this.ask('tools/call', { name, arguments: given });
    if (result === undefined) throw new Error(error?.message ?? 'no result');
    const [content] = result['content'] as readonly { readonly type: string; readonly text: string }[];
    return { text: content?.text ?? '', isError: result['isError'] === true };
  }

  async run(pipeline: string, inputs: object = {}): Promise<string> {
    const { text, isError } = await this.call('run_pipeline', { pipeline, inputs });
    expect({ text, isError }).toMatchObject({ isError: false });
    return (JSON.parse(text) as { execution: string }).execution;
  }

  /** Ends the input, as an assistant that closes. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const [code] = (await once(this.#child, 'exit')) as [number | null];
    return code;
  }
}

interface WireTool {
  readonly name: string;
  readonly inputSchema: { readonly type: string; readonly required: readonly string[] };
  readonly annotations: { readonly readOnlyHint: boolean; readonly destructiveHint: boolean };
}

describe('mcp', () => {
  it('introduces itself, lists its tools, and ends with its input', async () => {
    const client = new Client();
    const hello = await client.start();
    expect(hello.result).toMatchObject({
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'bridle' },
    });
    expect((await client.ask('ping')).result).toEqual({});
    const tools = (await client.ask('tools/list')).result?.['tools'] as readonly WireTool[];
    expect(tools.map(({ name }) => name)).toEqual([
      'list_pipelines',
      'get_pipeline',
      'validate_pipeline',
      'list_executions',
      'get_execution',
      'watch_execution',
      'get_logs',
      'why_node',
      'list_triggers',
      'run_pipeline',
      'approve',
      'reject',
      'abort',
      'fire_trigger',
    ]);
    expect(tools.every(({ inputSchema }) => inputSchema.type === 'object')).toBe(true);
    const hints = (name: string): object | undefined => tools.find((each) => each.name === name)?.annotations;
    expect(hints('get_logs')).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(hints('run_pipeline')).toMatchObject({ readOnlyHint: false, destructiveHint: false });
    expect(hints('abort')).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    expect((await client.ask('resources/list')).error?.code).toBe(-32_601);
    expect((await client.ask('tools/call', { name: 'no_such' })).error?.code).toBe(-32_602);
    client.send('no json');
    await client.ask('ping');
    expect(client.unasked).toEqual([
      { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'This line is no JSON.' } },
    ]);
    expect(await client.end()).toBe(0);
    expect(client.err).toBe('');
  });

  it('runs a pipeline, waits for it, and says why it failed and what was skipped', async () => {
    const client = new Client();
    await client.start();
    const listed = JSON.parse((await client.call('list_pipelines')).text) as readonly { identifier: string }[];
    expect(listed.map(({ identifier }) => identifier)).toEqual(expect.arrayContaining(['release', 'broken', 'deploy']));
    expect((await client.call('get_pipeline', { pipeline: 'deploy' })).text).toMatch(
      /^Inputs: variables\.env\n\npipeline:\n/,
    );
    const broken = await client.run('broken');
    const end = await client.call('watch_execution', { execution: broken, seconds: 300 });
    expect(end.isError).toBe(false);
    expect(end.text).toMatch(/^Failed {2}broken {2}/);
    expect(end.text).toContain('test.unit  Failed\n  The script ended with exit code 7.');
    expect(end.text).toContain('  | test 31 failed: expected 3, got 4');
    expect((await client.call('get_execution', { execution: broken })).text).toBe(end.text);
    const logs = await client.call('get_logs', { execution: broken, failed: true, tail: 1 });
    expect(logs.text).toMatch(/^test\.unit:\n[^\n]+$/);
    const deployed = await client.run('deploy', { env: 'dev' });
    expect((await client.call('watch_execution', { execution: deployed, seconds: 300 })).text).toMatch(/^Success/);
    const why = JSON.parse((await client.call('why_node', { execution: deployed, node: 'go_live' })).text) as object;
    expect(why).toMatchObject({
      status: 'Skipped',
      condition: {
        evaluatedCondition: false,
        expressions: expect.arrayContaining([expect.objectContaining({ expressionValue: 'dev' })]) as unknown,
      },
    });
    expect((await client.call('why_node', { execution: deployed })).text).toContain('"place": "go_live"');
    const newest = JSON.parse((await client.call('list_executions', { limit: 1 })).text) as object;
    expect(newest).toMatchObject([{ execution: deployed, pipeline: 'deploy', status: 'Success' }]);
    expect(await client.end()).toBe(0);
  });

  it('lists triggers, and fires one', async () => {
    const client = new Client();
    await client.start();
    const named = (name: string): string => new RegExp(`${name}=([^&'"\\\\ ]+)`).exec(product.webhookCurl)?.[1] ?? '';
    const place = { pipeline: named('pipelineIdentifier'), trigger: named('triggerIdentifier') };
    const listed = JSON.parse((await client.call('list_triggers', { pipeline: place.pipeline })).text) as object;
    expect(listed).toEqual([expect.objectContaining({ identifier: place.trigger, enabled: true })]);
    const fired = await client.call('fire_trigger', { ...place, payload: { by: 'a test' } });
    expect(fired.isError).toBe(false);
    const { execution } = JSON.parse(fired.text) as { execution: string };
    const found = JSON.parse((await client.call('list_executions', { pipeline: place.pipeline })).text) as object;
    expect(found).toEqual([expect.objectContaining({ execution, pipeline: place.pipeline })]);
    const missing = await client.call('fire_trigger', { ...place, trigger: 'no_such' });
    expect(missing.isError).toBe(true);
    expect(await client.end()).toBe(0);
  });

  it('answers approvals, and aborts', async () => {
    const client = new Client();
    await client.start();
    const first = await client.run('release');
    const asked = await client.call('watch_execution', { execution: first, seconds: 300 });
    expect(asked.text).toContain(
      'gate.ask waits for approval (approve, reject): Shall build 42 go live? Inputs: ticket.',
    );
    const approved = await client.call('approve', { execution: first, comment: 'fine', inputs: { ticket: 'OPS-9' } });
    expect(approved).toEqual({ text: 'gate.ask is approved.', isError: false });
    expect((await client.call('watch_execution', { execution: first, seconds: 300 })).text).toMatch(/^Success/);
    expect((await client.call('get_logs', { execution: first, place: 'go.live' })).text).toContain('live by OPS-9');
    const second = await client.run('release');
    await client.call('watch_execution', { execution: second, seconds: 300 });
    expect((await client.call('reject', { execution: second })).text).toBe('gate.ask is rejected.');
    expect((await client.call('watch_execution', { execution: second, seconds: 300 })).text).toMatch(
      /^ApprovalRejected/,
    );
    const third = await client.run('release');
    await client.call('watch_execution', { execution: third, seconds: 300 });
    expect((await client.call('abort', { execution: third })).text).toBe(`${third} is being aborted.`);
    expect((await client.call('watch_execution', { execution: third, seconds: 300 })).text).toMatch(/^Aborted/);
    expect(await client.end()).toBe(0);
  });

  it('tells what went wrong as an answer of the tool', async () => {
    const client = new Client();
    await client.start();
    const missing = await client.call('get_pipeline', { pipeline: 'nowhere' });
    expect(missing).toMatchObject({ isError: true, text: expect.stringContaining('nowhere') as string });
    expect(await client.call('get_pipeline', {})).toEqual({ isError: true, text: 'Missing: pipeline.' });
    expect(await client.call('list_pipelines', { limt: 3 })).toEqual({
      isError: true,
      text: 'There is no argument "limt".\nDid you mean limit? Arguments: search, limit.',
    });
    expect(await client.call('watch_execution', { execution: 'latest', seconds: 0 })).toEqual({
      isError: true,
      text: 'The argument seconds is not between 1 and 300.',
    });
    expect(await client.call('approve', { execution: 'latest' })).toEqual({
      isError: true,
      text: 'Nothing in this execution waits for approval.',
    });
    expect(await client.end()).toBe(0);
  });

  it('checks documents of its folder, and of no other', async () => {
    writeFileSync(join(folder, 'mine.yaml'), readFileSync(join(CLI_FOLDER, 'unsupported.yaml')));
    const client = new Client();
    await client.start();
    const found = await client.call('validate_pipeline', { path: 'mine.yaml' });
    expect(found.text).toMatch(
      /^1 document checked: 1 finding\n\nerror: .*\[STEP_TYPE_NOT_RUN_YET\]\n {2}mine\.yaml:15:25/,
    );
    const fine = readFileSync(join(CLI_FOLDER, 'success.yaml'), 'utf8');
    expect((await client.call('validate_pipeline', { yaml: fine })).text).toBe('1 document checked: nothing to say');
    const outside = join(CLI_FOLDER, 'success.yaml');
    expect(await client.call('validate_pipeline', { path: outside })).toEqual({
      isError: true,
      text: `${outside} is outside of the working folder.`,
    });
    expect(await client.end()).toBe(0);
  });

  it('--read-only has no tool that changes anything', async () => {
    const client = new Client('--read-only');
    await client.start();
    const tools = (await client.ask('tools/list')).result?.['tools'] as readonly WireTool[];
    expect(tools.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
    expect(tools).toHaveLength(9);
    expect(
      (await client.ask('tools/call', { name: 'run_pipeline', arguments: { pipeline: 'deploy' } })).error?.code,
    ).toBe(-32_602);
    expect(await client.end()).toBe(0);
  });

  it('waits no longer than it is told, or until it is told to stop', async () => {
    const client = new Client();
    await client.start();
    const execution = await client.run('endless', { mark: 'bridle-mcp-e2e' });
    const short = await client.call('watch_execution', { execution, seconds: 1 });
    expect(short.text).toMatch(/^It is still under way after 1 s\.\n/);
    const told: Message[] = [];
    const watch = { name: 'watch_execution', arguments: { execution, seconds: 300 } };
    void client.ask('tools/call', watch).then((message) => told.push(message));
    client.notify('notifications/cancelled', { requestId: client.lastId });
    expect((await client.ask('ping')).result).toEqual({});
    const over = client.call('watch_execution', { execution, seconds: 300 });
    await client.call('abort', { execution });
    // The second watch ends with the execution; the first one would have, too.
    expect((await over).text).toMatch(/^Aborted/);
    expect(told).toEqual([]);
    void client.ask('tools/call', {
      name: 'watch_execution',
      arguments: { execution: await client.run('release'), seconds: 300 },
    });
    // Whatever is under way ends with the input.
    expect(await client.end()).toBe(0);
  });
});
