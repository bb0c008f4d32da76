// Written by `npm run generate` from the schemas of packages/protocol and the routes of the server.

export interface AccessCheckRequest {
  readonly permissions: readonly {
    readonly resourceScope?: {
      readonly accountIdentifier?: string | null | undefined;
      readonly orgIdentifier?: string | null | undefined;
      readonly projectIdentifier?: string | null | undefined;
    } | null | undefined;
    readonly resourceType?: string | null | undefined;
    readonly resourceIdentifier?: string | null | undefined;
    readonly permission: string;
  }[];
  readonly principal?: {
    readonly principalIdentifier: string;
    readonly principalType: string;
  } | null | undefined;
}

export interface AccessCheckResponse {
  readonly principal: {
    readonly principalIdentifier: string;
    readonly principalType: string;
  };
  readonly accessControlList: readonly {
    readonly permission: string;
    readonly resourceScope: AccessScope;
    readonly resourceType: string | null;
    readonly resourceIdentifier: string | null;
    readonly permitted: boolean;
  }[];
}

export interface AccessFilter {
  readonly resourceGroupIdentifiers?: (readonly string[]) | null | undefined;
  readonly roleIdentifiers?: (readonly string[]) | null | undefined;
}

export interface AccessScope {
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
}

export interface AccountLicenses {
  readonly accountId: string;
  readonly moduleLicenses: Readonly<Record<string, unknown>>;
  readonly allModuleLicenses: Readonly<Record<string, readonly unknown[]>>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastUpdatedAt: number;
}

export interface AccountResponse {
  readonly identifier: string;
  readonly name: string;
  readonly companyName: string;
  readonly cluster: string;
  readonly defaultExperience: 'NG';
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly nextGenEnabled: boolean;
}

export interface AddUsersRequest {
  readonly emails: readonly string[];
  readonly userGroups?: (readonly string[]) | null | undefined;
  readonly roleBindings?: (readonly {
    readonly roleIdentifier: string;
    readonly resourceGroupIdentifier?: string | null | undefined;
  }[]) | null | undefined;
}

export interface AddUsersResponse {
  readonly addUserResponseMap: Readonly<Record<string, 'USER_ADDED_SUCCESSFULLY' | 'USER_ALREADY_ADDED' | (string & {})>>;
  /** Of users who are new: a link that signs in once, within a day. Shown this once; pass it on. */
  readonly signInLinks: Readonly<Record<string, string>>;
}

export interface ApiKey {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
  readonly parentIdentifier: string;
  readonly defaultTimeToExpireToken: number | null;
  readonly governanceMetadata: null;
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
}

export interface ApiKeyAggregate {
  readonly apiKey: ApiKey;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly tokensCount: number;
}

export interface ApiKeyRequest {
  readonly identifier: string;
  readonly name: string;
  readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
  /** Id of the user, identifier of the service account. */
  readonly parentIdentifier: string;
  readonly defaultTimeToExpireToken?: number | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly accountIdentifier?: string | null | undefined;
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
}

export interface ApplyTemplatesRequest {
  readonly originalEntityYaml: string;
}

export interface ApprovalActivityRequest {
  readonly action: 'APPROVE' | 'REJECT' | (string & {});
  readonly approverInputs?: (readonly {
    readonly name: string;
    readonly value: string;
  }[]) | null | undefined;
  readonly comments?: string | null | undefined;
}

export interface ApprovalAuthorization {
  readonly authorized: boolean;
  readonly reason: string | null;
}

export interface ApprovalDecidedEvent {
  readonly type: 'approval.decided';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly node: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      readonly kind: 'stage' | 'step' | (string & {});
    };
    readonly stage: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      /** As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`. */
      readonly type: string;
    } | null;
    readonly approvalInstanceId: string;
    /** Whose members answer; none = everybody who may run it. */
    readonly userGroups: readonly string[];
    readonly status: ExecutionStatus;
  };
}

export interface ApprovalDetails {
  readonly approvalMessage: string;
  readonly includePipelineExecutionHistory: boolean;
  readonly approvers: {
    readonly userGroups: readonly string[];
    readonly minimumCount: number;
    readonly disallowPipelineExecutor: boolean;
  };
  readonly approvalActivities: readonly {
    readonly user: {
      readonly name: string;
      readonly email: string;
    };
    readonly action: 'APPROVE' | 'REJECT' | (string & {});
    readonly approverInputs: readonly {
      readonly name: string;
      readonly value: string;
    }[];
    readonly comments: string;
    /** Epoch milliseconds. */
    readonly approvedAt: number;
  }[];
  readonly approverInputs: readonly {
    readonly name: string;
    readonly defaultValue: string;
    readonly required: boolean;
    readonly description?: string | undefined;
    readonly allowedValues?: readonly string[] | undefined;
    readonly isMultiple?: boolean | undefined;
    readonly regex?: string | undefined;
  }[];
  readonly autoApprovalParams: null;
  readonly validatedApprovalUserGroups: readonly unknown[];
}

export interface ApprovalInstance {
  readonly id: string;
  readonly type: string;
  readonly status: ApprovalStatus;
  readonly deadline: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly errorMessage: string | null;
  readonly details: ApprovalDetails;
}

export type ApprovalStatus = 'WAITING' | 'APPROVED' | 'REJECTED' | 'FAILED' | 'ABORTED' | 'EXPIRED' | (string & {});

export interface ApprovalV1 {
  readonly id: string;
  readonly type: string;
  readonly status: ApprovalStatus;
  readonly deadline: number | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
  readonly error_message: string | null;
}

export interface ApprovalWaitingEvent {
  readonly type: 'approval.waiting';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly node: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      readonly kind: 'stage' | 'step' | (string & {});
    };
    readonly stage: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      /** As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`. */
      readonly type: string;
    } | null;
    readonly approvalInstanceId: string;
    /** Whose members answer; none = everybody who may run it. */
    readonly userGroups: readonly string[];
  };
}

export interface AuditEvent {
  readonly auditId: string;
  readonly insertId: string;
  readonly resourceScope: AccessScope;
  readonly httpRequestInfo: {
    readonly requestMethod: string;
  };
  readonly requestMetadata: {
    readonly clientIP: string;
  };
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly authenticationInfo: {
    readonly principal: {
      readonly type: string;
      readonly identifier: string;
    };
    readonly labels: {
      readonly username: string;
    };
  };
  readonly module: string;
  readonly resource: {
    readonly type: string;
    readonly identifier: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly action: string;
  /** What it was and what it became can be read. */
  readonly yamlDiff: boolean;
}

export interface AuditFilter {
  readonly filterType?: string | null | undefined;
  readonly scopes?: (readonly {
    readonly accountIdentifier?: string | null | undefined;
    readonly orgIdentifier?: string | null | undefined;
    readonly projectIdentifier?: string | null | undefined;
  }[]) | null | undefined;
  readonly resources?: (readonly {
    readonly type: string;
    readonly identifier?: string | null | undefined;
  }[]) | null | undefined;
  readonly actions?: (readonly string[]) | null | undefined;
  readonly principals?: (readonly {
    readonly type?: string | null | undefined;
    readonly identifier: string;
  }[]) | null | undefined;
  readonly startTime?: number | null | undefined;
  readonly endTime?: number | null | undefined;
}

export interface AuditYaml {
  readonly oldYaml: string | null;
  readonly newYaml: string | null;
}

export interface BranchList {
  readonly branches: readonly string[];
}

export type BridleEvent = TriggerAcceptedEvent | TriggerDecidedEvent | ExecutionStartedEvent | ExecutionStatusEvent | ExecutionFinishedEvent | StageStartedEvent | StageFinishedEvent | ApprovalWaitingEvent | ApprovalDecidedEvent | InterventionWaitingEvent | InputWaitingEvent;

export interface BrowserSession {
  readonly id: string;
  /** The one that asks. */
  readonly current: boolean;
  readonly signedInBy: 'token' | 'link' | 'password' | 'openid' | '' | (string & {});
  readonly address: string;
  readonly userAgent: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastUsedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface BulkToggleRequest {
  readonly filters?: {
    readonly orgIdentifier?: string | undefined;
    readonly projectIdentifier?: string | undefined;
    readonly pipelineIdentifier?: string | undefined;
    readonly type?: string | undefined;
  } | undefined;
  readonly data: {
    readonly enable: boolean;
  };
}

export interface BulkToggleResult {
  readonly count: number;
  readonly bulkTriggerDetailDTOList: readonly {
    readonly triggerIdentifier: string;
    readonly triggerName: string;
    readonly type: string;
    readonly pipelineIdentifier: string;
    readonly projectIdentifier: string;
    readonly orgIdentifier: string;
  }[];
}

export interface ConditionResult {
  readonly kind: 'header' | 'payload' | 'jexl' | 'files' | (string & {});
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly actual: string | null;
  readonly holds: boolean;
  readonly problem?: string | undefined;
}

export interface ConnectorCatalogue {
  readonly catalogue: readonly {
    readonly category: string;
    readonly connectors: readonly string[];
  }[];
}

export interface ConnectorFilter {
  readonly filterType?: string | null | undefined;
  readonly connectorIdentifiers?: (readonly string[]) | null | undefined;
  readonly types?: (readonly string[]) | null | undefined;
  readonly categories?: (readonly string[]) | null | undefined;
}

export interface ConnectorResponse {
  readonly connector: {
    readonly name: string;
    readonly identifier: string;
    readonly description: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly tags: Readonly<Record<string, string>>;
    readonly type: string;
    readonly spec: Readonly<Record<string, unknown>>;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly status: ConnectorStatus;
  readonly harnessManaged: boolean;
  readonly gitDetails: EntityGitDetails;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml: null;
  };
}

export interface ConnectorStatus {
  readonly status: 'SUCCESS' | 'FAILURE' | 'UNKNOWN' | (string & {});
  readonly errorSummary: string | null;
  readonly errors: (readonly {
    readonly reason: string;
    readonly message: string;
    readonly code: number;
  }[]) | null;
  readonly testedAt: number | null;
  readonly lastTestedAt: number | null;
  readonly lastConnectedAt: number | null;
}

export interface ConnectorTestResult {
  readonly status: 'SUCCESS' | 'FAILURE' | (string & {});
  readonly errorSummary: string | null;
  readonly errors: (readonly {
    readonly reason: string;
    readonly message: string;
    readonly code: number;
  }[]) | null;
  /** Epoch milliseconds. */
  readonly testedAt: number;
  readonly delegateId: string | null;
}

export interface CurrentUser {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly defaultAccountId: string;
  readonly accounts: readonly {
    readonly uuid: string;
    readonly accountName: string;
    readonly companyName: string;
  }[];
  readonly admin: boolean;
  readonly twoFactorAuthenticationEnabled: boolean;
  readonly locked: boolean;
  readonly disabled: boolean;
  readonly externallyManaged: boolean;
}

export interface CustomWebhookAccepted {
  readonly eventCorrelationId: string;
  readonly apiUrl: string;
  readonly uiUrl: string;
  readonly uiSetupUrl: string;
}

export interface DelegateFilter {
  readonly filterType?: string | null | undefined;
  readonly status?: ('CONNECTED' | 'DISCONNECTED' | 'ENABLED' | 'WAITING_FOR_APPROVAL' | 'DISABLED' | 'DELETED' | (string & {})) | null | undefined;
  readonly delegateName?: string | null | undefined;
  readonly delegateType?: string | null | undefined;
  readonly hostName?: string | null | undefined;
  readonly delegateGroupIdentifier?: string | null | undefined;
  readonly delegateTags?: (readonly string[]) | null | undefined;
}

export interface DelegateGroups {
  readonly delegateGroupDetails: readonly {
    readonly groupId: string;
    readonly delegateGroupIdentifier: string;
    readonly delegateType: 'DOCKER';
    readonly groupName: string;
    readonly groupImplicitSelectors: Readonly<Record<string, string>>;
    readonly groupCustomSelectors: readonly string[];
    /** Epoch milliseconds. */
    readonly lastHeartBeat: number;
    readonly connectivityStatus: 'connected' | 'disconnected' | (string & {});
    readonly activelyConnected: boolean;
    readonly tokenActive: boolean;
    readonly delegateInstanceDetails: readonly DelegateReplica[];
  }[];
}

export interface DelegateListItem {
  readonly type: 'DOCKER';
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Epoch milliseconds. */
  readonly lastHeartBeat: number;
  readonly connected: boolean;
  readonly delegateReplicas: readonly DelegateReplica[];
  readonly autoUpgrade: 'OFF';
  readonly legacy: false;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
}

export interface DelegateReplica {
  readonly uuid: string;
  /** Epoch milliseconds. */
  readonly lastHeartbeat: number;
  readonly connected: boolean;
  readonly hostName: string;
  readonly version: string;
}

export interface DelegateSummary {
  readonly id: string;
  readonly name: string;
  readonly status: 'connected' | 'disconnected' | 'left' | (string & {});
  readonly tags: readonly string[];
  readonly hostName: string;
  readonly os: string;
  readonly arch: string;
  readonly shells: readonly string[];
  readonly binaries: (readonly string[]) | null;
  readonly docker: {
    readonly version: string;
    readonly os: string;
    readonly arch: string;
  } | null;
  readonly version: string;
  readonly capacity: number;
  readonly runningTasks: number;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  /** Epoch milliseconds. */
  readonly lastHeartbeatAt: number;
}

export interface DelegateTokenDetails {
  readonly uuid: string;
  readonly accountId: string;
  readonly name: string;
  readonly createdBy: {
    readonly type: 'USER';
    readonly name: string;
  } | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly status: 'ACTIVE' | 'REVOKED' | (string & {});
  readonly value: string | null;
  readonly ownerIdentifier: string | null;
  readonly revokeAfter: number | null;
}

export interface DiagnosticsResponse {
  readonly diagnostics: readonly WireDiagnostic[];
}

export interface EntityGitDetails {
  readonly objectId: string | null;
  readonly branch: string | null;
  readonly repoIdentifier: string | null;
  readonly rootFolder: string | null;
  readonly filePath: string | null;
  readonly repoName: string | null;
  readonly commitId: string | null;
  readonly fileUrl: string | null;
  readonly repoUrl: string | null;
  readonly parentEntityConnectorRef: string | null;
  readonly parentEntityRepoName: string | null;
  readonly isHarnessCodeRepo: boolean | null;
}

export interface EnvironmentFilter {
  readonly filterType?: string | null | undefined;
  readonly environmentIdentifiers?: (readonly string[]) | null | undefined;
  readonly environmentNames?: (readonly string[]) | null | undefined;
  readonly environmentTypes?: (readonly ('PreProduction' | 'Production' | (string & {}))[]) | null | undefined;
}

export interface EnvironmentRequest {
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly yaml?: string | null | undefined;
  readonly identifier: string;
  readonly type?: ('PreProduction' | 'Production' | (string & {})) | null | undefined;
}

export interface EnvironmentResponse {
  readonly environment: {
    readonly accountId: string;
    readonly orgIdentifier?: string | undefined;
    readonly projectIdentifier?: string | undefined;
    readonly identifier: string;
    readonly name: string;
    readonly description?: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly deleted: boolean;
    readonly type: 'PreProduction' | 'Production' | (string & {});
    readonly yaml: string;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export type ErrorCode = 'INVALID_REQUEST' | 'DUPLICATE_FIELD' | 'SCHEMA_VALIDATION_FAILED' | 'INVALID_INPUT_SET' | 'ABORT_ALL_ALREADY_NG' | 'INVALID_TOKEN' | 'EXPIRED_TOKEN' | 'REVOKED_TOKEN' | 'INVALID_CREDENTIAL' | 'PASSWORD_EXPIRED' | 'NG_ACCESS_DENIED' | 'ENTITY_NOT_FOUND' | 'RESOURCE_NOT_FOUND_EXCEPTION' | 'PAYLOAD_TOO_LARGE' | 'MEDIA_NOT_SUPPORTED' | 'TOO_MANY_REQUESTS' | 'UNKNOWN_ERROR' | 'SERVICE_UNAVAILABLE' | 'DISK_FULL' | (string & {});

export interface ErrorDto {
  readonly status: 'ERROR';
  readonly code: ErrorCode;
  readonly message: string;
  readonly correlationId: string;
  readonly detailedMessage: string | null;
  readonly responseMessages: readonly ResponseMessage[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export interface EventsReset {
  readonly reason: 'expired' | 'unknown' | (string & {});
}

export interface ExecutionChangeEvent {
  readonly version: number;
  readonly pipelineExecutionSummary: PipelineExecutionSummary;
  readonly nodes: readonly ExecutionNode[];
}

export interface ExecutionDetails {
  readonly pipelineExecutionSummary: PipelineExecutionSummary;
  readonly executionGraph?: ExecutionGraph | undefined;
  /** Of a stage that runs another pipeline: that execution. */
  readonly childGraph?: {
    readonly pipelineExecutionSummary: PipelineExecutionSummary;
    readonly executionGraph?: ExecutionGraph | undefined;
  } | undefined;
}

export interface ExecutionFilter {
  readonly filterType?: string | null | undefined;
  readonly status?: (readonly string[]) | null | undefined;
  readonly pipelineName?: string | null | undefined;
  readonly pipelineIdentifiers?: (readonly string[]) | null | undefined;
  readonly triggerTypes?: (readonly string[]) | null | undefined;
  readonly triggerIdentifiers?: (readonly string[]) | null | undefined;
  readonly pipelineTags?: (readonly {
    readonly key: string;
    readonly value?: string | null | undefined;
  }[]) | null | undefined;
  readonly tags?: (Readonly<Record<string, string | null>>) | null | undefined;
  readonly pipelineLabels?: (readonly unknown[]) | null | undefined;
  readonly executionModeFilter?: string | null | undefined;
  readonly moduleProperties?: Readonly<Record<string, unknown>> | null | undefined;
  readonly timeRange?: {
    readonly startTime?: number | null | undefined;
    readonly endTime?: number | null | undefined;
  } | null | undefined;
}

export interface ExecutionFinishedEvent {
  readonly type: 'execution.finished';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly status: ExecutionStatus;
    readonly previousStatus: ExecutionStatus | null;
    readonly triggerType: string;
    readonly triggeredBy: {
      readonly uuid: string;
      readonly identifier: string;
    };
    readonly startTs: number | null;
    readonly endTs: number | null;
    readonly failureMessage: string | null;
  };
}

export interface ExecutionGraph {
  readonly rootNodeId: string;
  readonly nodeMap: Readonly<Record<string, ExecutionNode>>;
  readonly nodeAdjacencyListMap: Readonly<Record<string, {
    readonly children: readonly string[];
    readonly nextIds: readonly string[];
  }>>;
  readonly representationStrategy: 'camelCase';
  readonly executionMetadata: {
    readonly accountId: string;
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
    readonly pipelineIdentifier: string;
    readonly planExecutionId: string;
  };
}

export interface ExecutionIdentifierSummary {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
  readonly planExecutionId: string;
  readonly runSequence: number;
  readonly status: ExecutionStatus;
}

export interface ExecutionInputResponse {
  readonly inputInstanceId: string;
  readonly nodeExecutionId: string;
  /** The asked leaves as YAML. */
  readonly inputTemplate: string;
  readonly userInput: string | null;
  readonly fields: readonly {
    /** Keys from the node, joined with a dot. */
    readonly path: string;
    readonly type: string;
    readonly required: boolean;
    readonly default?: unknown;
    readonly allowedValues?: readonly string[] | undefined;
    readonly isMultiple?: boolean | undefined;
    readonly regex?: string | undefined;
  }[];
}

export interface ExecutionInputs {
  readonly inputSetTemplateYaml: string | null;
  readonly inputSetYaml: string;
  readonly latestTemplateYaml: string | null;
  readonly expressionValues: readonly unknown[];
  readonly inputSetDetails: readonly {
    readonly identifier: string;
    readonly name: string;
  }[];
  readonly inputSetBranchName: string | null;
  readonly resolvedYaml: string | null;
}

export interface ExecutionMetadata {
  readonly executionId: string;
  readonly executionYaml: string;
}

export interface ExecutionMetadataDetails {
  readonly planExecutionId: string;
  /** The pipeline as it was saved when the execution began. */
  readonly executionYaml: string;
  readonly inputYaml: string;
  /** With templates and inputs in place. */
  readonly resolvedYaml: string;
  readonly triggerPayload: string | null;
}

export interface ExecutionNode {
  readonly uuid: string;
  readonly setupId: string;
  readonly name: string;
  readonly identifier: string;
  readonly baseFqn: string;
  readonly outcomes: Readonly<Record<string, unknown>>;
  readonly stepParameters: unknown;
  readonly createdAt: number | null;
  readonly startTs: number | null;
  readonly endTs: number | null;
  readonly stepType: string;
  readonly status: ExecutionStatus;
  readonly failureInfo: FailureInfo;
  readonly skipInfo: null;
  readonly nodeRunInfo: NodeRunInfo | null;
  readonly executableResponses: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
  readonly unitProgresses: readonly {
    readonly unitName: string;
    readonly status: string;
    readonly startTime: string;
    readonly endTime: string;
  }[];
  readonly progressData: null;
  readonly stepDetails: Readonly<Record<string, unknown>> | null;
  readonly delegateInfoList: readonly {
    readonly id: string;
    readonly name: string;
    readonly taskId: string;
    readonly taskName: string;
  }[];
  readonly interruptHistories: readonly InterruptHistory[];
  readonly retryNodeMetadata: {
    readonly attempts: readonly {
      readonly uuid: string;
      readonly status: ExecutionStatus;
      readonly startTs: number | null;
      readonly endTs: number | null;
      readonly failureInfo: FailureInfo;
      readonly logBaseKey: string | null;
    }[];
  } | null;
  readonly strategyMetadata: StrategyMetadata | null;
  readonly executionInputConfigured: boolean | null;
  readonly logBaseKey: string | null;
  readonly manualInterventionAvailableActions: readonly string[];
  readonly failureAdvice: {
    readonly action: string;
    /** The node whose strategy it is. */
    readonly fromFqn: string;
  } | null;
}

export interface ExecutionNotes {
  /** Empty when there are none. */
  readonly notes: string;
}

export interface ExecutionOutline {
  readonly planExecutionId: string;
  readonly pipelineIdentifier: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly name: string;
  readonly runSequence: number;
  readonly status: ExecutionStatus;
  readonly modules: readonly string[];
  /** Epoch milliseconds. */
  readonly startTs?: number | undefined;
  /** Epoch milliseconds. */
  readonly endTs?: number | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface ExecutionOutlinePage {
  readonly content: readonly ExecutionOutline[];
  readonly currentSize: number;
  readonly lastSeenExecutionId: string | null;
  readonly lastSeenStartTime: number | null;
  readonly hasMore: boolean;
}

export interface ExecutionStartedEvent {
  readonly type: 'execution.started';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly status: ExecutionStatus;
    readonly previousStatus: ExecutionStatus | null;
    readonly triggerType: string;
    readonly triggeredBy: {
      readonly uuid: string;
      readonly identifier: string;
    };
    readonly startTs: number | null;
    readonly endTs: number | null;
    readonly failureMessage: string | null;
  };
}

export type ExecutionStatus = 'NotStarted' | 'Queued' | 'Running' | 'AsyncWaiting' | 'TaskWaiting' | 'TimedWaiting' | 'WaitStepRunning' | 'ResourceWaiting' | 'InterventionWaiting' | 'ApprovalWaiting' | 'InputWaiting' | 'QueuedExecutionConcurrencyReached' | 'Paused' | 'Pausing' | 'Discontinuing' | 'Success' | 'IgnoreFailed' | 'Skipped' | 'Suspended' | 'Failed' | 'Errored' | 'Expired' | 'Aborted' | 'ApprovalRejected' | 'AbortedByFreeze' | (string & {});

export interface ExecutionStatusEvent {
  readonly type: 'execution.status';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly status: ExecutionStatus;
    readonly previousStatus: ExecutionStatus | null;
    readonly triggerType: string;
    readonly triggeredBy: {
      readonly uuid: string;
      readonly identifier: string;
    };
    readonly startTs: number | null;
    readonly endTs: number | null;
    readonly failureMessage: string | null;
  };
}

export interface ExecutionTriggerInfo {
  readonly triggerType: 'NOOP' | 'MANUAL' | 'WEBHOOK' | 'WEBHOOK_CUSTOM' | 'SCHEDULER_CRON' | 'ARTIFACT' | 'MANIFEST' | (string & {});
  readonly triggeredBy: {
    readonly uuid: string;
    readonly identifier: string;
    readonly extraInfo: Readonly<Record<string, string>>;
    readonly triggerIdentifier: string;
    readonly triggerName: string;
  };
  readonly isRerun: boolean;
  readonly rerunInfo?: {
    readonly rootExecutionId: string;
    readonly rootTriggerType: 'NOOP' | 'MANUAL' | 'WEBHOOK' | 'WEBHOOK_CUSTOM' | 'SCHEDULER_CRON' | 'ARTIFACT' | 'MANIFEST' | (string & {});
    readonly prevExecutionId: string;
    readonly prevTriggerType: 'NOOP' | 'MANUAL' | 'WEBHOOK' | 'WEBHOOK_CUSTOM' | 'SCHEDULER_CRON' | 'ARTIFACT' | 'MANIFEST' | (string & {});
  } | undefined;
}

export interface ExpandedPipelineJson {
  /** The pipeline with its templates in place, as JSON. */
  readonly expandedJson: string;
}

export interface ExpressionEvaluation {
  readonly mapExpression: Readonly<Record<string, {
    readonly originalExpression: string;
    readonly resolvedValue: unknown;
    readonly error: string | null;
  }>>;
  /** The text with the values in their places. */
  readonly compiledYaml: string;
}

export interface FailureDto {
  readonly status: 'FAILURE';
  readonly code: ErrorCode;
  readonly message: string;
  readonly correlationId: string;
  readonly errors: readonly {
    readonly fieldId: string;
    readonly error: string;
  }[];
}

export interface FailureInfo {
  readonly message: string;
  readonly failureTypeList: readonly string[];
  readonly responseMessages: readonly unknown[];
}

export interface FaultReport {
  readonly rules: FaultRules;
  readonly requests: readonly {
    readonly matched: number;
    readonly applied: number;
  }[];
  readonly steps: readonly {
    readonly matched: number;
    readonly applied: number;
  }[];
}

export interface FaultRules {
  /** The same seed and the same calls give the same faults. */
  readonly seed?: number | undefined;
  readonly requests?: readonly {
    readonly match: {
      readonly method?: string | undefined;
      /** `*` stands for any text. */
      readonly path?: string | undefined;
      readonly header?: {
        readonly name: string;
        /** `*` stands for any text. */
        readonly value: string;
      } | undefined;
    };
    /** How often it happens; absent = always. */
    readonly times?: number | undefined;
    /** Of each match; the seed decides. Absent = 1. */
    readonly probability?: number | undefined;
    readonly action: {
      readonly kind: 'delay';
      readonly ms: number;
    } | {
      readonly kind: 'status';
      readonly status: 429 | 500 | 501 | 502 | 503 | 504;
      readonly retryAfterSeconds?: number | undefined;
    } | {
      readonly kind: 'reset';
    };
  }[] | undefined;
  readonly steps?: readonly {
    readonly match: {
      /** `*` stands for any text. */
      readonly pipeline?: string | undefined;
      /** `*` stands for any text. */
      readonly stage?: string | undefined;
      /** `*` stands for any text. */
      readonly step?: string | undefined;
    };
    /** How often it happens; absent = always. */
    readonly times?: number | undefined;
    /** Of each match; the seed decides. Absent = 1. */
    readonly probability?: number | undefined;
    readonly action: {
      readonly kind: 'delay';
      readonly ms: number;
    } | {
      readonly kind: 'fail';
      readonly message?: string | undefined;
      readonly errorTypes?: readonly string[] | undefined;
    } | {
      readonly kind: 'expire';
    };
  }[] | undefined;
  readonly triggers?: {
    /** Events stay QUEUED for so long. */
    readonly delayMs: number;
  } | undefined;
}

export interface FolderNode {
  readonly identifier: string;
  readonly name: string;
  readonly type: 'FOLDER';
  readonly parentIdentifier: string | null;
  readonly path: string;
  readonly children: readonly StoredFileNode[];
}

export interface FolderRequest {
  readonly identifier: string;
  readonly name?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly parentIdentifier?: string | null | undefined;
}

export interface GovernanceMetadata {
  readonly id: string;
  readonly deny: boolean;
  readonly details: readonly unknown[];
  readonly message: string;
  readonly timestamp: string;
  readonly status: string;
  readonly accountId: string;
  readonly orgId: string;
  readonly projectId: string;
  readonly entity: string;
  readonly type: string;
  readonly action: string;
  readonly created: string;
}

export interface InfrastructureRequest {
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly yaml?: string | null | undefined;
  readonly identifier: string;
  readonly environmentRef: string;
  readonly type?: string | null | undefined;
  readonly deploymentType?: string | null | undefined;
}

export interface InfrastructureResponse {
  readonly infrastructure: {
    readonly accountId: string;
    readonly orgIdentifier?: string | undefined;
    readonly projectIdentifier?: string | undefined;
    readonly identifier: string;
    readonly name: string;
    readonly description?: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly environmentRef: string;
    readonly type?: string | undefined;
    readonly deploymentType?: string | undefined;
    readonly yaml: string;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface InputSetErrorWrapper {
  readonly type: 'InputSetErrorWrapper';
  readonly uuidToErrorResponseMap: Readonly<Record<string, {
    readonly errors: readonly {
      readonly fieldName: string;
      readonly message: string;
      readonly identifierOfErrorSource: string | null;
    }[];
  }>>;
  readonly invalidInputSetReferences: readonly string[];
}

export interface InputSetMergeRequest {
  readonly inputSetReferences?: (readonly string[]) | null | undefined;
  readonly withMergedPipelineYaml?: boolean | null | undefined;
  readonly stageIdentifiers?: (readonly string[]) | null | undefined;
  readonly lastYamlToMerge?: string | null | undefined;
}

export interface InputSetMergeResponse {
  /** The input template with the merged values; the rest is still asked for. */
  readonly pipelineYaml?: string | undefined;
  /** The pipeline with them. */
  readonly completePipelineYaml?: string | undefined;
  readonly errorResponse: boolean;
  readonly inputSetErrorWrapper?: InputSetErrorWrapper | undefined;
}

export interface InputSetResponse {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
  readonly identifier: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** It gives what the pipeline does not ask for any more. */
  readonly outdated: boolean;
  readonly errorResponse: boolean;
  readonly gitDetails: EntityGitDetails;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml?: string | undefined;
  };
  readonly storeType: 'INLINE';
  readonly inputSetYaml: string;
  readonly inputSetErrorWrapper?: InputSetErrorWrapper | undefined;
}

export interface InputSetSanitised {
  /** Nothing is left of it: it was not saved; delete it. */
  readonly shouldDeleteInputSet: boolean;
  readonly inputSetUpdateResponse?: InputSetResponse | OverlayInputSetResponse | undefined;
}

export interface InputSetSummary {
  readonly identifier: string;
  readonly name: string;
  readonly pipelineIdentifier: string;
  readonly description?: string | undefined;
  readonly inputSetType: 'INPUT_SET' | 'OVERLAY_INPUT_SET' | (string & {});
  readonly tags: Readonly<Record<string, string>>;
  readonly gitDetails: EntityGitDetails;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastUpdatedAt: number;
  readonly isOutdated: boolean;
  readonly inputSetErrorDetails?: InputSetErrorWrapper | undefined;
  /** Input sets that are gone, and why they are needed. */
  readonly overlaySetErrorDetails?: Readonly<Record<string, string>> | undefined;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml?: string | undefined;
  };
  readonly storeType: 'INLINE';
}

export interface InputSetTemplate {
  readonly inputSetTemplateYaml?: string | undefined;
  readonly replacedExpressions: readonly string[];
  readonly modules: readonly string[];
  readonly hasInputSets: boolean;
  readonly inputs?: readonly unknown[] | undefined;
}

export interface InputSetYamlDiff {
  readonly oldYAML: string;
  /** Without what the pipeline does not ask for any more. */
  readonly newYAML: string;
  /** Nothing would be left of it. */
  readonly inputSetEmpty: boolean;
  /** The pipeline asks for nothing: no input set could give anything. */
  readonly noUpdatePossible: boolean;
  readonly yamlDiffPresent: boolean;
  /** Of an overlay: sets that are gone. */
  readonly invalidReferences?: readonly string[] | undefined;
  readonly gitDetails: EntityGitDetails;
}

export interface InputWaitingEvent {
  readonly type: 'input.waiting';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly node: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      readonly kind: 'stage' | 'step' | (string & {});
    };
    readonly stage: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      /** As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`. */
      readonly type: string;
    } | null;
  };
}

export interface InterruptHistory {
  readonly interruptId: string;
  /** Epoch milliseconds. */
  readonly tookEffectAt: number;
  readonly interruptType: string;
  readonly interruptConfig: {
    readonly issuedBy: {
      readonly issueTime: string;
      readonly manualIssuer?: {
        readonly email_id: string;
        readonly user_id: string;
        readonly type: string;
        readonly identifier: string;
      } | undefined;
      readonly timeoutIssuer?: {
        readonly timeoutInstanceId: string;
      } | undefined;
    };
  };
}

export interface InterruptResponse {
  readonly id: string;
  readonly type: string;
  readonly planExecutionId: string;
}

export interface InterventionWaitingEvent {
  readonly type: 'intervention.waiting';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly node: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      readonly kind: 'stage' | 'step' | (string & {});
    };
    readonly stage: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      /** As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`. */
      readonly type: string;
    } | null;
    readonly failureMessage: string | null;
  };
}

export interface LatestExecution {
  readonly errorMessage: string | null;
  readonly latestExecutionId: string;
}

export interface LayoutNode {
  readonly nodeType: string;
  readonly nodeGroup: 'STAGE' | 'STRATEGY' | (string & {});
  readonly nodeIdentifier: string;
  readonly name: string;
  readonly nodeUuid: string;
  readonly status: ExecutionStatus;
  readonly module: string;
  readonly moduleInfo: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly createdAt?: number | undefined;
  /** Epoch milliseconds. */
  readonly startTs?: number | undefined;
  /** Epoch milliseconds. */
  readonly endTs?: number | undefined;
  readonly edgeLayoutList: {
    readonly currentNodeChildren: readonly string[];
    readonly nextIds: readonly string[];
  };
  readonly nodeRunInfo?: NodeRunInfo | undefined;
  readonly strategyMetadata?: StrategyMetadata | undefined;
  readonly childrenCount?: number | undefined;
  readonly failureInfo?: {
    readonly message: string;
  } | undefined;
  readonly failureInfoDTO?: FailureInfo | undefined;
  readonly nodeExecutionId?: string | undefined;
  readonly barrierFound: boolean;
  readonly hidden: boolean;
  readonly isRollbackStageNode: boolean;
  readonly executionInputConfigured: boolean;
}

export interface LogDownload {
  readonly link: string;
  readonly status: 'queued' | 'in_progress' | 'success' | 'error' | (string & {});
  readonly expires: string;
  readonly message: string;
}

export interface LogLine {
  readonly level: 'INFO' | 'WARN' | 'ERROR' | (string & {});
  /** 0-based number of the line. */
  readonly pos: number;
  /** The line with its line end. */
  readonly out: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface LogLineEvent {
  readonly line: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly text: string;
}

export interface LogLink {
  readonly link: string;
  readonly expires: string;
}

export interface LogSearchAnswer {
  readonly matches: readonly {
    readonly nodeExecutionId: string;
    readonly logKey: string;
    /** 0-based number of the line. */
    readonly line: number;
    /** Epoch milliseconds. */
    readonly time: number;
    /** The part of the line around its first match, without escape sequences. */
    readonly excerpt: string;
    /** Where the match begins in the excerpt, in UTF-16 units. */
    readonly start: number;
    readonly end: number;
  }[];
  /** There may be more: ask again with it. */
  readonly cursor?: string | undefined;
}

export interface LogServiceError {
  readonly error_msg: string;
}

export interface LogStreams {
  readonly streams: Readonly<Record<string, {
    /** Lines that have begun. */
    readonly size: number;
    readonly subscribers: number;
    /** Epoch seconds. */
    readonly ttl: string;
  }>>;
}

export interface NodeRunInfo {
  readonly whenCondition: string;
  readonly evaluatedCondition: boolean;
  readonly expressions: readonly {
    readonly expression: string;
    readonly expressionValue: string;
    readonly count: number;
  }[];
}

export interface NodeSubGraph {
  readonly executionGraph: ExecutionGraph;
}

export interface OneTimePassword {
  /** Good for choosing another one. Shown here and never again. */
  readonly password: string;
}

export interface OrganizationAggregate {
  readonly organizationResponse: OrganizationResponse;
  readonly projectsCount: number;
  /** Of the organization itself, as the other counts are. */
  readonly connectorsCount: number;
  readonly secretsCount: number;
  readonly delegatesCount: number;
  readonly templatesCount: number;
  /** Who administers it. */
  readonly admins: readonly UserMetadata[];
  /** Who else belongs to it. */
  readonly collaborators: readonly UserMetadata[];
}

export interface OrganizationResponse {
  readonly organization: {
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly harnessManaged: boolean;
}

export interface OverlayInputSetResponse {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
  readonly identifier: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** It gives what the pipeline does not ask for any more. */
  readonly outdated: boolean;
  readonly errorResponse: boolean;
  readonly gitDetails: EntityGitDetails;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml?: string | undefined;
  };
  readonly storeType: 'INLINE';
  readonly overlayInputSetYaml: string;
  readonly inputSetReferences: readonly string[];
  /** Input sets that are gone, and why they are needed. */
  readonly invalidInputSetReferences?: Readonly<Record<string, string>> | undefined;
}

export interface PasswordChangeRequest {
  /** Needed when there is one. */
  readonly currentPassword?: string | undefined;
  readonly newPassword: string;
}

export type PasswordChangeResult = 'PASSWORD_CHANGED' | 'INCORRECT_CURRENT_PASSWORD' | 'PASSWORD_STRENGTH_VIOLATED' | (string & {});

export interface PermissionResponse {
  readonly permission: {
    readonly identifier: string;
    readonly name: string;
    readonly status: 'ACTIVE';
    readonly allowedScopeLevels: readonly ('account' | 'organization' | 'project' | (string & {}))[];
    readonly resourceType: string;
    readonly action: string;
    readonly includeInAllRoles: boolean;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface PipelineCloneRequest {
  readonly sourceConfig: {
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
    readonly pipelineIdentifier: string;
  };
  readonly destinationConfig: {
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
    readonly pipelineIdentifier: string;
    readonly pipelineName?: string | null | undefined;
    readonly description?: string | null | undefined;
    readonly tags?: Readonly<Record<string, string>> | null | undefined;
  };
  readonly cloneConfig?: {
    readonly inputSets?: boolean | null | undefined;
    readonly connectors?: boolean | null | undefined;
    readonly templates?: boolean | null | undefined;
    readonly triggers?: boolean | null | undefined;
  } | null | undefined;
}

export interface PipelineExecutionSummary {
  readonly pipelineIdentifier: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly planExecutionId: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly tags: readonly {
    readonly key: string;
    readonly value: string;
  }[];
  readonly labels: readonly unknown[];
  readonly executionTriggerInfo: ExecutionTriggerInfo;
  readonly governanceMetadata: GovernanceMetadata;
  readonly failureInfo?: FailureInfo | undefined;
  readonly executionErrorInfo?: {
    readonly message: string;
  } | undefined;
  readonly moduleInfo: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly layoutNodeMap: Readonly<Record<string, LayoutNode>>;
  readonly modules: readonly string[];
  readonly startingNodeId: string;
  /** Epoch milliseconds. */
  readonly startTs?: number | undefined;
  /** Epoch milliseconds. */
  readonly endTs?: number | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly canRetry: boolean;
  readonly canReExecute: boolean;
  readonly showRetryHistory: boolean;
  readonly runSequence: number;
  readonly successfulStagesCount: number;
  readonly runningStagesCount: number;
  readonly failedStagesCount: number;
  readonly totalStagesCount: number;
  readonly executionInputConfigured: boolean;
  readonly allowStageExecutions: boolean;
  readonly stagesExecution: boolean;
  readonly stagesExecuted?: readonly string[] | undefined;
  readonly retryExecutionMetadata?: {
    readonly parentExecutionId: string;
    readonly rootExecutionId: string;
  } | undefined;
  readonly parentStageInfo?: {
    readonly hasParentPipeline: boolean;
    readonly stageNodeId: string;
    readonly executionId: string;
  } | undefined;
  readonly pausedBy?: {
    readonly email: string;
    readonly userName: string;
    /** Epoch milliseconds. */
    readonly createdAt: number;
  } | undefined;
  readonly abortedBy?: {
    readonly email: string;
    readonly userName: string;
    /** Epoch milliseconds. */
    readonly createdAt: number;
  } | undefined;
  readonly executionMode: 'NORMAL' | 'POST_EXECUTION_ROLLBACK' | 'PIPELINE_ROLLBACK' | 'UNDEFINED_MODE' | (string & {});
  readonly notesExistForPlanExecutionId: boolean;
  readonly notes?: string | undefined;
  readonly shouldUseSimplifiedKey: boolean;
  readonly storeType: string;
}

export interface PipelineFilter {
  readonly filterType?: string | null | undefined;
  readonly pipelineIdentifiers?: (readonly string[]) | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly pipelineTags?: (readonly {
    readonly key: string;
    readonly value?: string | null | undefined;
  }[]) | null | undefined;
  readonly tags?: (Readonly<Record<string, string | null>>) | null | undefined;
  readonly repoName?: string | null | undefined;
  readonly moduleProperties?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface PipelineResponse {
  readonly yamlPipeline: string;
  readonly resolvedTemplatesPipelineYaml?: string | undefined;
  readonly gitDetails: EntityGitDetails;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml?: string | undefined;
  };
  readonly modules: readonly string[];
  readonly storeType: 'INLINE';
  readonly publicAccessResponse: {
    readonly public: boolean;
    readonly errorMessage: string | null;
  };
  readonly allowDynamicExecutions: boolean;
  /** Where it was asked for: of a check of this version. */
  readonly validationUuid?: string | undefined;
}

export interface PipelineSaveResponse {
  readonly identifier: string | null;
  readonly governanceMetadata: GovernanceMetadata | null;
  readonly publicAccessResponse: {
    readonly public: boolean;
    readonly errorMessage: string | null;
  };
}

export interface PipelineSummary {
  readonly name: string;
  readonly identifier: string;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: number;
  readonly numOfStages: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastUpdatedAt: number;
  readonly modules: readonly string[];
  readonly executionSummaryInfo: {
    readonly numOfErrors: readonly number[];
    readonly deployments: readonly number[];
    /** Epoch milliseconds. */
    readonly lastExecutionTs?: number | undefined;
    readonly lastExecutionStatus?: string | undefined;
    readonly lastExecutionId?: string | undefined;
  };
  readonly recentExecutionsInfo: readonly RecentExecution[];
  readonly filters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly stageNames: readonly string[];
  readonly gitDetails?: EntityGitDetails | undefined;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml?: string | undefined;
  };
  readonly storeType: 'INLINE';
  readonly isDraft: boolean;
  readonly yamlVersion: '0';
}

export interface PipelineValidation {
  readonly status: 'SUCCESS' | 'FAILURE' | (string & {});
  /** Bridle has no policies. */
  readonly policyEval: null;
  readonly templateValidation: {
    readonly valid: boolean;
    readonly exceptionMessage: string | null;
  };
}

export interface PipelineValidationStarted {
  /** Of this version of the pipeline; for the second call. */
  readonly uuid: string;
}

export interface PipelineVariables {
  /** The pipeline with an id in place of each value. */
  readonly yaml: string;
  readonly metadataMap: Readonly<Record<string, {
    readonly yamlProperties?: {
      /** What `<+…>` says for it. */
      readonly fqn: string;
      /** The same from inside of its stage or step. */
      readonly localName: string;
      readonly variableName: string;
      readonly aliasFqn: string;
      readonly visible: boolean;
    } | undefined;
    /** Of a step: what it gives out. */
    readonly yamlOutputProperties?: {
      readonly outputProperties: readonly {
        /** What `<+…>` says for it. */
        readonly fqn: string;
        /** The same from inside of its stage or step. */
        readonly localName: string;
        readonly variableName: string;
        readonly aliasFqn: string;
        readonly visible: boolean;
      }[];
    } | undefined;
  }>>;
  readonly errorResponses: null;
  readonly serviceExpressionPropertiesList: readonly unknown[];
}

export interface PipelineVersion {
  /** What `If-Match` and `ETag` name. */
  readonly version: number;
  /** Of the pipeline, in that version. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly savedAt: number;
  readonly savedBy: {
    readonly id: string;
    readonly name: string;
  } | null;
  readonly restoredFrom: number | null;
  readonly isCurrent: boolean;
}

export interface PipelineVersionDiff {
  readonly from: number;
  readonly to: number;
  readonly text: {
    /** Lines. */
    readonly added: number;
    readonly removed: number;
    /** As `diff -u` prints it, without the names of files. */
    readonly unified: string;
  };
  readonly elements: readonly {
    readonly kind: 'pipeline' | 'stage' | 'stepGroup' | 'step' | (string & {});
    readonly path: string;
    readonly identifier: string;
    readonly change: 'added' | 'removed' | 'changed' | 'moved' | (string & {});
    /** Those of elements inside of it are their own. */
    readonly fields: readonly {
      /** Keys from the element on. */
      readonly path: string;
      /** Absent = it was not there. */
      readonly before?: unknown;
      readonly after?: unknown;
    }[];
  }[];
}

export interface PipelineVersionText {
  /** What `If-Match` and `ETag` name. */
  readonly version: number;
  /** Of the pipeline, in that version. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly savedAt: number;
  readonly savedBy: {
    readonly id: string;
    readonly name: string;
  } | null;
  readonly restoredFrom: number | null;
  readonly isCurrent: boolean;
  readonly yaml: string;
}

export interface PlanExecution {
  /** The planExecutionId. */
  readonly uuid: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly planId: string;
  readonly nodeId: string;
  readonly setupAbstractions: {
    readonly accountId: string;
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
  };
  /** Epoch milliseconds. */
  readonly validUntil: number;
  /** Raw engine name, such as RUNNING. */
  readonly status: string;
  readonly startTs: number | null;
  readonly endTs: number | null;
  readonly metadata: {
    readonly runSequence: number;
    readonly triggerInfo: ExecutionTriggerInfo;
    readonly pipelineIdentifier: string;
    readonly executionUuid: string;
    readonly principalInfo: {
      readonly principal: string;
      readonly principalType: string;
      readonly shouldValidateRbac: boolean;
    };
    readonly gitSyncBranchContext: string;
    readonly moduleType: string;
    readonly retryInfo: {
      readonly isRetry: boolean;
      readonly rootExecutionId: string;
      readonly parentRetryId: string;
    };
    readonly isNotificationConfigured: boolean;
    readonly pipelineStoreType: string;
    readonly pipelineConnectorRef: string;
    readonly harnessVersion: string;
    readonly executionMode: string;
    readonly isDebug: boolean;
  };
  /** Epoch milliseconds. */
  readonly lastUpdatedAt: number;
  readonly version: number;
  readonly nextIteration: null;
  readonly governanceMetadata: GovernanceMetadata;
  readonly nodeType: 'PLAN';
}

export interface PlanExecutionResponse {
  readonly planExecution: PlanExecution;
  readonly gitDetails: EntityGitDetails;
}

export interface PreflightCheck {
  readonly pipelineInputWrapperResponse: {
    readonly label: string;
    readonly status: 'SUCCESS' | 'FAILURE' | 'IN_PROGRESS' | 'UNKNOWN' | (string & {});
    readonly pipelineInputResponse: readonly {
      readonly fqn: string;
      readonly stageName: string | null;
      readonly stepName: string | null;
      readonly errorInfo: {
        readonly summary: string;
        readonly description: string | null;
        readonly causes: readonly {
          readonly cause: string;
        }[];
        readonly resolution: readonly {
          readonly resolution: string;
        }[];
      };
    }[];
  };
  readonly connectorWrapperResponse: {
    readonly label: string;
    readonly status: 'SUCCESS' | 'FAILURE' | 'IN_PROGRESS' | 'UNKNOWN' | (string & {});
    readonly checkResponses: readonly {
      readonly connectorIdentifier: string;
      readonly connectorName: string | null;
      readonly fqn: string;
      readonly stageIdentifier: string | null;
      readonly status: 'SUCCESS' | 'FAILURE' | 'IN_PROGRESS' | 'UNKNOWN' | (string & {});
      readonly connectorErrorInfo: {
        readonly summary: string;
        readonly description: string | null;
        readonly causes: readonly {
          readonly cause: string;
        }[];
        readonly resolution: readonly {
          readonly resolution: string;
        }[];
      } | null;
    }[];
  };
  readonly status: 'SUCCESS' | 'FAILURE' | 'IN_PROGRESS' | 'UNKNOWN' | (string & {});
  readonly errorInfo: {
    readonly summary: string;
    readonly description: string | null;
    readonly causes: readonly {
      readonly cause: string;
    }[];
    readonly resolution: readonly {
      readonly resolution: string;
    }[];
  } | null;
}

export type PrincipalType = 'USER' | 'USER_GROUP' | 'SERVICE_ACCOUNT' | (string & {});

export interface ProjectAggregate {
  readonly projectResponse: ProjectResponse;
  readonly organization?: {
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  } | undefined;
  readonly harnessManagedOrg: boolean;
  /** Who administers it. */
  readonly admins: readonly UserMetadata[];
  /** Who else belongs to it. */
  readonly collaborators: readonly UserMetadata[];
}

export interface ProjectChangeEvent {
  readonly what: 'pipelines' | 'triggers' | 'delegates' | (string & {});
}

export interface ProjectExecutionEvent {
  readonly planExecutionId: string;
  readonly pipelineIdentifier: string;
  readonly runSequence: number;
  readonly version: number;
  readonly status: ExecutionStatus;
}

export interface ProjectResponse {
  readonly project: {
    readonly orgIdentifier: string;
    readonly identifier: string;
    readonly name: string;
    readonly color: string;
    readonly modules: readonly string[];
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface ProjectTriggerEvent {
  readonly eventCorrelationId: string;
  readonly pipelineIdentifier: string | null;
  readonly triggerIdentifier: string | null;
  readonly finalStatus: string;
}

export interface RecentExecution {
  readonly executorInfo: {
    readonly triggerType: string;
    readonly username: string;
    readonly email?: string | undefined;
  };
  readonly planExecutionId: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly startTs?: number | undefined;
  /** Epoch milliseconds. */
  readonly endTs?: number | undefined;
  readonly runSequence: number;
}

export interface RepositoryList {
  /** Empty: nothing is kept in Git. */
  readonly repositories: readonly string[];
}

export interface ResourceGroupContent {
  readonly accountIdentifier?: string | null | undefined;
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
  readonly identifier: string;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly color?: string | null | undefined;
  readonly includedScopes?: (readonly {
    readonly filter: 'EXCLUDING_CHILD_SCOPES' | 'INCLUDING_CHILD_SCOPES' | (string & {});
    readonly accountIdentifier?: string | null | undefined;
    readonly orgIdentifier?: string | null | undefined;
    readonly projectIdentifier?: string | null | undefined;
  }[]) | null | undefined;
  readonly resourceFilter?: {
    readonly includeAllResources?: boolean | null | undefined;
    readonly resources?: (readonly {
      readonly resourceType: string;
      readonly identifiers?: (readonly string[]) | null | undefined;
      readonly attributeFilter?: unknown;
    }[]) | null | undefined;
  } | null | undefined;
}

export interface ResourceGroupRequest {
  readonly resourceGroup: ResourceGroupContent;
}

export interface ResourceGroupResponse {
  readonly resourceGroup: {
    readonly accountIdentifier: string | null;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly color: string;
    readonly allowedScopeLevels: readonly ('account' | 'organization' | 'project' | (string & {}))[];
    readonly includedScopes: readonly {
      readonly filter: 'EXCLUDING_CHILD_SCOPES' | 'INCLUDING_CHILD_SCOPES' | (string & {});
      readonly accountIdentifier: string;
      readonly orgIdentifier: string | null;
      readonly projectIdentifier: string | null;
    }[];
    readonly resourceFilter: {
      readonly includeAllResources: boolean;
      readonly resources: readonly {
        readonly resourceType: string;
        readonly identifiers: (readonly string[]) | null;
      }[];
    };
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly harnessManaged: boolean;
}

export interface ResponseMessage {
  readonly code: string;
  readonly level: 'ERROR' | 'WARN' | 'INFO' | (string & {});
  readonly message: string;
  readonly exception: null;
  readonly failureTypes: readonly string[];
}

export interface RetryHistory {
  readonly errorMessage: string | null;
  readonly latestExecutionId: string;
  readonly executionInfos: readonly {
    readonly uuid: string;
    /** Epoch milliseconds. */
    readonly startTs: number;
    readonly endTs: number | null;
    readonly status: string;
    readonly runSequence: number;
  }[];
  readonly retryStagesMetadata: {
    /** What this execution, if it is a retry, ran again. */
    readonly retryStagesIdentifier: readonly string[];
    /** What it took over. */
    readonly skipStagesIdentifier: readonly string[];
  };
}

export interface RetryStages {
  readonly resumable: boolean;
  readonly errorMessage: string | null;
  readonly groups: readonly {
    readonly info: readonly {
      readonly name: string;
      readonly identifier: string;
      readonly status: string;
      readonly createdAt: number | null;
      readonly parentId: string | null;
      readonly nextId: string | null;
    }[];
  }[];
}

export interface RoleAssignmentFilter {
  readonly resourceGroupFilter?: (readonly string[]) | null | undefined;
  readonly roleFilter?: (readonly string[]) | null | undefined;
  readonly principalTypeFilter?: (readonly PrincipalType[]) | null | undefined;
  readonly principalFilter?: (readonly {
    readonly identifier: string;
    readonly type: PrincipalType;
  }[]) | null | undefined;
}

export interface RoleAssignmentMetadata {
  readonly identifier: string;
  readonly roleIdentifier: string;
  readonly roleName: string;
  readonly resourceGroupIdentifier: string;
  readonly resourceGroupName: string;
  readonly managedRole: boolean;
  readonly managedRoleAssignment: boolean;
}

export interface RoleAssignmentRequest {
  readonly identifier?: string | null | undefined;
  readonly roleIdentifier: string;
  readonly resourceGroupIdentifier?: string | null | undefined;
  readonly principal: {
    readonly identifier: string;
    readonly type: PrincipalType;
    readonly scopeLevel?: ('account' | 'organization' | 'project' | (string & {})) | null | undefined;
  };
  readonly disabled?: boolean | null | undefined;
  readonly managed?: boolean | null | undefined;
}

export interface RoleAssignmentResponse {
  readonly roleAssignment: {
    readonly identifier: string;
    readonly resourceGroupIdentifier: string;
    readonly roleIdentifier: string;
    readonly principal: {
      readonly identifier: string;
      readonly type: PrincipalType;
      readonly scopeLevel: 'account' | 'organization' | 'project' | (string & {});
    };
    readonly disabled: boolean;
    readonly managed: boolean;
    readonly internal: boolean;
  };
  readonly scope: AccessScope;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly harnessManaged: boolean;
}

export interface RoleRequest {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly permissions?: (readonly string[]) | null | undefined;
  readonly allowedScopeLevels?: (readonly ('account' | 'organization' | 'project' | (string & {}))[]) | null | undefined;
}

export interface RoleResponse {
  readonly role: {
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly permissions: readonly string[];
    readonly allowedScopeLevels: readonly ('account' | 'organization' | 'project' | (string & {}))[];
  };
  readonly scope: AccessScope | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly harnessManaged: boolean;
}

export interface SavedFilter {
  readonly name: string;
  readonly identifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
  readonly filterProperties: Readonly<Record<string, unknown>>;
  readonly filterVisibility: 'EveryOne' | 'OnlyCreator' | (string & {});
}

export interface SavedFilterRequest {
  readonly name: string;
  readonly identifier: string;
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
  readonly filterProperties: {
    readonly filterType: string;
  } & Readonly<Record<string, unknown>>;
  readonly filterVisibility?: ('EveryOne' | 'OnlyCreator' | (string & {})) | null | undefined;
}

export interface SecretFilter {
  readonly filterType?: string | null | undefined;
  readonly identifiers?: (readonly string[]) | null | undefined;
  readonly secretTypes?: (readonly string[]) | null | undefined;
  readonly searchTerm?: string | null | undefined;
  readonly includeAllSecretsAccessibleAtScope?: boolean | null | undefined;
}

export interface SecretRequest {
  /** type, name, identifier, description, tags, spec. */
  readonly secret: unknown;
}

export interface SecretResponse {
  readonly secret: {
    readonly type: string;
    readonly name: string;
    readonly identifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly tags: Readonly<Record<string, string>>;
    readonly description: string;
    readonly spec: Readonly<Record<string, unknown>>;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  readonly draft: boolean;
}

export interface ServiceAccount {
  readonly identifier: string;
  readonly name: string;
  readonly email: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
  readonly governanceMetadata: null;
}

export interface ServiceAccountAggregate {
  readonly serviceAccount: ServiceAccount;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly tokensCount: number;
  readonly roleAssignmentsMetadataDTO: readonly RoleAssignmentMetadata[];
}

export interface ServiceAccountRequest {
  readonly identifier: string;
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly accountIdentifier?: string | null | undefined;
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
}

export interface ServiceOverridesRequest {
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
  readonly environmentRef: string;
  readonly serviceRef: string;
  readonly type?: 'ENV_SERVICE_OVERRIDE' | null | undefined;
  readonly yaml: string;
}

export interface ServiceOverridesResponse {
  readonly accountId: string;
  readonly orgIdentifier?: string | undefined;
  readonly projectIdentifier?: string | undefined;
  readonly identifier: string;
  readonly environmentRef: string;
  readonly serviceRef: string;
  readonly type: string;
  readonly yaml: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface ServiceRequest {
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly yaml?: string | null | undefined;
  readonly identifier: string;
}

export interface ServiceResponse {
  readonly service: {
    readonly accountId: string;
    readonly orgIdentifier?: string | undefined;
    readonly projectIdentifier?: string | undefined;
    readonly identifier: string;
    readonly name: string;
    readonly description?: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly deleted: boolean;
    readonly yaml: string;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface SessionResponse {
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly admin: boolean;
    readonly hasPassword: boolean;
  };
  readonly accountId: string;
  readonly defaultScope: {
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
  };
  readonly publicUrl: string;
}

export interface SettingResponse {
  readonly setting: {
    readonly identifier: string;
    readonly name: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly category: string;
    readonly groupIdentifier: string;
    readonly value: string;
    readonly defaultValue: string;
    readonly valueType: 'String' | 'Boolean' | 'Number' | (string & {});
    readonly allowedValues: (readonly string[]) | null;
    readonly allowOverrides: boolean;
    readonly settingSource: 'DEFAULT' | 'ACCOUNT' | 'ORG' | 'PROJECT' | (string & {});
    readonly isSettingEditable: boolean;
    readonly allowedScopes: readonly ('ACCOUNT' | 'ORGANIZATION' | 'PROJECT' | (string & {}))[];
  };
  readonly lastModifiedAt: number | null;
}

export interface SettingUpdate {
  readonly identifier: string;
  readonly value?: string | null | undefined;
  readonly allowOverrides?: boolean | null | undefined;
  readonly updateType: 'UPDATE' | 'RESTORE' | (string & {});
}

export interface SettingUpdateResult {
  readonly identifier: string;
  readonly setting: {
    readonly identifier: string;
    readonly name: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly category: string;
    readonly groupIdentifier: string;
    readonly value: string;
    readonly defaultValue: string;
    readonly valueType: 'String' | 'Boolean' | 'Number' | (string & {});
    readonly allowedValues: (readonly string[]) | null;
    readonly allowOverrides: boolean;
    readonly settingSource: 'DEFAULT' | 'ACCOUNT' | 'ORG' | 'PROJECT' | (string & {});
    readonly isSettingEditable: boolean;
    readonly allowedScopes: readonly ('ACCOUNT' | 'ORGANIZATION' | 'PROJECT' | (string & {}))[];
  } | null;
  readonly lastModifiedAt: number | null;
  readonly updateStatus: boolean;
  readonly errorMessage: string | null;
}

export interface SettingValue {
  readonly valueType: 'String' | 'Boolean' | 'Number' | (string & {});
  readonly value: string;
}

export interface SignInLink {
  /** Signs in once whoever opens it. Shown here and never again. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface SignInLinkRequest {
  /** For how long it works. */
  readonly hours?: number | undefined;
}

export interface SignInRequest {
  readonly token?: string | undefined;
  readonly code?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  /** In place of a one-time password. */
  readonly newPassword?: string | undefined;
}

export interface SignInWays {
  /** Somebody has a password. */
  readonly password: boolean;
  readonly openId: {
    /** Of the provider, for people. */
    readonly name: string;
    /** Path that begins to sign in there; takes `to`, a path to go on to. */
    readonly url: string;
  } | null;
}

export interface SignOutResponse {
  readonly continueAt: string | null;
}

export interface StageExecution {
  readonly stageIdentifier: string;
  readonly stageName: string;
  readonly message: string | null;
  readonly toBeBlocked: boolean;
  /** Earlier stages whose values its expressions ask for. */
  readonly stagesRequired: readonly string[];
}

export interface StageExecutionRequest {
  readonly stageIdentifiers: readonly string[];
  readonly runtimeInputYaml?: string | null | undefined;
  readonly expressionValues?: Readonly<Record<string, string>> | null | undefined;
}

export interface StageFinishedEvent {
  readonly type: 'stage.finished';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly stage: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      /** As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`. */
      readonly type: string;
    };
    readonly status: ExecutionStatus;
    /** 0-based. */
    readonly attempt: number;
    readonly startTs: number | null;
    readonly endTs: number | null;
    readonly failureMessage: string | null;
  };
}

export interface StageStartedEvent {
  readonly type: 'stage.started';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly planExecutionId: string;
    readonly pipelineIdentifier: string;
    /** Of the pipeline. */
    readonly name: string;
    readonly runSequence: number;
    readonly stage: {
      readonly identifier: string;
      readonly name: string;
      readonly nodeExecutionId: string;
      /** As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`. */
      readonly type: string;
    };
    readonly status: ExecutionStatus;
    /** 0-based. */
    readonly attempt: number;
    readonly startTs: number | null;
    readonly endTs: number | null;
    readonly failureMessage: string | null;
  };
}

export interface StepPalette {
  readonly name: 'Library';
  readonly stepsData: readonly {
    readonly name: string;
    readonly type: string;
    readonly disabled: boolean;
    readonly featureRestrictionName: null;
  }[];
  readonly stepCategories: readonly {
    readonly name: string;
    readonly stepsData: readonly {
      readonly name: string;
      readonly type: string;
      readonly disabled: boolean;
      readonly featureRestrictionName: null;
    }[];
    readonly stepCategories: readonly unknown[];
  }[];
}

export interface StepPaletteRequest {
  readonly stepPalleteModuleInfos?: (readonly {
    readonly module: string;
    readonly category?: string | null | undefined;
    readonly shouldShowCommonSteps?: boolean | null | undefined;
    readonly commonStepCategory?: string | null | undefined;
  }[]) | null | undefined;
}

export interface StoredFile {
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
  readonly identifier: string;
  readonly name: string;
  readonly type: 'FILE' | 'FOLDER' | (string & {});
  readonly parentIdentifier: string;
  readonly path: string;
  readonly fileUsage: ('MANIFEST_FILE' | 'CONFIG' | 'SCRIPT' | (string & {})) | null;
  readonly mimeType: string | null;
  readonly description: string;
  readonly tags: readonly {
    readonly key: string;
    readonly value: string;
  }[];
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly draft: boolean;
  readonly createdBy: {
    readonly name: string;
  };
}

export interface StoredFileNode {
  readonly identifier: string;
  readonly name: string;
  readonly type: 'FILE' | 'FOLDER' | (string & {});
  readonly parentIdentifier: string;
  readonly path: string;
  readonly fileUsage: ('MANIFEST_FILE' | 'CONFIG' | 'SCRIPT' | (string & {})) | null;
  readonly mimeType: string | null;
  readonly description: string;
  readonly tags: readonly {
    readonly key: string;
    readonly value: string;
  }[];
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface StrategyMetadata {
  /** 0-based */
  readonly currentIteration: number;
  readonly totalIterations: number;
  readonly identifierPostFix: string;
  readonly matrixMetadata?: {
    readonly matrixCombination: readonly number[];
    readonly matrixValues: Readonly<Record<string, string>>;
    readonly subType: string;
  } | undefined;
  readonly forMetadata?: {
    readonly value: string;
    readonly partition: readonly string[];
  } | undefined;
}

export interface TargetExecutionSummary {
  readonly triggerId?: string | undefined;
  readonly targetId: string;
  readonly runtimeInput?: string | undefined;
  readonly planExecutionId: string;
  readonly runSequence: number;
  readonly executionStatus: string;
  /** Epoch milliseconds. */
  readonly startTs?: number | undefined;
}

export interface TemplateFilter {
  readonly filterType?: string | undefined;
  readonly templateIdentifiers?: (readonly string[]) | null | undefined;
  readonly templateEntityTypes?: (readonly string[]) | null | undefined;
  readonly childTypes?: (readonly string[]) | null | undefined;
}

export interface TemplateMergeResponse {
  readonly mergedPipelineYaml: string;
  readonly templateReferenceSummaries: readonly TemplateReferenceSummary[];
}

export interface TemplateReferenceSummary {
  readonly templateIdentifier: string;
  /** The version that was found, also where the stable one was asked for. */
  readonly versionLabel: string;
  readonly scope: 'account' | 'org' | 'project' | (string & {});
}

export interface TemplateResponse {
  readonly accountId: string;
  readonly orgIdentifier?: string | undefined;
  readonly projectIdentifier?: string | undefined;
  readonly identifier: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly yaml: string;
  readonly versionLabel: string;
  /** Step, StepGroup, Stage, Pipeline, … */
  readonly templateEntityType: string;
  /** Type of the step or stage it makes. */
  readonly childType?: string | undefined;
  readonly templateScope: 'account' | 'org' | 'project' | (string & {});
  /** Raised by each change; what If-Match compares. */
  readonly version: number;
  readonly stableTemplate: boolean;
  readonly gitDetails: EntityGitDetails;
  readonly entityValidityDetails: {
    readonly valid: boolean;
    readonly invalidYaml?: string | undefined;
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastUpdatedAt: number;
  readonly storeType: 'INLINE';
}

export interface TemplateWrapperResponse {
  readonly valid: boolean;
  readonly templateResponseDTO: TemplateResponse;
}

export interface TokenAggregate {
  readonly token: TokenDetails;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
  readonly expiryAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface TokenDetails {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly apiKeyIdentifier: string;
  readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
  readonly parentIdentifier: string;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly scheduledExpireTime: number | null;
  readonly valid: boolean;
  readonly email: string;
  readonly username: string;
  readonly encodedPassword: null;
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
}

export interface TokenRequest {
  readonly identifier: string;
  readonly name: string;
  readonly apiKeyIdentifier: string;
  readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT' | (string & {});
  readonly parentIdentifier: string;
  readonly validFrom?: number | null | undefined;
  readonly validTo?: number | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly accountIdentifier?: string | null | undefined;
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
}

export interface TriggerAcceptedEvent {
  readonly type: 'trigger.accepted';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly eventCorrelationId: string;
    readonly pipelineIdentifier: string | null;
    readonly triggerIdentifier: string | null;
  };
}

export interface TriggerCatalog {
  readonly catalog: readonly {
    readonly category: string;
    readonly triggerCatalogType: readonly string[];
  }[];
}

export interface TriggerDecidedEvent {
  readonly type: 'trigger.decided';
  /** When it happened, by the clock of the database: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly accountIdentifier: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly eventCorrelationId: string;
    readonly pipelineIdentifier: string | null;
    readonly triggerIdentifier: string | null;
    readonly finalStatus: string;
    readonly message: string;
    readonly planExecutionId: string | null;
  };
}

export interface TriggerDetails {
  readonly name: string;
  readonly identifier: string;
  readonly description?: string | undefined;
  readonly type: string;
  readonly enabled: boolean;
  readonly yaml: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly webhookUrl?: string | undefined;
  readonly webhookCurlCommand?: string | undefined;
  readonly tokenlessWebhookUrl?: string | undefined;
  readonly nextFireTimes?: readonly number[] | undefined;
  readonly registrationStatus?: 'SUCCESS' | 'FAILED' | 'ERROR' | 'TIMEOUT' | 'UNAVAILABLE' | (string & {}) | undefined;
  readonly pipelineInputOutdated: boolean;
  readonly yamlVersion: '0';
  /** Runs per day of the last week, today last. */
  readonly executions: readonly number[];
  readonly triggerStatus: {
    readonly validationStatus: {
      readonly statusResult: 'SUCCESS' | 'FAILED' | 'UNKNOWN' | 'PENDING' | (string & {});
      readonly detailedMessage?: string | undefined;
    };
    readonly status: 'SUCCESS' | 'FAILED' | 'UNKNOWN' | 'PENDING' | (string & {});
    readonly detailMessages: readonly string[];
  };
  readonly lastTriggerExecutionDetails?: {
    /** Epoch milliseconds. */
    readonly lastExecutionTime: number;
    readonly lastExecutionSuccessful: boolean;
    readonly lastExecutionStatus: TriggerEventStatus;
    readonly planExecutionId?: string | undefined;
    readonly message: string;
  } | undefined;
  readonly webhookDetails?: {
    readonly webhookSecret?: string | undefined;
    readonly webhookSourceRepo: string;
  } | undefined;
}

export interface TriggerEventHistory {
  readonly triggerIdentifier?: string | undefined;
  readonly accountId: string;
  readonly orgIdentifier?: string | undefined;
  readonly projectIdentifier?: string | undefined;
  readonly targetIdentifier?: string | undefined;
  readonly eventCorrelationId: string;
  readonly payload: string;
  /** Epoch milliseconds. */
  readonly eventCreatedAt: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly finalStatus: TriggerEventStatus;
  readonly message: string;
  readonly exceptionOccurred: boolean;
  readonly triggerEventStatus: {
    readonly status: 'SUCCESS' | 'FAILED' | 'SKIPPED' | (string & {});
    readonly message: string;
  };
  readonly type: string;
  /** Epoch milliseconds. */
  readonly dueAt?: number | undefined;
  readonly targetExecutionSummary?: TargetExecutionSummary | undefined;
  readonly payloadCut?: true | undefined;
  readonly conditions?: readonly ConditionResult[] | undefined;
}

export type TriggerEventStatus = 'QUEUED' | 'TARGET_EXECUTION_REQUESTED' | 'NEW_ARTIFACT_EVENT_PROCESSED' | 'NEW_MANIFEST_EVENT_PROCESSED' | 'TRIGGER_CONFIRMATION_SUCCESSFUL' | 'MERGE_QUEUE_CHECKS_CANCELED' | 'SKIPPED' | 'TRIGGER_DID_NOT_MATCH_EVENT_CONDITION' | 'TRIGGER_DID_NOT_MATCH_METADATA_CONDITION' | 'TRIGGER_DID_NOT_MATCH_ARTIFACT_JEXL_CONDITION' | 'MERGE_QUEUE_CHECKS_ALREADY_RUNNING' | 'SCM_SERVICE_CONNECTION_FAILED' | 'INVALID_PAYLOAD' | 'NO_MATCHING_TRIGGER_FOR_REPO' | 'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION' | 'NO_MATCHING_TRIGGER_FOR_METADATA_CONDITIONS' | 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS' | 'NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS' | 'NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS' | 'NO_MATCHING_TRIGGER_FOR_FILEPATH_CONDITIONS' | 'INVALID_RUNTIME_INPUT_YAML' | 'TARGET_DID_NOT_EXECUTE' | 'NO_ENABLED_CUSTOM_TRIGGER_FOUND' | 'NO_ENABLED_CUSTOM_TRIGGER_FOUND_FOR_ACCOUNT' | 'NO_ENABLED_TRIGGER_FOR_PROJECT' | 'NO_ENABLED_TRIGGER_FOR_ACCOUNT' | 'NO_ENABLED_TRIGGER_FOR_SOURCEREPO_TYPE' | 'NO_ENABLED_TRIGGER_FOR_ACCOUNT_SOURCE_REPO' | 'FAILED_TO_FETCH_PR_DETAILS' | 'FAILED_TO_FETCH_PR_COMMITS' | 'EXCEPTION_WHILE_PROCESSING' | 'TRIGGER_CONFIRMATION_FAILED' | 'TRIGGER_AUTHENTICATION_FAILED' | 'VALIDATION_FAILED_FOR_TRIGGER' | 'ALL_MAPPED_TRIGGER_FAILED_VALIDATION_FOR_POLLING_EVENT' | 'NO_MATCHING_TRIGGER_FOR_FOR_EVENT_SIGNATURES' | 'NO_MATCHING_TRIGGER_FOR_FOR_EVENT_CONDITION' | 'POLLING_EVENT_WITH_NO_VERSIONS' | 'INVALID_HARNESS_ARTIFACT_REGISTRY_TRIGGER_ACTION' | 'NO_TRIGGERS_FOUND_FOR_HARNESS_ARTIFACT_REGISTRY_WEBHOOK' | 'HARNESS_ARTIFACT_REGISTRY_WEBHOOK_NOT_EXECUTED' | (string & {});

export interface TriggerExecutionDetails {
  readonly webhookProcessingDetails: WebhookEventProcessingDetails;
  readonly executionDetails: ExecutionDetails | null;
  readonly executionUrl: string | null;
}

export interface TriggerResponse {
  readonly name: string;
  readonly identifier: string;
  readonly description?: string | undefined;
  readonly type: string;
  readonly accountIdentifier: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly targetIdentifier: string;
  readonly yaml: string;
  readonly enabled: boolean;
  readonly errors?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly errorResponse: boolean;
  readonly stagesToExecute: readonly string[];
}

export interface TriggerYamlDiff {
  readonly oldYAML: string;
  readonly newYAML: string;
}

export interface UserAggregate {
  readonly user: UserMetadata;
  readonly roleAssignmentMetadata: readonly RoleAssignmentMetadata[];
}

export interface UserGroup {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly users: readonly string[];
  readonly notificationConfigs: readonly unknown[];
  readonly ssoLinked: boolean;
  readonly externallyManaged: boolean;
  readonly harnessManaged: boolean;
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
}

export interface UserGroupFilter {
  readonly identifierFilter?: (readonly string[]) | null | undefined;
  readonly searchTerm?: string | null | undefined;
}

export interface UserGroupRequest {
  readonly identifier: string;
  readonly name: string;
  readonly users?: (readonly string[]) | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly accountIdentifier?: string | null | undefined;
  readonly orgIdentifier?: string | null | undefined;
  readonly projectIdentifier?: string | null | undefined;
}

export interface UserMetadata {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly locked: boolean;
  readonly disabled: boolean;
  readonly externallyManaged: boolean;
  readonly twoFactorAuthenticationEnabled: boolean;
}

export interface V1DynamicRequest {
  /** The whole pipeline to run in place of the saved one, as YAML. */
  readonly yaml: string;
  /** Runtime inputs as YAML rooted at `pipeline:`. */
  readonly inputs_yaml?: string | undefined;
}

export interface V1ExecuteRequest {
  /** Runtime inputs as YAML rooted at `pipeline:`. */
  readonly inputs_yaml?: string | undefined;
  /** The same under its older name. */
  readonly runtime_yaml?: string | undefined;
  /** Merged in this order below the inputs. */
  readonly input_set_refs?: readonly string[] | undefined;
  readonly notes?: string | undefined;
}

export interface V1Identifier {
  readonly identifier: string;
}

export interface V1InputSet {
  readonly input_set_yaml: string;
  readonly identifier: string;
  readonly name: string;
  readonly org: string;
  readonly project: string;
  readonly pipeline: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
  readonly store_type: 'INLINE';
}

export interface V1InputSetRequest {
  readonly identifier?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The input set as YAML; what is said beside it must agree with it. */
  readonly input_set_yaml: string;
}

export interface V1Inputs {
  readonly has_input_sets: boolean;
  /** Absent when nothing is asked. */
  readonly template_yaml?: string | undefined;
  readonly replaced_expressions: readonly string[];
  readonly modules: readonly string[];
  /** By the place of each in the pipeline. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface V1InputsSchema {
  readonly inputs: readonly {
    readonly path: string;
    readonly required: boolean;
    readonly details: Readonly<Record<string, unknown>>;
  }[];
}

export interface V1Organization {
  readonly org: {
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
  readonly harness_managed: boolean;
}

export interface V1OrganizationRequest {
  readonly org: {
    readonly identifier: string;
    readonly name: string;
    readonly description?: string | undefined;
    readonly tags?: Readonly<Record<string, string>> | undefined;
  };
}

export interface V1Pipeline {
  readonly pipeline_yaml: string;
  readonly template_applied_pipeline_yaml?: string | undefined;
  readonly identifier: string;
  readonly name: string;
  readonly org: string;
  readonly project: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  readonly valid: boolean;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
  readonly store_type: 'INLINE';
}

export interface V1PipelinePatch {
  /** Cannot be changed. */
  readonly identifier?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The whole pipeline; the rest is changed in it. */
  readonly pipeline_yaml?: string | undefined;
}

export interface V1PipelineRequest {
  readonly identifier?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The pipeline as YAML; what is said beside it must agree with it. */
  readonly pipeline_yaml: string;
}

export interface V1PipelineSummary {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
  readonly modules: readonly string[];
  readonly store_type: 'INLINE';
  readonly stage_count: number;
  readonly stage_names: readonly string[];
  readonly recent_execution_info: readonly {
    readonly execution_id: string;
    readonly run_number: number;
    readonly status: string;
    /** Epoch milliseconds. */
    readonly started?: number | undefined;
    /** Epoch milliseconds. */
    readonly ended?: number | undefined;
    readonly executor_info: {
      readonly trigger_type: string;
      readonly username: string;
      readonly email?: string | undefined;
    };
  }[];
}

export interface V1Project {
  readonly project: {
    readonly identifier: string;
    readonly name: string;
    readonly org: string;
    readonly color: string;
    readonly modules: readonly string[];
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
}

export interface V1ProjectRequest {
  readonly project: {
    readonly identifier: string;
    readonly name: string;
    readonly org?: string | undefined;
    readonly color?: string | undefined;
    readonly modules?: readonly string[] | undefined;
    readonly description?: string | undefined;
    readonly tags?: Readonly<Record<string, string>> | undefined;
  };
}

export interface V1StagesRequest {
  /** Runtime inputs as YAML rooted at `pipeline:`. */
  readonly inputs_yaml?: string | undefined;
  /** The same under its older name. */
  readonly runtime_yaml?: string | undefined;
  /** Merged in this order below the inputs. */
  readonly input_set_refs?: readonly string[] | undefined;
  readonly notes?: string | undefined;
  readonly stage_identifiers: readonly string[];
  readonly expression_values?: Readonly<Record<string, string>> | undefined;
}

export interface V1Started {
  readonly execution_details: {
    readonly execution_id: string;
    /** Raw engine name, such as RUNNING. */
    readonly status: string;
  };
}

export interface V1Trigger {
  readonly trigger_yaml: string;
  readonly identifier: string;
  readonly name: string;
  readonly org: string;
  readonly project: string;
  readonly pipeline: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly type: string;
  readonly enabled: boolean;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Epoch milliseconds. */
  readonly updated: number;
}

export interface V1TriggerRequest {
  readonly identifier?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The trigger as YAML; what is said beside it must agree with it. */
  readonly trigger_yaml: string;
}

export interface V1Validation {
  readonly uuid: string;
  readonly status: 'SUCCESS' | 'FAILURE' | (string & {});
  readonly errors: readonly {
    readonly message: string;
    readonly fqn: string;
  }[];
}

export interface VariableRequest {
  readonly variable: {
    readonly identifier: string;
    readonly name: string;
    readonly description?: string | null | undefined;
    readonly orgIdentifier?: string | null | undefined;
    readonly projectIdentifier?: string | null | undefined;
    readonly type: 'String';
    readonly spec: {
      readonly valueType: 'FIXED';
      readonly fixedValue: string;
    };
  };
}

export interface VariableResponse {
  readonly variable: {
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly orgIdentifier: string | null;
    readonly projectIdentifier: string | null;
    readonly type: 'String';
    readonly spec: {
      readonly valueType: 'FIXED';
      readonly fixedValue: string;
    };
  };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface Webhook {
  readonly identifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  /** What it is called for; none = everything. */
  readonly eventTypes: readonly ('trigger.accepted' | 'trigger.decided' | 'execution.started' | 'execution.status' | 'execution.finished' | 'stage.started' | 'stage.finished' | 'approval.waiting' | 'approval.decided' | 'intervention.waiting' | 'input.waiting' | (string & {}))[];
  /** Only for these pipelines; none = for all. */
  readonly pipelineIdentifiers: readonly string[];
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly failingSince: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number;
}

export interface WebhookDelivery {
  readonly id: string;
  /** The header `webhook-id`: the same however often it is sent. */
  readonly messageId: string;
  readonly eventType: string;
  readonly state: 'pending' | 'delivered' | 'failed' | (string & {});
  readonly nextAttemptAt: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly endedAt: number | null;
}

export interface WebhookDeliveryDetails {
  readonly id: string;
  /** The header `webhook-id`: the same however often it is sent. */
  readonly messageId: string;
  readonly eventType: string;
  readonly state: 'pending' | 'delivered' | 'failed' | (string & {});
  readonly nextAttemptAt: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** What was sent, byte for byte. */
  readonly body: string;
  readonly attempts: readonly {
    /** Epoch milliseconds. */
    readonly at: number;
    readonly durationMs: number;
    readonly status: number | null;
    readonly error: string | null;
    /** The first KB of the answer. */
    readonly response: string;
  }[];
}

export interface WebhookEventProcessingDetails {
  readonly eventFound: boolean;
  readonly eventId: string;
  readonly accountIdentifier: string;
  readonly orgIdentifier: string | null;
  readonly projectIdentifier: string | null;
  readonly triggerIdentifier: string | null;
  readonly pipelineIdentifier: string | null;
  readonly pipelineExecutionId: string | null;
  readonly exceptionOccured: boolean;
  readonly status: TriggerEventStatus | null;
  readonly message: string | null;
  readonly payload: string | null;
  readonly eventCreatedAt: number | null;
  readonly runtimeInput: string | null;
  readonly warningMsg: string | null;
}

export type WebhookRepresentation = TriggerExecutionDetails & {
  readonly eventCorrelationId: string;
};

export interface WebhookRequest {
  readonly name: string;
  readonly description?: string | undefined;
  /** Where it is called: http or https. */
  readonly url: string;
  /** What it is called for; none = everything. */
  readonly eventTypes?: readonly ('trigger.accepted' | 'trigger.decided' | 'execution.started' | 'execution.status' | 'execution.finished' | 'stage.started' | 'stage.finished' | 'approval.waiting' | 'approval.decided' | 'intervention.waiting' | 'input.waiting' | (string & {}))[] | undefined;
  /** Only for these pipelines; none = for all. */
  readonly pipelineIdentifiers?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
}

export interface WebhookSecretRotation {
  /** For how long the secrets before it sign as well. */
  readonly keepOldHours?: number | undefined;
}

export interface WebhookWithSecret {
  readonly webhook: Webhook;
  /** What the calls are signed with. Shown here and never again. */
  readonly secret: string;
}

export interface WireDiagnostic {
  readonly code: string;
  readonly blocks: 'save' | 'run' | 'nothing' | (string & {});
  readonly message: string;
  readonly hint?: string | undefined;
  readonly range: {
    readonly start: {
      /** 1-based */
      readonly line: number;
      /** 1-based */
      readonly column: number;
      /** 0-based, in UTF-16 units */
      readonly offset: number;
    };
    readonly end: {
      /** 1-based */
      readonly line: number;
      /** 1-based */
      readonly column: number;
      /** 0-based, in UTF-16 units */
      readonly offset: number;
    };
  };
  readonly path: string;
  /** Where `range` is, if not in the text itself: `inputs`, or `template org.build 1.2`. */
  readonly document?: string | undefined;
}
