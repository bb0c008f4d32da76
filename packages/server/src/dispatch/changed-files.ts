/** The files that a pull request changes: a delegate asks the provider, with the credentials of a trigger's connector. */
import { parseScopedIdentifier } from '@bridle/pipeline';
import { findConnector } from '../store/connectors.ts';
import type { Database } from '../store/database.ts';
import { ownerSeenFrom } from '../store/owner-scope.ts';
import type { FilesAnswer, FilesSource } from '../store/trigger-files.ts';
import type { Dispatch } from './dispatch.ts';
import type { ErrandResult } from './errands.ts';

/** Sixty pages of one provider, at worst. */
const ASK_MS = 90_000;
/** What a delegate says of what may pass. */
const OUTAGES: ReadonlySet<string> = new Set(['CONNECTIVITY', 'TIMEOUT_ERROR', 'EXPIRED', 'DELEGATE_RESTART']);

export function changedFilesAsker(
  db: Database,
  dispatch: Pick<Dispatch, 'runErrand'>,
): (source: FilesSource, signal: AbortSignal) => Promise<FilesAnswer> {
  return async ({ scope, connectorRef, repoName, number }, signal) => {
    const { scope: level, identifier } = parseScopedIdentifier(connectorRef);
    const connector = await findConnector(db, { owner: ownerSeenFrom(scope, level), identifier });
    if (connector === undefined) return lasting(`The connector ${connectorRef} is not there any more.`);
    const selectors = connector.spec['delegateSelectors'];
    const result = await dispatch.runErrand(
      {
        owner: scope,
        stepType: 'ChangedFiles',
        name: `Files of pull request ${number}`,
        spec: { connectorRef, number, ...(repoName === undefined ? {} : { repoName }) },
        selectors: Array.isArray(selectors) ? selectors.filter((each): each is string => typeof each === 'string') : [],
        waitMs: ASK_MS,
      },
      signal,
    );
    return read(result);
  };
}

function read(result: ErrandResult): FilesAnswer {
  switch (result.kind) {
    case 'noDelegate':
      return passing('No delegate is connected that serves the project and has the selectors of the connector.');
    case 'late':
      return passing(`The delegate ${result.delegateName} gave no answer within ${String(ASK_MS / 1_000)} seconds.`);
    case 'done':
      break;
  }
  const { outcome } = result;
  switch (outcome.kind) {
    case 'cancelled':
      return passing('The delegate was stopped while it asked.');
    case 'failed': {
      const { message, types } = outcome.failure;
      return types.some((type) => OUTAGES.has(type)) ? passing(message) : lasting(message);
    }
    case 'succeeded': {
      const { files } = outcome.outputs as { readonly files?: unknown };
      return Array.isArray(files) && files.every((file) => typeof file === 'string')
        ? { kind: 'files', files }
        : lasting('The delegate does not know how to ask for changed files: it is older than the server.');
    }
  }
}

function passing(reason: string): FilesAnswer {
  return { kind: 'failed', isOutage: true, reason };
}

function lasting(reason: string): FilesAnswer {
  return { kind: 'failed', isOutage: false, reason };
}
