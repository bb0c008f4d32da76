/**
 * JUnit XML, as test tools of all languages write it: read piece by piece, whatever its size.
 *
 * - J1 No document type is read and no entity defined by a file is ever expanded; the five of XML itself are all there are.
 * - J2 Memory is bounded: texts are cut at their limits while they are read, and cases are handed on as they end.
 * - J3 A report that is cut off or broken gives the cases before the fault, and then says where it broke.
 *
 * There is no standard: what is read is what the common writers (Surefire, Gradle, pytest, Jest, Vitest, go-junit-report) agree on.
 */
import { TextDecoder } from 'node:util';
import type { SaxesParser, SaxesTagPlain } from 'saxes';
import type { TestCase, TestStatus } from './test-case.ts';

/** In characters. */
export const NAME_LENGTH_MAX = 2_000;
export const MESSAGE_LENGTH_MAX = 8_000;
export const DETAILS_LENGTH_MAX = 64_000;
/** Read beyond what is kept: a secret that is cut could not be hidden. */
const DETAILS_READ_MAX = DETAILS_LENGTH_MAX + 64 * 1024;
const DEPTH_MAX = 200;
/** The XML declaration stands within these bytes, if there is one. */
const DECLARATION_BYTES_MAX = 200;

/** The report is no JUnit XML from some place on. The text is for the step's author. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

/**
 * The cases in their order.
 * @throws ReportError where the report breaks, after the cases before that
 */
export async function* readJunit(
  bytes: AsyncIterable<Uint8Array>,
  hide: (text: string) => string = (text) => text,
): AsyncGenerator<TestCase> {
  // Loaded when there is a report: what a delegate holds in memory costs time with each process it starts.
  const { SaxesParser: Parser } = await import('saxes');
  const reader = new JunitReader(new Parser({ xmlns: false }), hide);
  let start: Buffer = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      start = Buffer.concat([start, chunk]);
      if (start.length < DECLARATION_BYTES_MAX) continue;
    }
    const piece = decoder === undefined ? start : chunk;
    decoder ??= decoderFor(start);
    reader.write(decoder.decode(piece, { stream: true }));
    yield* reader.take();
    if (reader.fault !== undefined) throw reader.fault;
  }
  reader.write(decoder === undefined ? decoderFor(start).decode(start) : decoder.decode());
  reader.close();
  yield* reader.take();
  if (reader.fault !== undefined) throw reader.fault;
}

/** By the byte order mark or the XML declaration; UTF-8 otherwise. */
function decoderFor(start: Uint8Array): TextDecoder {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be');
  const declaration = Buffer.from(start.subarray(0, DECLARATION_BYTES_MAX)).toString('latin1');
  const encoding = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
  // It was read byte by byte, so it is not: .NET writes so into UTF-8.
  if (/^utf-?16/i.test(encoding)) return new TextDecoder();
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new ReportError(`The report says it is written in ${encoding}, which cannot be read; use UTF-8.`);
  }
}

interface OpenCase {
  readonly name: string;
  readonly className: string;
  readonly durationMs: number;
  readonly file: string | undefined;
  status: TestStatus;
  message: string | undefined;
  details: string;
  hasFailedBefore: boolean;
}

/** What a child of `testcase` makes of it. */
const RESULTS: Readonly<Record<string, TestStatus>> = { failure: 'failed', error: 'error', skipped: 'skipped' };
/** Surefire's for runs before the one that counts. */
const EARLIER_FAILURES: ReadonlySet<string> = new Set(['flakyFailure', 'flakyError']);

/** Characters that XML forbids and writers let through: mostly colours of a terminal. */
// oxlint-disable-next-line no-control-regex -- that is what is looked for
const NO_XML = /[\0-\u{8}\v\f\u{e}-\u{1f}\u{fffe}\u{ffff}]/gu;
/** `&#27;`: the parser goes on, with the reference as it is written. */
const ODD_REFERENCE = /: malformed character entity\.$/;

class JunitReader {
  readonly #parser: SaxesParser<{ xmlns: false }>;
  readonly #suites: string[] = [];
  #done: TestCase[] = [];
  #case: OpenCase | undefined;
  /** Ended, but the parser finds out only afterwards that its end tag was another's: it counts with the next event. */
  #ended: TestCase | undefined;
  /** The element below `testcase` whose text is its details. */
  #detailsOf: string | undefined;
  #depth = 0;
  #hasSuites = false;
  readonly #hide: (text: string) => string;
  fault: ReportError | undefined;

  constructor(parser: SaxesParser<{ xmlns: false }>, hide: (text: string) => string) {
    this.#hide = hide;
    this.#parser = parser;
    this.#parser.on('error', ({ message }) => {
      if (!ODD_REFERENCE.test(message)) this.#fail(message);
    });
    this.#parser.on('opentag', (tag) => this.#open(tag));
    this.#parser.on('closetag', ({ name }) => this.#close(localName(name)));
    const onText = (text: string): void => this.#text(text);
    this.#parser.on('text', onText);
    this.#parser.on('cdata', onText);
  }

  write(text: string): void {
    if (this.fault === undefined) this.#parser.write(text.replaceAll(NO_XML, '\u{FFFD}'));
    if (this.fault === undefined) this.#settle();
  }

  close(): void {
    if (this.fault === undefined) this.#parser.close();
    if (!this.#hasSuites) this.#fail('it has no testsuite');
  }

  take(): readonly TestCase[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #fail(message: string): void {
    this.fault ??= new ReportError(`The report is no JUnit XML: ${message.replace(/^undefined:/, 'line ')}.`);
  }

  #settle(): void {
    if (this.#ended !== undefined) this.#done.push(this.#ended);
    this.#ended = undefined;
  }

  #open(tag: SaxesTagPlain): void {
    if (this.fault !== undefined) return;
    this.#settle();
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) return this.#fail(`its elements are nested deeper than ${DEPTH_MAX}`);
    const name = localName(tag.name);
    if (name === 'testsuite') this.#suites.push(cut(tag.attributes['name'] ?? '', NAME_LENGTH_MAX));
    if (name === 'testsuite' || name === 'testsuites') this.#hasSuites = true;
    else if (name === 'testcase') this.#case = openCase(tag);
    else if (this.#case !== undefined) this.#openResult(this.#case, name, tag);
  }

  #openResult(open: OpenCase, name: string, tag: SaxesTagPlain): void {
    if (EARLIER_FAILURES.has(name)) open.hasFailedBefore = true;
    const status = Object.hasOwn(RESULTS, name) ? RESULTS[name] : undefined;
    // The first result counts, but a failure beats a skip.
    if (status === undefined || (open.status !== 'passed' && open.status !== 'skipped')) return;
    open.status = status;
    const message = tag.attributes['message'];
    if (message !== undefined && message !== '') open.message = cut(this.#hide(message), MESSAGE_LENGTH_MAX);
    this.#detailsOf = name;
    open.details = '';
  }

  #text(text: string): void {
    const open = this.#case;
    if (open === undefined || this.#detailsOf === undefined || open.details.length >= DETAILS_READ_MAX) return;
    open.details = cut(open.details + text, DETAILS_READ_MAX);
  }

  #close(name: string): void {
    if (this.fault !== undefined) return;
    this.#settle();
    this.#depth -= 1;
    if (name === this.#detailsOf) this.#detailsOf = undefined;
    if (name === 'testsuite') this.#suites.pop();
    if (name !== 'testcase' || this.#case === undefined) return;
    this.#ended = closeCase(
      { ...this.#case, details: cut(this.#hide(this.#case.details), DETAILS_LENGTH_MAX) },
      this.#suites,
    );
    this.#case = undefined;
  }
}

function openCase({ attributes }: SaxesTagPlain): OpenCase {
  const file = attributes['file'];
  return {
    name: cut(attributes['name'] ?? '', NAME_LENGTH_MAX),
    className: cut(attributes['classname'] ?? '', NAME_LENGTH_MAX),
    durationMs: readSeconds(attributes['time']),
    file: file === undefined || file === '' ? undefined : cut(file, NAME_LENGTH_MAX),
    status: isSkipWord(attributes['status']) ? 'skipped' : 'passed',
    message: undefined,
    details: '',
    hasFailedBefore: false,
  };
}

function closeCase(open: OpenCase, suites: readonly string[]): TestCase {
  const details = open.details.trim();
  return {
    suite: cut(suites.filter((suite) => suite !== '').join(' > '), NAME_LENGTH_MAX),
    className: open.className,
    name: open.name,
    status: open.status,
    durationMs: open.durationMs,
    ...(open.file === undefined ? {} : { file: open.file }),
    ...(open.message === undefined ? {} : { message: open.message }),
    ...(details === '' ? {} : { details }),
    ...(open.hasFailedBefore && open.status === 'passed' ? { hasFailedBefore: true } : {}),
  };
}

/** Of writers that have no element for it (GoogleTest). */
function isSkipWord(status: string | undefined): boolean {
  return status !== undefined && /^(?:skipped|disabled|notrun|ignored)$/i.test(status);
}

/** Seconds, with a comma between thousands in some locales. Hours of nonsense are as good as unknown. */
function readSeconds(text: string | undefined): number {
  const seconds = Number((text ?? '').replaceAll(',', ''));
  return Number.isFinite(seconds) && seconds > 0 && seconds < 1e9 ? Math.round(seconds * 1_000_000) / 1_000 : 0;
}

/** Never in the middle of a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const shortened = text.slice(0, length);
  return shortened.isWellFormed() ? shortened : shortened.slice(0, -1);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
