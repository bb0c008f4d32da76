/**
 * `Plugin`: an image that takes its settings as `PLUGIN_*` and leaves outputs in the file `$DRONE_OUTPUT` (pipelines.md §5.1).
 * A setting's name is upper-cased, and what is no letter or digit becomes `_`; lists of scalars are joined with commas, other
 * lists and maps are JSON (contract question Q18).
 */
import { Type, type Static } from 'typebox';
import { CONTAINER_FIELDS } from './container-fields.ts';
import { OutputAlias } from './output-alias.ts';
import { Reports } from './reports.ts';
import { notRunYet, Settings, TextMap, type StepDefinition } from './step-definition.ts';

export const PluginSpec = Type.Object({
  image: Type.String(),
  settings: Type.Optional(Settings),
  envVariables: Type.Optional(TextMap),
  entrypoint: Type.Optional(Type.Array(Type.String())),
  ...CONTAINER_FIELDS,
  reports: Type.Optional(Reports),
  uses: notRunYet('plugins that are named by a repository (uses)'),
  outputAlias: Type.Optional(OutputAlias),
});
export type PluginSpec = Static<typeof PluginSpec>;

export const plugin: StepDefinition = {
  type: 'Plugin',
  spec: PluginSpec,
  outputs: [],
  usualIn: ['CI'],
};
