/**
 * The wire contract between delegate and server: outbound HTTP only, JSON, under `/delegate/api`, authenticated by
 * `authorization: Bearer <delegate token>`. Times are epoch milliseconds, durations milliseconds.
 *
 * | call | meaning |
 * |---|---|
 * | POST /delegate/api/register | name, tags, capabilities → delegate id and the intervals to keep |
 * | POST /delegate/api/{delegateId}/poll | long-poll: work to do, tasks to stop, workspaces to delete |
 * | POST /delegate/api/{delegateId}/heartbeat | extends leases; says which are lost |
 * | POST /delegate/api/{delegateId}/tasks/{taskId}/started | committed before the process is spawned (D2); 409 = do not start |
 * | POST /delegate/api/{delegateId}/tasks/{taskId}/complete | exactly once by fence; repeating the same report answers 200 again; 409 = stale |
 * | POST /delegate/api/{delegateId}/logs | log chunks, idempotent by key and byte offset; 409 = not its task, or a closed log. Also in the name of a process that is gone |
 * | POST /delegate/api/{delegateId}/tasks/{taskId}/tests | results of its tests, in pieces |
 * | PUT /delegate/api/{delegateId}/tasks/{taskId}/artifacts | a file that is kept with the execution |
 * | POST /delegate/api/{delegateId}/logs/batch | the same, as bytes (`LogBatchHeader`) |
 * | POST /delegate/api/{delegateId}/leave | drained, going away |
 *
 * Registration answers 426 to a delegate whose version is too far from the server's. Registering again with the same incarnation
 * tells the server what has changed meanwhile (capabilities).
 *
 * A delegate whose `incarnation` differs from the registered one gets 410 and must register again (another process took its place).
 */
import { Type, type Static } from 'typebox';

export const DELEGATE_HEARTBEAT_MS = 5_000;
export const DELEGATE_LEASE_MS = 15_000;
export const DELEGATE_POLL_MAX_MS = 30_000;
/** A started task of a silent (not known dead) delegate keeps its fence for this long (D3). */
export const DELEGATE_GRACE_MS = 600_000;

const Text = Type.String({ maxLength: 4_096 });
const TaskId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });

/** What a delegate found on its host beside its shells. */
export const DelegateCapabilities = Type.Object({
  /** Programs on its PATH, of a fixed list. */
  binaries: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 }),
  /** The container engine it can use; absent = none. */
  docker: Type.Optional(
    Type.Object({
      version: Type.String({ maxLength: 64 }),
      os: Type.String({ maxLength: 32 }),
      arch: Type.String({ maxLength: 32 }),
    }),
  ),
});
export type DelegateCapabilities = Static<typeof DelegateCapabilities>;

export const RegisterRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  tags: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 100 }),
  /** Random per process: a new incarnation of the same name and host means that the old process is dead. */
  incarnation: Type.String({ minLength: 8, maxLength: 64 }),
  /** Stable over restarts of one installation (kept in the delegate's home). */
  installation: Type.String({ minLength: 8, maxLength: 64 }),
  version: Type.String({ maxLength: 64 }),
  hostName: Text,
  os: Type.String({ maxLength: 32 }),
  arch: Type.String({ maxLength: 32 }),
  /** Shells found on the host: Bash, Sh, Python, Powershell, Pwsh. */
  shells: Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 }),
  capacity: Type.Integer({ minimum: 1, maximum: 1_000 }),
  /** Absent: the delegate is older than the question. */
  capabilities: Type.Optional(DelegateCapabilities),
});
export type RegisterRequest = Static<typeof RegisterRequest>;

export const RegisterResponse = Type.Object({
  delegateId: Type.String(),
  heartbeatMs: Type.Integer(),
  leaseMs: Type.Integer(),
  /** Tasks this installation had started under an earlier incarnation: they are lost, whatever is left of them must be killed. */
  abandoned: Type.Array(TaskId),
  /** Bytes of one step's log; the delegate leaves out what is more, and the log says so. Absent = no limit. */
  logBytesMax: Type.Optional(Type.Integer({ minimum: 1 })),
  /** The server takes logs by `logs/batch` too: the same as `logs` with much less work on both sides. */
  logBatches: Type.Optional(Type.Boolean()),
});
export type RegisterResponse = Static<typeof RegisterResponse>;

export const HeldTask = Type.Object({ taskId: TaskId, fence: Type.Integer() });
export type HeldTask = Static<typeof HeldTask>;

export const PollRequest = Type.Object({
  incarnation: Type.String(),
  /** How many more tasks the delegate can take now; 0 = only listen for cancellations. */
  free: Type.Integer({ minimum: 0, maximum: 1_000 }),
  /** Cancellations the delegate already carries out, so that they are not told again. */
  cancelling: Type.Array(TaskId),
  waitMs: Type.Integer({ minimum: 0, maximum: DELEGATE_POLL_MAX_MS }),
  /** Workspaces deleted since the last poll. */
  released: Type.Array(Type.String()),
});
export type PollRequest = Static<typeof PollRequest>;

/** Where the plaintext of a secret comes from: the server (K1), or a secret manager of the delegate itself. */
export const SecretSource = Type.Union([
  Type.Object({ kind: Type.Literal('text'), text: Type.String() }),
  /** A secret file, in base64; where text is wanted it is read as UTF-8. */
  Type.Object({ kind: Type.Literal('file'), base64: Type.String() }),
  /** A variable of the delegate's own environment. */
  Type.Object({ kind: Type.Literal('delegateEnvironment'), name: Type.String() }),
  /** A file in the folder that the delegate's operator set for secrets. */
  Type.Object({ kind: Type.Literal('delegateFile'), path: Type.String() }),
  /** The step cannot be performed: the secret is not there, or may not be used. The text is for the step's author. */
  Type.Object({
    kind: Type.Literal('missing'),
    message: Type.String(),
    /** It is there: whoever started the execution may not use it. A delegate that does not know the key fails the step as well. */
    isDenied: Type.Optional(Type.Literal(true)),
  }),
]);
export type SecretSource = Static<typeof SecretSource>;

/** One use of a secret: in the text at `path` below `{ spec, environment }`, the characters from `start` to `end` stand for it (S9). */
export const SecretPlace = Type.Object({
  path: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  start: Type.Integer({ minimum: 0 }),
  end: Type.Integer({ minimum: 0 }),
  /** Key of `secrets`. */
  reference: Type.String(),
});
export type SecretPlace = Static<typeof SecretPlace>;

/** A connector that the step's spec refers to. Secrets in its spec stay references (`passwordRef: account.token`), keys of the task's `secrets`. */
export const TaskConnector = Type.Object({
  identifier: Type.String(),
  type: Type.String(),
  spec: Type.Record(Type.String(), Type.Unknown()),
});
export type TaskConnector = Static<typeof TaskConnector>;

/** What the steps of one CI stage share beside their workspace. */
export const TaskStage = Type.Object({
  identifier: Type.String(),
  /** Extra absolute paths that all containers of the stage share. */
  sharedPaths: Type.Array(Type.String()),
  os: Type.Optional(Type.String()),
  arch: Type.Optional(Type.String()),
});
export type TaskStage = Static<typeof TaskStage>;

/** What the account allows to containers (S13). */
export const ContainerPolicy = Type.Object({
  isPrivilegedAllowed: Type.Boolean(),
  /** Exact image names after resolution (`docker.io/library/alpine:3`); absent = every image. */
  imagesAllowed: Type.Optional(Type.Array(Type.String())),
});
export type ContainerPolicy = Static<typeof ContainerPolicy>;

export const DelegateTask = Type.Object({
  taskId: TaskId,
  fence: Type.Integer(),
  stepType: Type.String(),
  identifier: Type.String(),
  name: Type.String(),
  fqn: Type.String(),
  spec: Type.Unknown(),
  environment: Type.Record(Type.String(), Type.String()),
  workspaceKey: Type.Optional(Type.String()),
  logKey: Type.String(),
  /** Where secrets are used in spec and environment. */
  secretPlaces: Type.Optional(Type.Array(SecretPlace)),
  /** Reference (`id`, `org.id`, `account.id`, or a sealed output) → where its plaintext comes from. Never logged, never kept. */
  secrets: Type.Optional(Type.Record(Type.String(), SecretSource)),
  /** Reference as the spec has it → the connector. */
  connectors: Type.Optional(Type.Record(Type.String(), TaskConnector)),
  /** Only for a step of a CI stage. */
  stage: Type.Optional(TaskStage),
  containers: Type.Optional(ContainerPolicy),
  /** X25519 public key (raw, base64url) with which secret outputs are sealed for the server. */
  sealKey: Type.Optional(Type.String()),
});
export type DelegateTask = Static<typeof DelegateTask>;

export const PollResponse = Type.Object({
  tasks: Type.Array(DelegateTask),
  cancel: Type.Array(TaskId),
  release: Type.Array(Type.String()),
});
export type PollResponse = Static<typeof PollResponse>;

export const HeartbeatRequest = Type.Object({
  incarnation: Type.String(),
  held: Type.Array(HeldTask),
});
export type HeartbeatRequest = Static<typeof HeartbeatRequest>;

export const HeartbeatResponse = Type.Object({
  /** Held tasks whose fence is no longer valid: stop them, their reports would be refused. */
  lost: Type.Array(TaskId),
  cancel: Type.Array(TaskId),
});
export type HeartbeatResponse = Static<typeof HeartbeatResponse>;

export const StartedRequest = Type.Object({ incarnation: Type.String(), fence: Type.Integer() });
export type StartedRequest = Static<typeof StartedRequest>;

export const TaskFailure = Type.Object({
  message: Type.String({ maxLength: 65_536 }),
  types: Type.Array(Type.String()),
});

/** Names below `outputs.outputVariables` whose values are secret: there they are sealed for the server (`sealKey`). */
const SecretOutputs = Type.Optional(Type.Array(Type.String()));

export const TaskOutcome = Type.Union([
  Type.Object({
    kind: Type.Literal('succeeded'),
    exitCode: Type.Optional(Type.Integer()),
    outputs: Type.Record(Type.String(), Type.Unknown()),
    secretOutputs: SecretOutputs,
  }),
  Type.Object({
    kind: Type.Literal('failed'),
    exitCode: Type.Optional(Type.Integer()),
    outputs: Type.Record(Type.String(), Type.Unknown()),
    secretOutputs: SecretOutputs,
    failure: TaskFailure,
  }),
  Type.Object({ kind: Type.Literal('cancelled') }),
]);
export type TaskOutcome = Static<typeof TaskOutcome>;

export const CompleteRequest = Type.Object({
  incarnation: Type.String(),
  fence: Type.Integer(),
  outcome: TaskOutcome,
});
export type CompleteRequest = Static<typeof CompleteRequest>;

/**
 * A piece of one log, in order and without gaps: `byteOffset` is where it continues. The content is the raw bytes (after
 * masking) in base64; `lineTimes` has one entry per line that STARTS in this chunk.
 */
export const LogChunk = Type.Object({
  taskId: TaskId,
  fence: Type.Integer(),
  logKey: Type.String({ maxLength: 2_048 }),
  byteOffset: Type.Integer({ minimum: 0 }),
  content: Type.String(),
  lineTimes: Type.Array(Type.Integer()),
  /** The last chunk of this log. */
  final: Type.Boolean(),
});
export type LogChunk = Static<typeof LogChunk>;

export const LogsRequest = Type.Object({
  incarnation: Type.String(),
  chunks: Type.Array(LogChunk, { maxItems: 256 }),
});
export type LogsRequest = Static<typeof LogsRequest>;

/**
 * Body of `logs/batch`, not JSON but: the length of this header in bytes (32 bits, little-endian), this header as JSON, and then the
 * raw bytes of the chunks, one after the other. `lineTimes` is in runs: time, number of lines, time, number of lines, …
 */
export const LogBatchHeader = Type.Object({
  incarnation: Type.String(),
  chunks: Type.Array(
    Type.Object({
      ...Type.Omit(LogChunk, ['content', 'lineTimes']).properties,
      bytes: Type.Integer({ minimum: 0 }),
      lineTimes: Type.Array(Type.Integer()),
    }),
    { maxItems: 256 },
  ),
});
export type LogBatchHeader = Static<typeof LogBatchHeader>;

/** For each log the number of bytes the server now has; a delegate continues there. */
export const LogsResponse = Type.Object({ received: Type.Record(Type.String(), Type.Integer()) });
export type LogsResponse = Static<typeof LogsResponse>;

export const LeaveRequest = Type.Object({ incarnation: Type.String() });
export type LeaveRequest = Static<typeof LeaveRequest>;

const Short = Type.String({ maxLength: 4_000 });

/** One result of one test (executors/src/reports/test-case.ts says more). */
export const ReportedTest = Type.Object({
  suite: Short,
  className: Short,
  name: Short,
  status: Type.Enum(['passed', 'failed', 'error', 'skipped']),
  durationMs: Type.Number({ minimum: 0 }),
  file: Type.Optional(Short),
  message: Type.Optional(Type.String({ maxLength: 16_000 })),
  details: Type.Optional(Type.String({ maxLength: 128_000 })),
  hasFailedBefore: Type.Optional(Type.Literal(true)),
});
export type ReportedTest = Static<typeof ReportedTest>;

export const REPORTED_TESTS_MAX = 1_000;

/**
 * POST /delegate/api/{delegateId}/tasks/{taskId}/tests, before the task is reported: results of a step's tests in pieces.
 * A piece that is there already (by `position`) changes nothing; 409 = stale.
 */
export const TestsRequest = Type.Object({
  incarnation: Type.String(),
  fence: Type.Integer(),
  /** How many tests of this task came before. */
  position: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
  /** What was tested: the commit, where the stage has one. */
  commit: Type.Optional(Type.String({ maxLength: 128 })),
  tests: Type.Array(ReportedTest, { maxItems: REPORTED_TESTS_MAX }),
});
export type TestsRequest = Static<typeof TestsRequest>;

/**
 * PUT /delegate/api/{delegateId}/tasks/{taskId}/artifacts, before the task is reported: the body is the file, these are its
 * query parameters. The same name again replaces it; 409 = stale, 400 = it is not kept (the text says why).
 */
export const ArtifactQuery = Type.Object({
  incarnation: Type.String(),
  fence: Type.Integer(),
  /** A relative path with forward slashes. */
  name: Type.String({ minLength: 1, maxLength: 1_024 }),
});
export type ArtifactQuery = Static<typeof ArtifactQuery>;
