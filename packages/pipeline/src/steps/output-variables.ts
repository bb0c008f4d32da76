/** `outputVariables` of steps that run a command: names that the command leaves behind. */
import { Type, type TArray } from 'typebox';

const OutputVariable = Type.Object({
  name: Type.String(),
  /** A `Secret` never shows: it is masked in logs and leaves the delegate sealed. */
  type: Type.Enum(['String', 'Secret'], { default: 'String' }),
  /** Where given, the name of the shell variable. */
  value: Type.Optional(Type.String()),
});

export const OutputVariables: TArray<typeof OutputVariable> = Type.Array(OutputVariable);
