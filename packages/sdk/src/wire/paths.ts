// Written by `npm run generate` from the schemas of packages/protocol and the routes of the server.
import type {
  AccessCheckRequest,
  AccessCheckResponse,
  AccessFilter,
  AccountLicenses,
  AccountResponse,
  AddUsersRequest,
  AddUsersResponse,
  ApiKey,
  ApiKeyAggregate,
  ApiKeyRequest,
  ApplyTemplatesRequest,
  ApprovalActivityRequest,
  ApprovalAuthorization,
  ApprovalInstance,
  ApprovalV1,
  AuditEvent,
  AuditFilter,
  AuditYaml,
  BranchList,
  BrowserSession,
  BulkToggleRequest,
  BulkToggleResult,
  ConnectorCatalogue,
  ConnectorFilter,
  ConnectorResponse,
  ConnectorTestResult,
  CurrentUser,
  CustomWebhookAccepted,
  DelegateFilter,
  DelegateGroups,
  DelegateListItem,
  DelegateSummary,
  DelegateTokenDetails,
  DiagnosticsResponse,
  EnvironmentFilter,
  EnvironmentRequest,
  EnvironmentResponse,
  ExecutionDetails,
  ExecutionFilter,
  ExecutionGraph,
  ExecutionIdentifierSummary,
  ExecutionInputResponse,
  ExecutionInputs,
  ExecutionMetadata,
  ExecutionMetadataDetails,
  ExecutionNode,
  ExecutionNotes,
  ExecutionOutlinePage,
  ExpandedPipelineJson,
  ExpressionEvaluation,
  FolderNode,
  FolderRequest,
  InfrastructureRequest,
  InfrastructureResponse,
  InputSetMergeRequest,
  InputSetMergeResponse,
  InputSetResponse,
  InputSetSanitised,
  InputSetSummary,
  InputSetTemplate,
  InputSetYamlDiff,
  InterruptResponse,
  LatestExecution,
  LogDownload,
  LogLink,
  LogSearchAnswer,
  LogStreams,
  NodeSubGraph,
  OneTimePassword,
  OrganizationAggregate,
  OrganizationResponse,
  OverlayInputSetResponse,
  PasswordChangeRequest,
  PasswordChangeResult,
  PermissionResponse,
  PipelineCloneRequest,
  PipelineExecutionSummary,
  PipelineFilter,
  PipelineResponse,
  PipelineSaveResponse,
  PipelineSummary,
  PipelineValidation,
  PipelineValidationStarted,
  PipelineVariables,
  PipelineVersion,
  PipelineVersionDiff,
  PipelineVersionText,
  PlanExecutionResponse,
  PreflightCheck,
  ProjectAggregate,
  ProjectResponse,
  RepositoryList,
  ResourceGroupRequest,
  ResourceGroupResponse,
  RetryHistory,
  RetryStages,
  RoleAssignmentFilter,
  RoleAssignmentRequest,
  RoleAssignmentResponse,
  RoleRequest,
  RoleResponse,
  SavedFilter,
  SavedFilterRequest,
  SecretFilter,
  SecretRequest,
  SecretResponse,
  ServiceAccount,
  ServiceAccountAggregate,
  ServiceAccountRequest,
  ServiceOverridesRequest,
  ServiceOverridesResponse,
  ServiceRequest,
  ServiceResponse,
  SessionResponse,
  SettingResponse,
  SettingUpdate,
  SettingUpdateResult,
  SettingValue,
  SignInLink,
  SignInLinkRequest,
  SignInRequest,
  SignInWays,
  SignOutResponse,
  StageExecution,
  StageExecutionRequest,
  StepPalette,
  StepPaletteRequest,
  StoredFile,
  TemplateFilter,
  TemplateMergeResponse,
  TemplateResponse,
  TemplateWrapperResponse,
  TokenAggregate,
  TokenDetails,
  TokenRequest,
  TriggerCatalog,
  TriggerDetails,
  TriggerEventHistory,
  TriggerExecutionDetails,
  TriggerResponse,
  TriggerYamlDiff,
  UserAggregate,
  UserGroup,
  UserGroupFilter,
  UserGroupRequest,
  UserMetadata,
  V1DynamicRequest,
  V1ExecuteRequest,
  V1Identifier,
  V1InputSet,
  V1InputSetRequest,
  V1Inputs,
  V1InputsSchema,
  V1Organization,
  V1OrganizationRequest,
  V1Pipeline,
  V1PipelinePatch,
  V1PipelineRequest,
  V1PipelineSummary,
  V1Project,
  V1ProjectRequest,
  V1StagesRequest,
  V1Started,
  V1Trigger,
  V1TriggerRequest,
  V1Validation,
  VariableRequest,
  VariableResponse,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookEventProcessingDetails,
  WebhookRequest,
  WebhookSecretRotation,
  WebhookWithSecret,
} from './schemas.ts';

/** What is sent to each path, and `data` of what comes back. */
export interface Paths {
  readonly '/audit/api/auditYaml': {
    /** What something was before a change, and after it. */
    readonly GET: {
      readonly query: {
        readonly auditId: string;
      };
      readonly data: AuditYaml;
    };
  };
  readonly '/audit/api/audits/list': {
    /** Who changed what, newest first. */
    readonly POST: {
      readonly query?: {
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
      };
      readonly body: AuditFilter;
      readonly data: {
        readonly content: readonly AuditEvent[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/authz/api/acl': {
    /** Whether one may. */
    readonly POST: {
      readonly body: AccessCheckRequest;
      readonly data: AccessCheckResponse;
    };
  };
  readonly '/authz/api/permissions': {
    /** What one may be allowed to do. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly scopeFilterDisabled?: boolean | undefined;
      };
      readonly data: readonly PermissionResponse[];
    };
  };
  readonly '/authz/api/permissions/resourcetypes': {
    /** What permissions are about. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/authz/api/roleassignments': {
    /** List what was given in a scope. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
      };
      readonly data: {
        readonly content: readonly RoleAssignmentResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Give somebody a role. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: RoleAssignmentRequest;
      readonly data: RoleAssignmentResponse;
    };
  };
  readonly '/authz/api/roleassignments/filter': {
    /** List what was given in a scope, filtered. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
      };
      readonly body: RoleAssignmentFilter;
      readonly data: {
        readonly content: readonly RoleAssignmentResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/authz/api/roleassignments/multi': {
    /** Give several at once; all or none. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: {
        readonly roleAssignments: readonly RoleAssignmentRequest[];
      };
      readonly data: readonly RoleAssignmentResponse[];
    };
  };
  readonly '/authz/api/roleassignments/{identifier}': {
    /** One thing that was given. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: RoleAssignmentResponse;
    };
    /** Take a role away again. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: RoleAssignmentResponse;
    };
  };
  readonly '/authz/api/roles': {
    /** List the roles of a scope, the built-in ones first. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly RoleResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Make a role. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: RoleRequest;
      readonly data: RoleResponse;
    };
  };
  readonly '/authz/api/roles/{identifier}': {
    /** A role. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: RoleResponse;
    };
    /** Change a role. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: RoleRequest;
      readonly data: RoleResponse;
    };
    /** Delete a role; whoever has it loses it. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: RoleResponse;
    };
  };
  readonly '/bridle/api/delegates': {
    /** List delegates. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly DelegateSummary[];
    };
  };
  readonly '/bridle/api/events': {
    /** What happens, live. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** One or several, joined by commas. */
        readonly pipelineIdentifier?: string | undefined;
        /** Everything about this execution, from its start on; ends with it. */
        readonly planExecutionId?: string | undefined;
        /** One or several, joined by commas; `execution.*` for all that begin so. */
        readonly type?: string | undefined;
        /** As the header Last-Event-ID, for those who cannot set it. */
        readonly lastEventId?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/artifacts': {
    /** The build artifacts of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly data: {
        readonly artifacts: readonly {
          readonly id: string;
          /** The step that left it. */
          readonly nodeExecutionId: string;
          /** A relative path with forward slashes. */
          readonly name: string;
          readonly bytes: number;
          /** Of its content, in hexadecimal digits. */
          readonly sha256: string;
          readonly createdAt: number;
          /** From then on it is gone. */
          readonly expiresAt: number;
        }[];
      };
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/artifacts/{artifactId}/content': {
    /** A build artifact, byte for byte. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
        readonly artifactId: string;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/events': {
    /** Changes of an execution, live. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        /** As the header Last-Event-ID, for those who cannot set it. */
        readonly lastEventId?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/log/search': {
    /** Search in all logs of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query: {
        readonly query: string;
        /** The query is a pattern in the syntax of RE2. */
        readonly regex?: boolean | undefined;
        readonly caseSensitive?: boolean | undefined;
        readonly limit?: number | undefined;
        /** `cursor` of the answer before. */
        readonly cursor?: string | undefined;
      };
      readonly data: LogSearchAnswer;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/nodes/{nodeExecutionId}/log': {
    /** The log of a step, live. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly query?: {
        /** As the header Last-Event-ID, for those who cannot set it. */
        readonly lastEventId?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/nodes/{nodeExecutionId}/log/download': {
    /** The log of a step as a file. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly query?: {
        readonly format?: 'text' | 'ansi' | 'ndjson' | (string & {}) | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/nodes/{nodeExecutionId}/log/raw': {
    /** The log of a step, byte for byte. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/nodes/{nodeExecutionId}/log/search': {
    /** Search in the log of a step. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly query: {
        readonly query: string;
        /** The query is a pattern in the syntax of RE2. */
        readonly regex?: boolean | undefined;
        readonly caseSensitive?: boolean | undefined;
        readonly limit?: number | undefined;
        /** `cursor` of the answer before. */
        readonly cursor?: string | undefined;
      };
      readonly data: LogSearchAnswer;
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/tests': {
    /** The tests of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly nodeExecutionId?: string | undefined;
        readonly suite?: string | undefined;
        /** One or several of passed, failed, error and skipped, joined by commas. */
        readonly status?: string | undefined;
        /** True = only flaky ones. */
        readonly flaky?: boolean | undefined;
        /** Part of suite, class or name, in any case. */
        readonly searchTerm?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
      };
      readonly data: {
        readonly total: number;
        readonly tests: readonly {
          /** The step that reported it. */
          readonly nodeExecutionId: string;
          /** 0-based, among the tests of the step. */
          readonly position: number;
          readonly suite: string;
          readonly className: string;
          readonly name: string;
          readonly status: 'passed' | 'failed' | 'error' | 'skipped' | (string & {});
          readonly durationMs: number;
          readonly file?: string | undefined;
          readonly message?: string | undefined;
          readonly details?: string | undefined;
          readonly isFlaky: boolean;
        }[];
      };
    };
  };
  readonly '/bridle/api/executions/{planExecutionId}/tests/summary': {
    /** How the tests of an execution went. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly data: {
        readonly totals: {
          readonly tests: number;
          readonly passed: number;
          readonly failed: number;
          readonly errors: number;
          readonly skipped: number;
          /** Of these, how many have both passed and failed on the same commit. */
          readonly flaky: number;
          readonly durationMs: number;
        };
        readonly suites: readonly {
          readonly nodeExecutionId: string;
          readonly suite: string;
          readonly tests: number;
          readonly passed: number;
          readonly failed: number;
          readonly errors: number;
          readonly skipped: number;
          /** Of these, how many have both passed and failed on the same commit. */
          readonly flaky: number;
          readonly durationMs: number;
        }[];
      };
    };
  };
  readonly '/bridle/api/openid/return': {
    /** Back from the provider of OpenID Connect. */
    readonly GET: {
      readonly data: unknown;
    };
  };
  readonly '/bridle/api/openid/start': {
    /** Sign in by the provider of OpenID Connect. */
    readonly GET: {
      readonly query?: {
        readonly to?: string | undefined;
      };
      readonly data: unknown;
    };
  };
  readonly '/bridle/api/pipelines/validate': {
    /** All diagnostics of a pipeline text, for editors; with a project those of its templates too. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: DiagnosticsResponse;
    };
  };
  readonly '/bridle/api/pipelines/{pipelineIdentifier}/versions': {
    /** List the versions of a pipeline, newest first. */
    readonly GET: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
      };
      readonly data: {
        readonly content: readonly PipelineVersion[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/bridle/api/pipelines/{pipelineIdentifier}/versions/{version}': {
    /** Read a version of a pipeline. */
    readonly GET: {
      readonly path: {
        readonly pipelineIdentifier: string;
        readonly version: number;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: PipelineVersionText;
    };
  };
  readonly '/bridle/api/pipelines/{pipelineIdentifier}/versions/{version}/diff': {
    /** What a version of a pipeline changed, line by line and element by element. */
    readonly GET: {
      readonly path: {
        readonly pipelineIdentifier: string;
        readonly version: number;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        /** The version to compare with; absent = the one before. */
        readonly from?: number | undefined;
      };
      readonly data: PipelineVersionDiff;
    };
  };
  readonly '/bridle/api/pipelines/{pipelineIdentifier}/versions/{version}/restore': {
    /** Save the text of an earlier version again, as a new version. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
        readonly version: number;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: PipelineVersionText;
    };
  };
  readonly '/bridle/api/projects/{orgIdentifier}/{projectIdentifier}/events': {
    /** What happens in a project, live. */
    readonly GET: {
      readonly path: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: string;
    };
  };
  readonly '/bridle/api/session': {
    /** Who is signed in. */
    readonly GET: {
      readonly data: SessionResponse;
    };
    /** Sign in a browser. */
    readonly POST: {
      readonly body: SignInRequest;
      readonly data: SessionResponse;
    };
    /** Sign out. */
    readonly DELETE: {
      readonly data: SignOutResponse;
    };
  };
  readonly '/bridle/api/sessions': {
    /** Browsers in which the caller is signed in. */
    readonly GET: {
      readonly data: readonly BrowserSession[];
    };
    /** Sign out everywhere. */
    readonly DELETE: {
      readonly query?: {
        readonly keepCurrent?: boolean | undefined;
      };
      readonly data: number;
    };
  };
  readonly '/bridle/api/sessions/{sessionId}': {
    /** Sign one browser out. */
    readonly DELETE: {
      readonly path: {
        readonly sessionId: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/bridle/api/sign-in': {
    /** Ways to sign in. */
    readonly GET: {
      readonly data: SignInWays;
    };
  };
  readonly '/bridle/api/users/{userId}/one-time-password': {
    /** Give a user a one-time password. */
    readonly POST: {
      readonly path: {
        readonly userId: string;
      };
      readonly data: OneTimePassword;
    };
  };
  readonly '/bridle/api/users/{userId}/sessions': {
    /** Sign a user out everywhere. */
    readonly DELETE: {
      readonly path: {
        readonly userId: string;
      };
      readonly data: number;
    };
  };
  readonly '/bridle/api/users/{userId}/sign-in-link': {
    /** Invite a user by a sign-in link. */
    readonly POST: {
      readonly path: {
        readonly userId: string;
      };
      readonly body: SignInLinkRequest;
      readonly data: SignInLink;
    };
  };
  readonly '/bridle/api/users/{userId}/status': {
    /** Disable a user, or enable them again. */
    readonly PUT: {
      readonly path: {
        readonly userId: string;
      };
      readonly query: {
        readonly enabled: boolean;
      };
      readonly data: UserMetadata;
    };
  };
  readonly '/bridle/api/webhooks': {
    /** The webhooks of the account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly Webhook[];
    };
    /** Create a webhook: it is called for what happens from now on. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: WebhookRequest;
      readonly data: WebhookWithSecret;
    };
  };
  readonly '/bridle/api/webhooks/{webhookId}': {
    /** A webhook. */
    readonly GET: {
      readonly path: {
        readonly webhookId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: Webhook;
    };
    /** Change, enable or disable a webhook. */
    readonly PUT: {
      readonly path: {
        readonly webhookId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: WebhookRequest;
      readonly data: Webhook;
    };
    /** Delete a webhook, with what was and is to be sent to it. */
    readonly DELETE: {
      readonly path: {
        readonly webhookId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/bridle/api/webhooks/{webhookId}/deliveries': {
    /** What was sent to a webhook, newest first; kept for two weeks. */
    readonly GET: {
      readonly path: {
        readonly webhookId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly state?: 'pending' | 'delivered' | 'failed' | (string & {}) | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
      };
      readonly data: {
        readonly content: readonly WebhookDelivery[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/bridle/api/webhooks/{webhookId}/deliveries/{deliveryId}': {
    /** A delivery with every attempt. */
    readonly GET: {
      readonly path: {
        readonly webhookId: string;
        readonly deliveryId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: WebhookDeliveryDetails;
    };
  };
  readonly '/bridle/api/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver': {
    /** Send a delivery once more, now. */
    readonly POST: {
      readonly path: {
        readonly webhookId: string;
        readonly deliveryId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: WebhookDeliveryDetails;
    };
  };
  readonly '/bridle/api/webhooks/{webhookId}/rotate-secret': {
    /** Give a webhook a new secret. */
    readonly POST: {
      readonly path: {
        readonly webhookId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: WebhookSecretRotation;
      readonly data: WebhookWithSecret;
    };
  };
  readonly '/bridle/api/webhooks/{webhookId}/test': {
    /** Call a webhook with an event of type `test`, once. */
    readonly POST: {
      readonly path: {
        readonly webhookId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: WebhookDeliveryDetails;
    };
  };
  readonly '/healthz': {
    /** The process lives. */
    readonly GET: {
      readonly data: {
        readonly status: string;
      };
    };
  };
  readonly '/log-service/blob': {
    /** A finished log: one JSON object per line. */
    readonly GET: {
      readonly query: {
        readonly key: string;
      };
      readonly data: string;
    };
    /** Refused: logs are written by the delegate that runs the step. */
    readonly POST: {
      readonly data: unknown;
    };
    /** Refused: logs are written by the delegate that runs the step. */
    readonly DELETE: {
      readonly data: unknown;
    };
  };
  readonly '/log-service/blob/bundle/logs.zip': {
    /** What a download link leads to. */
    readonly GET: {
      readonly query: {
        readonly grant: string;
      };
      readonly data: string;
    };
  };
  readonly '/log-service/blob/download': {
    /** A link to an archive of all logs below a prefix. */
    readonly POST: {
      readonly query?: {
        readonly prefix?: string | undefined;
      };
      readonly data: LogDownload;
    };
  };
  readonly '/log-service/blob/exists': {
    /** Whether a finished log is stored. */
    readonly GET: {
      readonly query: {
        readonly key: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/log-service/blob/link/download': {
    /** A link to a finished log that needs no key. */
    readonly POST: {
      readonly query: {
        readonly key: string;
      };
      readonly data: LogLink;
    };
  };
  readonly '/log-service/blob/link/upload': {
    /** Refused: logs are written by the delegate that runs the step. */
    readonly POST: {
      readonly data: unknown;
    };
  };
  readonly '/log-service/blob/shared/log.jsonl': {
    /** What a link to a log leads to. */
    readonly GET: {
      readonly query: {
        readonly grant: string;
      };
      readonly data: string;
    };
  };
  readonly '/log-service/healthz': {
    /** Whether the log service answers. */
    readonly GET: {
      readonly data: string;
    };
  };
  readonly '/log-service/info/stream': {
    /** The logs that are being written, of pipelines that the caller may view. */
    readonly GET: {
      readonly data: LogStreams;
    };
  };
  readonly '/log-service/rca': {
    /** Refused: no language model reads logs here. */
    readonly POST: {
      readonly data: unknown;
    };
  };
  readonly '/log-service/stream': {
    /** The lines of a log that is being written. */
    readonly GET: {
      readonly query: {
        readonly key: string;
      };
      readonly data: string;
    };
    /** Refused: logs are written by the delegate that runs the step. */
    readonly POST: {
      readonly data: unknown;
    };
    /** Refused: logs are written by the delegate that runs the step. */
    readonly PUT: {
      readonly data: unknown;
    };
    /** Refused: logs are written by the delegate that runs the step. */
    readonly DELETE: {
      readonly data: unknown;
    };
  };
  readonly '/log-service/stream/info': {
    /** The logs that are being written, of pipelines that the caller may view. */
    readonly GET: {
      readonly data: LogStreams;
    };
  };
  readonly '/log-service/token': {
    /** A token for the log service, valid for 48 hours. */
    readonly GET: {
      readonly data: string;
    };
  };
  readonly '/ng/api/accounts/{accountIdentifier}': {
    /** An account. */
    readonly GET: {
      readonly path: {
        readonly accountIdentifier: string;
      };
      readonly data: AccountResponse;
    };
  };
  readonly '/ng/api/aggregate/organizations': {
    /** List organizations with their people and how much they have. */
    readonly GET: {
      readonly query?: {
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        /** `name,ASC`; a field that is not known is passed over. */
        readonly sortOrders?: readonly string[] | undefined;
      };
      readonly data: {
        readonly content: readonly OrganizationAggregate[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/aggregate/organizations/{identifier}': {
    /** An organization with its people and how much it has. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly data: OrganizationAggregate;
    };
  };
  readonly '/ng/api/aggregate/projects': {
    /** List projects with their organizations and people. */
    readonly GET: {
      readonly query?: {
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        /** `name,ASC`; a field that is not known is passed over. */
        readonly sortOrders?: readonly string[] | undefined;
        /** false: those that are not for moduleType. Default true. */
        readonly hasModule?: boolean | undefined;
        readonly moduleType?: string | undefined;
        readonly orgIdentifier?: string | undefined;
      };
      readonly data: {
        readonly content: readonly ProjectAggregate[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/aggregate/projects/{identifier}': {
    /** A project with its organization and people. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
      };
      readonly data: ProjectAggregate;
    };
  };
  readonly '/ng/api/apikey': {
    /** List the API keys of a user or a service account. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
        readonly identifiers?: readonly string[] | undefined;
      };
      readonly data: readonly ApiKey[];
    };
    /** Make an API key: a container of tokens. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ApiKeyRequest;
      readonly data: ApiKey;
    };
  };
  readonly '/ng/api/apikey/aggregate': {
    /** List API keys with how many tokens they hold. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
      };
      readonly data: {
        readonly content: readonly ApiKeyAggregate[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/apikey/aggregate/{identifier}': {
    /** An API key with how many tokens it holds. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
      };
      readonly data: ApiKeyAggregate;
    };
  };
  readonly '/ng/api/apikey/{identifier}': {
    /** Change what an API key is called. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ApiKeyRequest;
      readonly data: ApiKey;
    };
    /** Delete an API key with its tokens. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/connectors': {
    /** Create a connector. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: ConnectorResponse;
    };
    /** Change a connector: the one that the document names. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: ConnectorResponse;
    };
    /** List connectors of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
        readonly type?: string | undefined;
        readonly category?: string | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllConnectorsAvailableAtScope?: boolean | undefined;
      };
      readonly data: {
        readonly content: readonly ConnectorResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/connectors/catalogue': {
    /** The types of connectors that steps can use. */
    readonly GET: {
      readonly data: ConnectorCatalogue;
    };
  };
  readonly '/ng/api/connectors/listV2': {
    /** List connectors of an account, an organization or a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
        readonly type?: string | undefined;
        readonly category?: string | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllConnectorsAvailableAtScope?: boolean | undefined;
      };
      readonly body: ConnectorFilter;
      readonly data: {
        readonly content: readonly ConnectorResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/connectors/testConnection/{identifier}': {
    /** Test a connector from a delegate that serves it. */
    readonly POST: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** The repository to ask for, where a connector is of a whole account. */
        readonly repoURL?: string | undefined;
      };
      readonly data: ConnectorTestResult;
    };
  };
  readonly '/ng/api/connectors/{identifier}': {
    /** A connector; its secrets are references. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ConnectorResponse;
    };
    /** Delete a connector; steps that use it fail from then on. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly forceDelete?: boolean | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/delegate-setup/listDelegates': {
    /** List the delegates that belong to an account, an organization or a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly all?: boolean | undefined;
      };
      readonly body: DelegateFilter;
      readonly data: readonly DelegateListItem[];
    };
  };
  readonly '/ng/api/delegate-token-ng': {
    /** List the delegate tokens of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly name?: string | undefined;
        readonly status?: 'ACTIVE' | 'REVOKED' | (string & {}) | undefined;
      };
      readonly data: readonly DelegateTokenDetails[];
    };
    /** Make a delegate token. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly tokenName: string;
        /** Epoch milliseconds. */
        readonly revokeAfter?: number | undefined;
      };
      readonly data: DelegateTokenDetails;
    };
    /** Revoke a delegate token. */
    readonly PUT: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly tokenName: string;
      };
      readonly data: DelegateTokenDetails;
    };
    /** Delete a revoked delegate token. */
    readonly DELETE: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly tokenName: string;
      };
      readonly data: DelegateTokenDetails;
    };
  };
  readonly '/ng/api/delegate-token-ng/delegate-groups': {
    /** The delegates that registered with a token. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly delegateTokenName?: string | undefined;
      };
      readonly data: DelegateGroups;
    };
  };
  readonly '/ng/api/environmentsV2': {
    /** Create an environment. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: EnvironmentRequest;
      readonly data: EnvironmentResponse;
    };
    /** Change an environment. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: EnvironmentRequest;
      readonly data: EnvironmentResponse;
    };
    /** List environments of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: {
        readonly content: readonly EnvironmentResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/environmentsV2/list/access': {
    /** List environments to choose from. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
      };
      readonly data: readonly EnvironmentResponse[];
    };
  };
  readonly '/ng/api/environmentsV2/listV2': {
    /** List environments by a filter. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
      };
      readonly body: EnvironmentFilter;
      readonly data: {
        readonly content: readonly EnvironmentResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/environmentsV2/upsert': {
    /** Change an environment, or create it. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: EnvironmentRequest;
      readonly data: EnvironmentResponse;
    };
  };
  readonly '/ng/api/environmentsV2/{identifier}': {
    /** Read an environment. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: EnvironmentResponse;
    };
    /** Delete an environment; executions that run are not concerned. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/file-store': {
    /** List stored files and folders. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
      };
      readonly data: {
        readonly content: readonly StoredFile[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Store a file or make a folder: multipart/form-data with name, type, parentIdentifier and content. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: StoredFile;
    };
  };
  readonly '/ng/api/file-store/files/{identifier}/download': {
    /** The content of a stored file, byte for byte. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/ng/api/file-store/folder': {
    /** A folder, and what is directly in it. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: FolderRequest;
      readonly data: FolderNode;
    };
  };
  readonly '/ng/api/file-store/{identifier}': {
    /** A stored file or folder. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: StoredFile;
    };
    /** Delete a stored file, or a folder with all that is in it. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly forceDelete?: boolean | undefined;
      };
      readonly data: boolean;
    };
    /** Change a stored file or folder; without a content the one that is there stays. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: StoredFile;
    };
  };
  readonly '/ng/api/filters': {
    /** Keep a filter of a list. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: SavedFilterRequest;
      readonly data: SavedFilter;
    };
    /** Change a kept filter: the one that the body names. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: SavedFilterRequest;
      readonly data: SavedFilter;
    };
    /** List kept filters: those of everybody and the caller’s own. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly SavedFilter[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/filters/{identifier}': {
    /** Delete a kept filter. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
      };
      readonly data: boolean;
    };
    /** A kept filter. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
      };
      readonly data: SavedFilter;
    };
  };
  readonly '/ng/api/infrastructures': {
    /** Create an infrastructure. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: InfrastructureRequest;
      readonly data: InfrastructureResponse;
    };
    /** Change an infrastructure. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: InfrastructureRequest;
      readonly data: InfrastructureResponse;
    };
    /** List infrastructures of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: {
        readonly content: readonly InfrastructureResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/infrastructures/upsert': {
    /** Change an infrastructure, or create it. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: InfrastructureRequest;
      readonly data: InfrastructureResponse;
    };
  };
  readonly '/ng/api/infrastructures/{identifier}': {
    /** Read an infrastructure. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** The environment it belongs to; required. */
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: InfrastructureResponse;
    };
    /** Delete an infrastructure; executions that run are not concerned. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** The environment it belongs to; required. */
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/licenses/account': {
    /** Licenses of an account: there are none to have. */
    readonly GET: {
      readonly data: AccountLicenses;
    };
  };
  readonly '/ng/api/organizations': {
    /** List organizations. */
    readonly GET: {
      readonly query?: {
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        /** `name,ASC`; a field that is not known is passed over. */
        readonly sortOrders?: readonly string[] | undefined;
      };
      readonly data: {
        readonly content: readonly OrganizationResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Create an organization. */
    readonly POST: {
      readonly body: {
        readonly organization: {
          readonly identifier: string;
          readonly name: string;
          readonly description?: string | undefined;
          readonly tags?: Readonly<Record<string, string>> | undefined;
        };
      };
      readonly data: OrganizationResponse;
    };
  };
  readonly '/ng/api/organizations/all-organizations': {
    /** List organizations without pages. */
    readonly GET: {
      readonly query?: {
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
      };
      readonly data: readonly OrganizationResponse[];
    };
  };
  readonly '/ng/api/organizations/{identifier}': {
    /** An organization. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly data: OrganizationResponse;
    };
    /** Change an organization. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly body: {
        readonly organization: {
          readonly identifier: string;
          readonly name: string;
          readonly description?: string | undefined;
          readonly tags?: Readonly<Record<string, string>> | undefined;
        };
      };
      readonly data: OrganizationResponse;
    };
    /** Delete an organization with its projects; what was run in them is kept. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/projects': {
    /** List projects, of one organization or of all. */
    readonly GET: {
      readonly query?: {
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        /** `name,ASC`; a field that is not known is passed over. */
        readonly sortOrders?: readonly string[] | undefined;
        /** false: those that are not for moduleType. Default true. */
        readonly hasModule?: boolean | undefined;
        readonly moduleType?: string | undefined;
        readonly orgIdentifier?: string | undefined;
      };
      readonly data: {
        readonly content: readonly ProjectResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Create a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
      };
      readonly body: {
        readonly project: {
          readonly identifier: string;
          readonly name: string;
          readonly description?: string | undefined;
          readonly tags?: Readonly<Record<string, string>> | undefined;
          readonly orgIdentifier?: string | undefined;
          readonly color?: string | undefined;
          /** What it is for, such as CI and CD; without any: everything. */
          readonly modules?: readonly string[] | undefined;
        };
      };
      readonly data: ProjectResponse;
    };
  };
  readonly '/ng/api/projects/all-projects': {
    /** List projects without pages. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
      };
      readonly data: readonly ProjectResponse[];
    };
  };
  readonly '/ng/api/projects/list': {
    /** List projects, of several organizations or of all. */
    readonly GET: {
      readonly query?: {
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        /** `name,ASC`; a field that is not known is passed over. */
        readonly sortOrders?: readonly string[] | undefined;
        /** false: those that are not for moduleType. Default true. */
        readonly hasModule?: boolean | undefined;
        readonly moduleType?: string | undefined;
        readonly orgIdentifiers?: readonly string[] | undefined;
      };
      readonly data: {
        readonly content: readonly ProjectResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/projects/{identifier}': {
    /** A project. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
      };
      readonly data: ProjectResponse;
    };
    /** Change a project. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
      };
      readonly body: {
        readonly project: {
          readonly identifier: string;
          readonly name: string;
          readonly description?: string | undefined;
          readonly tags?: Readonly<Record<string, string>> | undefined;
          readonly orgIdentifier?: string | undefined;
          readonly color?: string | undefined;
          /** What it is for, such as CI and CD; without any: everything. */
          readonly modules?: readonly string[] | undefined;
        };
      };
      readonly data: ProjectResponse;
    };
    /** Delete a project with all that is defined in it; what was run in it is kept. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/serviceOverrides': {
    /** Create the overrides of a service in an environment. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceOverridesRequest;
      readonly data: ServiceOverridesResponse;
    };
    /** Change the overrides of a service in an environment. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceOverridesRequest;
      readonly data: ServiceOverridesResponse;
    };
  };
  readonly '/ng/api/serviceOverrides/list': {
    /** List service overrides. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly body: {
        readonly environmentRef?: string | null | undefined;
        readonly serviceRef?: string | null | undefined;
      };
      readonly data: {
        readonly content: readonly ServiceOverridesResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/serviceOverrides/upsert': {
    /** Change the overrides of a service in an environment, or create them. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceOverridesRequest;
      readonly data: ServiceOverridesResponse;
    };
  };
  readonly '/ng/api/serviceOverrides/{identifier}': {
    /** Read service overrides. */
    readonly GET: {
      readonly path: {
        /** Made of the environment and the service. */
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ServiceOverridesResponse;
    };
    /** Delete service overrides; executions that run are not concerned. */
    readonly DELETE: {
      readonly path: {
        /** Made of the environment and the service. */
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/serviceaccount': {
    /** List the service accounts of a scope. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
      };
      readonly data: readonly ServiceAccount[];
    };
    /** Make a service account. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceAccountRequest;
      readonly data: ServiceAccount;
    };
  };
  readonly '/ng/api/serviceaccount/aggregate': {
    /** List service accounts with their tokens and what they were given. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly ServiceAccountAggregate[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/serviceaccount/aggregate/{identifier}': {
    /** A service account with its tokens and what it was given. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ServiceAccountAggregate;
    };
  };
  readonly '/ng/api/serviceaccount/{identifier}': {
    /** Change a service account. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceAccountRequest;
      readonly data: ServiceAccount;
    };
    /** Delete a service account with its API keys and tokens. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/servicesV2': {
    /** Create a service. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceRequest;
      readonly data: ServiceResponse;
    };
    /** Change a service. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceRequest;
      readonly data: ServiceResponse;
    };
    /** List services of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: {
        readonly content: readonly ServiceResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/servicesV2/list/access': {
    /** List services to choose from. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly searchTerm?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
      };
      readonly data: readonly ServiceResponse[];
    };
  };
  readonly '/ng/api/servicesV2/upsert': {
    /** Change a service, or create it. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ServiceRequest;
      readonly data: ServiceResponse;
    };
  };
  readonly '/ng/api/servicesV2/{identifier}': {
    /** Read a service. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: ServiceResponse;
    };
    /** Delete a service; executions that run are not concerned. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly environmentIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/settings': {
    /** The settings that can be made in a scope, and what holds there. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly category?: string | undefined;
        readonly group?: string | undefined;
        /** Those too that can be made only in a scope above. */
        readonly includeParentScopes?: boolean | undefined;
      };
      readonly data: readonly SettingResponse[];
    };
    /** Change settings of a scope; each is done or refused by itself, and the answer says which. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: readonly SettingUpdate[];
      readonly data: readonly SettingUpdateResult[];
    };
  };
  readonly '/ng/api/settings/{identifier}': {
    /** The value of a setting that holds in a scope. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: SettingValue;
    };
  };
  readonly '/ng/api/token': {
    /** Make a token. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: TokenRequest;
      readonly data: string;
    };
  };
  readonly '/ng/api/token/aggregate': {
    /** List the tokens in an API key, or in all of a user or a service account. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
        readonly apiKeyIdentifier?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
      };
      readonly data: {
        readonly content: readonly TokenAggregate[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/token/rotate/{identifier}': {
    /** Replace a token by a new one. */
    readonly POST: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
        readonly apiKeyIdentifier: string;
        readonly rotateTimestamp?: number | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/ng/api/token/{identifier}': {
    /** Change what a token is called, and until when it is valid. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: TokenRequest;
      readonly data: TokenDetails;
    };
    /** Revoke a token. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
        /** Id of the user, identifier of the service account. */
        readonly parentIdentifier: string;
        readonly apiKeyIdentifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/user-groups': {
    /** List the user groups of a scope, that of everybody first. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly UserGroup[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Make a user group. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: UserGroupRequest;
      readonly data: UserGroup;
    };
    /** Change a user group and its members. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: UserGroupRequest;
      readonly data: UserGroup;
    };
  };
  readonly '/ng/api/user-groups/batch': {
    /** User groups by their identifiers. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: UserGroupFilter;
      readonly data: readonly UserGroup[];
    };
  };
  readonly '/ng/api/user-groups/{identifier}': {
    /** A user group. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: UserGroup;
    };
    /** Delete a user group; its members lose what it had. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: UserGroup;
    };
  };
  readonly '/ng/api/user-groups/{identifier}/member/{userIdentifier}': {
    /** Whether a user is in a group. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
        readonly userIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
    /** Put a user into a group. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
        readonly userIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: UserGroup;
    };
    /** Take a user out of a group. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
        readonly userIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: UserGroup;
    };
  };
  readonly '/ng/api/user-groups/{identifier}/users': {
    /** The users in a group. */
    readonly POST: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly UserMetadata[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/user/aggregate': {
    /** List users with what they were given in the scope. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly body: AccessFilter;
      readonly data: {
        readonly content: readonly UserAggregate[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/user/aggregate/{userId}': {
    /** A user with what they were given in the scope. */
    readonly GET: {
      readonly path: {
        readonly userId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: UserAggregate;
    };
  };
  readonly '/ng/api/user/currentUser': {
    /** The caller. */
    readonly GET: {
      readonly data: CurrentUser;
    };
  };
  readonly '/ng/api/user/password': {
    /** Choose a password. */
    readonly PUT: {
      readonly body: PasswordChangeRequest;
      readonly data: PasswordChangeResult;
    };
  };
  readonly '/ng/api/user/users': {
    /** List the users of an account, or those who belong to an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly UserMetadata[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Add users, with what they are given and the groups they are in. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: AddUsersRequest;
      readonly data: AddUsersResponse;
    };
  };
  readonly '/ng/api/user/{userId}': {
    /** Take a user out of a scope and what is below it. */
    readonly DELETE: {
      readonly path: {
        readonly userId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/usersettings': {
    /** Settings of the caller: there are none to make. */
    readonly GET: {
      readonly query?: {
        readonly category?: string | undefined;
        readonly group?: string | undefined;
      };
      readonly data: readonly SettingResponse[];
    };
  };
  readonly '/ng/api/v2/secrets': {
    /** Create a secret: a text, a reference to another manager, or an SSH key. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly privateSecret?: boolean | undefined;
      };
      readonly body: SecretRequest;
      readonly data: SecretResponse;
    };
    /** List secrets of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly type?: string | undefined;
        readonly types?: readonly string[] | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllSecretsAccessibleAtScope?: boolean | undefined;
      };
      readonly data: {
        readonly content: readonly SecretResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/v2/secrets/files': {
    /** Create a secret file: multipart/form-data with spec (the secret as JSON) and file. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly privateSecret?: boolean | undefined;
      };
      readonly data: SecretResponse;
    };
  };
  readonly '/ng/api/v2/secrets/files/{identifier}': {
    /** Change a secret file; without a file the one that is there stays. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly privateSecret?: boolean | undefined;
      };
      readonly data: SecretResponse;
    };
  };
  readonly '/ng/api/v2/secrets/list': {
    /** List secrets of an account, an organization or a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly type?: string | undefined;
        readonly types?: readonly string[] | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllSecretsAccessibleAtScope?: boolean | undefined;
      };
      readonly body: SecretFilter;
      readonly data: {
        readonly content: readonly SecretResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/v2/secrets/list/secrets': {
    /** List secrets of an account, an organization or a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
        readonly identifiers?: readonly string[] | undefined;
        readonly type?: string | undefined;
        readonly types?: readonly string[] | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllSecretsAccessibleAtScope?: boolean | undefined;
      };
      readonly body: SecretFilter;
      readonly data: {
        readonly content: readonly SecretResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/v2/secrets/yaml': {
    /** Create a secret from YAML. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly privateSecret?: boolean | undefined;
      };
      readonly body: string;
      readonly data: SecretResponse;
    };
  };
  readonly '/ng/api/v2/secrets/{identifier}': {
    /** Change a secret; without a value the one that is there stays. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly privateSecret?: boolean | undefined;
      };
      readonly body: SecretRequest;
      readonly data: SecretResponse;
    };
    /** What is known about a secret; never its value. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: SecretResponse;
    };
    /** Delete a secret; steps that use it fail from then on. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly forceDelete?: boolean | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/ng/api/v2/secrets/{identifier}/yaml': {
    /** Change a secret by YAML; without a value the one that is there stays. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly privateSecret?: boolean | undefined;
      };
      readonly body: string;
      readonly data: SecretResponse;
    };
  };
  readonly '/ng/api/variables': {
    /** Create a variable. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: VariableRequest;
      readonly data: VariableResponse;
    };
    /** Change a variable: the one that the body names. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: VariableRequest;
      readonly data: VariableResponse;
    };
    /** List variables of an account, an organization or a project. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly VariableResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/ng/api/variables/{identifier}': {
    /** Delete a variable; executions that have begun keep its value. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
    /** A variable. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: VariableResponse;
    };
  };
  readonly '/ng/api/webhook': {
    /** Trigger pipelines by an event of a Git provider. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: unknown;
      readonly data: string;
    };
  };
  readonly '/ng/api/yaml-schema': {
    /** The JSON Schema of a kind of document. */
    readonly GET: {
      readonly query: {
        readonly entityType: 'Pipelines' | 'Template' | 'InputSets' | 'OverlayInputSets' | 'Triggers' | 'Service' | 'Environment' | 'Infrastructure' | (string & {});
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly identifier?: string | undefined;
        readonly scope?: string | undefined;
      };
      readonly data: Readonly<Record<string, unknown>>;
    };
  };
  readonly '/pipeline/api/approvals/stage-yaml-snippet': {
    /** The YAML of a new Approval stage: its `spec` and `failureStrategies`. */
    readonly GET: {
      readonly query: {
        readonly approvalType: 'HarnessApproval' | 'CustomApproval' | 'JiraApproval' | 'ServiceNowApproval' | (string & {});
      };
      readonly data: string;
    };
  };
  readonly '/pipeline/api/approvals/{approvalInstanceId}': {
    /** An approval and who has answered. */
    readonly GET: {
      readonly path: {
        readonly approvalInstanceId: string;
      };
      readonly data: ApprovalInstance;
    };
  };
  readonly '/pipeline/api/approvals/{approvalInstanceId}/harness/activity': {
    /** Approve or reject. */
    readonly POST: {
      readonly path: {
        readonly approvalInstanceId: string;
      };
      readonly body: ApprovalActivityRequest;
      readonly data: ApprovalInstance;
    };
  };
  readonly '/pipeline/api/approvals/{approvalInstanceId}/harness/authorization': {
    /** Whether the caller may answer. */
    readonly GET: {
      readonly path: {
        readonly approvalInstanceId: string;
      };
      readonly data: ApprovalAuthorization;
    };
  };
  readonly '/pipeline/api/filters': {
    /** Keep a filter of a list. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: SavedFilterRequest;
      readonly data: SavedFilter;
    };
    /** Change a kept filter: the one that the body names. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: SavedFilterRequest;
      readonly data: SavedFilter;
    };
    /** List kept filters: those of everybody and the caller’s own. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly SavedFilter[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/pipeline/api/filters/{identifier}': {
    /** Delete a kept filter. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
      };
      readonly data: boolean;
    };
    /** A kept filter. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
      };
      readonly data: SavedFilter;
    };
  };
  readonly '/pipeline/api/inputSets': {
    /** List the input sets and overlays of a pipeline. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly inputSetType?: 'ALL' | 'INPUT_SET' | 'OVERLAY_INPUT_SET' | (string & {}) | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly InputSetSummary[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Create an input set. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: string;
      readonly data: InputSetResponse;
    };
  };
  readonly '/pipeline/api/inputSets/import/{inputSetIdentifier}': {
    /** Import an input set from Git: refused, there is no Git storage. */
    readonly POST: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/inputSets/merge': {
    /** Merge input sets and overlays in their order: the later one wins per input. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: InputSetMergeRequest;
      readonly data: InputSetMergeResponse;
    };
  };
  readonly '/pipeline/api/inputSets/merge-for-rerun': {
    /** Merge the inputs that an execution had with input sets, for running it again. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
        /** The execution whose inputs are the ground. */
        readonly planExecutionId?: string | undefined;
      };
      readonly body: InputSetMergeRequest;
      readonly data: InputSetMergeResponse;
    };
  };
  readonly '/pipeline/api/inputSets/merge-input-for-execution': {
    /** Merge input sets and supplied inputs as a run would; with an execution on top of the inputs it had. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
        /** The execution whose inputs are the ground. */
        readonly planExecutionId?: string | undefined;
      };
      readonly body: InputSetMergeRequest;
      readonly data: InputSetMergeResponse;
    };
  };
  readonly '/pipeline/api/inputSets/mergeWithTemplateYaml': {
    /** Merge input sets with inputs that were supplied by hand and win over them. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: {
        readonly inputSetReferences?: (readonly string[]) | null | undefined;
        readonly withMergedPipelineYaml?: boolean | null | undefined;
        readonly stageIdentifiers?: (readonly string[]) | null | undefined;
        readonly lastYamlToMerge?: string | null | undefined;
        readonly runtimeInputYaml?: string | null | undefined;
      };
      readonly data: InputSetMergeResponse;
    };
  };
  readonly '/pipeline/api/inputSets/move-config/{inputSetIdentifier}': {
    /** Move an input set to Git: refused, there is no Git storage. */
    readonly POST: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/inputSets/overlay': {
    /** Create an overlay. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: string;
      readonly data: OverlayInputSetResponse;
    };
  };
  readonly '/pipeline/api/inputSets/overlay/{inputSetIdentifier}': {
    /** Read an overlay. */
    readonly GET: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: OverlayInputSetResponse;
    };
    /** Change an overlay. */
    readonly PUT: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: string;
      readonly data: OverlayInputSetResponse;
    };
  };
  readonly '/pipeline/api/inputSets/sanitise': {
    /** Save an input set or overlay without the parts that do not fit any more. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
        readonly inputSetIdentifier: string;
      };
      readonly data: InputSetSanitised;
    };
  };
  readonly '/pipeline/api/inputSets/template': {
    /** Template of the runtime inputs of a pipeline, those of its templates included. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: {
        readonly stageIdentifiers?: (readonly string[]) | null | undefined;
      };
      readonly data: InputSetTemplate;
    };
  };
  readonly '/pipeline/api/inputSets/{inputSetIdentifier}': {
    /** Read an input set. */
    readonly GET: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: InputSetResponse;
    };
    /** Change an input set. */
    readonly PUT: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly body: string;
      readonly data: InputSetResponse;
    };
    /** Delete an input set or an overlay; executions that were started with it are not concerned. */
    readonly DELETE: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/pipeline/api/inputSets/{inputSetIdentifier}/sanitise': {
    /** Save an input set or overlay without the parts that do not fit any more. */
    readonly POST: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: InputSetSanitised;
    };
  };
  readonly '/pipeline/api/inputSets/{inputSetIdentifier}/yaml-diff': {
    /** An input set or overlay beside what is left of it without the parts that do not fit any more. */
    readonly GET: {
      readonly path: {
        readonly inputSetIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: InputSetYamlDiff;
    };
  };
  readonly '/pipeline/api/pipeline/execute/debug/v2/{originalExecutionId}/{pipelineIdentifier}': {
    /** Run an execution again with shells held open: refused. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipeline/execute/debug/{originalExecutionId}/{pipelineIdentifier}': {
    /** Run an execution again with shells held open: refused. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipeline/execute/debug/{originalExecutionId}/{pipelineIdentifier}/inputSetList': {
    /** Run an execution again with shells held open: refused. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipeline/execute/debug/{originalExecutionId}/{pipelineIdentifier}/stages': {
    /** Run an execution again with shells held open: refused. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipeline/execute/getPreflightCheckResponse': {
    /** What a check before a run has found. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly preflightCheckId: string;
      };
      readonly data: PreflightCheck;
    };
  };
  readonly '/pipeline/api/pipeline/execute/interrupt/{planExecutionId}': {
    /** Abort, expire, pause or resume an execution. */
    readonly PUT: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly interruptType: string;
      };
      readonly data: InterruptResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/interrupt/{planExecutionId}/{nodeExecutionId}': {
    /** Abort at one node, mark it, or decide about it. */
    readonly PUT: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly interruptType: string;
      };
      readonly data: InterruptResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/latestExecutionId/{planExecutionId}': {
    /** The newest execution of a chain of retries. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: LatestExecution;
    };
  };
  readonly '/pipeline/api/pipeline/execute/manualIntervention/interrupt/{planExecutionId}/{nodeExecutionId}': {
    /** Answer a node that waits for an intervention. */
    readonly PUT: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly interruptType: string;
      };
      readonly data: InterruptResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/postExecutionRollback/{planExecutionId}': {
    /** Roll stages back after the end of an execution: refused. */
    readonly POST: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly stageNodeExecutionIds?: readonly string[] | undefined;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipeline/execute/preflightCheck': {
    /** Check the inputs and connectors of a run, without starting it. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
        readonly inputSetIdentifiers?: readonly string[] | undefined;
      };
      readonly body: string;
      readonly data: string;
    };
  };
  readonly '/pipeline/api/pipeline/execute/rerun/v2/{originalExecutionId}/{pipelineIdentifier}': {
    /** Run a pipeline again; without a body with the inputs it had. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
      };
      readonly body: string;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/rerun/{originalExecutionId}/{pipelineIdentifier}': {
    /** Run a pipeline again; without a body with the inputs it had. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
      };
      readonly body: string;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/rerun/{originalExecutionId}/{pipelineIdentifier}/inputSetList': {
    /** Run a pipeline again with input sets and overlays, merged in their order. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
      };
      readonly body: InputSetMergeRequest;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/rerun/{originalExecutionId}/{pipelineIdentifier}/stages': {
    /** Run some stages of a pipeline again. */
    readonly POST: {
      readonly path: {
        readonly originalExecutionId: string;
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
      };
      readonly body: StageExecutionRequest;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/retry/{pipelineIdentifier}': {
    /** Run an execution again from a stage, with what its earlier stages have given. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly planExecutionId: string;
        /** Stages of one group; none = the first that failed. */
        readonly retryStages?: readonly string[] | undefined;
        /** false = of stages side by side only those that failed. */
        readonly runAllStages?: boolean | undefined;
        readonly moduleType?: string | undefined;
      };
      readonly body: string;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/retry/{planExecutionId}': {
    /** Run an execution again from its first failed stage. */
    readonly PUT: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/retryHistory/{planExecutionId}': {
    /** All executions of a chain of retries, newest first. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: RetryHistory;
    };
  };
  readonly '/pipeline/api/pipeline/execute/stagesExecutionList': {
    /** The stages of a pipeline, for a run of some of them. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: readonly StageExecution[];
    };
  };
  readonly '/pipeline/api/pipeline/execute/{pipelineIdentifier}': {
    /** Run a pipeline. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
        /** Kept with the execution. */
        readonly notesForPipelineExecution?: string | undefined;
        /** Input sets and overlays, merged in this order below the body. */
        readonly inputSetIdentifiers?: readonly string[] | undefined;
      };
      readonly body: string;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/{pipelineIdentifier}/inputSetList': {
    /** Run a pipeline with input sets and overlays, merged in their order. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
        /** Kept with the execution. */
        readonly notesForPipelineExecution?: string | undefined;
      };
      readonly body: InputSetMergeRequest;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/{pipelineIdentifier}/stages': {
    /** Run some stages of a pipeline. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
        /** Kept with the execution. */
        readonly notesForPipelineExecution?: string | undefined;
      };
      readonly body: StageExecutionRequest;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/{pipelineIdentifier}/v2': {
    /** Run a pipeline. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly moduleType?: string | undefined;
        /** Kept with the execution. */
        readonly notesForPipelineExecution?: string | undefined;
        /** Input sets and overlays, merged in this order below the body. */
        readonly inputSetIdentifiers?: readonly string[] | undefined;
      };
      readonly body: string;
      readonly data: PlanExecutionResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/{planExecutionId}/executionInput/{nodeExecutionId}': {
    /** What a node waits for. */
    readonly GET: {
      readonly path: {
        readonly nodeExecutionId: string;
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionInputResponse;
    };
    /** Give a node the inputs it waits for. */
    readonly POST: {
      readonly path: {
        readonly nodeExecutionId: string;
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: ExecutionInputResponse;
    };
  };
  readonly '/pipeline/api/pipeline/execute/{planExecutionId}/retryStages': {
    /** The stages a retry may begin with. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: RetryStages;
    };
  };
  readonly '/pipeline/api/pipeline/executionInput/{nodeExecutionId}': {
    /** What a node waits for. */
    readonly GET: {
      readonly path: {
        readonly nodeExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionInputResponse;
    };
    /** Give a node the inputs it waits for. */
    readonly POST: {
      readonly path: {
        readonly nodeExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: ExecutionInputResponse;
    };
  };
  readonly '/pipeline/api/pipelines': {
    /** Create a pipeline. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly body: string;
      readonly data: string;
    };
  };
  readonly '/pipeline/api/pipelines/clone': {
    /** Copy a pipeline under another identifier, into the same project or another. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: PipelineCloneRequest;
      readonly data: PipelineSaveResponse;
    };
  };
  readonly '/pipeline/api/pipelines/execution/executionSummary': {
    /** List the ids of executions and how they stand, newest first. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly sort?: readonly string[] | undefined;
        readonly searchTerm?: string | undefined;
        readonly status?: readonly string[] | undefined;
        readonly myDeployments?: boolean | undefined;
        /** Also those that were retried; without it the newest of a chain of retries stands for it. */
        readonly showAllExecutions?: boolean | undefined;
        readonly module?: string | undefined;
        /** Of the code that was built; of a pull request: where it goes to. Not of the YAML. */
        readonly branch?: string | undefined;
        /** Of the code that was built, with or without its owner. */
        readonly repoName?: string | undefined;
        /** Changes nothing: all stages are given. */
        readonly getTopKStages?: number | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
      };
      readonly body: ExecutionFilter;
      readonly data: {
        readonly content: readonly ExecutionIdentifierSummary[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/pipeline/api/pipelines/execution/getExecutionGraph/{planExecutionId}': {
    /** The whole graph of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionGraph;
    };
  };
  readonly '/pipeline/api/pipelines/execution/list-branches': {
    /** Branches that pipelines are kept in: none, there is no Git storage. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
        readonly repoName?: string | undefined;
      };
      readonly data: BranchList;
    };
  };
  readonly '/pipeline/api/pipelines/execution/list-repositories': {
    /** Repositories that pipelines are kept in: none, there is no Git storage. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: RepositoryList;
    };
  };
  readonly '/pipeline/api/pipelines/execution/subGraph/{planExecutionId}/{nodeExecutionId}': {
    /** The graph of a node of an execution and of what is below it. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
        readonly nodeExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: NodeSubGraph;
    };
  };
  readonly '/pipeline/api/pipelines/execution/summary': {
    /** List executions, newest first. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly sort?: readonly string[] | undefined;
        readonly searchTerm?: string | undefined;
        readonly status?: readonly string[] | undefined;
        readonly myDeployments?: boolean | undefined;
        /** Also those that were retried; without it the newest of a chain of retries stands for it. */
        readonly showAllExecutions?: boolean | undefined;
        readonly module?: string | undefined;
        /** Of the code that was built; of a pull request: where it goes to. Not of the YAML. */
        readonly branch?: string | undefined;
        /** Of the code that was built, with or without its owner. */
        readonly repoName?: string | undefined;
        /** Changes nothing: all stages are given. */
        readonly getTopKStages?: number | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
      };
      readonly body: ExecutionFilter;
      readonly data: {
        readonly content: readonly PipelineExecutionSummary[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/pipeline/api/pipelines/execution/summary/outline': {
    /** List executions without their stages, newest first, from the last one seen on. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly sort?: readonly string[] | undefined;
        readonly searchTerm?: string | undefined;
        readonly status?: readonly string[] | undefined;
        readonly myDeployments?: boolean | undefined;
        /** Also those that were retried; without it the newest of a chain of retries stands for it. */
        readonly showAllExecutions?: boolean | undefined;
        readonly module?: string | undefined;
        /** Of the code that was built; of a pull request: where it goes to. Not of the YAML. */
        readonly branch?: string | undefined;
        /** Of the code that was built, with or without its owner. */
        readonly repoName?: string | undefined;
        /** Changes nothing: all stages are given. */
        readonly getTopKStages?: number | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
        readonly lastSeenExecutionId?: string | undefined;
        /** Used when the execution is not there. */
        readonly lastSeenStartTime?: number | undefined;
      };
      readonly body: ExecutionFilter;
      readonly data: ExecutionOutlinePage;
    };
  };
  readonly '/pipeline/api/pipelines/execution/url': {
    /** The address of the page of an execution. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly planExecutionId: string;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/pipeline/api/pipelines/execution/v2/summary': {
    /** List executions, newest first. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly sort?: readonly string[] | undefined;
        readonly searchTerm?: string | undefined;
        readonly status?: readonly string[] | undefined;
        readonly myDeployments?: boolean | undefined;
        /** Also those that were retried; without it the newest of a chain of retries stands for it. */
        readonly showAllExecutions?: boolean | undefined;
        readonly module?: string | undefined;
        /** Of the code that was built; of a pull request: where it goes to. Not of the YAML. */
        readonly branch?: string | undefined;
        /** Of the code that was built, with or without its owner. */
        readonly repoName?: string | undefined;
        /** Changes nothing: all stages are given. */
        readonly getTopKStages?: number | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
      };
      readonly body: ExecutionFilter;
      readonly data: {
        readonly content: readonly PipelineExecutionSummary[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/pipeline/api/pipelines/execution/v2/{planExecutionId}': {
    /** Details of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly stageNodeId?: string | undefined;
        readonly stageNodeExecutionId?: string | undefined;
        readonly childStageNodeId?: string | undefined;
        readonly childStageNode?: string | undefined;
        readonly childStageNodeExecutionId?: string | undefined;
        readonly renderFullBottomGraph?: boolean | undefined;
      };
      readonly data: ExecutionDetails;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}': {
    /** Details of an execution with its whole graph. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionDetails;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}/evaluateExpression': {
    /** What expressions come to at the end of an execution, or where it stands now. */
    readonly POST: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: ExpressionEvaluation;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}/inputset': {
    /** Runtime inputs of an execution, as raw YAML. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}/inputsetV2': {
    /** Runtime inputs of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionInputs;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}/metadata': {
    /** The text that an execution ran. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionMetadata;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}/metadata/details': {
    /** The texts that an execution was made of. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionMetadataDetails;
    };
  };
  readonly '/pipeline/api/pipelines/execution/{planExecutionId}/notes': {
    /** Notes of an execution. */
    readonly GET: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ExecutionNotes;
    };
    /** Set the notes of an execution. */
    readonly PUT: {
      readonly path: {
        readonly planExecutionId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** Empty = none any more. */
        readonly notes?: string | undefined;
      };
      readonly data: ExecutionNotes;
    };
  };
  readonly '/pipeline/api/pipelines/expandedJSON/{pipelineIdentifier}': {
    /** A pipeline with its templates in place, as JSON text. */
    readonly GET: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: ExpandedPipelineJson;
    };
  };
  readonly '/pipeline/api/pipelines/getExecutionNode': {
    /** One node of an execution. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly nodeExecutionId: string;
        /** Its execution. Without it the node is looked for in the newest 5000 of the project. */
        readonly planExecutionId?: string | undefined;
      };
      readonly data: ExecutionNode;
    };
  };
  readonly '/pipeline/api/pipelines/import': {
    /** Import a pipeline from Git: refused, there is no Git storage. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipelines/import/{pipelineIdentifier}': {
    /** Import a pipeline from Git: refused, there is no Git storage. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipelines/list': {
    /** List pipelines. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly sort?: readonly string[] | undefined;
        readonly searchTerm?: string | undefined;
        readonly module?: string | undefined;
        /** A saved filter in place of the body. */
        readonly filterIdentifier?: string | undefined;
      };
      readonly body: PipelineFilter;
      readonly data: {
        readonly content: readonly PipelineSummary[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/pipeline/api/pipelines/list-repos': {
    /** Repositories that pipelines are kept in: none, there is no Git storage. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier?: string | undefined;
      };
      readonly data: RepositoryList;
    };
  };
  readonly '/pipeline/api/pipelines/move-config/{pipelineIdentifier}': {
    /** Move a pipeline to Git: refused, there is no Git storage. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipelines/steps': {
    /** The step types that Bridle runs, by the stages they are usual in. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: StepPaletteRequest;
      readonly data: StepPalette;
    };
  };
  readonly '/pipeline/api/pipelines/summary/{pipelineIdentifier}': {
    /** Summary of a pipeline. */
    readonly GET: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        /** Of pipelines that are kept in Git, without a look there; here it is no different. */
        readonly getMetadataOnly?: boolean | undefined;
      };
      readonly data: PipelineSummary;
    };
  };
  readonly '/pipeline/api/pipelines/v2': {
    /** Create a pipeline. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly body: string;
      readonly data: PipelineSaveResponse;
    };
  };
  readonly '/pipeline/api/pipelines/v2/steps': {
    /** The step types that Bridle runs, by the stages they are usual in. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: StepPaletteRequest;
      readonly data: StepPalette;
    };
  };
  readonly '/pipeline/api/pipelines/v2/variables': {
    /** The values of a pipeline text and the expressions that name them. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: PipelineVariables;
    };
  };
  readonly '/pipeline/api/pipelines/v2/{pipelineIdentifier}': {
    /** Change a pipeline. */
    readonly PUT: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly body: string;
      readonly data: PipelineSaveResponse;
    };
  };
  readonly '/pipeline/api/pipelines/validate-pipeline-with-schema': {
    /** Check a saved pipeline with its templates. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly pipelineIdentifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/pipeline/api/pipelines/validate-yaml-with-schema': {
    /** Check a pipeline text. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly body: string;
      readonly data: string;
    };
  };
  readonly '/pipeline/api/pipelines/validate/{uuid}': {
    /** What a check of a pipeline has found. */
    readonly GET: {
      readonly path: {
        readonly uuid: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: PipelineValidation;
    };
  };
  readonly '/pipeline/api/pipelines/variables': {
    /** The values of a pipeline text and the expressions that name them. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: string;
      readonly data: PipelineVariables;
    };
  };
  readonly '/pipeline/api/pipelines/{pipelineIdentifier}': {
    /** Read a pipeline. */
    readonly GET: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        /** With its templates in place, where that can be done. */
        readonly getTemplatesResolvedPipeline?: boolean | undefined;
        /** Give the id of a check of it, for `/validate/{uuid}`. */
        readonly validateAsync?: boolean | undefined;
      };
      readonly data: PipelineResponse;
    };
    /** Change a pipeline. */
    readonly PUT: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly body: string;
      readonly data: string;
    };
    /** Delete a pipeline with its triggers; its executions stay. */
    readonly DELETE: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/pipeline/api/pipelines/{pipelineIdentifier}/update-git-metadata': {
    /** Change where in Git a pipeline is kept: refused, there is no Git storage. */
    readonly PUT: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/pipeline/api/pipelines/{pipelineIdentifier}/validate': {
    /** Begin a check of a saved pipeline with its templates. */
    readonly POST: {
      readonly path: {
        readonly pipelineIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly data: PipelineValidationStarted;
    };
  };
  readonly '/pipeline/api/triggers': {
    /** List the triggers of a pipeline. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        readonly sort?: readonly string[] | undefined;
      };
      readonly data: {
        readonly content: readonly TriggerDetails[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Create a trigger. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
        readonly ignoreError?: boolean | undefined;
      };
      readonly body: string;
      readonly data: TriggerResponse;
    };
  };
  readonly '/pipeline/api/triggers/bulk-toggle': {
    /** Enable or disable many triggers. */
    readonly PATCH: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: BulkToggleRequest;
      readonly data: BulkToggleResult;
    };
  };
  readonly '/pipeline/api/triggers/catalog': {
    /** The kinds of triggers that fire here. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: TriggerCatalog;
    };
  };
  readonly '/pipeline/api/triggers/eventHistory/artifact-manifest-info': {
    /** Events of artifact and manifest triggers; none, for they do not fire here. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
      };
      readonly data: {
        readonly content: readonly TriggerEventHistory[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/pipeline/api/triggers/eventHistory/eventCorrelation/{eventId}': {
    /** The history row of an event. */
    readonly GET: {
      readonly path: {
        readonly eventId: string;
      };
      readonly data: TriggerEventHistory;
    };
  };
  readonly '/pipeline/api/triggers/eventHistory/polledResponse/{eventId}': {
    /** What a poll for artifacts has found; there is none, for nothing is polled. */
    readonly GET: {
      readonly path: {
        readonly eventId: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: null;
    };
  };
  readonly '/pipeline/api/triggers/eventHistory/v2/eventCorrelation/{eventId}': {
    /** All history rows of an event. */
    readonly GET: {
      readonly path: {
        readonly eventId: string;
      };
      readonly data: readonly TriggerEventHistory[];
    };
  };
  readonly '/pipeline/api/triggers/eventHistory/{triggerIdentifier}': {
    /** Events of a trigger, newest first. */
    readonly GET: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
        readonly searchTerm?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
      };
      readonly data: {
        readonly content: readonly TriggerEventHistory[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/pipeline/api/triggers/regenerateToken': {
    /** Make a webhook token, or give a custom trigger a new one. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly targetIdentifier?: string | undefined;
        readonly triggerIdentifier?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/pipeline/api/triggers/update-branch-name': {
    /** Change the branch that the pipeline of triggers is read from; always refused. */
    readonly PUT: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier?: string | undefined;
      };
      readonly data: null;
    };
  };
  readonly '/pipeline/api/triggers/{triggerIdentifier}': {
    /** Read a trigger. */
    readonly GET: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
      };
      readonly data: TriggerResponse;
    };
    /** Change a trigger. */
    readonly PUT: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
        readonly ignoreError?: boolean | undefined;
      };
      readonly body: string;
      readonly data: TriggerResponse;
    };
    /** Delete a trigger; its events stay. */
    readonly DELETE: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
      };
      readonly data: boolean;
    };
  };
  readonly '/pipeline/api/triggers/{triggerIdentifier}/details': {
    /** A trigger with its webhook URL and last event. */
    readonly GET: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
      };
      readonly data: TriggerDetails;
    };
  };
  readonly '/pipeline/api/triggers/{triggerIdentifier}/status': {
    /** Enable or disable a trigger. */
    readonly PUT: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
        readonly status: boolean;
      };
      readonly data: boolean;
    };
  };
  readonly '/pipeline/api/triggers/{triggerIdentifier}/triggerReconciliationYamlDiff': {
    /** A trigger with the inputs that its pipeline asks for now. */
    readonly GET: {
      readonly path: {
        readonly triggerIdentifier: string;
      };
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
        readonly targetIdentifier: string;
      };
      readonly data: TriggerYamlDiff;
    };
  };
  readonly '/pipeline/api/webhook/actions': {
    /** Actions of one event of a Git provider. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly sourceRepo: string;
        readonly event: string;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/bitbucketPRActions': {
    /** Actions of pull requests of Bitbucket. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/bitbucketTriggerEvents': {
    /** Events of Bitbucket. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/custom': {
    /** Trigger pipelines by a custom webhook. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
        readonly triggerIdentifier?: string | undefined;
      };
      readonly body: unknown;
      readonly data: string | {
        readonly webhookProcessingDetails: WebhookEventProcessingDetails;
        readonly executionDetails: ExecutionDetails | null;
        readonly executionUrl: string | null;
        readonly eventCorrelationId: string;
      };
    };
  };
  readonly '/pipeline/api/webhook/custom/v2': {
    /** Trigger pipelines by a custom webhook, answered with links. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
        readonly triggerIdentifier?: string | undefined;
      };
      readonly body: unknown;
      readonly data: CustomWebhookAccepted | {
        readonly webhookProcessingDetails: WebhookEventProcessingDetails;
        readonly executionDetails: ExecutionDetails | null;
        readonly executionUrl: string | null;
        readonly eventCorrelationId: string;
      };
    };
  };
  readonly '/pipeline/api/webhook/custom/{webhookToken}/v3': {
    /** Trigger the pipeline of the trigger that has this token. */
    readonly POST: {
      readonly path: {
        readonly webhookToken: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pipelineIdentifier?: string | undefined;
        readonly triggerIdentifier?: string | undefined;
      };
      readonly body: unknown;
      readonly data: CustomWebhookAccepted | {
        readonly webhookProcessingDetails: WebhookEventProcessingDetails;
        readonly executionDetails: ExecutionDetails | null;
        readonly executionUrl: string | null;
        readonly eventCorrelationId: string;
      };
    };
  };
  readonly '/pipeline/api/webhook/gitTriggerEventDetails': {
    /** Git providers, their events, and the actions of each. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
    };
  };
  readonly '/pipeline/api/webhook/githubIssueCommentActions': {
    /** Actions of comments of GitHub. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/githubPRActions': {
    /** Actions of pull requests of GitHub. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/githubTriggerEvents': {
    /** Events of GitHub. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/gitlabPRActions': {
    /** Actions of merge requests of GitLab. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/gitlabTriggerEvents': {
    /** Events of GitLab. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/webhook/sourceRepos': {
    /** Git providers and their events. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: Readonly<Record<string, readonly string[]>>;
    };
  };
  readonly '/pipeline/api/webhook/triggerExecutionDetails/{eventId}': {
    /** Execution details of a trigger event. */
    readonly GET: {
      readonly path: {
        readonly eventId: string;
      };
      readonly data: TriggerExecutionDetails;
    };
  };
  readonly '/pipeline/api/webhook/triggerExecutionDetailsV2/{eventId}': {
    /** Execution details of a trigger event, also while it is queued. */
    readonly GET: {
      readonly path: {
        readonly eventId: string;
      };
      readonly data: TriggerExecutionDetails;
    };
  };
  readonly '/pipeline/api/webhook/triggerProcessingDetails': {
    /** Processing details of a trigger event. */
    readonly GET: {
      readonly query: {
        readonly eventId: string;
      };
      readonly data: WebhookEventProcessingDetails;
    };
  };
  readonly '/pipeline/api/webhook/webhookTriggerTypes': {
    /** Types of webhook triggers. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: readonly string[];
    };
  };
  readonly '/pipeline/api/yaml-schema': {
    /** The JSON Schema of a kind of document. */
    readonly GET: {
      readonly query: {
        readonly entityType: 'Pipelines' | 'Template' | 'InputSets' | 'OverlayInputSets' | 'Triggers' | 'Service' | 'Environment' | 'Infrastructure' | (string & {});
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly identifier?: string | undefined;
        readonly scope?: string | undefined;
      };
      readonly data: Readonly<Record<string, unknown>>;
    };
  };
  readonly '/readyz': {
    /** Requests can be served: the database is reachable and migrated. */
    readonly GET: {
      readonly data: {
        readonly status: string;
        /** Why new work is refused; absent = it is taken. */
        readonly newWork?: string | undefined;
      };
    };
  };
  readonly '/resourcegroup/api/v2/resourcegroup': {
    /** List the resource groups of a scope, the built-in ones first. */
    readonly GET: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly ResourceGroupResponse[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
    /** Make a resource group. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ResourceGroupRequest;
      readonly data: ResourceGroupResponse;
    };
  };
  readonly '/resourcegroup/api/v2/resourcegroup/{identifier}': {
    /** A resource group. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: ResourceGroupResponse;
    };
    /** Change a resource group. */
    readonly PUT: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: ResourceGroupRequest;
      readonly data: ResourceGroupResponse;
    };
    /** Delete a resource group; what was given for it is lost. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/template/api/filters': {
    /** Keep a filter of a list. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: SavedFilterRequest;
      readonly data: SavedFilter;
    };
    /** Change a kept filter: the one that the body names. */
    readonly PUT: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: SavedFilterRequest;
      readonly data: SavedFilter;
    };
    /** List kept filters: those of everybody and the caller’s own. */
    readonly GET: {
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
        readonly pageIndex?: number | undefined;
        readonly pageSize?: number | undefined;
        readonly searchTerm?: string | undefined;
      };
      readonly data: {
        readonly content: readonly SavedFilter[];
        readonly totalPages: number;
        readonly totalItems: number;
        readonly pageItemCount: number;
        readonly pageSize: number;
        readonly pageIndex: number;
        readonly empty: boolean;
        readonly pageToken: null;
      };
    };
  };
  readonly '/template/api/filters/{identifier}': {
    /** Delete a kept filter. */
    readonly DELETE: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
      };
      readonly data: boolean;
    };
    /** A kept filter. */
    readonly GET: {
      readonly path: {
        readonly identifier: string;
      };
      readonly query: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** What is listed: PipelineSetup, Connector, … */
        readonly type: string;
      };
      readonly data: SavedFilter;
    };
  };
  readonly '/template/api/templates': {
    /** Create a template, or a further version of one; the first version is the stable one. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** Make it the stable version. */
        readonly setDefaultTemplate?: boolean | undefined;
      };
      readonly body: string;
      readonly data: TemplateWrapperResponse;
    };
  };
  readonly '/template/api/templates/applyTemplates': {
    /** Put the templates of a pipeline in place of the links to them. */
    readonly POST: {
      readonly query: {
        readonly orgIdentifier: string;
        readonly projectIdentifier: string;
      };
      readonly body: ApplyTemplatesRequest;
      readonly data: TemplateMergeResponse;
    };
  };
  readonly '/template/api/templates/list': {
    /** List templates of an account, an organization or a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** One version of each template, or all versions. */
        readonly templateListType?: 'Stable' | 'LastUpdated' | 'All' | (string & {}) | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllTemplatesAvailableAtScope?: boolean | undefined;
      };
      readonly body: TemplateFilter;
      readonly data: {
        readonly content: readonly TemplateResponse[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/template/api/templates/list-metadata': {
    /** List templates of an account, an organization or a project. */
    readonly POST: {
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly page?: number | undefined;
        readonly size?: number | undefined;
        readonly searchTerm?: string | undefined;
        /** One version of each template, or all versions. */
        readonly templateListType?: 'Stable' | 'LastUpdated' | 'All' | (string & {}) | undefined;
        /** Those of the organization and the account too. */
        readonly includeAllTemplatesAvailableAtScope?: boolean | undefined;
      };
      readonly body: TemplateFilter;
      readonly data: {
        readonly content: readonly TemplateResponse[];
        readonly pageable: {
          readonly sort: {
            readonly empty: boolean;
            readonly sorted: boolean;
            readonly unsorted: boolean;
          };
          readonly pageNumber: number;
          readonly pageSize: number;
          readonly offset: number;
          readonly paged: boolean;
          readonly unpaged: boolean;
        };
        readonly last: boolean;
        readonly totalPages: number;
        readonly totalElements: number;
        readonly sort: {
          readonly empty: boolean;
          readonly sorted: boolean;
          readonly unsorted: boolean;
        };
        readonly first: boolean;
        readonly numberOfElements: number;
        readonly size: number;
        readonly number: number;
        readonly empty: boolean;
      };
    };
  };
  readonly '/template/api/templates/templateInputs/{templateIdentifier}': {
    /** What a template asks of who links to it, as YAML for templateInputs; empty when it asks for nothing. */
    readonly GET: {
      readonly path: {
        readonly templateIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly versionLabel?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/template/api/templates/update/{templateIdentifier}/{versionLabel}': {
    /** Change a version of a template; executions that run are not concerned. */
    readonly PUT: {
      readonly path: {
        readonly templateIdentifier: string;
        readonly versionLabel: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        /** Make it the stable version. */
        readonly setDefaultTemplate?: boolean | undefined;
      };
      readonly body: string;
      readonly data: TemplateWrapperResponse;
    };
  };
  readonly '/template/api/templates/updateStableTemplate/{templateIdentifier}/{versionLabel}': {
    /** Make a version of a template the stable one: links without a version mean it from now on. */
    readonly PUT: {
      readonly path: {
        readonly templateIdentifier: string;
        readonly versionLabel: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: string;
    };
  };
  readonly '/template/api/templates/{templateIdentifier}': {
    /** Read a template; without versionLabel its stable version. */
    readonly GET: {
      readonly path: {
        readonly templateIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly versionLabel?: string | undefined;
      };
      readonly data: TemplateResponse;
    };
    /** Delete versions of a template; without a list all of them. */
    readonly DELETE: {
      readonly path: {
        readonly templateIdentifier: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly body: {
        readonly templateVersionLabels?: (readonly string[]) | null | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/template/api/templates/{templateIdentifier}/{versionLabel}': {
    /** Delete a version of a template; the stable one only when it is the last. */
    readonly DELETE: {
      readonly path: {
        readonly templateIdentifier: string;
        readonly versionLabel: string;
      };
      readonly query?: {
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
      };
      readonly data: boolean;
    };
  };
  readonly '/template/api/yaml-schema': {
    /** The JSON Schema of a kind of document. */
    readonly GET: {
      readonly query: {
        readonly entityType: 'Pipelines' | 'Template' | 'InputSets' | 'OverlayInputSets' | 'Triggers' | 'Service' | 'Environment' | 'Infrastructure' | (string & {});
        readonly orgIdentifier?: string | undefined;
        readonly projectIdentifier?: string | undefined;
        readonly identifier?: string | undefined;
        readonly scope?: string | undefined;
      };
      readonly data: Readonly<Record<string, unknown>>;
    };
  };
  readonly '/v1/orgs': {
    /** List organizations; totals and neighbouring pages are in the headers. */
    readonly GET: {
      readonly query?: {
        readonly page?: number | undefined;
        readonly limit?: number | undefined;
        readonly search_term?: string | undefined;
        readonly org?: readonly string[] | undefined;
      };
      readonly data: readonly V1Organization[];
    };
    /** Create an organization. */
    readonly POST: {
      readonly body: V1OrganizationRequest;
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}': {
    /** An organization. */
    readonly GET: {
      readonly path: {
        readonly org: string;
      };
      readonly data: V1Organization;
    };
    /** Change an organization. */
    readonly PUT: {
      readonly path: {
        readonly org: string;
      };
      readonly body: V1OrganizationRequest;
      readonly data: V1Organization;
    };
    /** Delete an organization with its projects; what was run in them is kept. */
    readonly DELETE: {
      readonly path: {
        readonly org: string;
      };
      readonly data: V1Organization;
    };
  };
  readonly '/v1/orgs/{org}/projects': {
    /** List the projects of an organization; totals and neighbouring pages are in the headers. */
    readonly GET: {
      readonly path: {
        readonly org: string;
      };
      readonly query?: {
        readonly page?: number | undefined;
        readonly limit?: number | undefined;
        readonly search_term?: string | undefined;
        readonly project?: readonly string[] | undefined;
      };
      readonly data: readonly V1Project[];
    };
    /** Create a project. */
    readonly POST: {
      readonly path: {
        readonly org: string;
      };
      readonly body: V1ProjectRequest;
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}': {
    /** A project. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly data: V1Project;
    };
    /** Change a project. */
    readonly PUT: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly body: V1ProjectRequest;
      readonly data: V1Project;
    };
    /** Delete a project with all that is defined in it; what was run in it is kept. */
    readonly DELETE: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly data: V1Project;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/approvals/execution/{executionId}': {
    /** Approvals of an execution. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly executionId: string;
      };
      readonly query?: {
        readonly approval_status?: string | undefined;
        readonly approval_type?: string | undefined;
        readonly node_execution_id?: string | undefined;
      };
      readonly data: readonly ApprovalV1[];
    };
    /** Approve or reject the approval that an execution waits for. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly executionId: string;
      };
      readonly query?: {
        readonly callback_id?: string | undefined;
        readonly node_execution_id?: string | undefined;
      };
      readonly body: {
        readonly action: 'APPROVE' | 'REJECT' | (string & {});
        readonly comments?: string | null | undefined;
        readonly approver_inputs?: (readonly {
          readonly name: string;
          readonly value: string;
        }[]) | null | undefined;
      };
      readonly data: ApprovalV1;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/input-sets': {
    /** List the input sets of a pipeline; totals and neighbouring pages are in the headers. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly query: {
        readonly page?: number | undefined;
        readonly limit?: number | undefined;
        readonly search_term?: string | undefined;
        /** The pipeline the input set is for. */
        readonly pipeline: string;
      };
      readonly data: readonly V1InputSet[];
    };
    /** Create an input set. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly query: {
        /** The pipeline the input set is for. */
        readonly pipeline: string;
      };
      readonly body: V1InputSetRequest;
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/input-sets/{inputSet}': {
    /** Read an input set. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly inputSet: string;
      };
      readonly query: {
        /** The pipeline the input set is for. */
        readonly pipeline: string;
      };
      readonly data: V1InputSet;
    };
    /** Change an input set. */
    readonly PUT: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly inputSet: string;
      };
      readonly query: {
        /** The pipeline the input set is for. */
        readonly pipeline: string;
      };
      readonly body: V1InputSetRequest;
      readonly data: V1InputSet;
    };
    /** Delete an input set; executions that were started with it are not concerned. */
    readonly DELETE: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly inputSet: string;
      };
      readonly query: {
        /** The pipeline the input set is for. */
        readonly pipeline: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines': {
    /** List pipelines; totals and neighbouring pages are in the headers. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly query?: {
        readonly page?: number | undefined;
        readonly limit?: number | undefined;
        readonly search_term?: string | undefined;
        readonly sort?: 'identifier' | 'name' | 'created' | 'updated' | (string & {}) | undefined;
        readonly order?: 'ASC' | 'DESC' | (string & {}) | undefined;
        readonly pipeline_ids?: readonly string[] | undefined;
        readonly name?: string | undefined;
        /** `key:value`, or the key alone. */
        readonly tags?: readonly string[] | undefined;
      };
      readonly data: readonly V1PipelineSummary[];
    };
    /** Create a pipeline. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
      };
      readonly body: V1PipelineRequest;
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/validate/{uuid}': {
    /** What a check of a pipeline has found. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly uuid: string;
      };
      readonly data: V1Validation;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}': {
    /** Read a pipeline. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly query?: {
        readonly template_applied?: boolean | undefined;
      };
      readonly data: V1Pipeline;
    };
    /** Change a pipeline. */
    readonly PUT: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly body: V1PipelineRequest;
      readonly data: V1Identifier;
    };
    /** Change parts of a pipeline: its name, description or tags, in its YAML too. */
    readonly PATCH: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly body: V1PipelinePatch;
      readonly data: V1Identifier;
    };
    /** Delete a pipeline with its triggers; its executions stay. */
    readonly DELETE: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute': {
    /** Run a pipeline. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly query?: {
        readonly module?: string | undefined;
      };
      readonly body: V1ExecuteRequest;
      readonly data: V1Started;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/dynamic': {
    /** Run another text in the name of a saved pipeline, which stays as it is. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly query?: {
        readonly module?: string | undefined;
      };
      readonly body: V1DynamicRequest;
      readonly data: V1Started;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/rerun/{executionId}': {
    /** Run a pipeline again; without inputs with those it had. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
        readonly executionId: string;
      };
      readonly query?: {
        readonly module?: string | undefined;
      };
      readonly body: V1ExecuteRequest;
      readonly data: V1Started;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/retry/{executionId}': {
    /** Run an execution again from a stage, with what its earlier stages have given. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
        readonly executionId: string;
      };
      readonly query?: {
        readonly module?: string | undefined;
        /** Stages of one group; none = the first that failed. */
        readonly retry_stages?: readonly string[] | undefined;
        /** false = of stages side by side only those that failed. */
        readonly run_all_stages?: boolean | undefined;
      };
      readonly body: V1ExecuteRequest;
      readonly data: V1Started;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/stages': {
    /** Run some stages of a pipeline. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly query?: {
        readonly module?: string | undefined;
      };
      readonly body: V1StagesRequest;
      readonly data: V1Started;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/inputs': {
    /** The runtime inputs of a pipeline, by their place. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly data: V1Inputs;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/inputs-schema': {
    /** What each runtime input of a pipeline may be. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly data: V1InputsSchema;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/triggers': {
    /** List the triggers of a pipeline; totals and neighbouring pages are in the headers. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly query?: {
        readonly page?: number | undefined;
        readonly limit?: number | undefined;
        readonly search_term?: string | undefined;
      };
      readonly data: readonly V1Trigger[];
    };
    /** Create a trigger. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly body: V1TriggerRequest;
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/triggers/{trigger}': {
    /** Read a trigger. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
        readonly trigger: string;
      };
      readonly data: V1Trigger;
    };
    /** Change a trigger. */
    readonly PUT: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
        readonly trigger: string;
      };
      readonly body: V1TriggerRequest;
      readonly data: V1Trigger;
    };
    /** Delete a trigger; its events stay. */
    readonly DELETE: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
        readonly trigger: string;
      };
      readonly data: unknown;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/validate': {
    /** Check a saved pipeline with its templates. */
    readonly POST: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly pipeline: string;
      };
      readonly data: V1Validation;
    };
  };
  readonly '/v1/orgs/{org}/projects/{project}/validate/{uuid}': {
    /** What a check of a pipeline has found. */
    readonly GET: {
      readonly path: {
        readonly org: string;
        readonly project: string;
        readonly uuid: string;
      };
      readonly data: V1Validation;
    };
  };
}
