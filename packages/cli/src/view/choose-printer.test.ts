import { describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal/terminal.ts';
import { choosePrinter } from './choose-printer.ts';
import { JsonPrinter } from './json-printer.ts';
import { LivePrinter } from './live-printer.ts';
import { PlainPrinter } from './plain-printer.ts';
import { Screen } from './test-screen.ts';

const { terminal } = new Screen({ columns: 80, rows: 24 });
const PEOPLE = { fields: undefined, hasLogs: false };
const piped = { ...terminal.out, isTerminal: false };

describe('a run is shown', () => {
  it.each<[string, Partial<Terminal>, Readonly<Record<string, string>>, object]>([
    ['live on a terminal', {}, {}, LivePrinter],
    ['line by line where its output is piped', { out: piped }, {}, PlainPrinter],
    ['line by line where only its errors are piped', { err: piped }, {}, PlainPrinter],
    ['line by line on a terminal that cannot move its cursor', {}, { TERM: 'dumb' }, PlainPrinter],
    ['by its end alone where it shall be quiet', { isQuiet: true }, {}, PlainPrinter],
  ])('%s', (_, given, environment, wanted) => {
    expect(choosePrinter({ ...terminal, ...given }, PEOPLE, environment).constructor).toBe(wanted);
  });

  it('as events to scripts, wherever they are', () => {
    expect(choosePrinter(terminal, { fields: [], hasLogs: true }, {}).constructor).toBe(JsonPrinter);
  });
});
