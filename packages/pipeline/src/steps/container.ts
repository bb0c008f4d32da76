/** `Container`: a command in a container, outside CI stages (pipelines.md §5.4). */
import { Type, type Static } from 'typebox';
import { CONTAINER_FIELDS } from './container-fields.ts';
import { OutputAlias } from './output-alias.ts';
import { OutputVariables } from './output-variables.ts';
import { Reports } from './reports.ts';
import { ignored, Settings, TextMap, type StepDefinition } from './step-definition.ts';

export const ContainerSpec = Type.Object({
  image: Type.String(),
  /** Absent: the image's own entrypoint runs. */
  command: Type.Optional(Type.String()),
  shell: Type.Enum(['Sh', 'Bash', 'Powershell', 'PowerShell', 'Pwsh', 'Python'], { default: 'Sh' }),
  entrypoint: Type.Optional(Type.Array(Type.String())),
  /** As those of a `Plugin`. */
  settings: Type.Optional(Settings),
  envVariables: Type.Optional(TextMap),
  outputVariables: Type.Optional(OutputVariables),
  ...CONTAINER_FIELDS,
  reports: Type.Optional(Reports),
  infrastructure: ignored('Bridle runs the container with the Docker engine of the delegate.'),
  delegateSelectors: Type.Optional(Type.Array(Type.String())),
  outputAlias: Type.Optional(OutputAlias),
});
export type ContainerSpec = Static<typeof ContainerSpec>;

export const container: StepDefinition = {
  type: 'Container',
  spec: ContainerSpec,
  outputs: [],
  usualIn: ['Custom', 'Approval', 'Deployment'],
};
