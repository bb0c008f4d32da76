/**
 * Who keeps the value of a secret. Bridle's own manager keeps it in the database; the others are named in `secretManagerIdentifier`,
 * keep it somewhere else, and say how the delegate finds it there. A further manager is one more entry of `MANAGERS`.
 */

/** Where a delegate finds a value that the server does not have. */
export type DelegateSource =
  | { readonly kind: 'delegateEnvironment'; readonly name: string }
  | { readonly kind: 'delegateFile'; readonly path: string };

export interface ReferencedManager {
  /** Why this is no reference of the manager, as a sentence's end; `undefined` when it is one. */
  readonly objectTo: (reference: string) => string | undefined;
  readonly sourceOf: (reference: string) => DelegateSource;
}

/** Harness's name of the manager that keeps values itself. */
export const OWN_MANAGER = 'harnessSecretManager';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;
const PATH_LENGTH_MAX = 1_024;
/** The delegate's own settings, its token among them, are nobody's secrets. */
const OWN_VARIABLE = /^(?:BRIDLE_(?!SECRET_)|DELEGATE_|ACCOUNT_SECRET)/;

const MANAGERS: ReadonlyMap<string, ReferencedManager> = new Map([
  [
    'delegateEnvironment',
    {
      objectTo: (reference) => {
        if (!VARIABLE.test(reference)) return 'is no name of an environment variable';
        return OWN_VARIABLE.test(reference) ? "is a setting of the delegate's own" : undefined;
      },
      sourceOf: (name) => ({ kind: 'delegateEnvironment', name }),
    },
  ],
  [
    'delegateFile',
    {
      objectTo: (reference) =>
        isPlainPath(reference)
          ? undefined
          : 'is no path inside the folder of secrets: parts with letters, digits, ".", "_" and "-", joined by "/"',
      sourceOf: (path) => ({ kind: 'delegateFile', path }),
    },
  ],
]);

/** `account.harnessSecretManager` and the like: the built-in managers belong to every scope. */
export function bareManager(written: string): string {
  return written.replace(/^(?:account|org)\./, '');
}

/** `undefined` = not one that keeps values elsewhere. */
export function findReferencedManager(written: string): ReferencedManager | undefined {
  return MANAGERS.get(bareManager(written));
}

export function isOwnManager(written: string): boolean {
  return written === '' || bareManager(written) === OWN_MANAGER;
}

export function managerNames(): readonly string[] {
  return [OWN_MANAGER, ...MANAGERS.keys()];
}

function isPlainPath(path: string): boolean {
  if (path.length === 0 || path.length > PATH_LENGTH_MAX) return false;
  return path.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..');
}
