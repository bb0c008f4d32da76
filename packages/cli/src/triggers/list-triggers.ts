/** `bridle trigger list`: the triggers of a pipeline and what they did last. */
import { printJson } from '../command-line/json.ts';
import { inProject } from '../connection/connect.ts';
import { printTable } from '../view/table.ts';

export const listTriggers = inProject(
  async ({ harness }, { terminal, signal }, { arguments: [pipeline = ''], options }) => {
    const triggers = await harness.triggers.list(pipeline, { signal }).all();
    const rows = triggers.map(
      ({ identifier, name, type, enabled, lastTriggerExecutionDetails: last, nextFireTimes }) => ({
        identifier,
        name,
        type,
        enabled,
        lastFiredAt: last === undefined ? null : new Date(last.lastExecutionTime).toISOString(),
        lastStatus: last?.lastExecutionStatus ?? null,
        nextFireAt: nextFireTimes?.[0] === undefined ? null : new Date(nextFireTimes[0]).toISOString(),
      }),
    );
    const fields = options.fields();
    if (fields !== undefined) {
      await printJson(terminal.out, rows, fields);
      return 0;
    }
    const cells = rows.map((row) => [
      row.identifier,
      row.type,
      row.enabled ? 'enabled' : 'disabled',
      row.lastFiredAt === null ? 'never fired' : `${row.lastFiredAt} ${row.lastStatus ?? ''}`,
    ]);
    await printTable(terminal, ['IDENTIFIER', 'TYPE', 'STATE', 'LAST EVENT'], cells);
    if (rows.length === 0 && !terminal.isQuiet) await terminal.err.line(`The pipeline ${pipeline} has no triggers.`);
    return 0;
  },
);
