/** Files and folders that are stored by name (`/ng/api/file-store`). */
import { Type, type Static } from 'typebox';
import { nullable, Time } from './schema.ts';

export const FILE_USAGES = ['MANIFEST_FILE', 'CONFIG', 'SCRIPT'] as const;
const TagList = Type.Array(Type.Object({ key: Type.String(), value: Type.String() }));

const nodeKeys = {
  identifier: Type.String(),
  name: Type.String(),
  type: Type.Enum(['FILE', 'FOLDER']),
  parentIdentifier: Type.String(),
  path: Type.String(),
  fileUsage: nullable(Type.Enum(FILE_USAGES)),
  mimeType: nullable(Type.String()),
  description: Type.String(),
  tags: TagList,
  lastModifiedAt: Time,
};

export const StoredFile = Type.Object({
  accountIdentifier: Type.String(),
  orgIdentifier: nullable(Type.String()),
  projectIdentifier: nullable(Type.String()),
  ...nodeKeys,
  draft: Type.Boolean(),
  createdBy: Type.Object({ name: Type.String() }),
});
export type StoredFile = Static<typeof StoredFile>;

export const StoredFileNode = Type.Object(nodeKeys);
export type StoredFileNode = Static<typeof StoredFileNode>;

/** A folder, and what is directly in it. */
export const FolderNode = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  type: Type.Literal('FOLDER'),
  parentIdentifier: nullable(Type.String()),
  path: Type.String(),
  children: Type.Array(StoredFileNode),
});
export type FolderNode = Static<typeof FolderNode>;

export const FolderRequest = Type.Object(
  {
    identifier: Type.String({ minLength: 1, maxLength: 128 }),
    name: Type.Optional(nullable(Type.String())),
    type: Type.Optional(nullable(Type.String())),
    parentIdentifier: Type.Optional(nullable(Type.String())),
  },
  { examples: [{ identifier: 'Root', name: 'Root', type: 'FOLDER' }] },
);
