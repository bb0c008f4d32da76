import { describe, expect, it } from 'vitest';
import { UsageError } from '../command-line/usage-error.ts';
import { JsonPrinter } from './json-printer.ts';
import { BUILD } from './test-events.ts';
import { Screen } from './test-screen.ts';

async function printed(fields: readonly string[]): Promise<string> {
  const screen = new Screen({ columns: 80, rows: 24 });
  const printer = new JsonPrinter(screen.terminal, fields);
  for (const event of BUILD) await printer.on(event);
  await printer.stopping();
  await printer.end();
  return screen.written;
}

describe('--json', () => {
  it('prints every event as it is, one to a line', async () => {
    const lines = (await printed([])).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(BUILD);
  });

  it('leaves out what was not asked for, in the order of the question', async () => {
    const lines = (await printed(['type', 'status', 'name'])).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '{"type":"execution","status":"Running"}',
      '{"type":"node","status":"Running","name":"p"}',
    ]);
  });

  it('names the fields there are when it is asked for another', () => {
    const { terminal } = new Screen({ columns: 80, rows: 24 });
    const refused = (): JsonPrinter => new JsonPrinter(terminal, ['stage']);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow('No event of a run has the field "stage".');
  });
});
