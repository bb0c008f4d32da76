/** The parts of the wire shapes that the UI reads. The server's own schemas (packages/protocol) are the contract. */

export interface Session {
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly hasPassword: boolean;
  };
  readonly accountId: string;
  readonly defaultScope: { readonly orgIdentifier: string; readonly projectIdentifier: string };
}

export interface SignInWays {
  readonly password: boolean;
  readonly openId: { readonly name: string; readonly url: string } | null;
}

export interface BrowserSession {
  readonly id: string;
  readonly current: boolean;
  readonly signedInBy: 'token' | 'link' | 'password' | 'openid' | '';
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

export interface SpringPage<T> {
  readonly content: readonly T[];
  readonly totalElements: number;
  readonly totalPages: number;
  readonly number: number;
}

export interface NgPage<T> {
  readonly content: readonly T[];
  readonly totalItems: number;
  readonly totalPages: number;
  readonly pageIndex: number;
}

export interface RecentExecution {
  readonly planExecutionId: string;
  readonly status: string;
  readonly startTs?: number;
  readonly endTs?: number;
  readonly runSequence: number;
}

export interface PipelineRow {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly numOfStages: number;
  readonly stageNames?: readonly string[];
  readonly lastUpdatedAt: number;
  readonly recentExecutionsInfo?: readonly RecentExecution[];
}

export interface ExecutionFailure {
  readonly message: string;
  readonly failureTypeList?: readonly string[];
}

export interface LayoutNode {
  readonly nodeType: string;
  readonly nodeGroup: string;
  readonly nodeIdentifier: string;
  readonly name: string;
  readonly nodeUuid: string;
  readonly status: string;
  readonly startTs?: number;
  readonly endTs?: number;
  readonly failureInfo?: ExecutionFailure;
  readonly nodeRunInfo?: {
    readonly whenCondition?: string;
    readonly evaluatedCondition?: boolean;
    readonly expressions?: readonly { expression: string; expressionValue: string }[];
  };
  readonly edgeLayoutList: { readonly currentNodeChildren: readonly string[]; readonly nextIds: readonly string[] };
  readonly nodeExecutionId?: string;
}

export interface ExecutionSummary {
  readonly pipelineIdentifier: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly planExecutionId: string;
  readonly name: string;
  readonly status: string;
  readonly runSequence: number;
  readonly startTs?: number;
  readonly endTs?: number;
  readonly createdAt: number;
  readonly failureInfo?: ExecutionFailure;
  readonly layoutNodeMap: Readonly<Record<string, LayoutNode>>;
  readonly startingNodeId: string;
  readonly successfulStagesCount: number;
  readonly runningStagesCount: number;
  readonly failedStagesCount: number;
  readonly totalStagesCount: number;
  readonly canRetry: boolean;
  readonly executionTriggerInfo: {
    readonly triggerType: string;
    readonly triggeredBy: {
      readonly uuid: string;
      readonly identifier: string;
      readonly triggerIdentifier?: string;
      readonly triggerName?: string;
      readonly extraInfo?: Readonly<Record<string, string>>;
    };
    readonly isRerun: boolean;
    readonly rerunInfo?: { readonly prevExecutionId: string };
  };
  readonly pausedBy?: { readonly userName: string; readonly email: string; readonly createdAt: number };
  readonly abortedBy?: { readonly userName: string; readonly email: string; readonly createdAt: number };
}

export interface GraphNode {
  readonly uuid: string;
  readonly setupId: string;
  readonly name: string;
  readonly identifier: string;
  readonly baseFqn: string;
  readonly stepType: string;
  readonly status: string;
  readonly startTs: number | null;
  readonly endTs: number | null;
  readonly stepParameters: unknown;
  readonly outcomes: Readonly<Record<string, unknown>>;
  readonly failureInfo: ExecutionFailure;
  readonly nodeRunInfo: LayoutNode['nodeRunInfo'] | null;
  readonly delegateInfoList: readonly { readonly id: string; readonly name: string }[];
  readonly logBaseKey: string | null;
  readonly executionInputConfigured?: boolean | null;
  readonly executableResponses?: readonly {
    readonly async?: { readonly callbackIds: readonly string[] };
  }[];
  readonly manualInterventionAvailableActions?: readonly string[];
  /** Of a chained stage. */
  readonly stepDetails?: {
    readonly childPipelineExecutionDetails?: { readonly planExecutionId: string };
  } | null;
  readonly retryNodeMetadata?: {
    readonly attempts: readonly {
      readonly uuid: string;
      readonly status: string;
      readonly startTs: number | null;
      readonly endTs: number | null;
      readonly failureInfo: ExecutionFailure;
    }[];
  } | null;
  readonly failureAdvice?: { readonly action: string; readonly fromFqn: string } | null;
}

export interface ExecutionGraph {
  readonly rootNodeId: string;
  readonly nodeMap: Readonly<Record<string, GraphNode>>;
  readonly nodeAdjacencyListMap: Readonly<
    Record<string, { readonly children: readonly string[]; readonly nextIds: readonly string[] }>
  >;
}

export interface ExecutionDetails {
  readonly pipelineExecutionSummary: ExecutionSummary;
  readonly executionGraph?: ExecutionGraph;
}

export interface TriggerDetails {
  readonly name: string;
  readonly identifier: string;
  readonly description?: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly yaml: string;
  readonly webhookUrl?: string;
  readonly webhookCurlCommand?: string;
  /** The address that needs no token, while it is open. */
  readonly tokenlessWebhookUrl?: string;
  readonly nextFireTimes?: readonly number[];
  readonly triggerStatus?: { readonly status: string; readonly detailMessages: readonly string[] };
  readonly webhookDetails?: { readonly webhookSourceRepo: string; readonly webhookSecret?: string };
  readonly lastTriggerExecutionDetails?: {
    readonly lastExecutionTime: number;
    readonly lastExecutionSuccessful: boolean;
    readonly lastExecutionStatus: string;
    readonly planExecutionId?: string;
    readonly message?: string;
  };
  readonly executions?: readonly number[];
}

export interface TriggerEventRow {
  readonly triggerIdentifier: string;
  readonly eventCorrelationId: string;
  readonly payload: string;
  readonly eventCreatedAt: number;
  readonly createdAt: number;
  readonly finalStatus: string;
  readonly message: string;
  readonly exceptionOccurred: boolean;
  readonly triggerEventStatus: { readonly status: string; readonly message: string };
  readonly targetExecutionSummary?: {
    readonly planExecutionId: string;
    readonly runSequence: number;
    readonly executionStatus: string;
    readonly targetId: string;
  };
}

/** A mistake in YAML as `POST /bridle/api/pipelines/validate` reports it: offsets are UTF-16, lines and columns 1-based. */
export interface Diagnostic {
  readonly code: string;
  readonly blocks: 'save' | 'run' | 'nothing';
  readonly message: string;
  readonly hint?: string;
  readonly range: {
    readonly start: { line: number; column: number; offset: number };
    readonly end: { line: number; column: number; offset: number };
  };
  readonly path: string;
  /** Set when the range is in another text, such as `template org.build 1.2`. */
  readonly document?: string;
}

/** One version of a template, with its text. */
export interface TemplateRow {
  readonly identifier: string;
  readonly name: string;
  readonly versionLabel: string;
  readonly templateEntityType: string;
  readonly childType?: string;
  readonly templateScope: 'account' | 'org' | 'project';
  readonly stableTemplate: boolean;
  readonly lastUpdatedAt: number;
  readonly yaml: string;
}

export interface InputSetRow {
  readonly identifier: string;
  readonly name: string;
  readonly inputSetType: 'INPUT_SET' | 'OVERLAY_INPUT_SET';
  readonly isOutdated: boolean;
  readonly lastUpdatedAt: number;
}
