/** `CustomApproval`: a script is run again and again until its outputs approve or reject (pipelines.md §5.4). */
import { Type, type Static } from 'typebox';
import { SourceSpec } from './script-source.ts';
import { NamedValues, type StepDefinition } from './step-definition.ts';

const Criteria = Type.Object({
  type: Type.Enum(['KeyValues', 'Jexl']),
  spec: Type.Object({
    /** Jexl: one program over `<+output.NAME>`. */
    expression: Type.Optional(Type.String()),
    /** KeyValues: any one of the conditions is enough; else all must hold. */
    matchAnyCondition: Type.Boolean({ default: false }),
    conditions: Type.Optional(
      Type.Array(
        Type.Object({
          key: Type.String(),
          operator: Type.Enum(['equals', 'not equals', 'in', 'not in'], { default: 'equals' }),
          value: Type.String({ default: '' }),
        }),
      ),
    ),
  }),
});

export const CustomApprovalSpec = Type.Object({
  shell: Type.Enum(['Bash', 'PowerShell', 'Powershell', 'Pwsh', 'Sh', 'Python'], { default: 'Bash' }),
  source: Type.Object({
    type: Type.Enum(['Inline', 'Harness'], { default: 'Inline' }),
    spec: SourceSpec,
  }),
  /** Between the end of one run of the script and the start of the next. */
  retryInterval: Type.String({ format: 'duration', default: '1m' }),
  /** Of each run of the script. */
  scriptTimeout: Type.String({ format: 'duration', default: '10m' }),
  approvalCriteria: Criteria,
  rejectionCriteria: Type.Optional(Criteria),
  environmentVariables: Type.Optional(NamedValues),
  outputVariables: Type.Optional(NamedValues),
  delegateSelectors: Type.Optional(Type.Array(Type.String())),
});
export type CustomApprovalSpec = Static<typeof CustomApprovalSpec>;

export const customApproval: StepDefinition = {
  type: 'CustomApproval',
  spec: CustomApprovalSpec,
  outputs: [],
  usualIn: ['Custom', 'Approval', 'Deployment'],
  scriptPath: ['source', 'spec', 'script'],
};
