/** `Run`: a command on the delegate's host or in an image; POSIX shells stop at the first failing command and trace what they do. */
import type { StepContext, StepExecutor } from './executor.ts';
import { performStep } from './perform-step.ts';
import { runScript } from './run-script.ts';
import type { ScriptStep } from './script-step.ts';
import { declaredOutputs, textOf, variableMap, type SpecObject } from './step-spec.ts';

export const run: StepExecutor = {
  run: (context: StepContext) => performStep(context, (spec) => runScript(spec, readCommand(spec), context)),
};

/**
 * The script of a step with a `command`; `undefined` when it has none.
 * @throws SpecError
 */
export function readCommand(spec: SpecObject): ScriptStep | undefined {
  const command = textOf(spec['command'], 'command');
  if (command === undefined || command === '') return undefined;
  return {
    shell: textOf(spec['shell'], 'shell') ?? 'Sh',
    text: command,
    isStrict: true,
    variables: variableMap(spec['envVariables'], 'envVariables'),
    outputs: declaredOutputs(spec['outputVariables']),
    outputsFrom: 'exported',
  };
}
