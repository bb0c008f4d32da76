/** What the server's program says of a backup (`owner.ts`). */
export interface BackupSummary {
  /** Of the release that wrote it. */
  readonly version: string;
  readonly accountId: string;
  /** Epoch milliseconds. */
  readonly takenAt: number;
  readonly postgres: string;
  readonly schema: string;
  readonly rows: number;
  readonly files:
    | { readonly kind: 'folder'; readonly count: number; readonly missing: readonly string[] }
    | { readonly kind: 's3'; readonly bucket: string }
    | { readonly kind: 'none' };
  readonly hasKeys: boolean;
  readonly secrets: number;
  readonly bytes: number;
}
