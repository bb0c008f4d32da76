/** `ShellScript`: a script on a delegate, in a temp folder of its own, or on another host by SSH (pipelines.md §5.2). */
import { Type, type Static } from 'typebox';
import { OutputAlias } from './output-alias.ts';
import { SourceSpec } from './script-source.ts';
import { ignored, NamedValues, type StepDefinition } from './step-definition.ts';

export const ShellScriptSpec = Type.Object({
  /** Harness writes `Bash` and `PowerShell`; the other interpreters are Bridle's. */
  shell: Type.Enum(['Bash', 'PowerShell', 'Powershell', 'Pwsh', 'Sh', 'Python'], { default: 'Bash' }),
  source: Type.Object({
    type: Type.Enum(['Inline', 'Harness'], { default: 'Inline' }),
    spec: SourceSpec,
  }),
  /** Else by SSH on the `executionTarget`. */
  onDelegate: Type.Boolean({ default: true }),
  executionTarget: Type.Optional(
    Type.Object({
      host: Type.Optional(Type.String()),
      /** How to log in there. */
      connectorRef: Type.Optional(Type.String()),
      workingDirectory: Type.Optional(Type.String()),
    }),
  ),
  environmentVariables: Type.Optional(NamedValues),
  outputVariables: Type.Optional(NamedValues),
  delegateSelectors: Type.Optional(Type.Array(Type.String())),
  includeInfraSelectors: ignored('The stages that Bridle runs have no infrastructure whose selectors could be added.'),
  outputAlias: Type.Optional(OutputAlias),
  metadata: ignored('Bridle does not use it.'),
});
export type ShellScriptSpec = Static<typeof ShellScriptSpec>;

export const shellScript: StepDefinition = {
  type: 'ShellScript',
  spec: ShellScriptSpec,
  outputs: [],
  usualIn: ['Custom', 'Approval', 'Deployment'],
  scriptPath: ['source', 'spec', 'script'],
};
