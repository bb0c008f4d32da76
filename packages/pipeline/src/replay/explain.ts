/** The words of differences. Values are those of resolved specs, in which secrets are places and no texts. */
import { shorten } from '../expressions/errors.ts';
import type { Value } from '../expressions/values.ts';
import { formatMs } from '../engine/format-ms.ts';
import { isMap } from '../engine/spec-members.ts';
import type { NodeExecution, WhenRecord } from '../engine/execution.ts';
import type { NodeStatus } from '../engine/status.ts';
import { factOf, isEqual, type Fact, type Seen } from './facts.ts';

/** Characters of a value that are shown. */
const SHOWN_LENGTH_MAX = 200;

export interface Words {
  readonly then: string;
  readonly now: string;
  readonly why?: string;
}

/** What differs in a node that both have. */
export function explainFact(fact: Fact, then: Seen, now: Seen): Words {
  switch (fact) {
    case 'condition':
      return explainConditions(then.node, now.node);
    case 'turns':
      return { then: describeTurns(then.node), now: describeTurns(now.node) };
    case 'handling':
      return { then: describeHandling(then.node), now: describeHandling(now.node) };
    case 'status':
      return {
        then: describeStatus(then.node.status),
        now: describeStatus(now.node.status),
        ...(now.node.failure === undefined || isEqual(now.node.failure.message, then.node.failure?.message)
          ? {}
          : { why: sentence(now.node.failure.message) }),
      };
    default:
      return explainValues(factOf(fact, then), factOf(fact, now));
  }
}

function explainConditions(then: NodeExecution, now: NodeExecution): Words {
  const why = now.when === undefined ? undefined : explainWhen(now.when, then.when);
  return {
    then: describeStatus(then.status),
    now: describeStatus(now.status),
    ...(why === undefined ? {} : { why }),
  };
}

/** Why a node runs or does not, and what has changed about it. */
export function explainWhen(now: WhenRecord, then: WhenRecord | undefined): string {
  if (!now.statusHolds) return `It runs ${STATUS_WORDS[now.status]}.`;
  if (now.condition === undefined) return `It has no condition now, and runs ${STATUS_WORDS[now.status]}.`;
  const text = oneLine(now.condition);
  // The whole is told by its result.
  const parts = now.expressions.filter(({ expression }) => oneLine(expression) !== text);
  const values = parts.map(({ expression, value }) => {
    const before = then?.expressions.find((other) => other.expression === expression)?.value;
    const was = before === undefined || before === value ? '' : ` (then ${quote(before)})`;
    return `${expression} is ${quote(value)}${was}`;
  });
  const result = now.conditionHolds === true ? 'true' : now.conditionHolds === false ? 'false' : 'an error';
  const isSame = then?.condition === now.condition;
  const condition = `${isSame ? 'Its condition' : 'Its condition is another one:'} ${shorten(text, SHOWN_LENGTH_MAX)}`;
  return `${condition} gives ${result}${values.length === 0 ? '' : `, because ${values.join(', ')}`}.`;
}

const STATUS_WORDS: Readonly<Record<WhenRecord['status'], string>> = {
  Success: 'only if nothing before it failed',
  Failure: 'only if something before it failed',
  All: 'whatever happened before it',
};

/** The first leaf in which two values differ, with its path; of texts of several lines, the first line that does. */
export function explainValues(then: Value | undefined, now: Value | undefined): Words {
  const found = findLeaf(then, now, '');
  const [one, other] = shortenBoth(found.then, found.now);
  const at = found.path === '' ? '' : `${found.path}: `;
  return { then: `${at}${one}`, now: `${at}${other}` };
}

interface Leaf {
  readonly path: string;
  readonly then: Value | undefined;
  readonly now: Value | undefined;
}

function findLeaf(then: Value | undefined, now: Value | undefined, path: string): Leaf {
  if (Array.isArray(then) && Array.isArray(now)) {
    const ones = then as readonly Value[];
    const others = now as readonly Value[];
    const index = Array.from({ length: Math.max(ones.length, others.length) }, (_, at) => at).find(
      (at) => !isEqual(ones[at], others[at]),
    );
    if (index !== undefined) return findLeaf(ones[index], others[index], `${path}[${String(index)}]`);
  }
  if (isMap(then) && isMap(now)) {
    const keys = [...new Set([...Object.keys(then), ...Object.keys(now)])];
    const key = keys.find((each) => !isEqual(then[each], now[each]));
    if (key !== undefined) return findLeaf(then[key], now[key], path === '' ? key : `${path}.${key}`);
  }
  return { path, then, now };
}

function shortenBoth(then: Value | undefined, now: Value | undefined): readonly [string, string] {
  if (typeof then !== 'string' || typeof now !== 'string') return [quote(then), quote(now)];
  const lines = then.split('\n');
  const others = now.split('\n');
  if (lines.length === 1 && others.length === 1) return [quote(then), quote(now)];
  const at = Math.max(
    0,
    Array.from({ length: Math.max(lines.length, others.length) }, (_, index) => index).find(
      (index) => lines[index] !== others[index],
    ) ?? 0,
  );
  const line = `line ${String(at + 1)}: `;
  const shown = (text: string | undefined): string => (text === undefined ? 'nothing' : quote(text));
  return [line + shown(lines[at]), line + shown(others[at])];
}

function quote(value: Value | undefined): string {
  return value === undefined ? 'nothing' : shorten(JSON.stringify(value), SHOWN_LENGTH_MAX);
}

function describeTurns({ iterations, slots }: NodeExecution): string {
  if (iterations === undefined) return 'no turns';
  const at = slots === undefined || slots >= iterations ? '' : `, ${String(slots)} at once`;
  return `${String(iterations)} turn${iterations === 1 ? '' : 's'}${at}`;
}

function describeHandling({ advised, failure }: NodeExecution): string {
  const what = failure === undefined ? 'it failed' : `it failed (${shorten(oneLine(failure.message), 80)})`;
  return advised === undefined ? `${what}, and no failure strategy was for that` : `${what}: ${advised.action}`;
}

const STATUS_TEXTS: Partial<Readonly<Record<NodeStatus, string>>> = {
  Success: 'it succeeded',
  IgnoreFailed: 'it failed, which was ignored',
  Skipped: 'it was skipped',
  Failed: 'it failed',
  Errored: 'it could not be run',
  Expired: 'its time was over',
  Aborted: 'it was aborted',
  ApprovalRejected: 'it was rejected',
  Running: 'it runs',
  TaskWaiting: 'it starts',
  ApprovalWaiting: 'it waits for an approval',
  InterventionWaiting: 'it waits for a person',
  InputWaiting: 'it waits for inputs',
  ResourceWaiting: 'it waits for its turn',
  WaitStepRunning: 'it waits',
};

export function describeStatus(status: NodeStatus): string {
  return STATUS_TEXTS[status] ?? `its status is ${status}`;
}

export function describeMs(ms: number): string {
  return formatMs(ms);
}

function sentence(text: string): string {
  const line = shorten(oneLine(text), SHOWN_LENGTH_MAX);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
