/** Wire contracts as schemas with derived types. */
export { AnyEventId, EventId, IDENTIFIER_PATTERN, Id22, ProtoInt64, Tags, Time, nullable } from './schema.ts';
export { ERROR_CODES, ErrorCode } from './error-codes.ts';
export {
  ErrorDto,
  FailureDto,
  ResponseMessage,
  ngPageOf,
  springPageOf,
  successOf,
  type NgPage,
  type SpringPage,
  type Success,
} from './envelopes.ts';
export { EXECUTION_STATUSES, ExecutionStatus } from './statuses.ts';
export {
  ExecutionTriggerInfo,
  FailureInfo,
  GovernanceMetadata,
  LayoutNode,
  NodeRunInfo,
  PipelineExecutionSummary,
} from './execution-summary.ts';
export { ExecutionDetails, ExecutionGraph, ExecutionNode, InterruptHistory } from './execution-graph.ts';
export {
  ApprovalActivityRequest,
  ApprovalAuthorization,
  ApprovalDetails,
  ApprovalInstance,
  ApprovalStatus,
  ApprovalV1,
} from './approvals.ts';
export {
  ExecutionFilter,
  ExecutionInputResponse,
  ExecutionInputs,
  InterruptResponse,
  LatestExecution,
  PlanExecution,
  PlanExecutionResponse,
  RetryHistory,
  RetryStages,
  StageExecutionRequest,
} from './execution-control.ts';
export {
  ConnectorCatalogue,
  ConnectorFilter,
  ConnectorResponse,
  ConnectorStatus,
  ConnectorTestResult,
} from './connectors.ts';
export { SecretFilter, SecretRequest, SecretResponse } from './secrets.ts';
export { StrategyMetadata } from './strategy-metadata.ts';
export { EntityGitDetails, INLINE_GIT_DETAILS } from './git-details.ts';
export {
  ConditionResult,
  TRIGGER_EVENT_STATUSES,
  TargetExecutionSummary,
  TriggerEventHistory,
  TriggerEventStatus,
} from './trigger-events.ts';
export {
  BulkToggleRequest,
  BulkToggleResult,
  TriggerCatalog,
  TriggerDetails,
  TriggerResponse,
  TriggerYamlDiff,
} from './triggers.ts';
export {
  InputSetTemplate,
  PipelineFilter,
  PipelineResponse,
  PipelineSaveResponse,
  PipelineSummary,
  RecentExecution,
} from './pipelines.ts';
export {
  InputSetErrorWrapper,
  InputSetMergeRequest,
  InputSetMergeResponse,
  InputSetResponse,
  InputSetSummary,
  OverlayInputSetResponse,
} from './input-sets.ts';
export {
  ApplyTemplatesRequest,
  TemplateFilter,
  TemplateMergeResponse,
  TemplateReferenceSummary,
  TemplateResponse,
  TemplateWrapperResponse,
} from './templates.ts';
export {
  EnvironmentFilter,
  EnvironmentRequest,
  EnvironmentResponse,
  InfrastructureRequest,
  InfrastructureResponse,
  ServiceOverridesRequest,
  ServiceOverridesResponse,
  ServiceRequest,
  ServiceResponse,
} from './deployment.ts';
export {
  CustomWebhookAccepted,
  TriggerExecutionDetails,
  WebhookEventProcessingDetails,
  WebhookRepresentation,
} from './webhooks.ts';
export { LogDownload, LogLine, LogLink, LogServiceError, LogStreams } from './log-lines.ts';
export {
  AccountLicenses,
  AccountResponse,
  CurrentUser,
  OrganizationAggregate,
  OrganizationResponse,
  ProjectAggregate,
  ProjectResponse,
} from './platform.ts';
export {
  BrowserSession,
  DelegateSummary,
  DiagnosticsResponse,
  ExecutionChangeEvent,
  LogLineEvent,
  LogSearchAnswer,
  OneTimePassword,
  PasswordChangeRequest,
  PasswordChangeResult,
  ProjectChangeEvent,
  ProjectExecutionEvent,
  ProjectTriggerEvent,
  SessionResponse,
  SignInLink,
  SignInLinkRequest,
  SignInRequest,
  SignInWays,
  SignOutResponse,
  WireDiagnostic,
} from './bridle.ts';
export {
  EVENT_TYPES,
  ApprovalDecidedEvent,
  ApprovalWaitingEvent,
  BridleEvent,
  EventsReset,
  ExecutionFinishedEvent,
  ExecutionStartedEvent,
  ExecutionStatusEvent,
  InputWaitingEvent,
  InterventionWaitingEvent,
  StageFinishedEvent,
  StageStartedEvent,
  TriggerAcceptedEvent,
  TriggerDecidedEvent,
  type EventType,
} from './events.ts';
export {
  DELIVERY_STATES,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookRequest,
  WebhookSecretRotation,
  WebhookWithSecret,
} from './outgoing-webhooks.ts';
export {
  DELEGATE_TOKEN_STATUSES,
  DelegateFilter,
  DelegateGroups,
  DelegateListItem,
  DelegateReplica,
  DelegateTokenDetails,
  restResponseOf,
} from './delegate-management.ts';
export {
  DELEGATE_GRACE_MS,
  DELEGATE_HEARTBEAT_MS,
  DELEGATE_LEASE_MS,
  DELEGATE_POLL_MAX_MS,
  CompleteRequest,
  ContainerPolicy,
  DelegateCapabilities,
  DelegateTask,
  HeartbeatRequest,
  HeartbeatResponse,
  HeldTask,
  LeaveRequest,
  LogBatchHeader,
  LogChunk,
  LogsRequest,
  LogsResponse,
  PollRequest,
  PollResponse,
  RegisterRequest,
  RegisterResponse,
  SecretPlace,
  SecretSource,
  ReportedTest,
  StartedRequest,
  TaskConnector,
  TaskFailure,
  TaskOutcome,
  TaskStage,
  ArtifactQuery,
  REPORTED_TESTS_MAX,
  TestsRequest,
} from './delegate.ts';
export {
  RunEvent,
  type RunExecutionEvent,
  type RunLogEvent,
  type RunNodeEvent,
  type RunNoteEvent,
  type RunProgressEvent,
  type RunTestsEvent,
  type RunWaitingEvent,
} from './run-events.ts';
export {
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
  v1Paging,
} from './v1.ts';
export { SavedFilter, SavedFilterRequest } from './filters.ts';
export { FILE_USAGES, FolderNode, FolderRequest, StoredFile, StoredFileNode } from './stored-files.ts';
export { VARIABLE_LENGTH_MAX, VariableRequest, VariableResponse } from './variables.ts';
export { SettingResponse, SettingUpdate, SettingUpdateResult, SettingValue, type SettingDto } from './settings.ts';
export { PipelineVersion, PipelineVersionDiff, PipelineVersionText } from './pipeline-versions.ts';
export {
  BranchList,
  ExpandedPipelineJson,
  PipelineCloneRequest,
  PipelineValidation,
  PipelineValidationStarted,
  PipelineVariables,
  RepositoryList,
  StepPalette,
  StepPaletteRequest,
} from './pipeline-tools.ts';
export {
  ExecutionIdentifierSummary,
  ExecutionMetadata,
  ExecutionMetadataDetails,
  ExecutionNotes,
  ExecutionOutline,
  ExecutionOutlinePage,
  ExpressionEvaluation,
  NodeSubGraph,
  PreflightCheck,
  StageExecution,
} from './execution-queries.ts';
export { InputSetSanitised, InputSetYamlDiff } from './input-set-repair.ts';
export {
  AccessFilter,
  AccessScope,
  AddUsersRequest,
  AddUsersResponse,
  ApiKey,
  ApiKeyAggregate,
  ApiKeyRequest,
  RoleAssignmentMetadata,
  ServiceAccount,
  ServiceAccountAggregate,
  ServiceAccountRequest,
  TokenAggregate,
  TokenDetails,
  TokenRequest,
  UserAggregate,
  UserGroup,
  UserGroupFilter,
  UserGroupRequest,
  UserMetadata,
} from './access.ts';
export {
  AccessCheckRequest,
  AccessCheckResponse,
  PermissionResponse,
  PrincipalType,
  ResourceGroupContent,
  ResourceGroupRequest,
  ResourceGroupResponse,
  RoleAssignmentFilter,
  RoleAssignmentRequest,
  RoleAssignmentResponse,
  RoleRequest,
  RoleResponse,
} from './access-rights.ts';
export { AuditEvent, AuditFilter, AuditYaml } from './audit.ts';
export { FaultReport, FaultRules, type RequestFault, type StepFault } from './faults.ts';
