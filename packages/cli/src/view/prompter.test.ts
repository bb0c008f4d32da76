import type { RunEvent } from '@bridle/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { Decision } from '../local/local-run.ts';
import { askInputs } from './ask-inputs.ts';
import { LivePrinter } from './live-printer.ts';
import { createPrompter, type Prompter } from './prompter.ts';
import { execution, stage, step, waiting } from './test-events.ts';
import { Screen } from './test-screen.ts';

const ENTER = '\r';
const DOWN = '\u001b[B';
const ESCAPE = '\u001b';
const CTRL_C = '\u0003';

interface Desk {
  readonly screen: Screen;
  readonly decisions: Decision[];
  readonly tell: (...events: readonly RunEvent[]) => Promise<void>;
  readonly untilDecided: () => Promise<void>;
  readonly interrupts: () => number;
}

const open: { readonly printer: LivePrinter; readonly prompter: Prompter }[] = [];

afterEach(async () => {
  for (const { printer, prompter } of open.splice(0)) {
    await prompter.close();
    await printer.end({ status: 'Success', durationMs: 0, neededPerson: false });
  }
});

function desk(objections: readonly string[] = []): Desk {
  const screen = new Screen({ columns: 60, rows: 20 });
  const printer = new LivePrinter(screen.terminal, { fields: undefined, hasLogs: false });
  const decisions: Decision[] = [];
  const rest = [...objections];
  let interrupts = 0;
  let decided = Promise.withResolvers<void>();
  const prompter = createPrompter({
    terminal: screen.terminal,
    printer,
    decide: (decision) => {
      decisions.push(decision);
      decided.resolve();
      return Promise.resolve(rest.shift());
    },
    interrupt: () => {
      interrupts += 1;
      decided.resolve();
    },
  });
  open.push({ printer, prompter });
  return {
    screen,
    decisions,
    tell: async (...events) => {
      for (const event of events) {
        await printer.on(event);
        prompter.on(event);
      }
    },
    untilDecided: async () => {
      await decided.promise;
      decided = Promise.withResolvers<void>();
    },
    interrupts: () => interrupts,
  };
}

const GATE: readonly RunEvent[] = [
  execution(),
  stage('p/gate', { status: 'ApprovalWaiting' }),
  step('p/gate/ask', { status: 'ApprovalWaiting' }),
];

describe('a question on the terminal', () => {
  it('approves, with the values that are wanted and a comment', async () => {
    const { screen, decisions, tell, untilDecided } = desk();
    const inputs = [
      { name: 'version', required: true, regex: '[0-9.]+' },
      { name: 'region', required: true, allowedValues: ['eu', 'us'] },
    ];
    await tell(...GATE, waiting('p/gate/ask', 'Shall it go live?', { inputs }));
    await screen.until('Shall it go live?');
    expect(screen.text()).toMatchInlineSnapshot(`
      "│
      ◆  gate › ask waits for approval
      │  Shall it go live?
      │  ● Approve
      │  ○ Reject
      │  ○ Leave it waiting
      └"
    `);
    screen.type(ENTER);
    await screen.until('version');
    screen.type(`two${ENTER}`);
    await screen.until('does not match');
    screen.type(`\b\b\b2.5${ENTER}`);
    await screen.until('region');
    screen.type(`${DOWN}${ENTER}`);
    await screen.until('Comment');
    screen.type(`looks good${ENTER}`);
    await untilDecided();
    expect(decisions).toEqual([
      {
        kind: 'approval',
        node: 'p/gate/ask',
        action: 'APPROVE',
        comments: 'looks good',
        inputs: { version: '2.5', region: 'us' },
      },
    ]);
    await screen.until('● Release');
  });

  it('rejects, and asks again when there is an objection', async () => {
    const { screen, decisions, tell, untilDecided } = desk(['This person has answered already.']);
    await tell(...GATE, waiting('p/gate/ask', 'Live?'));
    await screen.until('Live?');
    screen.type(`${DOWN}${ENTER}`);
    await screen.until('Comment');
    screen.type(ENTER);
    await untilDecided();
    await screen.until('! This person has answered already.');
    await screen.until('Approve');
    screen.type(CTRL_C);
    await untilDecided();
    expect(decisions).toEqual([{ kind: 'approval', node: 'p/gate/ask', action: 'REJECT', comments: '', inputs: {} }]);
  });

  it('goes away when somebody else has answered', async () => {
    const { screen, decisions, tell, interrupts } = desk();
    await tell(...GATE, waiting('p/gate/ask', 'Live?'));
    await screen.until('Leave it waiting');
    await tell(step('p/gate/ask', { status: 'Success', to: 4 }), stage('p/gate', { status: 'Success', to: 4 }));
    await screen.until('● Release');
    expect([decisions, interrupts()]).toEqual([[], 0]);
  });

  it('is not asked when the answer was given beforehand', async () => {
    const { screen, tell } = desk();
    await tell(...GATE, waiting('p/gate/ask', 'Live?', { isAnswered: true }));
    await screen.until('Live?');
    expect(screen.written).not.toContain('Leave it waiting');
  });

  it('is put off with Escape, and comes back with Enter', async () => {
    const { screen, decisions, tell, untilDecided, interrupts } = desk();
    await tell(...GATE, waiting('p/gate/ask', 'Live?'));
    await screen.until('Leave it waiting');
    screen.type(ESCAPE);
    await screen.until('Press Enter to be asked again.');
    await screen.until('● Release');
    screen.type('\n');
    await screen.until('Leave it waiting');
    screen.type(ENTER);
    await screen.until('Comment');
    screen.type(ENTER);
    await untilDecided();
    expect(decisions).toMatchObject([{ action: 'APPROVE' }]);
    expect(interrupts()).toBe(0);
  });

  it('takes Ctrl-C for what it is', async () => {
    const { screen, tell, untilDecided, interrupts } = desk();
    await tell(...GATE, waiting('p/gate/ask', 'Live?'));
    await screen.until('Leave it waiting');
    screen.type(CTRL_C);
    await untilDecided();
    expect(interrupts()).toBe(1);
  });

  it('offers what may be done about a failure, one question after the other', async () => {
    const { screen, decisions, tell, untilDecided } = desk();
    const given = { for: 'intervention' as const, choices: ['MarkAsFailure', 'Retry'] };
    await tell(
      execution(),
      stage('p/build', { status: 'InterventionWaiting' }),
      step('p/build/one', { status: 'InterventionWaiting' }),
      waiting('p/build/one', 'exit code 1', given),
      step('p/build/two', { status: 'InputWaiting' }),
      waiting('p/build/two', '', {
        for: 'input',
        choices: [],
        inputs: [{ name: 'spec.count', required: true, defaultValue: '3' }],
      }),
    );
    await screen.until('build › one failed. What now?');
    expect(screen.text()).toMatchInlineSnapshot(`
      "│
      ◆  build › one failed. What now?
      │  exit code 1
      │  ● Retry (run it again)
      │  ○ Mark as failed
      │  ○ Leave it waiting
      └"
    `);
    screen.type(ENTER);
    await untilDecided();
    await screen.until('build › two waits for input');
    screen.type(`${ENTER}`);
    await untilDecided();
    expect(decisions).toEqual([
      { kind: 'intervention', node: 'p/build/one', action: 'Retry' },
      { kind: 'inputs', node: 'p/build/two', values: { 'spec.count': '3' } },
    ]);
  });
});

describe('inputs that nobody has given', () => {
  const range = { start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };
  const field = {
    owner: { kind: 'pipeline', identifier: 'release', name: 'Release' },
    type: 'String',
    text: '<+input>',
    isWholeText: false,
    required: true,
    refusesEmpty: false,
    isMany: false,
    isExecutionInput: false,
    range,
  } as const;

  it('are asked for by their rules; secrets do not show', async () => {
    const screen = new Screen({ columns: 60, rows: 30 });
    const asked = askInputs(
      [
        { ...field, path: 'a', label: 'count', type: 'Number' },
        { ...field, path: 'b', label: 'token', type: 'Secret' },
        { ...field, path: 'c', label: 'regions', allowedValues: ['eu', 'us', 'ap'], isMany: true },
      ],
      screen.terminal,
    );
    await screen.until('count');
    screen.type(`x${ENTER}`);
    await screen.until('A number is needed.');
    screen.type(`\b7${ENTER}`);
    await screen.until('token');
    screen.type(`hunter2${ENTER}`);
    await screen.until('regions');
    screen.type(` ${DOWN}${DOWN} ${ENTER}`);
    expect(await asked).toEqual(
      new Map([
        ['a', '7'],
        ['b', 'hunter2'],
        ['c', 'eu,ap'],
      ]),
    );
    expect(screen.written).not.toContain('hunter2');
  });

  it('are given up with Escape', async () => {
    const screen = new Screen({ columns: 60, rows: 30 });
    const asked = askInputs([{ ...field, path: 'a', label: 'env' }], screen.terminal);
    await screen.until('env');
    screen.type(ESCAPE);
    expect(await asked).toBeUndefined();
  });
});
