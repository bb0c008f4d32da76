/**
 * What `bridle run --json` prints, one JSON object per line, in the order in which it happened. Readers must pass over types
 * and fields they do not know; what is described here keeps its meaning.
 */
import { Type, type Static } from 'typebox';
import { ExecutionStatus } from './statuses.ts';

const EVENT = { time: Type.String({ description: 'RFC 3339, UTC.' }) };

/** The execution has begun, or its status has changed. */
export const RunExecutionEvent = Type.Object({
  type: Type.Literal('execution'),
  ...EVENT,
  planExecutionId: Type.String(),
  /** Of a chained execution: that of the stage that waits for it. */
  parentNode: Type.Optional(Type.String()),
  pipeline: Type.Object({ identifier: Type.String(), name: Type.String() }),
  status: ExecutionStatus,
  /** Present once it is over. */
  durationMs: Type.Optional(Type.Integer({ minimum: 0 })),
  failure: Type.Optional(Type.Object({ message: Type.String(), types: Type.Array(Type.String()) })),
});
export type RunExecutionEvent = Static<typeof RunExecutionEvent>;

/** A node was made, or something about it has changed. The last event of a node is its final state. */
export const RunNodeEvent = Type.Object({
  type: Type.Literal('node'),
  ...EVENT,
  planExecutionId: Type.String(),
  node: Type.String({ description: 'Id of the node execution: one attempt of one turn of one node.' }),
  parent: Type.Optional(Type.String()),
  kind: Type.Enum(['pipeline', 'stage', 'stepGroup', 'step', 'fork', 'strategy', 'rollback', 'section']),
  fqn: Type.String({ description: 'Its place in the pipeline, as `pipeline.stages.build`.' }),
  identifier: Type.String({ description: 'With the postfix of its turn in a loop: `test_0`.' }),
  name: Type.String(),
  stepType: Type.Optional(Type.String()),
  line: Type.Integer({ description: '1-based line in the pipeline; 0 = it has none of its own.' }),
  attempt: Type.Integer({ minimum: 0, description: '0-based.' }),
  /** Of one turn of a loop: what tells it from the others. */
  turn: Type.Optional(Type.Object({ index: Type.Integer(), total: Type.Integer(), label: Type.String() })),
  status: ExecutionStatus,
  startedAt: Type.Optional(Type.String()),
  endedAt: Type.Optional(Type.String()),
  exitCode: Type.Optional(Type.Integer()),
  failure: Type.Optional(Type.Object({ message: Type.String(), types: Type.Array(Type.String()) })),
  /** Why it was skipped, or why it runs: its condition, with the value of each part of it. */
  when: Type.Optional(
    Type.Object({
      status: Type.Enum(['Success', 'Failure', 'All']),
      statusHolds: Type.Boolean(),
      condition: Type.Optional(Type.String()),
      conditionHolds: Type.Optional(Type.Boolean()),
      expressions: Type.Array(Type.Object({ expression: Type.String(), value: Type.String() })),
    }),
  ),
  /** Of a final step; secrets are hidden. */
  outcomes: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  /** A later attempt took its place. */
  superseded: Type.Optional(Type.Literal(true)),
});
export type RunNodeEvent = Static<typeof RunNodeEvent>;

/**
 * One line of a step's log, secrets hidden, without its line end. Escape sequences are as the step wrote them. A line of more
 * than 65,536 bytes comes in pieces.
 */
export const RunLogEvent = Type.Object({
  type: Type.Literal('log'),
  ...EVENT,
  planExecutionId: Type.String(),
  node: Type.String(),
  line: Type.Integer({ minimum: 0, description: '0-based number of the line.' }),
  text: Type.String(),
});
export type RunLogEvent = Static<typeof RunLogEvent>;

/** A person is needed, or has decided. */
export const RunWaitingEvent = Type.Object({
  type: Type.Literal('waiting'),
  ...EVENT,
  planExecutionId: Type.String(),
  node: Type.String(),
  for: Type.Enum(['approval', 'intervention', 'input']),
  message: Type.String(),
  /** What may be answered: `approve`, `reject`, or the actions of an intervention. */
  choices: Type.Array(Type.String()),
  /** The answer was given beforehand: nobody has to be asked. */
  isAnswered: Type.Optional(Type.Literal(true)),
  /** Values that come with the answer: those of an approver, or those that an execution input waits for. */
  inputs: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ description: 'Of an execution input: its path, joined with `.`.' }),
        required: Type.Boolean(),
        defaultValue: Type.Optional(Type.String()),
        description: Type.Optional(Type.String()),
        allowedValues: Type.Optional(Type.Array(Type.String())),
        isMultiple: Type.Optional(Type.Boolean({ description: 'Several of the allowed values, joined by commas.' })),
        regex: Type.Optional(Type.String()),
      }),
    ),
  ),
});
export type RunWaitingEvent = Static<typeof RunWaitingEvent>;

/** Test results that a step has reported (JUnit): the sum of its files. */
export const RunTestsEvent = Type.Object({
  type: Type.Literal('tests'),
  ...EVENT,
  planExecutionId: Type.String(),
  node: Type.String(),
  total: Type.Integer(),
  failed: Type.Integer({ description: 'Failures and errors.' }),
  skipped: Type.Integer(),
  /** Of the tests, where the report says it. */
  durationMs: Type.Integer(),
  /** The first of those that failed, by suite and name. */
  failures: Type.Array(Type.Object({ name: Type.String(), message: Type.String() })),
});
export type RunTestsEvent = Static<typeof RunTestsEvent>;

/** Something its user should know: above all what is different from a run on a server. */
export const RunNoteEvent = Type.Object({
  type: Type.Literal('note'),
  ...EVENT,
  level: Type.Enum(['info', 'warning']),
  text: Type.String(),
});
export type RunNoteEvent = Static<typeof RunNoteEvent>;

/** Work that takes long and is no step: the workspace is copied, an image is loaded. */
export const RunProgressEvent = Type.Object({
  type: Type.Literal('progress'),
  ...EVENT,
  what: Type.String({ description: 'The same for all events of one piece of work.' }),
  text: Type.String(),
  done: Type.Optional(Type.Number()),
  total: Type.Optional(Type.Number()),
  finished: Type.Optional(Type.Literal(true)),
});
export type RunProgressEvent = Static<typeof RunProgressEvent>;

export const RunEvent = Type.Union([
  RunExecutionEvent,
  RunNodeEvent,
  RunLogEvent,
  RunWaitingEvent,
  RunTestsEvent,
  RunNoteEvent,
  RunProgressEvent,
]);
export type RunEvent = Static<typeof RunEvent>;
