/**
 * `Background`: a service beside the steps that follow, until its stage ends (pipelines.md §5.1). The step is over once the
 * service has started; what becomes of it later changes no status.
 */
import { Type, type Static } from 'typebox';
import { CONTAINER_FIELDS } from './container-fields.ts';
import { ignored, TextMap, type StepDefinition } from './step-definition.ts';

export const BackgroundSpec = Type.Object({
  command: Type.Optional(Type.String()),
  shell: Type.Enum(['Sh', 'Bash', 'Powershell', 'PowerShell', 'Pwsh', 'Python'], { default: 'Sh' }),
  entrypoint: Type.Optional(
    Type.Array(Type.String(), { description: "In place of the image's entrypoint, and of command." }),
  ),
  envVariables: Type.Optional(TextMap),
  portBindings: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Ports of the host, each with the port of the container.',
    }),
  ),
  image: Type.Optional(Type.String()),
  ...CONTAINER_FIELDS,
  reports: ignored('A service leaves no test reports.'),
});
export type BackgroundSpec = Static<typeof BackgroundSpec>;

export const background: StepDefinition = {
  type: 'Background',
  spec: BackgroundSpec,
  outputs: [],
  usualIn: ['CI'],
  isOfCiStages: true,
  scriptPath: ['command'],
  needsOneOf: [['command', 'image']],
};
