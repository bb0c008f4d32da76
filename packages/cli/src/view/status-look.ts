/** How a status reads and looks: always a word and a symbol, never a colour alone. */
import type { ExecutionStatus } from '@bridle/protocol';
import type { Paint, Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';

type Colour = 'green' | 'red' | 'blue' | 'yellow' | 'magenta' | 'faint';

export interface StatusLook {
  readonly word: string;
  readonly symbol: 'success' | 'failure' | 'running' | 'waiting' | 'skipped' | 'stopped' | 'ignored';
  readonly colour: Colour;
  /** What it means for who reads: it goes on, it waits for a machine or a person, or how it ended. */
  readonly phase: Phase;
}

export type Phase = 'idle' | 'queued' | 'running' | 'person' | 'good' | 'skipped' | 'broken';

function queued(word: string): StatusLook {
  return { word, symbol: 'waiting', colour: 'faint', phase: 'queued' };
}

function person(word: string): StatusLook {
  return { word, symbol: 'waiting', colour: 'yellow', phase: 'person' };
}

function broken(word: string, colour: Colour = 'red'): StatusLook {
  return { word, symbol: 'failure', colour, phase: 'broken' };
}

const RUNNING: StatusLook = { word: 'Running', symbol: 'running', colour: 'blue', phase: 'running' };
const ABORTED: StatusLook = { word: 'Aborted', symbol: 'stopped', colour: 'magenta', phase: 'broken' };

const LOOKS: Readonly<Record<ExecutionStatus, StatusLook>> = {
  NotStarted: { word: 'Not started', symbol: 'skipped', colour: 'faint', phase: 'idle' },
  Queued: queued('Queued'),
  QueuedExecutionConcurrencyReached: queued('Queued'),
  TaskWaiting: queued('Queued'),
  TimedWaiting: queued('Waiting'),
  ResourceWaiting: queued('Waiting for a resource'),
  Paused: queued('Paused'),
  Pausing: queued('Pausing'),
  Running: RUNNING,
  AsyncWaiting: RUNNING,
  WaitStepRunning: { ...RUNNING, word: 'Waiting' },
  Discontinuing: { word: 'Stopping', symbol: 'stopped', colour: 'magenta', phase: 'running' },
  ApprovalWaiting: person('Waiting for approval'),
  InterventionWaiting: person('Waiting for a decision'),
  InputWaiting: person('Waiting for input'),
  Success: { word: 'Success', symbol: 'success', colour: 'green', phase: 'good' },
  IgnoreFailed: { word: 'Failure ignored', symbol: 'ignored', colour: 'yellow', phase: 'good' },
  Skipped: { word: 'Skipped', symbol: 'skipped', colour: 'faint', phase: 'skipped' },
  Suspended: { word: 'Suspended', symbol: 'skipped', colour: 'faint', phase: 'skipped' },
  Failed: broken('Failed'),
  Errored: broken('Errored'),
  ApprovalRejected: broken('Rejected'),
  Expired: broken('Expired', 'yellow'),
  Aborted: ABORTED,
  AbortedByFreeze: { ...ABORTED, word: 'Aborted by freeze' },
};

export function lookOf(status: ExecutionStatus): StatusLook {
  return LOOKS[status];
}

export function paintOf({ colour }: StatusLook, style: Style): Paint {
  return style[colour];
}

export function symbolOf({ symbol }: StatusLook, symbols: Symbols): string {
  return symbols[symbol];
}

export function isOver({ phase }: StatusLook): boolean {
  return phase === 'good' || phase === 'skipped' || phase === 'broken';
}
