/** `Plugin`: an image whose entrypoint takes settings as `PLUGIN_*`; what it writes to `$DRONE_OUTPUT` counts even when it fails. */
import type { StepContext, StepExecutor, StepResult } from '../executor.ts';
import { performStep } from '../perform-step.ts';
import { variableMap, type SpecObject } from '../step-spec.ts';
import { pluginVariables, readContainerSpec, readEntrypoint } from './container-spec.ts';
import { runImage } from './run-image.ts';

export const plugin: StepExecutor = {
  run: (context) => performStep(context, (spec) => runPlugin(spec, context)),
};

function runPlugin(spec: SpecObject, context: StepContext): Promise<StepResult> {
  return runImage(
    {
      container: readContainerSpec(spec),
      variables: { ...pluginVariables(spec['settings']), ...variableMap(spec['envVariables'], 'envVariables') },
      entrypoint: readEntrypoint(spec['entrypoint']),
      isPlugin: true,
    },
    context,
  );
}
