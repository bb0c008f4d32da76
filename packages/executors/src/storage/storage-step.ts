/** What the steps that store and fetch files share: their places, their words for failures, their log. */
import type { FailureType } from '@bridle/pipeline';
import { failed, type StepContext, type StepExecutor, type StepResult } from '../executor.ts';
import { AddressRefused } from '@bridle/outgoing';
import { StepLog } from '../step-log.ts';
import { asObject, SpecError, type SpecObject } from '../step-spec.ts';
import { StoreError } from './cache-store.ts';
import { codeOf, PathRefused } from './open-folder.ts';
import { ArchiveError } from './read-archive.ts';
import { StepPlaces } from './step-places.ts';

export interface StorageStep {
  readonly spec: SpecObject;
  readonly places: StepPlaces;
  readonly log: StepLog;
  readonly context: StepContext;
}

/** Performs a step whose failures are the author's, the host's or the store's. */
export function storageStep(type: string, perform: (step: StorageStep) => Promise<StepResult>): StepExecutor {
  return {
    async run(context: StepContext): Promise<StepResult> {
      if (context.signal.aborted) return { kind: 'cancelled' };
      const log = new StepLog(context.log);
      try {
        const spec = asObject(context.step.spec, `The spec of a ${type} step`);
        const places = new StepPlaces(
          context.workspace.folder,
          context.host.settings.caches.outsideFolders,
          context.step.stage?.sharedPaths,
        );
        return await perform({ spec, places, log, context });
      } catch (error) {
        if (context.signal.aborted) {
          await log.line('Execution was stopped before it ended.');
          return { kind: 'cancelled' };
        }
        const failure = failureOf(error);
        if (failure === undefined) throw error;
        await log.line(failure.message);
        return failed(failure.message, [failure.type]);
      }
    },
  };
}

function failureOf(error: unknown): { readonly message: string; readonly type: FailureType } | undefined {
  if (error instanceof StoreError) return { message: error.message, type: error.type };
  if (error instanceof AddressRefused) return { message: error.message, type: 'AUTHORIZATION_ERROR' };
  if (error instanceof SpecError || error instanceof PathRefused || error instanceof ArchiveError)
    return { message: error.message, type: 'APPLICATION_ERROR' };
  const code = codeOf(error) ?? '';
  const words = SYSTEM_ERRORS[code];
  return words === undefined ? undefined : { message: `${words} (${code}).`, type: 'APPLICATION_ERROR' };
}

/** What the host can say no with; the paths in its own texts are of no use to a reader. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk of this delegate is full',
  EDQUOT: 'The disk quota of this delegate is used up',
  EACCES: 'A file or folder may not be used by the user of this delegate',
  EPERM: 'A file or folder may not be changed by the user of this delegate',
  EROFS: 'A folder cannot be written to',
  EMFILE: 'This delegate has too many files open',
  ENAMETOOLONG: 'A name is longer than the file system of this delegate takes',
  EIO: 'The disk of this delegate has failed',
};
