/** `Run`: a command in the workspace of its CI stage (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { OutputAlias } from './output-alias.ts';
import { ignored, notRunYet, SECRET_NOT_RUN_YET, TextMap, type StepDefinition } from './step-definition.ts';

const NO_CONTAINER =
  'Without an image the command runs as a process of the delegate, and there is no container to set up.';

export const RunSpec = Type.Object({
  command: Type.String(),
  shell: Type.Enum(['Sh', 'Bash', 'Powershell', 'PowerShell', 'Pwsh', 'Python'], { default: 'Sh' }),
  envVariables: Type.Optional(TextMap),
  /** Names that the command exports; `value`, where given, is the name of the shell variable. */
  outputVariables: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        type: Type.Enum(['String', 'Secret'], { default: 'String', notRunYetValues: SECRET_NOT_RUN_YET }),
        value: Type.Optional(Type.String()),
      }),
    ),
  ),
  image: notRunYet('Run steps in a container image'),
  connectorRef: ignored(NO_CONTAINER),
  registryRef: ignored(NO_CONTAINER),
  resources: ignored(NO_CONTAINER),
  imagePullPolicy: ignored(NO_CONTAINER),
  privileged: ignored(NO_CONTAINER),
  runAsUser: ignored(NO_CONTAINER),
  reports: ignored('Bridle does not collect test reports yet; the exit code decides.'),
  outputAlias: Type.Optional(OutputAlias),
});
export type RunSpec = Static<typeof RunSpec>;

export const run: StepDefinition = {
  type: 'Run',
  spec: RunSpec,
  outputs: [],
  usualIn: ['CI'],
  scriptPath: ['command'],
};
