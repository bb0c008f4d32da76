// What @bridle/sdk declares, file by file. Written by `npm run generate`; a difference is a change for its users.

// configuration.d.ts
export interface HarnessOptions {
    /**
     * A personal access token or one of a service account. Only a page of the server itself does without: the browser then
     * sends the cookie of the person who is signed in.
     */
    readonly apiKey?: string | undefined;
    /** Default: the account that the key names (`pat.<account>.…`). */
    readonly accountId?: string | undefined;
    /** Such as `https://bridle.example.com` or `https://app.harness.io`; in a browser by default where the page is from. */
    readonly baseUrl?: string | undefined;
    /** Identifier of the organization calls are about that name none. */
    readonly org?: string | undefined;
    readonly project?: string | undefined;
    /** How long one try may take. Default: 60 s. */
    readonly timeoutMs?: number | undefined;
    /** How long a call may take with all its retries and their pauses. Default: 5 min. */
    readonly overallTimeoutMs?: number | undefined;
    /** How often what may be repeated is tried again. Default: 2. */
    readonly retries?: number | undefined;
    /** In place of the global one. */
    readonly fetch?: typeof fetch | undefined;
    /** In place of `process.env`. Where nothing is passed, values are looked up here. */
    readonly env?: Environment | undefined;
}
export type Environment = Readonly<Record<string, string | undefined>>;
export interface Configuration {
    readonly apiKey: string | undefined;
    readonly accountId: string;
    /** Without a trailing slash. */
    readonly baseUrl: string;
    readonly org: string | undefined;
    readonly project: string | undefined;
    readonly timeoutMs: number;
    readonly overallTimeoutMs: number;
    readonly retries: number;
    readonly fetch: typeof fetch;
}
/** Names in the environment, the first that has a value counts: ours, then those of other clients of Harness. */
export declare const ENVIRONMENT_NAMES: {
    readonly apiKey: readonly ["HARNESS_API_KEY", "HARNESS_PLATFORM_API_KEY"];
    readonly accountId: readonly ["HARNESS_ACCOUNT_ID"];
    readonly baseUrl: readonly ["HARNESS_BASE_URL", "HARNESS_ENDPOINT", "HARNESS_API_URL"];
    readonly org: readonly ["HARNESS_ORG", "HARNESS_DEFAULT_ORG_ID", "HARNESS_ORG_ID", "ORG_IDENTIFIER"];
    readonly project: readonly ["HARNESS_PROJECT", "HARNESS_DEFAULT_PROJECT_ID", "HARNESS_PROJECT_ID", "PROJECT_IDENTIFIER"];
};
export type EnvironmentSetting = keyof typeof ENVIRONMENT_NAMES;
/** What the environment says about a setting, and under which name. */
export declare function readEnvironment(setting: EnvironmentSetting, env?: Environment): {
    readonly name: string;
    readonly value: string;
} | undefined;
export declare function configure(options: HarnessOptions): Configuration;
/** The account a key names: keys are `pat.<account>.<id>.<secret>`, or `sat.…` of service accounts. */
export declare function accountOfKey(apiKey: string): string | undefined;

// document.d.ts
/** Pipelines, triggers and the like are documents: their text, or what it would say. JSON is YAML, too. */
export type Document = string | Readonly<Record<string, unknown>>;
export declare function documentText(document: Document): string;

// errors.d.ts
/**
 * What the client throws. Each situation has a class and a word, `kind`. An abort is no error of ours: what was given as the
 * reason of the signal is thrown as it is.
 */
import type { PipelineExecutionSummary, ResponseMessage } from './wire/schemas.ts';
import type { ConditionResult, ExecutionNode } from './wire/schemas.ts';
export type HarnessErrorKind = 'configuration' | 'connection' | 'timeout' | 'api' | 'unsupported' | 'executionFailed' | 'waitTimeout' | 'triggerNotMatched';
/** The root of all errors of this package. */
export declare class HarnessError extends Error {
    readonly name: string;
    readonly kind: HarnessErrorKind;
    constructor(kind: HarnessErrorKind, message: string, options?: ErrorOptions);
}
/** Thrown when the client cannot be made, or a call lacks what no default gives: a key, an address, a project. */
export declare class ConfigurationError extends HarnessError {
    readonly name = "ConfigurationError";
    constructor(message: string);
}
/** Thrown when no answer came: the server cannot be reached, or the connection broke. Of a POST nobody knows whether it was done. */
export declare class ConnectionError extends HarnessError {
    readonly name = "ConnectionError";
    constructor(message: string, options?: ErrorOptions);
}
/** Thrown when the answer took longer than the timeout of the call. */
export declare class TimeoutError extends HarnessError {
    readonly name = "TimeoutError";
    readonly timeoutMs: number;
    constructor(message: string, timeoutMs: number, options?: ErrorOptions);
}
export interface ApiErrorDetails {
    readonly method: string;
    readonly path: string;
    /** Of HTTP. 200 is possible: Harness wraps some failures in it. */
    readonly status: number;
    readonly code: string | undefined;
    readonly correlationId: string | undefined;
    readonly responseMessages: readonly ResponseMessage[];
    /** Parsed where it is JSON, else its text. */
    readonly body: unknown;
    readonly headers: Headers;
}
/** Thrown when the server answered with an error. Its subclasses tell the common ones apart. */
export declare class ApiError extends HarnessError {
    readonly name: string;
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly code: string | undefined;
    readonly correlationId: string | undefined;
    readonly responseMessages: readonly ResponseMessage[];
    readonly body: unknown;
    readonly headers: Headers;
    constructor(message: string, details: ApiErrorDetails);
}
/** Thrown for a request that is not understood, or that the state of things does not allow. */
export declare class BadRequestError extends ApiError {
    readonly name = "BadRequestError";
}
/** Thrown when the key is missing, wrong, expired or revoked. */
export declare class AuthenticationError extends ApiError {
    readonly name = "AuthenticationError";
}
/** Thrown when the key is right and may not do this. */
export declare class PermissionDeniedError extends ApiError {
    readonly name = "PermissionDeniedError";
}
/** Thrown when there is no such thing, or no such path. */
export declare class NotFoundError extends ApiError {
    readonly name = "NotFoundError";
}
/** Thrown when something of that name is there already. */
export declare class ConflictError extends ApiError {
    readonly name = "ConflictError";
}
/** Thrown when there were too many requests, and the retries did not help. */
export declare class RateLimitError extends ApiError {
    readonly name = "RateLimitError";
    /** How long the server asks to wait; undefined when it does not say. */
    readonly retryAfterMs: number | undefined;
    constructor(message: string, details: ApiErrorDetails, retryAfterMs: number | undefined);
}
/** Thrown when the server failed. */
export declare class ServerError extends ApiError {
    readonly name = "ServerError";
}
/** Thrown when the server does not have what is asked for: Harness, an older Bridle, or a proxy that lets no streams through. */
export declare class UnsupportedError extends HarnessError {
    readonly name = "UnsupportedError";
    constructor(message: string, options?: ErrorOptions);
}
/** Thrown by waits with `throwOnFailure` when the execution ended otherwise than well. */
export declare class ExecutionFailedError extends HarnessError {
    readonly name = "ExecutionFailedError";
    readonly execution: PipelineExecutionSummary;
    /** The steps that failed; a stage only where none of its steps did. */
    readonly failedNodes: readonly ExecutionNode[];
    constructor(execution: PipelineExecutionSummary, failedNodes: readonly ExecutionNode[]);
}
/** Thrown when what a wait is for did not happen in its time. The execution goes on. */
export declare class WaitTimeoutError extends HarnessError {
    readonly name = "WaitTimeoutError";
    readonly timeoutMs: number;
    /** As it was seen last; undefined when nothing was seen yet. */
    readonly lastStatus: string | undefined;
    constructor(message: string, timeoutMs: number, lastStatus: string | undefined);
}
export interface NotMatchedDetails {
    readonly eventCorrelationId: string;
    readonly status: string;
    readonly message: string;
    readonly conditions: readonly ConditionResult[];
}
/** Thrown when an event was decided and no execution came of it. */
export declare class TriggerNotMatchedError extends HarnessError {
    readonly name = "TriggerNotMatchedError";
    readonly eventCorrelationId: string;
    /** Such as `NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS`. */
    readonly status: string;
    /** Why, a sentence each: what the server said, then the conditions that did not hold. */
    readonly reasons: readonly string[];
    /** Every condition of the trigger and what it came to, where the server tells. */
    readonly conditions: readonly ConditionResult[];
    constructor({ eventCorrelationId, status, message, conditions }: NotMatchedDetails);
}
/** Every error of this package by its `kind`. */
export interface HarnessErrors {
    readonly configuration: ConfigurationError;
    readonly connection: ConnectionError;
    readonly timeout: TimeoutError;
    readonly api: ApiError;
    readonly unsupported: UnsupportedError;
    readonly executionFailed: ExecutionFailedError;
    readonly waitTimeout: WaitTimeoutError;
    readonly triggerNotMatched: TriggerNotMatchedError;
}
/** Whether this was thrown by a client, of whatever copy of this package; with `kind` whether it is of that one. */
export declare function isHarnessError(error: unknown): error is HarnessError;
export declare function isHarnessError<K extends HarnessErrorKind>(error: unknown, kind: K): error is HarnessErrors[K];
/** Whether the server answered with an error; with a status or a code whether it is that one. */
export declare function isApiError(error: unknown, statusOrCode?: number | string): error is ApiError;

// execution.d.ts
import type { CallOptions } from './http/transport.ts';
import { type EventOptions, type ExecutionEvent } from './live/execution-events.ts';
import { type ExecutionLogLine, type LogOptions } from './live/execution-logs.ts';
import type { Live } from './live/live.ts';
import { type WaitOptions } from './live/wait.ts';
import type { ExecutionDetails, InterruptResponse, PipelineExecutionSummary } from './wire/schemas.ts';
export interface ExecutionScope {
    readonly org: string | undefined;
    readonly project: string | undefined;
}
/**
 * A hold on one execution. With `await using` it is aborted at the end of the block, if it has not ended by then.
 */
export declare class Execution implements AsyncDisposable {
    #private;
    readonly planExecutionId: string;
    /** @internal */
    constructor(live: Live, scope: ExecutionScope, planExecutionId: string);
    /** How it stands, with the graph of all its nodes. */
    details(options?: CallOptions): Promise<ExecutionDetails>;
    /** What happens in it until it has ended. */
    events(options?: EventOptions): AsyncIterableIterator<ExecutionEvent>;
    /** What its steps print. */
    logs(options?: LogOptions): AsyncIterableIterator<ExecutionLogLine>;
    /** Waits until it has ended, or what else is asked for. */
    wait(options?: WaitOptions): Promise<PipelineExecutionSummary>;
    abort(options?: CallOptions): Promise<InterruptResponse>;
    /** Nothing new is started until it is resumed. */
    pause(options?: CallOptions): Promise<InterruptResponse>;
    resume(options?: CallOptions): Promise<InterruptResponse>;
    [Symbol.asyncDispose](): Promise<void>;
}

// harness.d.ts
/** The client: one server, one account, one key. */
import { type HarnessOptions } from './configuration.ts';
import { type FeedOptions, type LiveEvent } from './live/feed.ts';
import { type Raw } from './raw.ts';
import { ApiKeys, Tokens } from './resources/api-keys.ts';
import { Approvals } from './resources/approvals.ts';
import { Audit } from './resources/audit.ts';
import { Connectors } from './resources/connectors.ts';
import { DelegateTokens, Delegates } from './resources/delegates.ts';
import { Environments } from './resources/environments.ts';
import { Executions } from './resources/executions.ts';
import { Files } from './resources/files.ts';
import { Filters } from './resources/filters.ts';
import { Infrastructures } from './resources/infrastructures.ts';
import { InputSets } from './resources/input-sets.ts';
import { Organizations, Projects } from './resources/organizations.ts';
import { Pipelines } from './resources/pipelines.ts';
import { ResourceGroups } from './resources/resource-groups.ts';
import { RoleAssignments } from './resources/role-assignments.ts';
import { Roles } from './resources/roles.ts';
import { Secrets } from './resources/secrets.ts';
import { ServiceAccounts } from './resources/service-accounts.ts';
import { ServiceOverrides } from './resources/service-overrides.ts';
import { Services } from './resources/services.ts';
import { Settings } from './resources/settings.ts';
import { Templates } from './resources/templates.ts';
import { Triggers } from './resources/triggers.ts';
import { UserGroups } from './resources/user-groups.ts';
import { Users } from './resources/users.ts';
import { Variables } from './resources/variables.ts';
import { Webhooks } from './resources/webhooks.ts';
/**
 * A client of Bridle, or of Harness.
 *
 * @example
 * const harness = new Harness({ apiKey, baseUrl: 'https://bridle.example.com', org: 'default', project: 'shop' });
 * const execution = await harness.pipelines.execute('deploy');
 * await execution.wait({ throwOnFailure: true });
 */
export declare class Harness {
    #private;
    readonly accountId: string;
    readonly baseUrl: string;
    /** Organization and project of calls that name none. */
    readonly org: string | undefined;
    readonly project: string | undefined;
    readonly pipelines: Pipelines;
    readonly executions: Executions;
    readonly triggers: Triggers;
    readonly inputSets: InputSets;
    readonly connectors: Connectors;
    readonly secrets: Secrets;
    readonly services: Services;
    readonly environments: Environments;
    readonly infrastructures: Infrastructures;
    readonly serviceOverrides: ServiceOverrides;
    readonly variables: Variables;
    readonly templates: Templates;
    readonly files: Files;
    readonly filters: Filters;
    readonly settings: Settings;
    readonly approvals: Approvals;
    readonly organizations: Organizations;
    readonly projects: Projects;
    readonly users: Users;
    readonly userGroups: UserGroups;
    readonly serviceAccounts: ServiceAccounts;
    readonly apiKeys: ApiKeys;
    readonly tokens: Tokens;
    readonly roles: Roles;
    readonly resourceGroups: ResourceGroups;
    readonly roleAssignments: RoleAssignments;
    readonly delegates: Delegates;
    readonly delegateTokens: DelegateTokens;
    readonly audit: Audit;
    /** Outgoing webhooks; those that start pipelines belong to triggers. */
    readonly webhooks: Webhooks;
    /** Every path of the API, for what has no method of its own. */
    readonly raw: Raw;
    constructor(options?: HarnessOptions);
    /**
     * What happens, as it happens: in the project of the client where one is known, else in its organization or account.
     *
     * @example
     * for await (const event of harness.events({ types: ['execution.finished'] })) …
     */
    events(options?: FeedOptions): AsyncIterableIterator<LiveEvent>;
}

// http/answer.d.ts
/** Reads answers: what is in an envelope, and which error it is. */
import { ApiError } from '../errors.ts';
export interface Asked {
    readonly method: string;
    readonly path: string;
}
/** What the body is: parsed JSON where it says so, else its text. */
export declare function readBody(response: Response): Promise<unknown>;
/** `data` of an envelope, or the body where there is none. Throws the error that an envelope holds, whatever its status. */
export declare function unwrap(asked: Asked, response: Response, body: unknown): unknown;
export declare function errorOf(asked: Asked, response: Response, body: unknown): ApiError;

// http/api.d.ts
import type { Paths } from '../wire/paths.ts';
import type { CallOptions, Transport } from './transport.ts';
export type Path = keyof Paths;
export type MethodOf<P extends Path> = keyof Paths[P] & string;
export type PartsOf<O> = Pick<O, Extract<keyof O, 'path' | 'query' | 'body'>>;
export type DataOf<O> = O extends {
    readonly data: infer D;
} ? D : never;
export interface ApiOptions extends CallOptions {
    /** It reads, whatever its method, and may be repeated. */
    readonly isRead?: boolean | undefined;
}
export declare class Api {
    readonly transport: Transport;
    constructor(transport: Transport);
    call<P extends Path, M extends MethodOf<P>>(method: M, path: P, parts: PartsOf<Paths[P][M]>, options?: ApiOptions): Promise<DataOf<Paths[P][M]>>;
}
/** Puts names into the places of a path. A name that would change the path is refused: it is no name of anything. */
export declare function fillPath(path: string, names: Readonly<Record<string, string | number>>): string;

// http/pause.d.ts
/** Resolves after the time, or throws the reason of the signal. */
export declare function pause(ms: number, signal?: AbortSignal): Promise<void>;

// http/retry.d.ts
/**
 * Whether a repetition can do no harm. What is below `/execute` starts executions or interrupts them, with PUT too: a second
 * deployment is worse than an error.
 */
export declare function isRepeatable(method: string, path: string): boolean;
/** A random part of a time that doubles, so that many who failed together do not come back together. */
export declare function pauseMs(failures: number, random?: () => number): number;
/** What `Retry-After` asks for, which is seconds or a date; undefined when it says nothing. */
export declare function retryAfterMs(headers: Headers, now?: number): number | undefined;
/** Before the next try of what may be repeated. Undefined: the error is final. */
export declare function pauseBeforeRetry(error: unknown, failures: number): number | undefined;

// http/transport.d.ts
/**
 * Calls over `fetch`: keys and accounts, timeouts, retries, errors.
 *
 * 1. What may do harm when it is done twice is sent once (`isRepeatable`), unless the caller says that it only reads.
 * 2. The caller's signal ends everything: the try, the pause before the next one, the reading of the answer.
 * 3. No redirect is followed: the key would go along to whoever is named there.
 */
import type { Configuration } from '../configuration.ts';
/** What every call takes beside what it is about. */
export interface CallOptions {
    readonly signal?: AbortSignal | undefined;
    /** How long one try may take. */
    readonly timeoutMs?: number | undefined;
    /** How long all tries and their pauses may take together. */
    readonly overallTimeoutMs?: number | undefined;
    /** How often a call that may be repeated is tried again. */
    readonly retries?: number | undefined;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** Is told of the answer: its headers have the version of what was read (`etag`). */
    readonly onResponse?: ((response: Response) => void) | undefined;
}
export type QueryValue = string | number | boolean | null | undefined;
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
export interface Call {
    readonly method: string;
    /** Below the base URL, beginning with a slash, without a query. */
    readonly path: string;
    readonly query?: Query | undefined;
    /** A text is sent as YAML, an object as JSON, bytes and forms as they are. */
    readonly body?: unknown;
    /** It reads, whatever its method: a list that is asked for with POST. */
    readonly isRead?: boolean | undefined;
}
export declare class Transport {
    #private;
    readonly config: Configuration;
    constructor(config: Configuration);
    /** `data` of the answer. */
    data(call: Call, options?: CallOptions): Promise<unknown>;
    /** The answer with its body still to be read; errors are thrown. Timeouts are about its head only. */
    response(call: Call, options?: CallOptions): Promise<Response>;
    url({ path, query }: Pick<Call, 'path' | 'query'>): string;
}

// index.d.ts
/** A TypeScript client of Bridle, and of Harness. */
export { Harness } from './harness.ts';
export { accountOfKey, ENVIRONMENT_NAMES, readEnvironment, type Environment, type EnvironmentSetting, type HarnessOptions, } from './configuration.ts';
export { ApiError, AuthenticationError, BadRequestError, ConfigurationError, ConflictError, ConnectionError, ExecutionFailedError, HarnessError, isApiError, isHarnessError, NotFoundError, PermissionDeniedError, RateLimitError, ServerError, TimeoutError, TriggerNotMatchedError, UnsupportedError, WaitTimeoutError, type ApiErrorDetails, type HarnessErrorKind, type HarnessErrors, } from './errors.ts';
export { isFailed, isFinal, isWaiting } from './statuses.ts';
export { Page, Pages } from './pages.ts';
export type { Execution } from './execution.ts';
export type { EventWaitOptions, FiredEvent } from './trigger-event.ts';
export type { CallOptions, Query, QueryValue } from './http/transport.ts';
export type { Raw, RawMethod, RawRequest } from './raw.ts';
export type { Document } from './document.ts';
export type { TimePoint } from './time.ts';
export type { EventOptions, ExecutionEvent, PollInterval } from './live/execution-events.ts';
export type { FeedOptions, LiveEvent } from './live/feed.ts';
export type { ExecutionLogLine, LogOptions } from './live/execution-logs.ts';
export type { NodeLogLine } from './live/node-log.ts';
export type { WaitOptions } from './live/wait.ts';
export type { ProjectOptions } from './resources/scope.ts';
export type { ApiKeys, KeyOwner, TokenOwner, Tokens } from './resources/api-keys.ts';
export type { ApprovalAnswer, Approvals } from './resources/approvals.ts';
export type { Audit, AuditListOptions } from './resources/audit.ts';
export type { ConnectorListOptions, Connectors } from './resources/connectors.ts';
export type { DelegateListOptions, DelegateTokenListOptions, DelegateTokens, Delegates, } from './resources/delegates.ts';
export type { Environments } from './resources/environments.ts';
export type { ExecutionListOptions, Executions, RerunOptions, RetryOptions } from './resources/executions.ts';
export type { FileDefinition, Files } from './resources/files.ts';
export type { FilterOptions, FilterPart, Filters } from './resources/filters.ts';
export type { Infrastructures } from './resources/infrastructures.ts';
export type { InputSetListOptions, InputSets, SavedInputSet } from './resources/input-sets.ts';
export type { OrganizationDefinition, OrganizationListOptions, OrganizationOptions, Organizations, ProjectDefinition, Projects, } from './resources/organizations.ts';
export type { OwnerListOptions, OwnerOptions, OwnerUpdateOptions } from './resources/owned.ts';
export type { PipelineVersions } from './resources/pipeline-versions.ts';
export type { ExecuteOptions, PipelineListOptions, Pipelines, UpdateOptions } from './resources/pipelines.ts';
export type { ResourceGroups } from './resources/resource-groups.ts';
export type { RoleAssignmentListOptions, RoleAssignments } from './resources/role-assignments.ts';
export type { Roles } from './resources/roles.ts';
export type { SecretDefinition, SecretListOptions, Secrets } from './resources/secrets.ts';
export type { ServiceAccounts } from './resources/service-accounts.ts';
export type { ServiceOverrideListOptions, ServiceOverrides } from './resources/service-overrides.ts';
export type { Services } from './resources/services.ts';
export type { SettingQuery, Settings } from './resources/settings.ts';
export type { TemplateListOptions, TemplateVersionOptions, Templates } from './resources/templates.ts';
export type { FireOptions, TriggerListOptions, Triggers } from './resources/triggers.ts';
export type { UserGroups } from './resources/user-groups.ts';
export type { Users } from './resources/users.ts';
export type { VariableDefinition, Variables } from './resources/variables.ts';
export type { DeliveryListOptions, Webhooks } from './resources/webhooks.ts';
export type { Paths } from './wire/paths.ts';
export type { AccessCheckRequest, AccessCheckResponse, AccessFilter, AccessScope, AccountLicenses, AccountResponse, AddUsersRequest, AddUsersResponse, ApiKey, ApiKeyAggregate, ApiKeyRequest, ApplyTemplatesRequest, ApprovalActivityRequest, ApprovalAuthorization, ApprovalDecidedEvent, ApprovalDetails, ApprovalInstance, ApprovalStatus, ApprovalV1, ApprovalWaitingEvent, AuditEvent, AuditFilter, AuditYaml, BranchList, BridleEvent, BrowserSession, BulkToggleRequest, BulkToggleResult, ConditionResult, ConnectorCatalogue, ConnectorFilter, ConnectorResponse, ConnectorStatus, ConnectorTestResult, CurrentUser, CustomWebhookAccepted, DelegateFilter, DelegateGroups, DelegateListItem, DelegateReplica, DelegateSummary, DelegateTokenDetails, DiagnosticsResponse, EntityGitDetails, EnvironmentFilter, EnvironmentRequest, EnvironmentResponse, ErrorCode, ErrorDto, EventsReset, ExecutionChangeEvent, ExecutionDetails, ExecutionFilter, ExecutionFinishedEvent, ExecutionGraph, ExecutionIdentifierSummary, ExecutionInputResponse, ExecutionInputs, ExecutionMetadata, ExecutionMetadataDetails, ExecutionNode, ExecutionNotes, ExecutionOutline, ExecutionOutlinePage, ExecutionStartedEvent, ExecutionStatus, ExecutionStatusEvent, ExecutionTriggerInfo, ExpandedPipelineJson, ExpressionEvaluation, FailureDto, FailureInfo, FaultReport, FaultRules, FolderNode, FolderRequest, GovernanceMetadata, InfrastructureRequest, InfrastructureResponse, InputSetErrorWrapper, InputSetMergeRequest, InputSetMergeResponse, InputSetResponse, InputSetSanitised, InputSetSummary, InputSetTemplate, InputSetYamlDiff, InputWaitingEvent, InterruptHistory, InterruptResponse, InterventionWaitingEvent, LatestExecution, LayoutNode, LogDownload, LogLine, LogLineEvent, LogLink, LogSearchAnswer, LogServiceError, LogStreams, NodeRunInfo, NodeSubGraph, OneTimePassword, OrganizationAggregate, OrganizationResponse, OverlayInputSetResponse, PasswordChangeRequest, PasswordChangeResult, PermissionResponse, PipelineCloneRequest, PipelineExecutionSummary, PipelineFilter, PipelineResponse, PipelineSaveResponse, PipelineSummary, PipelineValidation, PipelineValidationStarted, PipelineVariables, PipelineVersion, PipelineVersionDiff, PipelineVersionText, PlanExecution, PlanExecutionResponse, PreflightCheck, PrincipalType, ProjectAggregate, ProjectChangeEvent, ProjectExecutionEvent, ProjectResponse, ProjectTriggerEvent, RecentExecution, RepositoryList, ResourceGroupContent, ResourceGroupRequest, ResourceGroupResponse, ResponseMessage, RetryHistory, RetryStages, RoleAssignmentFilter, RoleAssignmentMetadata, RoleAssignmentRequest, RoleAssignmentResponse, RoleRequest, RoleResponse, SavedFilter, SavedFilterRequest, SecretFilter, SecretRequest, SecretResponse, ServiceAccount, ServiceAccountAggregate, ServiceAccountRequest, ServiceOverridesRequest, ServiceOverridesResponse, ServiceRequest, ServiceResponse, SessionResponse, SettingResponse, SettingUpdate, SettingUpdateResult, SettingValue, SignInLink, SignInLinkRequest, SignInRequest, SignInWays, SignOutResponse, StageExecution, StageExecutionRequest, StageFinishedEvent, StageStartedEvent, StepPalette, StepPaletteRequest, StoredFile, StoredFileNode, StrategyMetadata, TargetExecutionSummary, TemplateFilter, TemplateMergeResponse, TemplateReferenceSummary, TemplateResponse, TemplateWrapperResponse, TokenAggregate, TokenDetails, TokenRequest, TriggerAcceptedEvent, TriggerCatalog, TriggerDecidedEvent, TriggerDetails, TriggerEventHistory, TriggerEventStatus, TriggerExecutionDetails, TriggerResponse, TriggerYamlDiff, UserAggregate, UserGroup, UserGroupFilter, UserGroupRequest, UserMetadata, V1DynamicRequest, V1ExecuteRequest, V1Identifier, V1InputSet, V1InputSetRequest, V1Inputs, V1InputsSchema, V1Organization, V1OrganizationRequest, V1Pipeline, V1PipelinePatch, V1PipelineRequest, V1PipelineSummary, V1Project, V1ProjectRequest, V1StagesRequest, V1Started, V1Trigger, V1TriggerRequest, V1Validation, VariableRequest, VariableResponse, Webhook, WebhookDelivery, WebhookDeliveryDetails, WebhookEventProcessingDetails, WebhookRepresentation, WebhookRequest, WebhookSecretRotation, WebhookWithSecret, WireDiagnostic, } from './wire/schemas.ts';

// live/event-stream.d.ts
import type { Call, CallOptions, Transport } from '../http/transport.ts';
export interface StreamMessage {
    readonly event: string;
    readonly id: string | undefined;
    readonly data: string;
}
export interface StreamOptions extends CallOptions {
    /** Go on after this event. */
    readonly lastEventId?: string | undefined;
}
export type StreamAddress = Pick<Call, 'path' | 'query'>;
/** The server has no such stream: it is not Bridle, or something in between does not let streams through. */
export declare class NoStreamError extends Error {
}
/** Events up to the one named `end`, across as many connections as it takes. */
export declare function readStream(transport: Transport, address: StreamAddress, options?: StreamOptions): AsyncGenerator<StreamMessage>;

// live/execution-events.d.ts
import type { CallOptions } from '../http/transport.ts';
import type { ExecutionDetails, ExecutionNode, PipelineExecutionSummary } from '../wire/schemas.ts';
import type { Live } from './live.ts';
export type ExecutionEvent = 
/** The execution or some of its nodes changed. The first one has every node there is. */
{
    readonly kind: 'change';
    /** To go on after this one (`lastEventId`). Undefined where the server was asked again and again. */
    readonly id: string | undefined;
    readonly execution: PipelineExecutionSummary;
    readonly nodes: readonly ExecutionNode[];
}
/** The execution has ended; the last event. */
 | {
    readonly kind: 'end';
    readonly execution: PipelineExecutionSummary;
};
/** How often the server is asked where it has no streams: from `min` on, slower while nothing changes. */
export interface PollInterval {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
}
export interface EventOptions extends CallOptions {
    /** Go on after this event. */
    readonly lastEventId?: string | undefined;
    /** Milliseconds. Default: 500 to 5,000. */
    readonly pollMs?: PollInterval | undefined;
}
export declare function executionEvents(live: Live, planExecutionId: string, options?: EventOptions): AsyncGenerator<ExecutionEvent>;
export declare function readDetails({ api }: Live, planExecutionId: string, options: CallOptions): Promise<ExecutionDetails>;

// live/execution-logs.d.ts
/** The logs of an execution's steps: as they are now, or as they are written. */
import type { CallOptions } from '../http/transport.ts';
import { type PollInterval } from './execution-events.ts';
import type { Live } from './live.ts';
import { type NodeLogLine } from './node-log.ts';
/** A line of a step's log. */
export interface ExecutionLogLine extends NodeLogLine {
    /** Identifier of the stage. */
    readonly stage: string;
    /** Identifier of the step. */
    readonly step: string;
    readonly nodeExecutionId: string;
}
export interface LogOptions extends CallOptions {
    /** Identifier of a stage: only the logs of its steps. */
    readonly stage?: string | undefined;
    /** Identifier of a step. */
    readonly step?: string | undefined;
    /** The step of this id, and no other. */
    readonly nodeExecutionId?: string | undefined;
    /** Go on while lines are written, until the execution has ended. Default: false, the lines there are. */
    readonly follow?: boolean | undefined;
    /** How often to ask a server that has no streams, in milliseconds. */
    readonly pollMs?: PollInterval | undefined;
}
/** Lines of one step are in their order. Of steps that run beside each other they come as they are written. */
export declare function executionLogs(live: Live, planExecutionId: string, options?: LogOptions): AsyncGenerator<ExecutionLogLine>;

// live/feed.d.ts
import { type OwnerOptions } from '../resources/owned.ts';
import type { BridleEvent, EventsReset } from '../wire/schemas.ts';
import type { Live } from './live.ts';
export interface FeedOptions extends OwnerOptions {
    /** Identifiers: only what concerns these pipelines. Default: all of them. */
    readonly pipelines?: readonly string[] | undefined;
    /** Only these types, such as `execution.finished`; `approval.*` for all that begin so. Default: all. */
    readonly types?: readonly string[] | undefined;
    /** Go on after this event. Default: begin now. */
    readonly lastEventId?: string | undefined;
}
/** `id` is what `lastEventId` takes. There will be more types: pass over those you do not know. */
export type LiveEvent = (BridleEvent & {
    readonly id: string;
})
/** Nothing happened that concerns you up to here. The first one says that whatever happens from now on is told. */
 | {
    readonly type: 'position';
    readonly id: string;
}
/** Events were missed: look at everything anew. What happens from now on is told. */
 | {
    readonly type: 'reset';
    readonly id: string;
    readonly data: EventsReset;
};
/** Without an end, across as many connections as it takes; whoever has enough leaves the loop or aborts the signal. */
export declare function liveEvents(live: Live, options?: FeedOptions): AsyncGenerator<LiveEvent>;

// live/live.d.ts
/** What following executions needs, and what was found out about the server on the way. */
import type { Api } from '../http/api.ts';
import type { Transport } from '../http/transport.ts';
export interface Live {
    readonly api: Api;
    readonly transport: Transport;
    /** Whether the server streams events; undefined until the first time it mattered. */
    hasStreams: boolean | undefined;
}

// live/merged.d.ts
/** Several sequences as one, each item when it comes. Sources may be added while it is read. */
export declare class Merged<T> {
    #private;
    add(source: AsyncIterable<T>): void;
    /** It is not over before this is. */
    until(work: Promise<void>): void;
    all(): AsyncGenerator<T>;
}

// live/node-log.d.ts
import type { CallOptions } from '../http/transport.ts';
import type { ExecutionNode } from '../wire/schemas.ts';
import type { Live } from './live.ts';
export interface NodeLogLine {
    /** 0-based. */
    readonly line: number;
    /** Epoch milliseconds; undefined of a step that still runs when its log is not followed. */
    readonly time: number | undefined;
    /** Without its line end. */
    readonly text: string;
}
/** The lines there are. Of a step that has ended these are all: the last of them may take a moment to arrive. */
export declare function readStoredLog(live: Live, planExecutionId: string, node: ExecutionNode, options: CallOptions): AsyncGenerator<NodeLogLine>;
/** Lines as they are written, up to the last one. `ended` resolves when the step has ended. */
export declare function followLog(live: Live, planExecutionId: string, node: ExecutionNode, ended: Promise<void>, options: CallOptions): AsyncGenerator<NodeLogLine>;

// live/wait.d.ts
import type { CallOptions } from '../http/transport.ts';
import type { ExecutionNode, PipelineExecutionSummary } from '../wire/schemas.ts';
import { type PollInterval } from './execution-events.ts';
import type { Live } from './live.ts';
export interface WaitOptions extends Omit<CallOptions, 'timeoutMs' | 'overallTimeoutMs'> {
    /**
     * What is waited for. `final`: it has ended. `waiting`: that, or it needs somebody to approve, decide or give something.
     * Or a question of your own. Default: `final`.
     */
    readonly until?: 'final' | 'waiting' | ((execution: PipelineExecutionSummary) => boolean) | undefined;
    /** Is told of every change on the way. */
    readonly onProgress?: ((execution: PipelineExecutionSummary, nodes: readonly ExecutionNode[]) => void) | undefined;
    /** Throw `ExecutionFailedError` when it ended otherwise than well. Default: false. */
    readonly throwOnFailure?: boolean | undefined;
    /** How long to wait before `WaitTimeoutError`. Default: for ever. */
    readonly timeoutMs?: number | undefined;
    /** How often to ask a server that has no streams, in milliseconds. */
    readonly pollMs?: PollInterval | undefined;
}
export declare function waitForExecution(live: Live, planExecutionId: string, { until, onProgress, throwOnFailure, timeoutMs, ...options }?: WaitOptions): Promise<PipelineExecutionSummary>;
/** What failed by itself: not what failed because something inside of it did. */
export declare function failedNodes(nodes: readonly ExecutionNode[]): readonly ExecutionNode[];
export interface Deadline {
    readonly signal: AbortSignal;
    /** Whether it was the time that ended, and not the caller who gave up. */
    isOver(): boolean;
    clear(): void;
}
export declare function startDeadline(timeoutMs: number | undefined, signal: AbortSignal | undefined): Deadline;

// pages.d.ts
/** Lists that are longer than one answer: page by page, or item by item with `for await`. */
/** What one answer holds. */
export interface PageContents<T> {
    readonly items: readonly T[];
    readonly hasNext: boolean;
    /** Of all pages; undefined where the server does not count. */
    readonly total?: number | undefined;
}
export type PageReader<T> = (index: number) => Promise<PageContents<T>>;
/** One page. Iterating over it goes on with those that follow. */
export declare class Page<T> implements AsyncIterable<T> {
    #private;
    readonly items: readonly T[];
    readonly index: number;
    readonly hasNext: boolean;
    readonly total: number | undefined;
    constructor(contents: PageContents<T>, index: number, read: PageReader<T>);
    /** The page that follows; undefined after the last one. */
    nextPage(): Promise<Page<T> | undefined>;
    [Symbol.asyncIterator](): AsyncIterator<T>;
}
/**
 * What `list()` returns. Awaited it is the first page; with `for await` it is every item of every page. Nothing is asked
 * for before one of the two.
 */
export declare class Pages<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
    #private;
    constructor(read: PageReader<T>, firstIndex?: number);
    then<A = Page<T>, B = never>(onPage?: ((page: Page<T>) => A | PromiseLike<A>) | null, onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<A | B>;
    firstPage(): Promise<Page<T>>;
    /** Every item, in memory. */
    all(): Promise<T[]>;
    [Symbol.asyncIterator](): AsyncIterator<T>;
}
/** A page of pipelines, executions, trigger events. */
export declare function springPage<T>(page: {
    readonly content: readonly T[];
    readonly last: boolean;
    readonly totalElements: number;
}): PageContents<T>;
/** A page of nearly everything else. */
export declare function ngPage<T>(page: {
    readonly content: readonly T[];
    readonly pageIndex: number;
    readonly totalPages: number;
    readonly totalItems: number;
}): PageContents<T>;

// raw.d.ts
/** Every path of the API, for what has no method of its own. */
import { type DataOf, type PartsOf, type Path } from './http/api.ts';
import type { CallOptions, Query, Transport } from './http/transport.ts';
import type { Paths } from './wire/paths.ts';
type PathWith<M extends string> = {
    [P in Path]: M extends keyof Paths[P] ? P : never;
}[Path];
type Operation<P extends Path, M> = M extends keyof Paths[P] ? Paths[P][M] : never;
/** What a call takes beside its path. */
export interface RawRequest extends CallOptions {
    /** For the places in the path, such as `{pipelineIdentifier}`. */
    readonly path?: Readonly<Record<string, string>> | undefined;
    readonly query?: Query | undefined;
    /** A text is sent as YAML, an object as JSON, bytes and forms as they are. */
    readonly body?: unknown;
    /** It reads, whatever its method, and may be repeated. */
    readonly isRead?: boolean | undefined;
}
type TypedRequest<O> = PartsOf<O> & Pick<RawRequest, 'isRead'> & CallOptions;
/** May be left out where nothing in it is needed. */
type Rest<R> = Record<string, never> extends R ? [request?: R] : [request: R];
type UnknownPath<P extends string> = P extends Path ? never : P extends `/${string}` ? P : never;
/** Answers with `data` of the envelope, or the whole body where there is no envelope. */
export interface RawMethod<M extends string> {
    <P extends PathWith<M>>(path: P, ...rest: Rest<TypedRequest<Operation<P, M>>>): Promise<DataOf<Operation<P, M>>>;
    /** A path that is not known here, or one with its names filled in. */
    <P extends string>(path: UnknownPath<P>, request?: RawRequest): Promise<unknown>;
}
export interface Raw {
    readonly GET: RawMethod<'GET'>;
    readonly POST: RawMethod<'POST'>;
    readonly PUT: RawMethod<'PUT'>;
    readonly PATCH: RawMethod<'PATCH'>;
    readonly DELETE: RawMethod<'DELETE'>;
    /** The answer with its body unread, for streams and files; errors are thrown all the same. */
    readonly response: (method: string, path: string, request?: RawRequest) => Promise<Response>;
}
export declare function createRaw(transport: Transport): Raw;
export {};

// resources/api-keys.d.ts
/** API keys of users and service accounts, and the tokens below them. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ApiKey, ApiKeyAggregate, ApiKeyRequest, TokenAggregate, TokenDetails, TokenRequest } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions } from './owned.ts';
/** Whose keys: a user by id, or a service account by identifier. */
export interface KeyOwner {
    readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT';
    readonly parentIdentifier: string;
}
type Unowned<T> = Omit<T, keyof KeyOwner>;
export declare class ApiKeys {
    #private;
    /** @internal */
    constructor(live: Live);
    list(owner: KeyOwner, options?: Omit<OwnerListOptions, 'search'>): Pages<ApiKeyAggregate>;
    get(owner: KeyOwner, identifier: string, options?: OwnerOptions): Promise<ApiKeyAggregate>;
    create(owner: KeyOwner, apiKey: Unowned<ApiKeyRequest>, options?: OwnerOptions): Promise<ApiKey>;
    update(owner: KeyOwner, apiKey: Unowned<ApiKeyRequest>, options?: OwnerOptions): Promise<ApiKey>;
    /** With all its tokens. */
    delete(owner: KeyOwner, identifier: string, options?: OwnerOptions): Promise<boolean>;
}
/** Whose tokens, and of which key. */
export interface TokenOwner extends KeyOwner {
    readonly apiKeyIdentifier: string;
}
export declare class Tokens {
    #private;
    /** @internal */
    constructor(live: Live);
    list(owner: TokenOwner, options?: Omit<OwnerListOptions, 'search'>): Pages<TokenAggregate>;
    /** Answers with the token itself: it is shown this once. */
    create(owner: TokenOwner, token: Omit<TokenRequest, keyof TokenOwner>, options?: OwnerOptions): Promise<string>;
    update(owner: TokenOwner, token: Omit<TokenRequest, keyof TokenOwner>, options?: OwnerOptions): Promise<TokenDetails>;
    /** A new token in its place; the old one works until `rotateTimestamp`, or no longer. */
    rotate(owner: TokenOwner, identifier: string, options?: OwnerOptions & {
        readonly rotateTimestamp?: number | undefined;
    }): Promise<string>;
    delete(owner: TokenOwner, identifier: string, options?: OwnerOptions): Promise<boolean>;
}
export {};

// resources/approvals.d.ts
/** Approvals that executions wait for. */
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import type { ApprovalAuthorization, ApprovalInstance, ApprovalV1 } from '../wire/schemas.ts';
import { type ProjectOptions } from './scope.ts';
export interface ApprovalAnswer {
    readonly comments?: string | undefined;
    /** Values for the inputs it asks for. */
    readonly inputs?: Readonly<Record<string, string>> | undefined;
}
export declare class Approvals {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Those of an execution. */
    list(planExecutionId: string, options?: ProjectOptions): Promise<readonly ApprovalV1[]>;
    get(approvalId: string, options?: CallOptions): Promise<ApprovalInstance>;
    /** Whether whoever asks may answer it. */
    authorization(approvalId: string, options?: CallOptions): Promise<ApprovalAuthorization>;
    approve(approvalId: string, answer?: ApprovalAnswer, options?: CallOptions): Promise<ApprovalInstance>;
    reject(approvalId: string, answer?: ApprovalAnswer, options?: CallOptions): Promise<ApprovalInstance>;
}

// resources/audit.d.ts
/** The audit log: who changed what, and who signed in. */
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { AuditEvent, AuditFilter, AuditYaml } from '../wire/schemas.ts';
export interface AuditListOptions extends CallOptions {
    readonly filter?: AuditFilter | undefined;
    readonly pageSize?: number | undefined;
}
export declare class Audit {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Newest first; of the whole account, unless the filter names scopes. */
    list(options?: AuditListOptions): Pages<AuditEvent>;
    /** What was changed, before and after. */
    yaml(auditId: string, options?: CallOptions): Promise<AuditYaml>;
}

// resources/connectors.d.ts
/** Connectors: how to reach systems outside. */
import { type Document } from '../document.ts';
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ConnectorFilter, ConnectorResponse, ConnectorTestResult } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export interface ConnectorListOptions extends OwnerListOptions {
    readonly filter?: ConnectorFilter | undefined;
}
export declare class Connectors {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: ConnectorListOptions): Pages<ConnectorResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<ConnectorResponse>;
    /** Rooted at `connector:`. */
    create(connector: Document, options?: OwnerOptions): Promise<ConnectorResponse>;
    update(connector: Document, options?: OwnerUpdateOptions): Promise<ConnectorResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
    /** Whether a delegate reaches what it is about. */
    test(identifier: string, options?: OwnerOptions): Promise<ConnectorTestResult>;
}

// resources/delegates.d.ts
/** Delegates, and the tokens they register with. */
import type { Live } from '../live/live.ts';
import type { DelegateFilter, DelegateGroups, DelegateListItem, DelegateTokenDetails } from '../wire/schemas.ts';
import { type OwnerOptions } from './owned.ts';
export interface DelegateListOptions extends OwnerOptions {
    readonly filter?: DelegateFilter | undefined;
}
export declare class Delegates {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: DelegateListOptions): Promise<readonly DelegateListItem[]>;
}
export interface DelegateTokenListOptions extends OwnerOptions {
    readonly name?: string | undefined;
    readonly status?: 'ACTIVE' | 'REVOKED' | undefined;
}
export declare class DelegateTokens {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: DelegateTokenListOptions): Promise<readonly DelegateTokenDetails[]>;
    create(name: string, options?: OwnerOptions): Promise<DelegateTokenDetails>;
    /** Delegates that use it are turned away. */
    revoke(name: string, options?: OwnerOptions): Promise<DelegateTokenDetails>;
    /** One that was revoked. */
    delete(name: string, options?: OwnerOptions): Promise<void>;
    /** The delegates that use it. */
    delegates(name: string, options?: OwnerOptions): Promise<DelegateGroups>;
}

// resources/environments.d.ts
/** Environments: where it is deployed. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { EnvironmentRequest, EnvironmentResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class Environments {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<EnvironmentResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<EnvironmentResponse>;
    create(environment: EnvironmentRequest, options?: OwnerOptions): Promise<EnvironmentResponse>;
    update(environment: EnvironmentRequest, options?: OwnerUpdateOptions): Promise<EnvironmentResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/executions.d.ts
/** Executions: lists, holds on single ones, and running them again. */
import { type Document } from '../document.ts';
import { Execution } from '../execution.ts';
import type { EventOptions, ExecutionEvent } from '../live/execution-events.ts';
import type { ExecutionLogLine, LogOptions } from '../live/execution-logs.ts';
import type { Live } from '../live/live.ts';
import type { WaitOptions } from '../live/wait.ts';
import { Pages } from '../pages.ts';
import { type TimePoint } from '../time.ts';
import type { ExecutionDetails, ExecutionFilter, ExecutionInputResponse, ExecutionInputs, ExecutionStatus, InterruptResponse, PipelineExecutionSummary, RetryHistory, RetryStages } from '../wire/schemas.ts';
import { type ProjectOptions } from './scope.ts';
export interface ExecutionListOptions extends ProjectOptions {
    /** Identifiers of pipelines. */
    readonly pipelines?: readonly string[] | undefined;
    readonly status?: readonly ExecutionStatus[] | undefined;
    /** Started no earlier than this: a date, or how long ago, such as `7d`. */
    readonly since?: TimePoint | undefined;
    readonly before?: TimePoint | undefined;
    /** In the names of pipelines and the ids of executions. */
    readonly search?: string | undefined;
    /** Started by whoever asks. */
    readonly mine?: boolean | undefined;
    /** Those, too, that were retried since. */
    readonly retried?: boolean | undefined;
    /** What else to filter by. */
    readonly filter?: ExecutionFilter | undefined;
    readonly pageSize?: number | undefined;
}
export interface RetryOptions extends ProjectOptions {
    /** Stages to begin with: those that ran beside each other. Default: the first that failed. */
    readonly stages?: readonly string[] | undefined;
    /** Those of other stages, too, that had succeeded. Default: true. */
    readonly runAllStages?: boolean | undefined;
    /** Other inputs than it had. */
    readonly inputs?: Document | undefined;
}
export interface RerunOptions extends ProjectOptions {
    /** Default: those it had. */
    readonly inputs?: Document | undefined;
}
export declare class Executions {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Newest first. */
    list(options?: ExecutionListOptions): Pages<PipelineExecutionSummary>;
    /** A hold on one, to follow and steer it. Nothing is asked for. */
    of(planExecutionId: string, options?: Pick<ProjectOptions, 'org' | 'project'>): Execution;
    /** How it stands, with the graph of all its nodes. */
    get(planExecutionId: string, options?: ProjectOptions): Promise<ExecutionDetails>;
    events(planExecutionId: string, options?: EventOptions): AsyncIterableIterator<ExecutionEvent>;
    logs(planExecutionId: string, options?: LogOptions): AsyncIterableIterator<ExecutionLogLine>;
    wait(planExecutionId: string, options?: WaitOptions): Promise<PipelineExecutionSummary>;
    abort(planExecutionId: string, { org, project, ...call }?: ProjectOptions): Promise<InterruptResponse>;
    /** What it was started with. */
    inputs(planExecutionId: string, { org, project, ...call }?: ProjectOptions): Promise<ExecutionInputs>;
    /** What a node asks for that has the status `InputWaiting`. Its `fields` are told by Bridle, not by Harness. */
    waitingInputs(nodeExecutionId: string, { org, project, ...call }?: ProjectOptions): Promise<ExecutionInputResponse>;
    /** Gives a node what it asks for: the filled template or, to Bridle, values by their paths. */
    submitInputs(nodeExecutionId: string, inputs: Document, { org, project, ...call }?: ProjectOptions): Promise<ExecutionInputResponse>;
    /** Runs its pipeline anew, as it is saved now. */
    rerun(planExecutionId: string, pipeline: string, options?: RerunOptions): Promise<Execution>;
    /** Runs it again from a stage on, as it was saved then; what came before is taken over. */
    retry(planExecutionId: string, pipeline: string, options?: RetryOptions): Promise<Execution>;
    /** The stages a retry may begin with. */
    retryStages(planExecutionId: string, pipeline: string, options?: ProjectOptions): Promise<RetryStages>;
    /** All executions of its chain of retries, newest first. */
    retryHistory(planExecutionId: string, pipeline: string, options?: ProjectOptions): Promise<RetryHistory>;
}

// resources/files.d.ts
/** The file store: files and folders that pipelines use. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { FolderNode, StoredFile } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions } from './owned.ts';
export interface FileDefinition {
    readonly name: string;
    /** Default: made of the name. */
    readonly identifier?: string | undefined;
    readonly type?: 'FILE' | 'FOLDER' | undefined;
    /** Identifier of the folder it is in. Default: the uppermost. */
    readonly parent?: string | undefined;
    readonly description?: string | undefined;
    readonly fileUsage?: 'MANIFEST_FILE' | 'CONFIG' | 'SCRIPT' | undefined;
    readonly mimeType?: string | undefined;
    readonly content?: Blob | string | undefined;
}
export declare class Files {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<StoredFile>;
    get(identifier: string, options?: OwnerOptions): Promise<StoredFile>;
    /** What a folder holds. */
    folder(identifier?: string, options?: OwnerOptions): Promise<FolderNode>;
    /** What a file holds, as text. */
    read(identifier: string, options?: OwnerOptions): Promise<string>;
    create(file: FileDefinition, options?: OwnerOptions): Promise<StoredFile>;
    update(identifier: string, file: FileDefinition, options?: OwnerOptions): Promise<StoredFile>;
    /** A folder with what it holds. */
    delete(identifier: string, options?: OwnerOptions): Promise<boolean>;
}

// resources/filters.d.ts
/** Saved filters of lists. Each part of the API keeps its own. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { SavedFilter, SavedFilterRequest } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
/** `pipeline`: of pipelines and executions. `template`: of templates. `ng`: of everything else. */
export type FilterPart = 'pipeline' | 'template' | 'ng';
export interface FilterOptions {
    readonly part?: FilterPart | undefined;
}
export declare class Filters {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Those of a type, such as `PipelineExecution`. */
    list(type: string, options?: OwnerListOptions & FilterOptions): Pages<SavedFilter>;
    get(type: string, identifier: string, options?: OwnerOptions & FilterOptions): Promise<SavedFilter>;
    create(filter: SavedFilterRequest, options?: OwnerOptions & FilterOptions): Promise<SavedFilter>;
    update(filter: SavedFilterRequest, options?: OwnerUpdateOptions & FilterOptions): Promise<SavedFilter>;
    delete(type: string, identifier: string, options?: OwnerUpdateOptions & FilterOptions): Promise<boolean>;
}

// resources/infrastructures.d.ts
/** Infrastructures: on which cluster or host of an environment. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { InfrastructureRequest, InfrastructureResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class Infrastructures {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Those of an environment. */
    list(environmentIdentifier: string, options?: OwnerListOptions): Pages<InfrastructureResponse>;
    get(environmentIdentifier: string, identifier: string, options?: OwnerOptions): Promise<InfrastructureResponse>;
    create(infrastructure: InfrastructureRequest, options?: OwnerOptions): Promise<InfrastructureResponse>;
    update(infrastructure: InfrastructureRequest, options?: OwnerUpdateOptions): Promise<InfrastructureResponse>;
    delete(environmentIdentifier: string, identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/input-sets.d.ts
/** Input sets and overlays of a pipeline. */
import { type Document } from '../document.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { InputSetMergeRequest, InputSetMergeResponse, InputSetResponse, InputSetSummary, InputSetTemplate, OverlayInputSetResponse } from '../wire/schemas.ts';
import { type UpdateOptions } from './pipelines.ts';
import { type ProjectOptions } from './scope.ts';
export interface InputSetListOptions extends ProjectOptions {
    readonly search?: string | undefined;
    readonly type?: 'ALL' | 'INPUT_SET' | 'OVERLAY_INPUT_SET' | undefined;
    readonly pageSize?: number | undefined;
}
/** Of input sets and of overlays alike; which of the two a call answers with is what it was asked for. */
export type SavedInputSet = InputSetResponse | OverlayInputSetResponse;
export declare class InputSets {
    #private;
    /** @internal */
    constructor(live: Live);
    list(pipeline: string, options?: InputSetListOptions): Pages<InputSetSummary>;
    get(pipeline: string, identifier: string, options?: ProjectOptions): Promise<InputSetResponse>;
    getOverlay(pipeline: string, identifier: string, options?: ProjectOptions): Promise<OverlayInputSetResponse>;
    /** An overlay is told by the root of its document. */
    create(pipeline: string, inputSet: Document, options?: ProjectOptions): Promise<SavedInputSet>;
    update(pipeline: string, identifier: string, inputSet: Document, options?: UpdateOptions): Promise<SavedInputSet>;
    /** Of either kind. */
    delete(pipeline: string, identifier: string, options?: UpdateOptions): Promise<boolean>;
    /** What the pipeline asks for when it is started. */
    template(pipeline: string, options?: ProjectOptions & {
        readonly stages?: readonly string[] | undefined;
    }): Promise<InputSetTemplate>;
    /** What several of them come to together. */
    merge(pipeline: string, request: InputSetMergeRequest, options?: ProjectOptions): Promise<InputSetMergeResponse>;
}

// resources/organizations.d.ts
/** Organizations of the account, and the projects in them. */
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { OrganizationResponse, ProjectResponse } from '../wire/schemas.ts';
import type { Paths } from '../wire/paths.ts';
import { type OwnerUpdateOptions } from './owned.ts';
import type { ProjectOptions } from './scope.ts';
export type OrganizationDefinition = Paths['/ng/api/organizations']['POST']['body']['organization'];
export type ProjectDefinition = Paths['/ng/api/projects']['POST']['body']['project'];
export interface OrganizationListOptions extends CallOptions {
    readonly search?: string | undefined;
    readonly pageSize?: number | undefined;
}
type Change = Omit<OwnerUpdateOptions, 'org' | 'project' | 'level'>;
export declare class Organizations {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OrganizationListOptions): Pages<OrganizationResponse>;
    get(identifier: string, options?: CallOptions): Promise<OrganizationResponse>;
    create(organization: OrganizationDefinition, options?: CallOptions): Promise<OrganizationResponse>;
    update(identifier: string, organization: OrganizationDefinition, options?: Change): Promise<OrganizationResponse>;
    /** With everything in it. */
    delete(identifier: string, options?: Change): Promise<boolean>;
}
/** Which organization the projects are of; default: that of the client. */
export type OrganizationOptions = Omit<ProjectOptions, 'project'>;
export declare class Projects {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OrganizationListOptions & OrganizationOptions): Pages<ProjectResponse>;
    get(identifier: string, options?: OrganizationOptions): Promise<ProjectResponse>;
    create(project: ProjectDefinition, options?: OrganizationOptions): Promise<ProjectResponse>;
    update(identifier: string, project: ProjectDefinition, options?: OrganizationOptions & Change): Promise<ProjectResponse>;
    /** With everything in it. */
    delete(identifier: string, options?: OrganizationOptions & Change): Promise<boolean>;
}
export {};

// resources/owned.d.ts
/** Calls about what an account, an organization or a project may own. */
import type { Configuration } from '../configuration.ts';
import { type ApiOptions, type DataOf, type MethodOf, type PartsOf, type Path } from '../http/api.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { Paths } from '../wire/paths.ts';
import type { ProjectOptions } from './scope.ts';
export interface OwnerOptions extends ProjectOptions {
    /** Whose it is. Default: the project's where one is known, else the organization's, else the account's. */
    readonly level?: 'account' | 'organization' | 'project' | undefined;
}
export interface OwnerListOptions extends OwnerOptions {
    readonly search?: string | undefined;
    readonly pageSize?: number | undefined;
}
export interface OwnerUpdateOptions extends OwnerOptions {
    /** The version it was read with (`etag`): refuse the change if it was changed since. */
    readonly ifMatch?: string | undefined;
}
interface NgPageLike<T> {
    readonly content: readonly T[];
    readonly pageIndex: number;
    readonly totalPages: number;
    readonly totalItems: number;
}
export declare const PAGE_SIZE = 100;
export declare class OwnedCalls {
    #private;
    constructor(live: Live);
    /** `parts` without the scope: that is in the options. */
    call<P extends Path, M extends MethodOf<P>>(method: M, path: P, parts: PartsOf<Paths[P][M]>, options?: OwnerUpdateOptions & Pick<ApiOptions, 'isRead'>): Promise<DataOf<Paths[P][M]>>;
    /** A form, with parts that are files. */
    upload(method: 'POST' | 'PUT', path: Path, names: Readonly<Record<string, string>>, form: FormData, options: OwnerUpdateOptions): Promise<unknown>;
    /** The identifiers of the scope, for bodies that name it. */
    scope(options: OwnerOptions): OwnerQuery;
    pages<T>(read: (pageIndex: number) => Promise<NgPageLike<T>>): Pages<T>;
}
export interface OwnerQuery {
    readonly orgIdentifier?: string;
    readonly projectIdentifier?: string;
}
export declare function ownerQuery(config: Configuration, { org, project, level }: Pick<OwnerOptions, 'org' | 'project' | 'level'>): OwnerQuery;
export {};

// resources/pipeline-versions.d.ts
/** Earlier versions of saved pipelines. Only Bridle keeps them. */
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { PipelineVersion, PipelineVersionDiff, PipelineVersionText } from '../wire/schemas.ts';
import { type ProjectOptions } from './scope.ts';
export declare class PipelineVersions {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Newest first. */
    list(pipeline: string, options?: ProjectOptions & {
        readonly pageSize?: number | undefined;
    }): Pages<PipelineVersion>;
    get(pipeline: string, version: number, options?: ProjectOptions): Promise<PipelineVersionText>;
    /** What a version has otherwise than another; default: than the one before it. */
    diff(pipeline: string, version: number, options?: ProjectOptions & {
        readonly from?: number | undefined;
    }): Promise<PipelineVersionDiff>;
    /** Saves it anew, as the newest version. */
    restore(pipeline: string, version: number, options?: ProjectOptions): Promise<PipelineVersionText>;
}

// resources/pipelines.d.ts
/** Saved pipelines, and starting them. */
import { type Document } from '../document.ts';
import { Execution } from '../execution.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { PipelineFilter, PipelineResponse, PipelineSaveResponse, PipelineSummary } from '../wire/schemas.ts';
import { PipelineVersions } from './pipeline-versions.ts';
import { type ProjectOptions } from './scope.ts';
export interface PipelineListOptions extends ProjectOptions {
    /** In names, identifiers and tags. */
    readonly search?: string | undefined;
    readonly filter?: PipelineFilter | undefined;
    /** Such as `name,ASC`. */
    readonly sort?: readonly string[] | undefined;
    readonly pageSize?: number | undefined;
}
export interface ExecuteOptions extends ProjectOptions {
    /** Runtime inputs, rooted at `pipeline:`. */
    readonly inputs?: Document | undefined;
    /** Identifiers of input sets and overlays, merged in this order below the inputs. */
    readonly inputSets?: readonly string[] | undefined;
    /** Identifiers of the stages to run; the pipeline must allow it. */
    readonly stages?: readonly string[] | undefined;
    readonly notes?: string | undefined;
}
export interface UpdateOptions extends ProjectOptions {
    /** The version it was read with (`etag`): refuse the change if it was changed since. */
    readonly ifMatch?: string | undefined;
}
export declare class Pipelines {
    #private;
    readonly versions: PipelineVersions;
    /** @internal */
    constructor(live: Live);
    list(options?: PipelineListOptions): Pages<PipelineSummary>;
    get(identifier: string, options?: ProjectOptions): Promise<PipelineResponse>;
    /** What lists show of it. */
    summary(identifier: string, options?: ProjectOptions): Promise<PipelineSummary>;
    create(pipeline: Document, options?: ProjectOptions): Promise<PipelineSaveResponse>;
    update(identifier: string, pipeline: Document, options?: UpdateOptions): Promise<PipelineSaveResponse>;
    delete(identifier: string, options?: UpdateOptions): Promise<boolean>;
    /** Starts it. Sent once, whatever happens: a second start would be worse than an error. */
    execute(identifier: string, options?: ExecuteOptions): Promise<Execution>;
}
/** The options with the version as the header that carries it. */
export declare function withVersion<O extends UpdateOptions>({ ifMatch, ...options }: O): Omit<O, 'ifMatch'>;

// resources/resource-groups.d.ts
/** Resource groups: with what one may do it. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ResourceGroupContent, ResourceGroupResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class ResourceGroups {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<ResourceGroupResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<ResourceGroupResponse>;
    create(resourceGroup: ResourceGroupContent, options?: OwnerOptions): Promise<ResourceGroupResponse>;
    update(identifier: string, resourceGroup: ResourceGroupContent, options?: OwnerUpdateOptions): Promise<ResourceGroupResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/role-assignments.d.ts
/** Role assignments: who has which role with which resource group. They are made and deleted, never changed. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { RoleAssignmentFilter, RoleAssignmentRequest, RoleAssignmentResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions } from './owned.ts';
export interface RoleAssignmentListOptions extends Omit<OwnerListOptions, 'search'> {
    readonly filter?: RoleAssignmentFilter | undefined;
}
export declare class RoleAssignments {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: RoleAssignmentListOptions): Pages<RoleAssignmentResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<RoleAssignmentResponse>;
    create(assignment: RoleAssignmentRequest, options?: OwnerOptions): Promise<RoleAssignmentResponse>;
    delete(identifier: string, options?: OwnerOptions): Promise<RoleAssignmentResponse>;
}

// resources/roles.d.ts
/** Roles: what one may do. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { RoleRequest, RoleResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class Roles {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<RoleResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<RoleResponse>;
    create(role: RoleRequest, options?: OwnerOptions): Promise<RoleResponse>;
    update(identifier: string, role: RoleRequest, options?: OwnerUpdateOptions): Promise<RoleResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<RoleResponse>;
}

// resources/scope.d.ts
/** Where something is: the project of the client, or what a call names in its place. */
import type { Configuration } from '../configuration.ts';
import type { CallOptions } from '../http/transport.ts';
export interface ProjectOptions extends CallOptions {
    /** Identifier of the organization. Default: that of the client. */
    readonly org?: string | undefined;
    readonly project?: string | undefined;
}
export interface ProjectQuery {
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
}
/** The query that names the project, and what of the options is about the call itself. */
export declare function projectOf<O extends ProjectOptions>(config: Configuration, options: O): {
    readonly query: ProjectQuery;
    readonly call: Omit<O, 'org' | 'project'>;
};

// resources/secrets.d.ts
/** Secrets. Their values go in, and never come out. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { SecretFilter, SecretResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
/** What a secret is made from; which keys `spec` has depends on the type. */
export interface SecretDefinition {
    readonly identifier: string;
    readonly name: string;
    readonly type: 'SecretText' | 'SSHKey' | (string & {});
    readonly description?: string | undefined;
    readonly tags?: Readonly<Record<string, string>> | undefined;
    readonly spec: Readonly<Record<string, unknown>>;
}
export interface SecretListOptions extends OwnerListOptions {
    readonly filter?: SecretFilter | undefined;
}
export declare class Secrets {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: SecretListOptions): Pages<SecretResponse>;
    /** Without its value. */
    get(identifier: string, options?: OwnerOptions): Promise<SecretResponse>;
    create(secret: SecretDefinition, options?: OwnerOptions): Promise<SecretResponse>;
    /** A text kept by the server itself. */
    createText(identifier: string, value: string, options?: OwnerOptions): Promise<SecretResponse>;
    update(identifier: string, secret: SecretDefinition, options?: OwnerUpdateOptions): Promise<SecretResponse>;
    updateText(identifier: string, value: string, options?: OwnerUpdateOptions): Promise<SecretResponse>;
    /** A file: what it holds is read as it is. */
    createFile(secret: Omit<SecretDefinition, 'type' | 'spec'>, content: Blob, options?: OwnerOptions): Promise<SecretResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/service-accounts.d.ts
/** Service accounts: who machines are. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ServiceAccount, ServiceAccountAggregate, ServiceAccountRequest } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class ServiceAccounts {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<ServiceAccountAggregate>;
    get(identifier: string, options?: OwnerOptions): Promise<ServiceAccountAggregate>;
    create(account: ServiceAccountRequest, options?: OwnerOptions): Promise<ServiceAccount>;
    update(identifier: string, account: ServiceAccountRequest, options?: OwnerUpdateOptions): Promise<ServiceAccount>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/service-overrides.d.ts
/** What a service has otherwise in an environment. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ServiceOverridesRequest, ServiceOverridesResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export interface ServiceOverrideListOptions extends OwnerListOptions {
    readonly environment?: string | undefined;
    readonly service?: string | undefined;
}
export declare class ServiceOverrides {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: ServiceOverrideListOptions): Pages<ServiceOverridesResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<ServiceOverridesResponse>;
    create(override: ServiceOverridesRequest, options?: OwnerOptions): Promise<ServiceOverridesResponse>;
    update(override: ServiceOverridesRequest, options?: OwnerUpdateOptions): Promise<ServiceOverridesResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/services.d.ts
/** Services: what is deployed. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ServiceRequest, ServiceResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class Services {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<ServiceResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<ServiceResponse>;
    create(service: ServiceRequest, options?: OwnerOptions): Promise<ServiceResponse>;
    update(service: ServiceRequest, options?: OwnerUpdateOptions): Promise<ServiceResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/settings.d.ts
/** Settings of an account, an organization or a project. */
import type { Live } from '../live/live.ts';
import type { SettingResponse, SettingUpdate, SettingUpdateResult, SettingValue } from '../wire/schemas.ts';
import type { Paths } from '../wire/paths.ts';
import { type OwnerOptions } from './owned.ts';
export type SettingQuery = Omit<NonNullable<Paths['/ng/api/settings']['GET']['query']>, 'orgIdentifier' | 'projectIdentifier'>;
export declare class Settings {
    #private;
    /** @internal */
    constructor(live: Live);
    list(query?: SettingQuery, options?: OwnerOptions): Promise<readonly SettingResponse[]>;
    get(identifier: string, options?: OwnerOptions): Promise<SettingValue>;
    /** Each is taken or refused by itself. */
    update(updates: readonly SettingUpdate[], options?: OwnerOptions): Promise<readonly SettingUpdateResult[]>;
    set(identifier: string, value: string, options?: OwnerOptions): Promise<readonly SettingUpdateResult[]>;
    /** As it is inherited. */
    restore(identifier: string, options?: OwnerOptions): Promise<readonly SettingUpdateResult[]>;
}

// resources/templates.d.ts
/** Templates of steps, step groups, stages and pipelines, in versions. */
import { type Document } from '../document.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { TemplateFilter, TemplateResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export interface TemplateListOptions extends OwnerListOptions {
    readonly filter?: TemplateFilter | undefined;
    /** Which versions: the stable one, the one that was changed last, or all of them. Default: all. */
    readonly versions?: 'Stable' | 'LastUpdated' | 'All' | undefined;
}
export interface TemplateVersionOptions extends OwnerOptions {
    /** Label of a version; default: the stable one. */
    readonly version?: string | undefined;
}
export declare class Templates {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: TemplateListOptions): Pages<TemplateResponse>;
    get(identifier: string, options?: TemplateVersionOptions): Promise<TemplateResponse>;
    /** A template, or another version of one. Rooted at `template:`. */
    create(template: Document, options?: OwnerOptions): Promise<TemplateResponse>;
    update(identifier: string, version: string, template: Document, options?: OwnerUpdateOptions): Promise<TemplateResponse>;
    /** The version that is used where none is named. */
    setStable(identifier: string, version: string, options?: OwnerOptions): Promise<string>;
    /** What it asks for where it is used, as YAML. */
    inputs(identifier: string, options?: TemplateVersionOptions): Promise<string>;
    delete(identifier: string, version: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/triggers.d.ts
/** Triggers, their events, and calling their webhooks. */
import { type Document } from '../document.ts';
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import { FiredEvent } from '../trigger-event.ts';
import type { TriggerDetails, TriggerEventHistory, TriggerExecutionDetails, TriggerResponse } from '../wire/schemas.ts';
import { type UpdateOptions } from './pipelines.ts';
import { type ProjectOptions } from './scope.ts';
export interface TriggerListOptions extends ProjectOptions {
    readonly search?: string | undefined;
    readonly pageSize?: number | undefined;
}
export interface FireOptions extends ProjectOptions {
    /** Of the webhook call, for triggers with conditions on headers. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** The token in the webhook URL of the trigger, where those without one are closed. */
    readonly token?: string | undefined;
}
export declare class Triggers {
    #private;
    /** @internal */
    constructor(live: Live);
    /** Those of a pipeline. */
    list(pipeline: string, options?: TriggerListOptions): Pages<TriggerDetails>;
    get(pipeline: string, identifier: string, options?: ProjectOptions): Promise<TriggerResponse>;
    /** With its webhook URL and what it did last. */
    details(pipeline: string, identifier: string, options?: ProjectOptions): Promise<TriggerDetails>;
    create(pipeline: string, trigger: Document, options?: ProjectOptions): Promise<TriggerResponse>;
    update(pipeline: string, identifier: string, trigger: Document, options?: UpdateOptions): Promise<TriggerResponse>;
    delete(pipeline: string, identifier: string, options?: UpdateOptions): Promise<boolean>;
    enable(pipeline: string, identifier: string, options?: ProjectOptions): Promise<boolean>;
    disable(pipeline: string, identifier: string, options?: ProjectOptions): Promise<boolean>;
    /** What a trigger was called with and what became of it, newest first. */
    history(pipeline: string, identifier: string, options?: TriggerListOptions): Pages<TriggerEventHistory>;
    /** What became of an event; undefined while nobody has looked at it. */
    eventDetails(eventId: string, options?: CallOptions): Promise<TriggerExecutionDetails | undefined>;
    /** The row of an event in the history, with what each condition came to. */
    event(eventId: string, options?: CallOptions): Promise<TriggerEventHistory>;
    /**
     * Calls the webhook of a custom trigger. Sent once, whatever happens: of a call that was cut nobody knows whether it
     * started something.
     */
    fireCustom(pipeline: string, trigger: string, payload?: unknown, options?: FireOptions): Promise<FiredEvent>;
}

// resources/user-groups.d.ts
/** Groups of users. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { UserGroup, UserGroupRequest, UserMetadata } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export declare class UserGroups {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<UserGroup>;
    get(identifier: string, options?: OwnerOptions): Promise<UserGroup>;
    create(group: UserGroupRequest, options?: OwnerOptions): Promise<UserGroup>;
    update(group: UserGroupRequest, options?: OwnerUpdateOptions): Promise<UserGroup>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<UserGroup>;
    /** The users in it. */
    members(identifier: string, options?: OwnerListOptions): Pages<UserMetadata>;
    addMember(identifier: string, userId: string, options?: OwnerOptions): Promise<UserGroup>;
    removeMember(identifier: string, userId: string, options?: OwnerOptions): Promise<UserGroup>;
}

// resources/users.d.ts
/** The users of an account, an organization or a project. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { AddUsersRequest, AddUsersResponse, CurrentUser, UserAggregate } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions } from './owned.ts';
export declare class Users {
    #private;
    /** @internal */
    constructor(live: Live);
    /** With their role assignments. */
    list(options?: OwnerListOptions): Pages<UserAggregate>;
    get(userId: string, options?: OwnerOptions): Promise<UserAggregate>;
    /** Whose key it is. */
    current(options?: OwnerOptions): Promise<CurrentUser>;
    /** Adds people by their e-mail addresses, with groups and roles. */
    add(users: AddUsersRequest, options?: OwnerOptions): Promise<AddUsersResponse>;
    /** Takes somebody out of the scope; of the account: altogether. */
    remove(userId: string, options?: OwnerOptions): Promise<boolean>;
}

// resources/variables.d.ts
/** Variables of an account, an organization or a project. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { VariableRequest, VariableResponse } from '../wire/schemas.ts';
import { type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';
export type VariableDefinition = VariableRequest['variable'];
export declare class Variables {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerListOptions): Pages<VariableResponse>;
    get(identifier: string, options?: OwnerOptions): Promise<VariableResponse>;
    create(variable: VariableDefinition, options?: OwnerOptions): Promise<VariableResponse>;
    update(variable: VariableDefinition, options?: OwnerUpdateOptions): Promise<VariableResponse>;
    delete(identifier: string, options?: OwnerUpdateOptions): Promise<boolean>;
}

// resources/webhooks.d.ts
/** Outgoing webhooks: addresses that are called when something happens. Only Bridle has them. */
import type { Live } from '../live/live.ts';
import { Pages } from '../pages.ts';
import type { Webhook, WebhookDelivery, WebhookDeliveryDetails, WebhookRequest, WebhookWithSecret } from '../wire/schemas.ts';
import { type OwnerOptions } from './owned.ts';
export interface DeliveryListOptions extends OwnerOptions {
    readonly state?: WebhookDelivery['state'] | undefined;
    readonly pageSize?: number | undefined;
}
export declare class Webhooks {
    #private;
    /** @internal */
    constructor(live: Live);
    list(options?: OwnerOptions): Promise<readonly Webhook[]>;
    get(webhookId: string, options?: OwnerOptions): Promise<Webhook>;
    /** With the secret its calls are signed with: it is shown here and never again. */
    create(webhook: WebhookRequest, options?: OwnerOptions): Promise<WebhookWithSecret>;
    update(webhookId: string, webhook: WebhookRequest, options?: OwnerOptions): Promise<Webhook>;
    delete(webhookId: string, options?: OwnerOptions): Promise<boolean>;
    /** A new secret. Those before it sign as well for `keepOldHours`; default: 24. */
    rotateSecret(webhookId: string, options?: OwnerOptions & {
        readonly keepOldHours?: number | undefined;
    }): Promise<WebhookWithSecret>;
    /** Calls it once with an event of type `test`, and tells how that went: `pending` where that is not known in time. */
    test(webhookId: string, options?: OwnerOptions): Promise<WebhookDeliveryDetails>;
    /** What was sent in the last two weeks, newest first. */
    deliveries(webhookId: string, options?: DeliveryListOptions): Pages<WebhookDelivery>;
    /** With every attempt. */
    delivery(webhookId: string, deliveryId: string, options?: OwnerOptions): Promise<WebhookDeliveryDetails>;
    /** Sends it once more, now, and tells how that went. */
    redeliver(webhookId: string, deliveryId: string, options?: OwnerOptions): Promise<WebhookDeliveryDetails>;
}

// statuses.d.ts
/** What the statuses of executions and their nodes mean. A word that is not known here is none of these: it is under way. */
import type { ExecutionStatus } from './wire/schemas.ts';
/** It will not change any more. */
export declare function isFinal(status: ExecutionStatus): boolean;
/** It ended otherwise than well: failed, but also aborted, expired or rejected. */
export declare function isFailed(status: ExecutionStatus): boolean;
/** It goes on only after somebody has decided or given something. */
export declare function isWaiting(status: ExecutionStatus): boolean;

// testing/bridle-start-error.d.ts
/** Thrown when the server of a test did not come up. */
export declare class BridleStartError extends Error {
    readonly name = "BridleStartError";
    /** The last that it said. */
    readonly output: string;
    constructor(message: string, output: string);
}

// testing/faults.d.ts
/** What a test has go wrong: requests that are slow, refused or cut, steps that fail or expire, events that stay queued. */
import type { Harness } from '../harness.ts';
import type { FaultReport, FaultRules } from '../wire/schemas.ts';
export declare class Faults {
    #private;
    /** @internal */
    constructor(harness: Harness);
    /** Takes the place of all rules that were set before, and counts from nought. */
    set(rules: FaultRules): Promise<FaultReport>;
    /** The rules, and how often each has matched and happened. */
    get(): Promise<FaultReport>;
    /** Nothing goes wrong any more. */
    clear(): Promise<void>;
}

// testing/index.d.ts
export { BridleServer, startBridle, type StartBridleOptions } from './start-bridle.ts';
export { BridleStartError } from './bridle-start-error.ts';
export { Faults } from './faults.ts';
export type { FaultReport, FaultRules } from '../wire/schemas.ts';

// testing/start-bridle.d.ts
/**
 * A server for the tests of programs that talk to Bridle or Harness: `bridle up --ephemeral` as a child process, in a folder and on a
 * port of its own. It ends with the process that started it, whatever ends that, and leaves nothing behind. For Node.
 */
import { type ChildProcess } from 'node:child_process';
import { Faults } from './faults.ts';
import { Harness } from '../harness.ts';
export interface StartBridleOptions {
    /** `demo` (default): the pipelines `test` and `showcase` with the trigger `myhook`; `none`: an empty project. */
    readonly seed?: 'demo' | 'none' | undefined;
    /** The program: a path, or a name to look for. Default: that of the package `bridle` of the calling project, else the one in `PATH`. */
    readonly program?: string | undefined;
    /** Further variables of its environment, as the README of Bridle has them. */
    readonly env?: Readonly<Record<string, string>> | undefined;
    /** How long the start may take. Default: 60,000 ms. */
    readonly timeoutMs?: number | undefined;
    /** Hears what the server says. */
    readonly onOutput?: ((text: string) => void) | undefined;
}
interface Ready {
    readonly url: string;
    readonly token: string;
    readonly accountId: string;
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
    readonly home: string;
}
/** A server that is up, and a client of its administrator. */
export declare class BridleServer implements AsyncDisposable {
    #private;
    readonly url: string;
    /** A personal access token of an administrator. */
    readonly token: string;
    readonly accountId: string;
    /** The folder with all it keeps, its logs included; it is gone after the stop. */
    readonly home: string;
    /** In the project of the demo. */
    readonly harness: Harness;
    /** What goes wrong on purpose. */
    readonly faults: Faults;
    /** @internal */
    constructor(child: ChildProcess, ended: Promise<void>, ready: Ready);
    /** Resolves when everything that was started has gone. */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
/** Resolves when the server answers. @throws BridleStartError */
export declare function startBridle(options?: StartBridleOptions): Promise<BridleServer>;
export {};

// time.d.ts
/** A date, epoch milliseconds, or how long ago: `90s`, `15m`, `24h`, `7d`, `2w`. */
export type TimePoint = Date | number | string;
export declare function epochMs(time: TimePoint, now?: number): number;

// trigger-event.d.ts
import { Execution, type ExecutionScope } from './execution.ts';
import type { CallOptions } from './http/transport.ts';
import type { PollInterval } from './live/execution-events.ts';
import type { Live } from './live/live.ts';
import type { TriggerExecutionDetails } from './wire/schemas.ts';
export interface EventWaitOptions extends Omit<CallOptions, 'timeoutMs' | 'overallTimeoutMs'> {
    /** How long to wait before `WaitTimeoutError`. Default: for ever. */
    readonly timeoutMs?: number | undefined;
    /** How often to ask a server that does not wait with its answer, in milliseconds. Default: 50 to 2,000. */
    readonly pollMs?: PollInterval | undefined;
}
/** What `fireCustom` answers with. */
export declare class FiredEvent {
    #private;
    /** Identity of the call, to ask for what became of it. */
    readonly eventCorrelationId: string;
    /** The same call as a line for a shell. */
    readonly curl: string;
    /** @internal */
    constructor(live: Live, scope: ExecutionScope, eventCorrelationId: string, curl: string);
    /** What became of it so far. Undefined until somebody has looked at it. */
    details(options?: CallOptions): Promise<TriggerExecutionDetails | undefined>;
    /**
     * Resolves when an execution came of it, with a hold on that. Bridle is asked once, and answers when it is decided; an older
     * one answers after ten seconds, or when the execution has ended. Harness is asked again and again.
     */
    waitForExecution(options?: EventWaitOptions): Promise<Execution>;
}
/** What became of an event; undefined while nobody has looked at it. */
export declare function eventDetails({ api }: Live, eventId: string, options: CallOptions): Promise<TriggerExecutionDetails | undefined>;
