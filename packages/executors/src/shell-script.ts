/** `ShellScript`: a script on the delegate, or on another host by SSH. No implicit `set -e`: the exit code of the script decides. */
import { failed, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { runScriptStep, type ScriptStep } from './script-step.ts';
import { asObject, declaredOutputs, SpecError, textOf, variableList } from './step-spec.ts';

export const shellScript: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      const spec = asObject(context.step.spec, 'The spec of a ShellScript step');
      const script: ScriptStep = {
        shell: textOf(spec['shell'], 'shell') ?? 'Bash',
        text: scriptText(spec['source']),
        isStrict: false,
        variables: variableList(spec['environmentVariables'], 'environmentVariables'),
        outputs: declaredOutputs(spec['outputVariables']),
        outputsFrom: 'shell',
      };
      if (textOf(spec['onDelegate'], 'onDelegate') !== 'false') return await runScriptStep(script, context);
      const target = asObject(spec['executionTarget'] ?? {}, 'executionTarget');
      const { runRemoteScript } = await import('./ssh/remote-script.ts');
      return await runRemoteScript(script, target, context);
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
