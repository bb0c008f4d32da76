import { Type, type Static } from 'typebox';
import { nullable } from './schema.ts';

const Text = nullable(Type.String());

/** Where an entity lives in git; every key is null for an inline one (api.md §4.4). */
export const EntityGitDetails = Type.Object({
  objectId: Text,
  branch: Text,
  repoIdentifier: Text,
  rootFolder: Text,
  filePath: Text,
  repoName: Text,
  commitId: Text,
  fileUrl: Text,
  repoUrl: Text,
  parentEntityConnectorRef: Text,
  parentEntityRepoName: Text,
  isHarnessCodeRepo: nullable(Type.Boolean()),
});
export type EntityGitDetails = Static<typeof EntityGitDetails>;

export const INLINE_GIT_DETAILS: EntityGitDetails = {
  objectId: null,
  branch: null,
  repoIdentifier: null,
  rootFolder: null,
  filePath: null,
  repoName: null,
  commitId: null,
  fileUrl: null,
  repoUrl: null,
  parentEntityConnectorRef: null,
  parentEntityRepoName: null,
  isHarnessCodeRepo: null,
};
