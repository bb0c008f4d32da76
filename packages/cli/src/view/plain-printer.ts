/**
 * A run where nobody watches a screen: a line for each change, the lines of all steps as they come, the report at the end.
 * All of that is standard output; what is said beside it goes to standard error.
 */
import type { RunEvent, RunNodeEvent, RunWaitingEvent } from '@bridle/protocol';
import { formatDuration } from '@bridle/text';
import type { RunEnd } from '../local/local-run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { endReport } from './end-report.ts';
import { LineBuffer } from './line-buffer.ts';
import { progressLine, STOPPING_HINT } from './live-frame.ts';
import { firstLine, nameOf, plural } from './node-line.ts';
import { noteLines } from './note-lines.ts';
import { logText, print } from './pieces.ts';
import type { PrinterOptions, RunPrinter } from './printer.ts';
import { whySkipped } from './reasons.ts';
import { hasBroken, pathOf, RunTree, visible, type TreeNode } from './run-tree.ts';
import { StepLabels } from './step-labels.ts';
import { isOver, lookOf, paintOf } from './status-look.ts';

/** They pass in moments, and say nothing to who reads afterwards. */
const UNSAID: ReadonlySet<RunNodeEvent['status']> = new Set<RunNodeEvent['status']>([
  'NotStarted',
  'Queued',
  'QueuedExecutionConcurrencyReached',
  'TaskWaiting',
  'Pausing',
]);

export class PlainPrinter implements RunPrinter {
  readonly #terminal: Terminal;
  readonly #options: PrinterOptions;
  readonly #tree = new RunTree();
  readonly #labels = new StepLabels(this.#tree);
  readonly #out: LineBuffer;
  /** The last word that was said about a node. */
  readonly #said = new Map<string, string>();
  readonly #progress = new Set<string>();

  constructor(terminal: Terminal, options: PrinterOptions) {
    this.#terminal = terminal;
    this.#options = options;
    this.#out = new LineBuffer(terminal.out);
  }

  readonly on = (event: RunEvent): Promise<void> | undefined => {
    this.#tree.apply(event);
    if (this.#terminal.isQuiet) return undefined;
    switch (event.type) {
      case 'log':
        return this.#options.keepsLogs === true ? undefined : this.#log(event.node, event.text);
      case 'node':
        return this.#node(event);
      case 'waiting':
        return this.#waiting(event);
      case 'execution': {
        const isMain = this.#tree.execution?.planExecutionId === event.planExecutionId;
        const { phase } = lookOf(event.status);
        if (!isMain || isOver(lookOf(event.status)) || UNSAID.has(event.status)) return undefined;
        // Who waits for a person says so itself.
        const status = phase === 'person' ? 'Running' : event.status;
        return this.#change(event.planExecutionId, event.time, event.pipeline.name, status, []);
      }
      case 'tests': {
        const { total, failed, skipped } = event;
        const facts = [`${plural(total, 'test')}, ${failed} failed, ${skipped} skipped`];
        return this.#out.line([clock(event.time), this.#pathOf(event.node), 'Tested', ...facts].join('  '));
      }
      case 'note':
        return this.#beside(noteLines(event, this.#terminal.err.style, this.#terminal.symbols).map(print).join('\n'));
      case 'progress': {
        if (event.finished === true || this.#progress.has(event.what)) return undefined;
        this.#progress.add(event.what);
        const { style } = this.#terminal.err;
        const line = progressLine(event.text, undefined, undefined, { style, symbols: this.#terminal.symbols });
        return this.#beside(print(line));
      }
    }
  };

  stopping(): Promise<void> {
    return this.#beside(`Stopping${this.#terminal.symbols.ellipsis} ${STOPPING_HINT}`);
  }

  typed(): void {}

  aside<T>(question: () => Promise<T>): Promise<T> {
    return question();
  }

  detach(): Promise<void> {
    return this.#out.flush();
  }

  async end(result: RunEnd): Promise<void> {
    const { out, symbols, isQuiet } = this.#terminal;
    const report = endReport(this.#tree, result, {
      ...this.#options,
      style: out.style,
      symbols,
      nowMs: Date.now(),
      isQuiet,
    });
    for (const line of isQuiet ? report : ['', ...report]) await this.#out.line(line);
    await this.#out.flush();
  }

  #log(node: string, text: string): Promise<void> | undefined {
    const { style } = this.#terminal.out;
    const label = style.faint(`${this.#labels.of(node)} ${this.#terminal.symbols.bar}`);
    return this.#out.line(`${label} ${logText(text, style)}`);
  }

  #node(event: RunNodeEvent): Promise<void> | undefined {
    const node = this.#tree.find(event.node);
    const look = lookOf(event.status);
    // Who waits for a person says so itself, with the question.
    if (node === undefined || !isShown(node) || UNSAID.has(event.status) || look.phase === 'person') return undefined;
    return this.#change(event.node, event.time, this.#pathOf(event.node), event.status, factsOf(node));
  }

  #waiting({ node, time, message }: RunWaitingEvent): Promise<void> | undefined {
    const status = this.#tree.find(node)?.state.status;
    if (status === undefined) return undefined;
    const lines = message.trim().split('\n');
    if (lines.length === 1) return this.#change(node, time, this.#pathOf(node), status, lines[0] === '' ? [] : lines);
    const said = this.#change(node, time, this.#pathOf(node), status, []);
    return lines.reduce<Promise<void> | undefined>((_, line) => this.#log(node, line), said);
  }

  #change(
    id: string,
    time: string,
    path: string,
    status: RunNodeEvent['status'],
    facts: readonly string[],
  ): Promise<void> | undefined {
    const look = lookOf(status);
    if (this.#said.get(id) === look.word) return undefined;
    this.#said.set(id, look.word);
    const { style } = this.#terminal.out;
    return this.#out.line([style.faint(clock(time)), path, paintOf(look, style)(look.word), ...facts].join('  '));
  }

  #pathOf(id: string): string {
    const node = this.#tree.find(id);
    return node === undefined ? id : pathOf(node).map(nameOf).join(` ${this.#terminal.symbols.pathSeparator} `);
  }

  /** In its place among what is printed. */
  async #beside(line: string): Promise<void> {
    await this.#out.flush();
    await this.#terminal.err.line(line);
  }
}

/** What only holds others is not spoken of. */
function isShown(node: TreeNode): boolean {
  const { kind, superseded, status } = node.state;
  if (superseded === true) return isOver(lookOf(status));
  return visible([node]).includes(node) || (kind === 'rollback' && status !== 'Skipped');
}

function factsOf(node: TreeNode): readonly string[] {
  const { state } = node;
  const look = lookOf(state.status);
  const facts: string[] = [];
  if (state.startedAt !== undefined && state.endedAt !== undefined && look.phase !== 'skipped') {
    facts.push(formatDuration(Date.parse(state.endedAt) - Date.parse(state.startedAt)));
  }
  if (state.attempt > 0 || state.superseded === true) facts.push(`attempt ${state.attempt + 1}`);
  if (look.phase === 'skipped') {
    const reason = whySkipped(state.when);
    if (reason !== undefined) facts.push(reason);
  }
  // What failed within has said so itself.
  const isOwn = !visible(node.children).some(hasBroken);
  if (look.phase === 'broken' && isOwn && state.failure !== undefined) facts.push(firstLine(state.failure.message));
  return facts;
}

/** Local time of day. */
function clock(time: string): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
