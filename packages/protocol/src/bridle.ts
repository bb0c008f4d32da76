/** Bridle's own endpoints, below `/bridle/api`: sessions, diagnostics, delegates, and the events of its live streams. */
import { Type, type Static } from 'typebox';
import { ExecutionNode } from './execution-graph.ts';
import { PipelineExecutionSummary } from './execution-summary.ts';
import { nullable, Time } from './schema.ts';
import { ExecutionStatus } from './statuses.ts';

/** A personal access token, the one-time code of a sign-in link, or e-mail address and password. */
export const SignInRequest = Type.Object({
  token: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })),
  code: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  email: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
  password: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })),
  newPassword: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1_024, description: 'In place of a one-time password.' }),
  ),
});
export type SignInRequest = Static<typeof SignInRequest>;

export const SessionResponse = Type.Object({
  user: Type.Object({
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    admin: Type.Boolean(),
    hasPassword: Type.Boolean(),
  }),
  accountId: Type.String(),
  /** The project a browser opens first. */
  defaultScope: Type.Object({ orgIdentifier: Type.String(), projectIdentifier: Type.String() }),
  /** Base URL under which clients reach this installation, without a trailing slash. */
  publicUrl: Type.String(),
});
export type SessionResponse = Static<typeof SessionResponse>;

/** Ways to sign in, beside tokens and links, which always work. */
export const SignInWays = Type.Object({
  password: Type.Boolean({ description: 'Somebody has a password.' }),
  openId: nullable(
    Type.Object({
      name: Type.String({ description: 'Of the provider, for people.' }),
      url: Type.String({ description: 'Path that begins to sign in there; takes `to`, a path to go on to.' }),
    }),
  ),
});
export type SignInWays = Static<typeof SignInWays>;

export const SignOutResponse = Type.Object({
  continueAt: nullable(
    Type.String({
      description: 'Where a browser signs out of the provider too that signed it in; null: there is none.',
    }),
  ),
});
export type SignOutResponse = Static<typeof SignOutResponse>;

/** A browser in which somebody is signed in. */
export const BrowserSession = Type.Object({
  id: Type.String(),
  current: Type.Boolean({ description: 'The one that asks.' }),
  signedInBy: Type.Enum(['token', 'link', 'password', 'openid', '']),
  address: Type.String(),
  userAgent: Type.String(),
  createdAt: Time,
  lastUsedAt: Time,
  expiresAt: Time,
});
export type BrowserSession = Static<typeof BrowserSession>;

export const PasswordChangeRequest = Type.Object({
  currentPassword: Type.Optional(Type.String({ maxLength: 1_024, description: 'Needed when there is one.' })),
  newPassword: Type.String({ minLength: 1, maxLength: 1_024 }),
});
export type PasswordChangeRequest = Static<typeof PasswordChangeRequest>;

export const PasswordChangeResult = Type.Enum([
  'PASSWORD_CHANGED',
  'INCORRECT_CURRENT_PASSWORD',
  'PASSWORD_STRENGTH_VIOLATED',
]);

export const SignInLinkRequest = Type.Object({
  hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168, default: 72, description: 'For how long it works.' })),
});
export const SignInLink = Type.Object({
  url: Type.String({ description: 'Signs in once whoever opens it. Shown here and never again.' }),
  expiresAt: Time,
});
export const OneTimePassword = Type.Object({
  password: Type.String({ description: 'Good for choosing another one. Shown here and never again.' }),
});

const Position = Type.Object({
  line: Type.Integer({ description: '1-based' }),
  column: Type.Integer({ description: '1-based' }),
  offset: Type.Integer({ description: '0-based, in UTF-16 units' }),
});

/** A user's mistake in a document: a stable code, a place, a sentence and a hint (docs/ERRORS.md). */
export const WireDiagnostic = Type.Object({
  code: Type.String(),
  blocks: Type.Enum(['save', 'run', 'nothing']),
  message: Type.String(),
  hint: Type.Optional(Type.String()),
  range: Type.Object({ start: Position, end: Position }),
  path: Type.String(),
  document: Type.Optional(
    Type.String({ description: 'Where `range` is, if not in the text itself: `inputs`, or `template org.build 1.2`.' }),
  ),
});
export type WireDiagnostic = Static<typeof WireDiagnostic>;

export const DiagnosticsResponse = Type.Object({ diagnostics: Type.Array(WireDiagnostic) });
export type DiagnosticsResponse = Static<typeof DiagnosticsResponse>;

export const DelegateSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.Enum(['connected', 'disconnected', 'left']),
  tags: Type.Array(Type.String()),
  hostName: Type.String(),
  os: Type.String(),
  arch: Type.String(),
  shells: Type.Array(Type.String()),
  /** Programs it found of those it looks for; null: it is older than the question. */
  binaries: nullable(Type.Array(Type.String())),
  docker: nullable(Type.Object({ version: Type.String(), os: Type.String(), arch: Type.String() })),
  version: Type.String(),
  capacity: Type.Integer(),
  runningTasks: Type.Integer(),
  registeredAt: Time,
  lastHeartbeatAt: Time,
});
export type DelegateSummary = Static<typeof DelegateSummary>;

/**
 * Event `change` of `GET /bridle/api/executions/{planExecutionId}/events`; its id is the execution's version. The first one
 * (without `Last-Event-ID`) holds every node. Event `end` follows the final state and closes the stream.
 */
export const ExecutionChangeEvent = Type.Object({
  version: Type.Integer(),
  pipelineExecutionSummary: PipelineExecutionSummary,
  /** The nodes that changed since the event before, as the execution graph prints them. */
  nodes: Type.Array(ExecutionNode),
});
export type ExecutionChangeEvent = Static<typeof ExecutionChangeEvent>;

/** Event `line` of `…/nodes/{nodeExecutionId}/log`; its id is the line's number, 0-based. Event `end` closes the stream. */
export const LogLineEvent = Type.Object({ line: Type.Integer(), time: Time, text: Type.String() });
export type LogLineEvent = Static<typeof LogLineEvent>;

/** Answer of `…/log/search`. */
export const LogSearchAnswer = Type.Object({
  matches: Type.Array(
    Type.Object({
      nodeExecutionId: Type.String(),
      logKey: Type.String(),
      line: Type.Integer({ description: '0-based number of the line.' }),
      time: Time,
      excerpt: Type.String({ description: 'The part of the line around its first match, without escape sequences.' }),
      start: Type.Integer({ description: 'Where the match begins in the excerpt, in UTF-16 units.' }),
      end: Type.Integer(),
    }),
  ),
  cursor: Type.Optional(Type.String({ description: 'There may be more: ask again with it.' })),
});
export type LogSearchAnswer = Static<typeof LogSearchAnswer>;

/** Event `execution` of `GET /bridle/api/projects/{org}/{project}/events`: an execution started or changed. */
export const ProjectExecutionEvent = Type.Object({
  planExecutionId: Type.String(),
  pipelineIdentifier: Type.String(),
  runSequence: Type.Integer(),
  version: Type.Integer(),
  status: ExecutionStatus,
});
export type ProjectExecutionEvent = Static<typeof ProjectExecutionEvent>;

/** Event `trigger-event` of the same stream: a webhook call was accepted, or it was decided what becomes of it. */
export const ProjectTriggerEvent = Type.Object({
  eventCorrelationId: Type.String(),
  pipelineIdentifier: nullable(Type.String()),
  triggerIdentifier: nullable(Type.String()),
  finalStatus: Type.String(),
});
export type ProjectTriggerEvent = Static<typeof ProjectTriggerEvent>;

/** Event `change` of the same stream: what lists of the project show has changed. */
export const ProjectChangeEvent = Type.Object({ what: Type.Enum(['pipelines', 'triggers', 'delegates']) });
export type ProjectChangeEvent = Static<typeof ProjectChangeEvent>;
