/** Events of a run, as short as tests want them. */
import type { RunEvent, RunNodeEvent, RunWaitingEvent } from '@bridle/protocol';

/** When all these runs begin. */
export const START = Date.parse('2026-11-26T12:00:00Z');
const EXECUTION = 'exec';

export function at(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

export function execution(status: RunNodeEvent['status'] = 'Running'): RunEvent {
  return {
    type: 'execution',
    time: at(0),
    planExecutionId: EXECUTION,
    pipeline: { identifier: 'release', name: 'Release' },
    status,
  };
}

type Given = Partial<Omit<RunNodeEvent, 'type' | 'node' | 'kind' | 'startedAt' | 'endedAt'>> & {
  /** Seconds since the start. */
  readonly from?: number;
  readonly to?: number;
};

/** @param id - of the node; its last part after `/` is its name, what is before it the parent */
export function node(id: string, kind: RunNodeEvent['kind'], given: Given = {}): RunEvent {
  const { from = 0, to, ...rest } = given;
  const slash = id.lastIndexOf('/');
  const identifier = id.slice(slash + 1).replace(/#\d+$/, '');
  return {
    type: 'node',
    time: at(to ?? from),
    planExecutionId: EXECUTION,
    node: id,
    ...(slash < 0 ? {} : { parent: id.slice(0, slash) }),
    kind,
    fqn: `pipeline.${identifier}`,
    identifier,
    name: identifier,
    line: 0,
    attempt: 0,
    status: 'Running',
    ...(rest.status === 'NotStarted' || rest.status === 'Skipped' ? {} : { startedAt: at(from) }),
    ...(to === undefined ? {} : { endedAt: at(to) }),
    ...rest,
  };
}

export function step(id: string, given: Given = {}): RunEvent {
  return node(id, 'step', given);
}

export function stage(id: string, given: Given = {}): RunEvent {
  return node(id, 'stage', given);
}

export function log(id: string, ...texts: readonly string[]): readonly RunEvent[] {
  return texts.map((text, line) => ({
    type: 'log',
    time: at(0),
    planExecutionId: EXECUTION,
    node: id,
    line,
    text,
  }));
}

export function waiting(id: string, message: string, given: Partial<RunWaitingEvent> = {}): RunEvent {
  return {
    type: 'waiting',
    time: at(0),
    planExecutionId: EXECUTION,
    node: id,
    for: 'approval',
    message,
    choices: ['approve', 'reject'],
    ...given,
  };
}

/** A build in its middle. */
export const BUILD: readonly RunEvent[] = [
  execution(),
  node('p', 'pipeline'),
  node('p/s', 'section'),
  stage('p/s/build', { status: 'Success', to: 32 }),
  step('p/s/build/clone', { status: 'Success', to: 2 }),
  step('p/s/build/compile', { status: 'Success', from: 2, to: 32 }),
  stage('p/s/docs', {
    status: 'Skipped',
    when: {
      status: 'Success',
      statusHolds: true,
      condition: '<+pipeline.variables.env> == "prod"',
      conditionHolds: false,
      expressions: [{ expression: '<+pipeline.variables.env>', value: 'dev' }],
    },
  }),
  stage('p/s/test', { from: 32 }),
  node('p/s/test/f', 'fork', { from: 32 }),
  step('p/s/test/f/unit', { status: 'Success', from: 32, to: 40 }),
  step('p/s/test/f/browser', { from: 32 }),
  ...log('p/s/test/f/browser', 'starting', '\u001b[32mok\u001b[0m 1 of 40', '\u001b[32mok\u001b[0m 2 of 40'),
];
