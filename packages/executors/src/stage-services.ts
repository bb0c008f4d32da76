/** Services of a CI stage: what its `Background` steps have started, looked at again when a later step of the stage fails. */
import type { LogSink, SecretMask, ServiceLog, StepContext, StepResult } from './executor.ts';
import { StepLog } from './step-log.ts';

const LAST_BYTES_MAX = 16 * 1024;
const LAST_LINES_MAX = 50;

export interface StageService {
  /** Identifier of its step. */
  readonly identifier: string;
  /** `undefined` while it runs, and when nobody knows. */
  ended(): Promise<ServiceEnd | undefined>;
  /** Its stage is over: it is stopped now, and that is no news. */
  stageEnds?(): void;
}

export interface ServiceEnd {
  /** As in "it …". */
  readonly how: string;
  /** What it wrote at last, its own secrets hidden. */
  readonly lastLines: readonly string[];
}

/** A step that failed may have failed for want of a service: its log then says which of them no longer run, and what those wrote at last. */
export async function reportEndedServices(result: StepResult, context: StepContext): Promise<void> {
  if (result.kind !== 'failed') return;
  const log = new StepLog(context.log);
  for (const service of context.workspace.services) {
    const end = await service.ended();
    if (end === undefined) continue;
    await log.line(`The service ${service.identifier} of this stage no longer runs: it ${end.how}.`);
    for (const line of end.lastLines) await log.line(`${service.identifier} | ${line}`);
  }
}

/** What a service writes, shown in the log of its step until it has ended. */
export class ServiceOutlet implements LogSink {
  readonly #identifier: string;
  readonly #log: ServiceLog | undefined;
  #isAtLineStart = true;
  #isOver = false;

  /** @param log - absent = it is not shown */
  constructor(identifier: string, log: ServiceLog | undefined) {
    this.#identifier = identifier;
    this.#log = log;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#log === undefined || bytes.length === 0) return;
    this.#isAtLineStart = bytes[bytes.length - 1] === 0x0a;
    await this.#log.write(bytes);
  }

  stageEnds(): void {
    this.#isOver = true;
  }

  /** @param how - as in "it …"; `undefined` = nobody knows */
  async end(how: string | undefined): Promise<void> {
    if (!this.#isOver && how !== undefined) {
      const line = `The service ${this.#identifier} ${how}.\n`;
      await this.#log?.write(Buffer.from(this.#isAtLineStart ? line : `\n${line}`));
    }
    this.#log?.end();
  }
}

/** Keeps the end of what a service writes. */
export class ServiceOutput {
  #chunks: Uint8Array[] = [];
  #length = 0;

  async write(bytes: Uint8Array): Promise<void> {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    if (this.#length <= 2 * LAST_BYTES_MAX) return;
    const last = this.#bytes().subarray(-LAST_BYTES_MAX - 1); // one more: it tells whether a line begins
    this.#chunks = [last];
    this.#length = last.length;
  }

  /** Whole lines only: a secret that is cut could not be hidden. */
  lastLines(mask: SecretMask): readonly string[] {
    const all = this.#bytes();
    const last = all.subarray(-LAST_BYTES_MAX);
    const isWhole = last.length === all.length || all[all.length - last.length - 1] === 0x0a;
    const begin = isWhole ? 0 : last.indexOf(0x0a) + 1;
    const text = begin === 0 && !isWhole ? '' : mask.text(last.subarray(begin).toString());
    if (text === '') return [];
    return text.replace(/\n$/, '').split('\n').slice(-LAST_LINES_MAX);
  }

  #bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
