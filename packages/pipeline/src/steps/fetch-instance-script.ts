/**
 * `FetchInstanceScript`: runs the script of the stage's custom deployment, which writes JSON to `$INSTANCE_OUTPUT_PATH`; the
 * instances in it become the stage's (pipelines.md §5.5). Script, list path and attributes come from the infrastructure.
 */
import { Type, type Static } from 'typebox';
import type { StepDefinition } from './step-definition.ts';

export const FetchInstanceScriptSpec = Type.Object({
  delegateSelectors: Type.Optional(Type.Array(Type.String())),
});
export type FetchInstanceScriptSpec = Static<typeof FetchInstanceScriptSpec>;

export const fetchInstanceScript: StepDefinition = {
  type: 'FetchInstanceScript',
  spec: FetchInstanceScriptSpec,
  outputs: ['instances'],
  usualIn: ['Deployment'],
};
