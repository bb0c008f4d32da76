/** What a person sees of `npm start`: short, calm, ready to copy. Plain text where colour is not wanted. */
import type { ServerReadyMessage } from '../messages.ts';
import { LauncherError, errorText, systemErrorCode } from '../errors.ts';
import type { SettingProblem } from '../settings.ts';

/** Where the text goes. */
export interface Output {
  readonly isColoured: boolean;
  /** Progress and results. */
  out(text: string): void;
  /** Trouble. */
  err(text: string): void;
}

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  red: [31, 39],
  yellow: [33, 39],
};

const LABEL_WIDTH = 12;

/** True when the stream shows colours and nobody objects (https://no-color.org). */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Writes the story of one start. */
export class Terminal {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  title(version: string): void {
    this.#out(['', `  ${this.#style('bold', 'Bridle')} ${this.#style('dim', version)}`, '']);
  }

  /** A part is up. */
  done(part: string, detail: string): void {
    this.#out([`  ${this.#style('green', '✓')} ${part.padEnd(LABEL_WIDTH)} ${this.#style('dim', detail)}`]);
  }

  /** Something worth knowing that needs no action. */
  note(text: string): void {
    this.#out([`  ${this.#style('dim', '·')} ${text}`]);
  }

  /** Something broke and is being mended. */
  warn(text: string, logTail: readonly string[] = [], logFile?: string): void {
    this.#err([`  ${this.#style('yellow', '!')} ${text}`, ...this.#log(logTail, logFile)]);
  }

  /** Everything a newcomer needs, in the order they need it. */
  ready(message: ServerReadyMessage, logDirectory: string): void {
    const token =
      message.adminToken === undefined
        ? `in ${message.adminTokenPath}`
        : `${message.adminToken}\n${this.#detail(`shown this once, kept in ${message.adminTokenPath}`)}`;
    this.#out([
      '',
      this.#fact('Open', this.#style('bold', message.url)),
      ...(message.loginUrl === undefined
        ? []
        : [this.#fact('Sign in', `${message.loginUrl}\n${this.#detail('works once')}`)]),
      this.#fact('Token', token),
      '',
      ...(message.webhookCurl === undefined
        ? []
        : ['  Run the demo pipeline from another terminal:', '', message.webhookCurl, '']),
      this.#fact('Logs', logDirectory),
      this.#fact('Stop', 'Ctrl-C'),
      '',
    ]);
  }

  stopping(isInteractive: boolean): void {
    // A terminal has just shown ^C where the cursor was.
    this.#out([isInteractive ? '' : undefined, `  Stopping. ${this.#style('dim', 'Ctrl-C again stops at once.')}`]);
  }

  stopped(): void {
    this.#out([`  ${this.#style('green', '✓')} Stopped`, '']);
  }

  forced(): void {
    this.#out([`  ${this.#style('yellow', '!')} Stopped at once`, '']);
  }

  settingProblems(problems: readonly SettingProblem[]): void {
    const lines = problems.flatMap(({ message, hint }) => [
      `  ${this.#style('red', '✗')} ${message}`,
      `    ${hint}`,
      '',
    ]);
    this.#err(['', ...lines]);
  }

  /** Why Bridle did not start, or could not go on. */
  failure(error: unknown): void {
    // A full disk, a missing permission: the system's own words say most.
    if (!(error instanceof LauncherError) && systemErrorCode(error) !== undefined) {
      this.#err(['', `  ${this.#style('red', '✗')} ${errorText(error)}`, '']);
      return;
    }
    if (!(error instanceof LauncherError)) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.#err(['', `  ${this.#style('red', '✗')} This is a bug in Bridle: ${errorText(error)}`, stack, '']);
      return;
    }
    const code = this.#style('dim', error.code);
    this.#err([
      '',
      `  ${this.#style('red', '✗')} ${error.message} ${code}`,
      `    ${error.hint}`,
      ...this.#log(error.logTail, error.logFile),
      '',
    ]);
  }

  #fact(label: string, value: string): string {
    return `  ${this.#style('dim', label.padEnd(LABEL_WIDTH - 2))}${value}`;
  }

  #detail(text: string): string {
    return `${' '.repeat(LABEL_WIDTH)}${this.#style('dim', text)}`;
  }

  #log(lines: readonly string[], file: string | undefined): readonly string[] {
    if (lines.length === 0) return [];
    const heading = file === undefined ? 'Its last words:' : `Last lines of ${file}:`;
    return ['', `    ${heading}`, ...lines.map((line) => this.#style('dim', `    │ ${line}`))];
  }

  #style(style: Style, text: string): string {
    const [on, off] = CODES[style];
    return this.#output.isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }

  #out(lines: readonly (string | undefined)[]): void {
    this.#output.out(join(lines));
  }

  #err(lines: readonly (string | undefined)[]): void {
    this.#output.err(join(lines));
  }
}

function join(lines: readonly (string | undefined)[]): string {
  return lines
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}

/** A duration for a person: `0.8 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
