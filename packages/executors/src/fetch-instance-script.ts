/**
 * `FetchInstanceScript`: runs the script of a custom deployment, which writes the instances it finds to `$INSTANCE_OUTPUT_PATH`.
 * The text of that file is the step's outcome; what it means is the engine's matter (`readInstances` of the language).
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { runScriptStep } from './script-step.ts';
import { StepLog } from './step-log.ts';
import { asObject, SpecError, textOf } from './step-spec.ts';

/** What a step may hand to the server at once (pipelines.md §1.1: outputs of scripts). */
export const INSTANCES_BYTES_MAX = 512 * 1024;

export const fetchInstanceScript: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      const spec = asObject(context.step.spec, 'The spec of a FetchInstanceScript step');
      const text = textOf(spec['script'], 'script');
      if (text === undefined || text.trim() === '') {
        return failed('The deployment has no script that fetches instances (infrastructure.fetchInstancesScript).');
      }
      const path = join(context.workspace.scratch, 'instances.json');
      const end = await runScriptStep(
        {
          shell: 'Bash',
          text,
          isStrict: false,
          variables: { INSTANCE_OUTPUT_PATH: path },
          outputs: [],
          outputsFrom: 'shell',
        },
        context,
      );
      return end.kind === 'succeeded' ? await conclude(path, context) : end;
    } catch (error) {
      if (error instanceof SpecError) return failed(error.message);
      throw error;
    }
  },
};

async function conclude(path: string, context: StepContext): Promise<StepResult> {
  const read = readInstancesFile(path);
  if (read.kind === 'read') return { kind: 'succeeded', exitCode: 0, outputs: { instances: read.text } };
  await new StepLog(context.log).line(read.message);
  return {
    kind: 'failed',
    exitCode: 0,
    outputs: {},
    failure: { message: read.message, types: ['APPLICATION_ERROR'] },
  };
}

type ReadFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Not through a link: this process may read more than the script may. And no pipe is waited for. */
function readInstancesFile(path: string): ReadFile {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return refused('The script wrote no file to $INSTANCE_OUTPUT_PATH.');
  if (!found.isFile()) return refused('What the script left at $INSTANCE_OUTPUT_PATH is not a file.');
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    if (size > INSTANCES_BYTES_MAX) {
      return refused(
        `The file at $INSTANCE_OUTPUT_PATH has ${size} bytes; at most ${INSTANCES_BYTES_MAX} are read. Write only what the instances need.`,
      );
    }
    // No JSON has a NUL byte in it, and no database takes one.
    const text = readFileSync(file, 'utf8').replaceAll('\0', '\u{FFFD}');
    if (text.trim() === '') return refused('The file at $INSTANCE_OUTPUT_PATH is empty; the script writes JSON to it.');
    return { kind: 'read', text };
  } finally {
    closeSync(file);
  }
}

function refused(message: string): ReadFile {
  return { kind: 'refused', message };
}
