import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replay } from '../engine/advance.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { Execution, ExecutionHeader } from '../engine/execution.ts';
import { runScenario } from '../engine/scenario-world.ts';
import { headerOf, planOf, stage, step } from '../engine/test-plans.ts';
import { readRecordText } from './read-record.ts';
import { printEnd, printEvent, printHeader } from './record.ts';
import { replayRecord } from './replay-record.ts';
import { readWhole, recordHeader, textOf } from './test-records.ts';

const PLAN = planOf([stage('s', [step('a'), step('b')])]);
const HEADER = recordHeader(headerOf(PLAN));
const RUN = runScenario(headerOf(PLAN), {});
const TEXT = textOf(HEADER, RUN);

test('what was written is read', () => {
  const record = readWhole(TEXT);
  expect(record).toMatchObject({ header: HEADER, events: RUN.events, isTruncated: false });
  expect(record.end?.nodes).toEqual(RUN.execution.nodes);
});

test('P1 every prefix is a record as far as it goes, or has no whole header', () => {
  const headerEnd = TEXT.indexOf('\n');
  for (let length = 0; length <= TEXT.length; length += 7) {
    const read = readRecordText(TEXT.slice(0, length));
    if (length < headerEnd) expect(read.kind).toBe('refused');
    else {
      if (read.kind === 'refused') throw new Error(`${String(length)}: ${read.reason}`);
      const { events, isTruncated } = read.record;
      expect(events).toEqual(RUN.events.slice(0, events.length));
      if (length < TEXT.length - 1) expect(isTruncated).toBe(true);
      expect(replayRecord(read.record, PLAN).kind).toBe('same');
    }
  }
});

describe('what is no record says why', () => {
  const [first = '', ...rest] = TEXT.split('\n');
  const withHeader = (change: (header: Record<string, unknown>) => void): string => {
    const header = JSON.parse(first) as Record<string, unknown>;
    change(header);
    return [JSON.stringify(header), ...rest].join('\n');
  };

  test.each([
    ['nothing', '', 'is empty', undefined],
    ['another file', 'pipeline:\n  name: p\n', 'does not begin as the record of an execution does', 1],
    ['another JSON', '{"a": 1}\n', 'does not begin as the record of an execution does', 1],
    ['a newer one', withHeader((header) => (header['version'] = 9)), 'was written by a newer Bridle (version 9', 1],
    ['no version', withHeader((header) => (header['version'] = 'x')), 'says no version', 1],
    ['no source', withHeader((header) => delete header['source']), 'lacks the source in its header', 1],
    [
      'no plan',
      withHeader((header) => (header['execution'] = { ...HEADER.execution, plan: {} })),
      'lacks execution.plan',
      1,
    ],
    [
      'a line of something',
      [first, '{"event": {"kind": "no", "at": 1}}', ''].join('\n'),
      'neither an event nor the end',
      2,
    ],
    [
      'a line in the middle that is broken',
      [first, rest[0], '{"ev', rest[1], ''].join('\n'),
      'neither an event nor the end',
      3,
    ],
    ['no start', [first, ...rest.slice(1)].join('\n'), 'does not begin with its start', 2],
    ['a lost event', [first, rest[0], ...rest.slice(2)].join('\n'), 'events, but ended after', undefined],
    ['more after the end', TEXT + String(rest[0]) + '\n', 'goes on after its end', RUN.events.length + 3],
  ])('%s', (_, text, reason, line) => {
    const read = readRecordText(text);
    expect(read.kind === 'refused' ? read.reason : 'a record').toContain(reason);
    expect(read.kind === 'refused' ? read.line : 0).toBe(line);
  });
});

test('P2 a secret output is in no line, and the replay does not need it', () => {
  const canary = 'canary-4f1c';
  const plan = planOf([
    stage('s', [
      step('a'),
      step('b', { spec: { text: '<+steps.a.output.outputVariables.token>-<+steps.a.output.outputVariables.open>' } }),
    ]),
  ]);
  const header = headerOf(plan);
  const run = runScenario(header, {
    steps: { a: { outputs: { token: `sealed:${canary}`, open: 'seen' }, secretOutputs: ['token'] } },
  });
  expect(JSON.stringify(run.events)).toContain(canary);
  const retained = {
    executionId: header.id,
    rootExecutionId: header.id,
    nodes: Object.values(run.execution.nodes).map((state) => ({ fqn: 'x', state })),
  };
  const lines = [
    printHeader(recordHeader({ ...header, retained })),
    ...run.events.map(printEvent),
    printEnd(run.execution),
  ];
  for (const line of lines) expect(line).not.toContain(canary);
  expect(lines.join('\n')).toContain('seen');
  expect(replayRecord(readWhole(textOf(recordHeader(header), run)), plan).kind).toBe('same');
});

/** As the simulation writes them; see the tests of the engine. */
interface RecordedLog {
  readonly header: ExecutionHeader;
  readonly createdAt: number;
  readonly events: readonly EngineEvent[];
  readonly state: Pick<Execution, 'version' | 'status' | 'startedAt' | 'endedAt' | 'nodes'>;
}

const LOGS = new URL('../engine/testdata/', import.meta.url);

test.for(readdirSync(LOGS).filter((name) => name.endsWith('.json')))('the recorded log %s is one, too', (name) => {
  const { header, createdAt, events, state } = JSON.parse(readFileSync(new URL(name, LOGS), 'utf8')) as RecordedLog;
  const lines = [
    printHeader({ ...recordHeader(header), createdAt }),
    ...events.map(printEvent),
    printEnd({ ...replay(header, createdAt, events), ...state }),
  ];
  expect(replayRecord(readWhole(lines.join('\n')), header.plan)).toMatchObject({ kind: 'same', status: state.status });
});
