/** How a delegate can end: a code for programs, an exit status for whoever supervises it, words for people. */
import { IsolationError } from '@bridle/executors';
import { HomeInUse } from './home.ts';
import { InitScriptFailed } from './init-script.ts';
import { RegistrationRefused, VersionRefused } from './session.ts';

/** Code → exit status. Described in docs/ERRORS.md. */
export const DELEGATE_CODES = {
  /** Starting again does not help: a setting must be corrected. */
  SETTINGS: 2,
  /** Nor here: one of the two must be upgraded. */
  VERSION_REFUSED: 3,
  REGISTRATION_REFUSED: 1,
  HOME_IN_USE: 1,
  INIT_SCRIPT_FAILED: 1,
  DELEGATE_FAILED: 1,
} as const satisfies Readonly<Record<string, number>>;

export type DelegateCode = keyof typeof DELEGATE_CODES;

export interface DelegateEnd {
  readonly code: DelegateCode;
  readonly status: number;
  readonly message: string;
  /** False: the text says all there is to say, and a stack would not help. */
  readonly isOurs: boolean;
}

export function describeEnd(error: unknown): DelegateEnd {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const isOurs = code === 'DELEGATE_FAILED';
  return {
    code,
    status: DELEGATE_CODES[code],
    message: isOurs ? `The delegate had to stop: ${message}` : message,
    isOurs,
  };
}

function codeOf(error: unknown): DelegateCode {
  if (error instanceof VersionRefused) return 'VERSION_REFUSED';
  if (error instanceof RegistrationRefused) return 'REGISTRATION_REFUSED';
  if (error instanceof InitScriptFailed) return 'INIT_SCRIPT_FAILED';
  if (error instanceof HomeInUse) return 'HOME_IN_USE';
  return error instanceof IsolationError ? 'SETTINGS' : 'DELEGATE_FAILED';
}
