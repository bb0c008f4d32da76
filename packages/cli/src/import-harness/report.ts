/** The report of an import: what is there, what Bridle makes of it, and what would become of it on the server. */
import type { Raw } from '@bridle/sdk';
import { parse } from 'yaml';
import { findChange } from '../documents/changes.ts';
import type { GivenDocument } from '../documents/given-documents.ts';
import type { Place } from '../documents/kinds.ts';
import { recordOf } from '../documents/server-calls.ts';
import { findDocument } from '../documents/server-documents.ts';
import type { Found, Unread } from './found.ts';
import { judgeAll, VERDICTS, type Judged, type Verdict } from './judge.ts';

/**
 * `create`, `update`, `keep`: as it is there. `set`: a secret of which no value is known; it comes to be when somebody gives
 * it one. `leave`: it is refused.
 */
export type ImportAction = 'create' | 'update' | 'keep' | 'set' | 'leave';

export interface Entry extends Judged {
  readonly action: ImportAction;
}

export interface Report {
  readonly entries: readonly Entry[];
  readonly unread: readonly Unread[];
}

export async function makeReport(raw: Raw, { documents, unread }: Found, signal: AbortSignal): Promise<Report> {
  const entries: Entry[] = [];
  for (const judged of judgeAll(documents)) {
    signal.throwIfAborted();
    entries.push({ ...judged, action: await actionOf(raw, judged) });
  }
  return { entries, unread };
}

async function actionOf(raw: Raw, { document, verdict }: Judged): Promise<ImportAction> {
  if (verdict === 'refused') return 'leave';
  const { name } = document.kind;
  const isThere = async (): Promise<boolean> => (await findDocument(raw, document.place)) !== undefined;
  // The server's own name and description of them stay.
  if (name === 'organization' || name === 'project') return (await isThere()) ? 'keep' : 'create';
  if (name === 'secret' && lacksValue(document.text) && !(await isThere())) return 'set';
  return (await findChange(raw, document)).action;
}

/** No server tells the value of a secret. One that refers to another store has none of its own. */
export function lacksValue(text: string): boolean {
  const { type, spec } = recordOf(recordOf(parse(text))['secret']);
  if (type === 'SecretFile') return true;
  if (type !== 'SecretText') return false;
  const { valueType = 'Inline', value } = recordOf(spec);
  return valueType === 'Inline' && (typeof value !== 'string' || value === '');
}

/** Secrets that somebody must give a value, before what uses them can run. */
export function secretsToSet({ entries }: Report): readonly Place[] {
  return entries.flatMap(({ action, document }) => (action === 'set' ? [document.place] : []));
}

/** As it is typed. */
export function setCommand({ identifier, org, project }: Place): string {
  if (org === undefined) return `bridle secret set ${identifier} --level account`;
  if (project === undefined) return `bridle secret set ${identifier} --level org --org ${org}`;
  return `bridle secret set ${identifier} --org ${org} --project ${project}`;
}

export function countOf({ entries, unread }: Report): Readonly<Record<Verdict, number>> {
  const counts = Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, entries.filter((entry) => entry.verdict === verdict).length]),
  ) as Record<Verdict, number>;
  const refused = unread.filter(({ isRefused }) => isRefused).length;
  return { ...counts, refused: counts.refused + refused, ignored: counts.ignored + unread.length - refused };
}

export function isDue({ action }: Entry): boolean {
  return action === 'create' || action === 'update';
}

/** What the server refused although nothing was known against it. */
export interface Failure {
  readonly document: GivenDocument;
  readonly reason: string;
}

/** Everything as one document; its shape is part of what scripts rely on. */
export function toJson(report: Report, outcome: Outcome): object {
  const { entries, unread } = report;
  return {
    counts: countOf(report),
    isWritten: outcome.isWritten,
    documents: entries.map((entry) => jsonOf(entry, outcome)),
    unread: unread.map(({ source, reason, isRefused }) => ({
      source,
      verdict: isRefused ? 'refused' : 'ignored',
      reason,
    })),
    secretsToSet: secretsToSet(report).map((place) => ({
      identifier: place.identifier,
      org: place.org ?? null,
      project: place.project ?? null,
      command: setCommand(place),
    })),
  };
}

export interface Outcome {
  /** Whether it was agreed to. */
  readonly isWritten: boolean;
  readonly failures: readonly Failure[];
}

function jsonOf(entry: Entry, { isWritten, failures }: Outcome): object {
  const { document, verdict, action, reasons } = entry;
  const { kind, org, project, identifier, parent, version } = document.place;
  const failure = failures.find((each) => each.document === document);
  return {
    kind,
    identifier,
    org: org ?? null,
    project: project ?? null,
    parent: parent ?? null,
    version: version ?? null,
    source: document.source,
    verdict,
    action,
    isDone: isWritten && isDue(entry) && failure === undefined,
    failure: failure?.reason ?? null,
    reasons: reasons.map(({ code, line, column, hint, ...rest }) => ({
      ...rest,
      code: code ?? null,
      hint: hint ?? null,
      line: line ?? null,
      column: column ?? null,
    })),
  };
}
