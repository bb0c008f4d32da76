/** Why a server does not start on a database; described in docs/ERRORS.md. */
export const START_ERROR_CODES = ['SCHEMA_NEWER', 'MASTER_KEY_CHANGED', 'ACCOUNT_CHANGED'] as const;

export type StartErrorCode = (typeof START_ERROR_CODES)[number];
