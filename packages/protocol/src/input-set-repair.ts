/** Input sets that no longer fit their pipeline: what would mend them (api.md §4.2). Keys are absent when they have no value. */
import { Type, type Static } from 'typebox';
import { EntityGitDetails } from './git-details.ts';
import { InputSetResponse, OverlayInputSetResponse } from './input-sets.ts';

export const InputSetYamlDiff = Type.Object({
  oldYAML: Type.String(),
  newYAML: Type.String({ description: 'Without what the pipeline does not ask for any more.' }),
  inputSetEmpty: Type.Boolean({ description: 'Nothing would be left of it.' }),
  noUpdatePossible: Type.Boolean({ description: 'The pipeline asks for nothing: no input set could give anything.' }),
  yamlDiffPresent: Type.Boolean(),
  invalidReferences: Type.Optional(Type.Array(Type.String(), { description: 'Of an overlay: sets that are gone.' })),
  gitDetails: EntityGitDetails,
});
export type InputSetYamlDiff = Static<typeof InputSetYamlDiff>;

export const InputSetSanitised = Type.Object({
  shouldDeleteInputSet: Type.Boolean({ description: 'Nothing is left of it: it was not saved; delete it.' }),
  inputSetUpdateResponse: Type.Optional(Type.Union([InputSetResponse, OverlayInputSetResponse])),
});
export type InputSetSanitised = Static<typeof InputSetSanitised>;
