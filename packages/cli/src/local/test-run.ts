/** Runs `bridle run` in this process, over a repository made for the test; everything real but the terminal. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, RunNodeEvent } from '@bridle/protocol';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { createProgram } from '../command-line/program.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { run } from '../commands/run.ts';
import { createStyle } from '../terminal/style.ts';
import { chooseSymbols } from '../terminal/symbols.ts';
import type { Stream, Terminal } from '../terminal/terminal.ts';
import { testFolder } from '../testing/test-folder.ts';

export interface TestRun {
  readonly exitCode: ExitCode;
  readonly events: readonly RunEvent[];
  /** The last event of each node, by its place from the stage on: `build.test`. */
  readonly nodes: ReadonlyMap<string, RunNodeEvent>;
  /** Lines of all logs, `build.test: text`, without the words that frame a step. */
  readonly logs: readonly string[];
  /** All that was printed to standard output. */
  readonly out: string;
  readonly err: string;
  readonly folder: string;
}

export interface RunTestOptions {
  /** Default: a repository with `.harness/pipeline.yaml`. */
  readonly folder?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears events while the run goes on. */
  readonly onEvent?: (event: RunEvent, controller: AbortController) => void;
}

/** A git repository with these files, all of them committed. */
export function testRepository(files: Readonly<Record<string, string>>): string {
  const folder = testFolder(files);
  const git = (...args: readonly string[]): void => {
    const author = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' };
    const committer = { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };
    execFileSync('git', ['-c', 'init.defaultBranch=main', ...args], {
      cwd: folder,
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...author, ...committer },
    });
  };
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '-m', 'first');
  return folder;
}

export async function runLocally(pipeline: string, options: RunTestOptions = {}): Promise<TestRun> {
  const { words = [], files = {}, environment = {}, onEvent } = options;
  const folder = options.folder ?? testRepository({ '.harness/pipeline.yaml': pipeline, ...files });
  const cache = testFolder({});
  const controller = new AbortController();
  const events: RunEvent[] = [];
  const out = collect((line) => {
    const event = JSON.parse(line) as RunEvent;
    events.push(event);
    onEvent?.(event, controller);
  });
  const err = collect(() => undefined);
  const terminal: Terminal = {
    out: out.stream,
    err: err.stream,
    input: { stream: process.stdin, isTerminal: false },
    symbols: chooseSymbols({}, 'linux'),
    isQuiet: false,
  };
  const { program, call } = createProgram({
    groups: [{ title: 'Run', commands: [run] }],
    version: '0',
    isColoured: false,
    write: { out: () => undefined, err: () => undefined },
  });
  program.parse(['run', '--json=', ...words], { from: 'user' });
  const called = call();
  if (called === undefined) throw new Error('nothing was called');
  const action = await called.definition.load();
  const context = {
    terminal,
    folder,
    environment: { PATH: process.env['PATH'], BRIDLE_CACHE: cache, ...environment },
    signal: controller.signal,
    commands: [run],
    families: [],
    onSecondStop: () => {},
  };
  let exitCode: ExitCode;
  try {
    exitCode = await action(context, called.input);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    exitCode = error.exitCode;
    await err.stream.line(`${error.message}\n${error.hint ?? ''}`);
  }
  const left = existsSync(join(cache, 'runs')) ? readdirSync(join(cache, 'runs')) : [];
  if (left.length > 0) throw new Error(`R1: a folder of the run is left: ${left.join(', ')}`);
  return { exitCode, events, ...summarise(events), out: out.text(), err: err.text(), folder };
}

function summarise(events: readonly RunEvent[]): Pick<TestRun, 'nodes' | 'logs'> {
  const byId = new Map<string, RunNodeEvent>();
  for (const event of events) if (event.type === 'node') byId.set(event.node, event);
  const placeOf = (node: RunNodeEvent): string => {
    const parent = node.parent === undefined ? undefined : byId.get(node.parent);
    const above = parent === undefined ? '' : placeOf(parent);
    const isNamed = node.kind === 'stage' || node.kind === 'stepGroup' || node.kind === 'step';
    return isNamed ? `${above === '' ? '' : `${above}.`}${node.identifier}` : above;
  };
  const nodes = new Map<string, RunNodeEvent>();
  for (const node of byId.values()) {
    if (node.kind === 'stage' || node.kind === 'stepGroup' || node.kind === 'step') nodes.set(placeOf(node), node);
  }
  const logs = events.flatMap((event) => {
    if (event.type !== 'log' || /^(Executing step|Execution ended)/.test(event.text)) return [];
    const node = byId.get(event.node);
    return [`${node === undefined ? event.node : placeOf(node)}: ${event.text}`];
  });
  return { nodes, logs };
}

function collect(onLine: (line: string) => void): { readonly stream: Stream; readonly text: () => string } {
  let text = '';
  let rest = '';
  const write = (more: string): Promise<void> => {
    text += more;
    const lines = (rest + more).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
    return Promise.resolve();
  };
  const stream: Stream = {
    stream: process.stdout,
    isTerminal: false,
    style: createStyle(false),
    size: () => ({ columns: 80, rows: 24 }),
    write,
    line: (line) => write(`${line}\n`),
  };
  return { stream, text: () => text };
}

/** `pipeline:` with stages of type Custom, each with its steps as YAML of a list. */
export function customPipeline(stages: Readonly<Record<string, string>>, more = ''): string {
  const texts = Object.entries(stages).map(
    ([identifier, steps]) => `    - stage:
        identifier: ${identifier}
        name: ${identifier}
        type: Custom
        spec:
          execution:
            steps:
${indent(steps, 14)}`,
  );
  return `pipeline:\n  identifier: p\n  name: P\n${more}  stages:\n${texts.join('\n')}\n`;
}

/** One stage of type CI without a codebase. */
export function ciPipeline(steps: string): string {
  const spec =
    'cloneCodebase: false\n          platform: { os: Linux, arch: Amd64 }\n          runtime: { type: Docker, spec: {} }';
  return customPipeline({ s: steps })
    .replace('type: Custom', 'type: CI')
    .replace('        spec:\n', `        spec:\n          ${spec}\n`);
}

/** A ShellScript step; `more` is YAML of its keys beside spec, one a line. */
export function script(identifier: string, text: string, more = '', outputs: readonly string[] = []): string {
  const variables = outputs.map((name) => {
    const [plain = name, type = 'String'] = name.split(':');
    return `{ name: ${plain}, type: ${type}, value: ${plain} }`;
  });
  return `- step:
    identifier: ${identifier}
    name: ${identifier}
    type: ShellScript
${more === '' ? '' : `${indent(more, 4)}\n`}    spec:
      shell: Bash
      onDelegate: true
      outputVariables: [${variables.join(', ')}]
      source: { type: Inline, spec: { script: ${JSON.stringify(text)} } }`;
}

export function indent(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(columns) + line))
    .join('\n');
}
