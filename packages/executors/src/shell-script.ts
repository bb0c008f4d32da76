/** `ShellScript`: a script on the delegate. No implicit `set -e`: the exit code of the script decides. */
import { failed, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { runScriptStep } from './script-step.ts';
import { asObject, declaredOutputs, SpecError, textOf, variableList } from './step-spec.ts';

export const shellScript: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      const spec = asObject(context.step.spec, 'The spec of a ShellScript step');
      const target = spec['executionTarget'];
      if (
        target !== null &&
        typeof target === 'object' &&
        textOf((target as { host?: unknown }).host, 'executionTarget.host')
      ) {
        return failed(
          'This version runs ShellScript steps on the delegate only; executionTarget.host is not supported yet.',
        );
      }
      return await runScriptStep(
        {
          shell: textOf(spec['shell'], 'shell') ?? 'Bash',
          text: scriptText(spec['source']),
          isStrict: false,
          variables: variableList(spec['environmentVariables'], 'environmentVariables'),
          outputs: declaredOutputs(spec['outputVariables']),
          outputsFrom: 'shell',
        },
        context,
      );
    } catch (error) {
      if (error instanceof SpecError) return failed(error.message);
      throw error;
    }
  },
};

function scriptText(value: unknown): string {
  const source = asObject(value, 'source');
  if (source['type'] !== 'Inline') {
    throw new SpecError(`A script source of type ${String(source['type'])} cannot be run yet; use Inline.`);
  }
  return textOf(asObject(source['spec'], 'source.spec')['script'], 'source.spec.script') ?? '';
}
