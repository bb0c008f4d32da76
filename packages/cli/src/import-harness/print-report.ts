/** The report of an import, for people. */
import { plural } from '../validate/checked-file.ts';
import { describePlace, describeScope, type Scope } from '../documents/kinds.ts';
import type { Paint, Style } from '../terminal/style.ts';
import type { Stream, Terminal } from '../terminal/terminal.ts';
import type { Reason, Verdict } from './judge.ts';
import { countOf, secretsToSet, setCommand, type Entry, type ImportAction, type Report } from './report.ts';

const WIDTH = 'supported'.length;

const ACTIONS: Readonly<Record<ImportAction, string>> = {
  create: '',
  update: 'replaces what is there',
  keep: 'there already',
  set: 'needs a value',
  leave: 'left out',
};

export async function printReport(report: Report, { out, symbols }: Terminal): Promise<void> {
  const scopes = Map.groupBy(report.entries, scopeOf);
  for (const [index, [scope, entries]] of [...scopes].entries()) {
    await out.line(`${index === 0 ? '' : '\n'}${out.style.bold(scope)}`);
    for (const entry of entries) {
      await out.line(entryLine(entry, out.style));
      for (const reason of entry.reasons) await printReason(reason, out);
    }
  }
  if (report.unread.length > 0) await out.line(`\n${out.style.bold('Not read')}`);
  for (const { source, reason, isRefused } of report.unread) {
    const verdict = isRefused ? 'refused' : 'ignored';
    await out.line(`  ${word(verdict, out.style)}  ${source}  ${out.style.faint(reason)}`);
  }
  const { supported, emulated, ignored, refused } = countOf(report);
  await out.line(
    `\n${supported} supported, ${emulated} emulated, ${ignored} ignored in part, ${refused} refused ${symbols.bar} ${plural(report.entries.length, 'document')}`,
  );
}

async function printReason(reason: Reason, out: Stream): Promise<void> {
  const { hint, verdict, message } = reason;
  await out.line(`    ${paintOf(verdict, out.style)(placeOf(reason))}${message}${codeOf(reason)}`);
  if (hint !== undefined) await out.line(`      ${out.style.green('hint:')} ${hint}`);
}

function entryLine({ document, verdict, action }: Entry, style: Style): string {
  const { place, source } = document;
  const note = ACTIONS[action] === '' ? '' : ` (${ACTIONS[action]})`;
  return `  ${word(verdict, style)}  ${describePlace(place)}${note}  ${style.faint(source)}`;
}

function word(verdict: Verdict, style: Style): string {
  return paintOf(verdict, style)(verdict.padEnd(WIDTH));
}

function paintOf(verdict: Verdict, { green, yellow, red }: Style): Paint {
  if (verdict === 'supported') return green;
  return verdict === 'refused' ? red : yellow;
}

function placeOf({ line, column }: Reason): string {
  return line === undefined ? '' : `${line}:${column ?? 1} `;
}

function codeOf({ code }: Reason): string {
  return code === undefined ? '' : ` [${code}]`;
}

/** Organizations and projects are told with what is in them. */
function scopeOf({ document: { place } }: Entry): string {
  const { kind, identifier, org } = place;
  const own: Scope =
    kind === 'organization'
      ? { org: identifier }
      : kind === 'project' && org !== undefined
        ? { org, project: identifier }
        : place;
  return describeScope(own);
}

/** What is left to do for whoever imports. */
export async function printSecrets(report: Report, { err }: Terminal): Promise<void> {
  const places = secretsToSet(report);
  if (places.length === 0) return;
  await err.line('Secrets come without their values. Give them:');
  for (const place of places) await err.line(`  ${setCommand(place)}`);
}
