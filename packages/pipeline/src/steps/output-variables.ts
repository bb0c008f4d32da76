/** `outputVariables` of steps that run a command: names that the command leaves behind. */
import { Type, type TArray } from 'typebox';

const OutputVariable = Type.Object({
  name: Type.String({ description: 'What expressions call it.' }),
  type: Type.Enum(['String', 'Secret'], {
    default: 'String',
    description: 'A Secret never shows: it is masked in logs, and nobody can read it but later steps.',
  }),
  value: Type.Optional(
    Type.String({ description: 'The variable that the command exports; absent: of the same name.' }),
  ),
});

export const OutputVariables: TArray<typeof OutputVariable> = Type.Array(OutputVariable, {
  description: 'Variables that the command exports for later steps.',
});
