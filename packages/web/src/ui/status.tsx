import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleMinus,
  CircleX,
  Clock,
  Hand,
  Hourglass,
  LoaderCircle,
  TimerOff,
  type LucideIcon,
} from 'lucide-react';
import type { JSX } from 'react';

export type Tone = 'green' | 'red' | 'blue' | 'amber' | 'slate' | 'orange' | 'violet' | 'grey';

interface Look {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly isMoving?: boolean;
  /** Waiting on a machine: a dotted edge. */
  readonly isDotted?: boolean;
}

const RUNNING: Look = { tone: 'blue', icon: CircleDot, isMoving: true };
const WAITING_ON_MACHINE: Look = { tone: 'slate', icon: Hourglass, isDotted: true };
const WAITING_ON_PERSON: Look = { tone: 'amber', icon: Hand };
const FAILED: Look = { tone: 'red', icon: CircleX };
const ABORTED: Look = { tone: 'violet', icon: Ban };
const NOT_RUN: Look = { tone: 'grey', icon: CircleDashed };

/** Statuses as the API prints them; one that is not known here (a newer server) looks neutral and keeps its word. */
const LOOKS: Readonly<Record<string, Look>> = {
  Success: { tone: 'green', icon: CircleCheck },
  IgnoreFailed: { tone: 'green', icon: CircleMinus },
  Failed: FAILED,
  Errored: FAILED,
  ApprovalRejected: FAILED,
  Running: RUNNING,
  AsyncWaiting: RUNNING,
  WaitStepRunning: { tone: 'blue', icon: Clock, isMoving: true },
  ApprovalWaiting: WAITING_ON_PERSON,
  InterventionWaiting: WAITING_ON_PERSON,
  InputWaiting: WAITING_ON_PERSON,
  Queued: WAITING_ON_MACHINE,
  QueuedExecutionConcurrencyReached: WAITING_ON_MACHINE,
  ResourceWaiting: WAITING_ON_MACHINE,
  TaskWaiting: WAITING_ON_MACHINE,
  TimedWaiting: WAITING_ON_MACHINE,
  Paused: WAITING_ON_MACHINE,
  Pausing: WAITING_ON_MACHINE,
  Expired: { tone: 'orange', icon: TimerOff },
  Aborted: ABORTED,
  AbortedByFreeze: ABORTED,
  Discontinuing: { tone: 'violet', icon: LoaderCircle, isMoving: true },
  Skipped: NOT_RUN,
  NotStarted: NOT_RUN,
  Suspended: NOT_RUN,
};

const UNKNOWN: Look = { tone: 'slate', icon: CircleDashed };

export function toneOf(status: string): Tone {
  return (LOOKS[status] ?? UNKNOWN).tone;
}

/** Words for people: `WaitStepRunning` reads "Waiting". The API's word stays in the title. */
const WORDS: Readonly<Record<string, string>> = {
  WaitStepRunning: 'Waiting',
  TaskWaiting: 'Queued for a delegate',
  AsyncWaiting: 'Running',
  Discontinuing: 'Stopping',
  NotStarted: 'Not started',
  IgnoreFailed: 'Failure ignored',
  ApprovalWaiting: 'Waiting for approval',
  ApprovalRejected: 'Rejected',
  InterventionWaiting: 'Waiting for a decision',
  InputWaiting: 'Waiting for input',
  ResourceWaiting: 'Waiting for a resource',
  QueuedExecutionConcurrencyReached: 'Queued',
};

export function statusWord(status: string): string {
  return WORDS[status] ?? status;
}

export function StatusIcon({ status, size = 16 }: { readonly status: string; readonly size?: number }): JSX.Element {
  const look = LOOKS[status] ?? UNKNOWN;
  const Icon = look.icon;
  return (
    <span className={`tone-${look.tone} inline-flex shrink-0 align-middle text-(--tone-text)`} title={status}>
      <Icon size={size} aria-hidden className={look.isMoving === true ? 'breathing' : ''} />
    </span>
  );
}

/** Icon and word: status is never told by colour alone. */
export function StatusText({ status }: { readonly status: string }): JSX.Element {
  return (
    <span
      className={`tone-${toneOf(status)} inline-flex items-center gap-1 align-middle whitespace-nowrap text-(--tone-text)`}
    >
      <StatusIcon status={status} />
      <span title={status}>{statusWord(status)}</span>
    </span>
  );
}

export function StatusBadge({ status }: { readonly status: string }): JSX.Element {
  const look = LOOKS[status] ?? UNKNOWN;
  return (
    <span
      className={`tone-${look.tone} inline-flex items-center gap-1 rounded-full border bg-(--tone-bg) px-2 py-px text-13 whitespace-nowrap text-(--tone-text) ${look.isDotted === true ? 'border-dashed' : ''} border-(--tone-line)`}
      title={status}
    >
      <StatusIcon status={status} size={14} />
      {statusWord(status)}
    </span>
  );
}
