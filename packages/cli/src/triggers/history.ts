/** `bridle trigger history`: the events of a trigger, newest first, and what became of each. */
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { printTable } from '../view/table.ts';
import { readTriggerName } from './named-trigger.ts';

const SHOWN = 20;
const SHOWN_MAX = 1_000;

export const triggerHistory = inProject(
  async ({ harness }, { terminal, signal }, { arguments: [name = ''], options }) => {
    const { pipeline, trigger } = readTriggerName(name);
    const limit = limitOf(options.text('limit'));
    const rows = [];
    for await (const event of harness.triggers.history(pipeline, trigger, { signal, pageSize: Math.min(limit, 100) })) {
      if (rows.length >= limit) break;
      rows.push({
        eventCorrelationId: event.eventCorrelationId,
        createdAt: new Date(event.eventCreatedAt).toISOString(),
        status: event.finalStatus,
        executionId: event.targetExecutionSummary?.planExecutionId ?? null,
        message: event.message,
      });
    }
    const fields = options.fields();
    if (fields !== undefined) {
      await printJson(terminal.out, rows, fields);
      return 0;
    }
    const cells = rows.map((row) => [
      row.createdAt,
      row.eventCorrelationId,
      row.status,
      row.executionId ?? row.message,
    ]);
    await printTable(terminal, ['TIME', 'EVENT', 'STATUS', 'EXECUTION OR REASON'], cells);
    if (rows.length === 0 && !terminal.isQuiet) await terminal.err.line(`The trigger ${name} has had no events.`);
    return 0;
  },
);

function limitOf(text: string | undefined): number {
  if (text === undefined) return SHOWN;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= SHOWN_MAX) return limit;
  throw new UsageError(`--limit ${text} is none.`, `A number from 1 to ${SHOWN_MAX}.`);
}
