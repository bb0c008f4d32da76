/** `Run`: a command in the workspace of its CI stage, in a container or on the host (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { CONTAINER_FIELDS } from './container-fields.ts';
import { OutputAlias } from './output-alias.ts';
import { OutputVariables } from './output-variables.ts';
import { Reports } from './reports.ts';
import { TextMap, type StepDefinition } from './step-definition.ts';

/** What `Run` and `Test` share. */
export const COMMAND_FIELDS = {
  command: Type.Optional(Type.String({ description: "What runs. Absent: the image's own entrypoint." })),
  shell: Type.Enum(['Sh', 'Bash', 'Powershell', 'PowerShell', 'Pwsh', 'Python'], {
    default: 'Sh',
    description: 'What reads the command; it must be there, in the image or on the host.',
  }),
  envVariables: Type.Optional(TextMap),
  outputVariables: Type.Optional(OutputVariables),
  image: Type.Optional(
    Type.String({ description: 'The image it runs in. Absent: it runs as a process of the delegate.' }),
  ),
  ...CONTAINER_FIELDS,
  outputAlias: Type.Optional(OutputAlias),
} as const;

export const RunSpec = Type.Object({ ...COMMAND_FIELDS, reports: Type.Optional(Reports) });
export type RunSpec = Static<typeof RunSpec>;

export const run: StepDefinition = {
  type: 'Run',
  spec: RunSpec,
  outputs: [],
  usualIn: ['CI'],
  scriptPath: ['command'],
  needsOneOf: [['command', 'image']],
};
