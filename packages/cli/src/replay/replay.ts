import { replayRecord, type ExecutionRecord, type Plan, type Replay } from '@bridle/pipeline';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readRecord } from '../record/read-record.ts';
import { compilePresent } from './compile-present.ts';
import { describeReplay } from './describe-replay.ts';
import { toJsonReplay } from './print-json.ts';

export const replay: CommandAction = async ({ terminal, folder }, { arguments: [name = ''], options }) => {
  const pipeline = options.text('pipeline');
  const isRecorded = options.isOn('recorded');
  if (pipeline !== undefined && isRecorded) {
    throw new UsageError('--pipeline and --recorded exclude each other: the recorded pipeline is no file.');
  }
  const found = readRecord(folder, name);
  const present = compilePresent(found, { folder, pipeline, isRecorded, style: terminal.err.style });
  if (present.kind === 'refused') {
    await terminal.err.line(present.text);
    return 2;
  }
  const replayed = replayPlan(found.record, present.plan, name);
  const { record } = found;
  const fields = options.fields();
  if (fields === undefined) {
    await terminal.out.line(
      describeReplay(replayed, { record, present, style: terminal.out.style, symbols: terminal.symbols }),
    );
  } else {
    await printJson(terminal.out, toJsonReplay(replayed, record, present), fields);
  }
  return replayed.kind === 'same' ? 0 : 1;
};

/** A record that somebody has changed may say what no engine ever said. */
function replayPlan(record: ExecutionRecord, plan: Plan, name: string): Replay {
  try {
    return replayRecord(record, plan);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `The record ${name} does not hold together: ${reason.replace(/\.$/, '')}.`,
      'If nobody has changed it, this is a fault of Bridle.',
    );
  }
}
