/** A step's script runs on the host, or in a container when its spec names an image. */
import type { StepContext, StepResult } from './executor.ts';
import { runScriptStep, type ScriptStep } from './script-step.ts';
import { SpecError, textOf, type SpecObject } from './step-spec.ts';

/**
 * @param script - `undefined` = what the image runs by itself
 * @throws SpecError
 */
export async function runScript(
  spec: SpecObject,
  script: ScriptStep | undefined,
  context: StepContext,
): Promise<StepResult> {
  if (textOf(spec['image'], 'image')) {
    const { runWithImage } = await import('./docker/run-image.ts');
    return runWithImage(spec, script, context);
  }
  if (script === undefined) throw new SpecError(`A ${context.step.stepType} step without an image needs a command.`);
  return runScriptStep(script, context);
}
