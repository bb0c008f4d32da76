/** What surrounds steps that run something of their author's: reading the spec, test reports, a word about services that died. */
import { collectArtifacts } from './artifact-files.ts';
import { failed, type StepContext, type StepResult } from './executor.ts';
import { collectReports, reportGlobs } from './report-files.ts';
import { reportEndedServices } from './stage-services.ts';
import { StepLog } from './step-log.ts';
import { asObject, SpecError, type SpecObject } from './step-spec.ts';

/** A spec that cannot be read (`SpecError`) is its author's mistake, and a result. */
export async function performStep(
  context: StepContext,
  perform: (spec: SpecObject) => Promise<StepResult>,
): Promise<StepResult> {
  try {
    const spec = asObject(context.step.spec, `The spec of a ${context.step.stepType} step`);
    const globs = reportGlobs(spec['reports']);
    const result = await perform(spec);
    const log = new StepLog(context.log);
    await collectReports(globs, result, context, log);
    await collectArtifacts(result, context, log);
    await reportEndedServices(result, context);
    return result;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    await new StepLog(context.log).line(error.message);
    return failed(error.message);
  }
}
