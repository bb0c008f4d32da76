/** What an upload step says of its files: their addresses, for later steps and for people. */
import type { StepOutputs } from '../executor.ts';

export interface UploadedFile {
  readonly name: string;
  readonly url: string;
  readonly size: number;
}

/** Files that are told one by one; beyond that their number must do. */
const LISTED_MAX = 1_000;

export function uploadedOutputs(files: readonly UploadedFile[]): StepOutputs {
  return {
    uploadedFiles: files.length,
    artifacts: files.slice(0, LISTED_MAX).map(({ name, url, size }) => ({ name, url, size })),
  };
}
