/** `Container`: a command, or what the image runs by itself, in one container outside of a CI stage. */
import type { StepContext, StepExecutor, StepResult } from '../executor.ts';
import { performStep } from '../perform-step.ts';
import { readCommand } from '../run.ts';
import { SpecError, variableMap, type SpecObject } from '../step-spec.ts';
import { pluginVariables, readContainerSpec, readEntrypoint } from './container-spec.ts';
import { runImage, runScriptInImage } from './run-image.ts';

export const container: StepExecutor = {
  run: (context) => performStep(context, (spec) => runContainerStep(spec, context)),
};

function runContainerStep(spec: SpecObject, context: StepContext): Promise<StepResult> {
  const script = readCommand(spec);
  const entrypoint = readEntrypoint(spec['entrypoint']);
  if (script !== undefined && entrypoint !== undefined)
    throw new SpecError('command and entrypoint exclude each other: the command is run by its shell.');
  const step = {
    container: readContainerSpec(spec),
    variables: { ...pluginVariables(spec['settings']), ...variableMap(spec['envVariables'], 'envVariables') },
    entrypoint,
    isPlugin: false,
  };
  return script === undefined ? runImage(step, context) : runScriptInImage(step, script, context);
}
