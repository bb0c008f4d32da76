import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EngineEvent } from './events.ts';
import type { Execution, ExecutionHeader } from './execution.ts';
import { replay } from './advance.ts';

/** One execution as it was when it was recorded (`npm run simulate -- --record`), with the state its events led to. */
interface RecordedLog {
  readonly behaviour: string;
  readonly header: ExecutionHeader;
  readonly createdAt: number;
  readonly events: readonly EngineEvent[];
  readonly state: Pick<Execution, 'version' | 'status' | 'startedAt' | 'endedAt' | 'abort' | 'nodes'>;
}

const FOLDER = new URL('testdata/', import.meta.url);
const logs = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

test('there are recorded logs', () => {
  expect(logs.length).toBeGreaterThan(0);
});

// A change of engine behaviour raises `semanticsVersion` and keeps the old branch: a recorded log is never edited to fit.
test.for(logs)('R13 E2 the recorded log %s replays to the state it led to', (name) => {
  const { header, createdAt, events, state } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as RecordedLog;
  expect(replay(header, createdAt, events)).toEqual({ ...header, createdAt, ...state });
});
