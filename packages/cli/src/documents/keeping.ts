/** How documents of one kind are read from a server and written to it. */
import type { Raw } from '@bridle/sdk';
import type { Place, Scope } from './kinds.ts';

export interface Keeping {
  /** The text as it is kept, or one that is made of what is kept. */
  readonly read: (raw: Raw, place: Place) => Promise<string>;
  readonly create: (raw: Raw, place: Place, text: string) => Promise<unknown>;
  readonly update: (raw: Raw, place: Place, text: string) => Promise<unknown>;
  readonly remove: (raw: Raw, place: Place) => Promise<unknown>;
  /** Those of exactly this scope; of kinds that belong to something, those of that parent. */
  readonly list: (raw: Raw, scope: Scope, parent: string) => Promise<readonly Listed[]>;
  /** The server keeps fields, not the text: comments and order are not compared. */
  readonly isMadeOfFields?: true;
}

export interface Listed {
  readonly place: Place;
  readonly name: string;
}
