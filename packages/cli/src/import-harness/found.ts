/** What an import has found before it is judged. */
import type { GivenDocument } from '../documents/given-documents.ts';

export interface Found {
  /** In the order in which a server must have them. */
  readonly documents: readonly GivenDocument[];
  readonly unread: readonly Unread[];
}

/** Something of which there is no document: it is named in the report, and left out. */
export interface Unread {
  /** The file, or where the account has it. */
  readonly source: string;
  readonly reason: string;
  /** It would be a document if it were whole; else it is nothing that a server keeps. */
  readonly isRefused: boolean;
}
