/** The language and the engine, pure. One section per room, explicit names. */

// expressions
export { checkCondition, checkText } from './expressions/check.ts';
export type { ExpressionError, ExpressionErrorCode } from './expressions/errors.ts';
export {
  evaluateCondition,
  resolveText,
  resolveTree,
  type ConditionResult,
  type EvaluateOptions,
  type Resolution,
  type SecretUse,
} from './expressions/evaluate.ts';
export { quoteData } from './expressions/quote-data.ts';
export { findExpressions, type ExpressionSpan } from './expressions/lexer.ts';
export type { ExpressionScope, ScopeObject, ScopeValue } from './expressions/scope.ts';
export type { Value } from './expressions/values.ts';

// steps
export { DELEGATE_STEP_TYPES, STEP_TYPES, type DelegateStepType, type StepType } from './steps/step-types.ts';
export { KNOWN_STEP_TYPES } from './steps/known-step-types.ts';
export { STEP_DEFINITIONS } from './steps/step-definitions.ts';
export type { NamedValue, StepDefinition } from './steps/step-definition.ts';
export type { ArtifactoryUploadSpec } from './steps/artifactory-upload.ts';
export type { BackgroundSpec } from './steps/background.ts';
export type { BuildAndPushSpec } from './steps/build-and-push.ts';
export type { RestoreCacheS3Spec, RestoreCacheSpec, SaveCacheS3Spec, SaveCacheSpec } from './steps/caches.ts';
export type { ContainerSpec } from './steps/container.ts';
export type { EmailSpec } from './steps/email.ts';
export { CLONE_STEP, GIT_CLONE_OUTPUTS, type GitCloneOutputs, type GitCloneSpec } from './steps/git-clone.ts';
export type { HttpSpec } from './steps/http.ts';
export type { PluginSpec } from './steps/plugin.ts';
export type { RunSpec } from './steps/run.ts';
export type { RunTestsSpec } from './steps/run-tests.ts';
export type { S3UploadSpec } from './steps/s3-upload.ts';
export type { ShellScriptSpec } from './steps/shell-script.ts';
export type { TestSpec } from './steps/test.ts';
export type { WaitSpec } from './steps/wait.ts';

// language
export { DIAGNOSTIC_CODES, type DiagnosticCode } from './language/diagnostic-codes.ts';
export {
  isBlocked,
  type Blocks,
  type Diagnostic,
  type SourcePosition,
  type SourceRange,
} from './language/diagnostics.ts';
export {
  listExpressionValues,
  type ExpressionValue,
  type ExpressionValueRequest,
  type ExpressionValues,
} from './language/expression-values.ts';
export { parseDuration, DURATION_MS_MAX } from './language/durations.ts';
export { isIdentifier, RESERVED_IDENTIFIERS } from './language/identifiers.ts';
export { formatYaml, type FormattedYaml } from './language/format-yaml.ts';
export { suggest } from './language/suggest.ts';
export { findViolation, type InputField, type InputOwner, type Violation } from './language/input-fields.ts';
export {
  extractInputTemplate,
  fillInputTemplate,
  NO_INPUTS_YAML,
  type InputTemplate,
} from './language/input-template.ts';
export { keepWrittenNumbers } from './language/written-numbers.ts';
export { hasRepeatedKey } from './language/repeated-keys.ts';
export { YAML_DEPTH_MAX, YAML_LENGTH_MAX, YAML_NODES_MAX } from './language/load-yaml.ts';
export type { KnownValues } from './language/check-value.ts';
export {
  parseInputSet,
  parseOverlayInputSet,
  type InputSetDocument,
  type OverlayInputSetDocument,
} from './language/input-set-document.ts';
export {
  checkInputSet,
  checkOverlayInputSet,
  mergeInputs,
  resolveInputSets,
  type CheckedInputSet,
  type InvalidField,
  type MergedInputs,
  type MergeRequest,
  type ResolvedInputSets,
} from './language/input-sets.ts';
export {
  checkExecutionInputs,
  printExecutionInputTemplate,
  type CheckedExecutionInputs,
  type InputProblem,
  type WaitingNode,
} from './language/check-execution-inputs.ts';
export { printChildInputs } from './language/child-inputs.ts';
export { expandPipeline, type ExpandedPipeline } from './language/templates/expand-pipeline.ts';
export { expandTemplate, type ExpandedTemplate } from './language/templates/expand-template.ts';
export { TEMPLATE_LEVELS_MAX } from './language/templates/expander.ts';
export {
  isVersionLabel,
  parseTemplate,
  TEMPLATE_TYPES,
  type ParsedTemplate,
  type TemplateDocument,
  type TemplateType,
} from './language/templates/template-document.ts';
export type { TemplateReference } from './language/templates/template-link.ts';
export {
  listStages,
  listSteps,
  type Parallel,
  type Pipeline,
  type Stage,
  type StageItem,
  type Step,
  type StepGroup,
  type StepItem,
  type Variable,
} from './language/model.ts';
export { checkPipeline, type CheckedPipeline } from './language/check-pipeline.ts';
export {
  compareElements,
  type ElementChange,
  type ElementKind,
  type FieldChange,
} from './language/versions/compare-elements.ts';
export { compareLines, type LineDiff } from './language/versions/compare-lines.ts';
export { parsePipeline, type ParsedPipeline } from './language/parse-pipeline.ts';
export { parseRuntimeInput, type InputText, type RuntimeInput } from './language/runtime-input.ts';
export { resolveTriggerInputs, resolveTriggerReferences } from './language/trigger-inputs.ts';
export { GIT_TRIGGER_EVENTS, type GitWebhookSource } from './language/git-trigger.ts';
export {
  canFire,
  parseTrigger,
  type CustomWebhookSource,
  type ParsedTrigger,
  type TriggerDocument,
  type TriggerSource,
} from './language/trigger-document.ts';

export { parseEnvironment } from './language/deployment/environment-document.ts';
export { parseInfrastructure } from './language/deployment/infrastructure-document.ts';
export { parseService } from './language/deployment/service-document.ts';
export { parseServiceOverrides } from './language/deployment/service-overrides-document.ts';
export { checkBySchema, type ProblemNode, type SchemaProblem } from './language/schema/check-by-schema.ts';
export { DOCUMENT_KINDS, documentSchema, type DocumentKind } from './language/schema/document-schema.ts';
export type { JsonSchema, JsonType } from './language/schema/json-schema.ts';
export { lookUp, type SchemaKey, type SchemaPath, type SchemaPlace } from './language/schema/look-up.ts';

export { CONNECTOR_TYPES } from './language/connectors/connector-types.ts';
export { SECRET_REFERENCE, type FieldObjection } from './language/connectors/fields.ts';
export { connectorOwner, readConnector, type ConnectorContent } from './language/connectors/read-connector.ts';
export { objectToReference, qualifySecrets } from './language/connectors/secret-references.ts';
export {
  sshConnector,
  withSshKey,
  type SshKeySecret,
  type SshSources,
  type TakenConnector,
} from './language/connectors/ssh-connector.ts';
export { readSshSpec, sshLogin, type SshLogin } from './language/connectors/ssh-spec.ts';
export {
  asProjectsWrite,
  describeReference,
  levelOf,
  NO_DOCUMENTS,
  parseScopedIdentifier,
  referenceKey,
  type DocumentOwner,
  type DocumentReference,
  type Documents,
  type DocumentScope,
  type StoredDocument,
} from './language/documents.ts';

// plan
export {
  compilePipeline,
  compilePlan,
  modulesOf,
  type CompiledPipeline,
  type CompiledPlan,
  type CompileRequest,
  type NeedsDocuments,
  type PipelineRequest,
  type RefusedPipeline,
} from './plan/compile-plan.ts';
export {
  ERROR_NAMES,
  PLAIN_ACTIONS,
  SEMANTICS_VERSION,
  STAGE_TYPES,
  type Chain,
  type ErrorName,
  type ExecutionInput,
  type FailureAction,
  type FailureStrategy,
  type ForkNode,
  type LateNumber,
  type Loop,
  type PipelineNode,
  type Plan,
  type PlanNode,
  type PlanVariable,
  type RollbackNode,
  type SectionNode,
  type SequenceNode,
  type StageNode,
  type StageType,
  type StepGroupNode,
  type StepNode,
  type StrategyNode,
  type Timeout,
  type When,
} from './plan/plan.ts';

// preview
export type {
  ExpressionOutlook,
  Outlook,
  Preview,
  PreviewCondition,
  PreviewExpression,
  PreviewLoop,
  PreviewNode,
  PreviewPart,
  PreviewProblem,
  PreviewTimeout,
  Wait,
} from './preview/preview.ts';
export {
  explainExpression,
  openPlace,
  type Explanation,
  type Place,
  type UnknownPlace,
} from './preview/explain-expression.ts';
export { previewPlan, type PreviewRequest } from './preview/preview-plan.ts';

// triggers
export {
  matchConditions,
  type ConditionKind,
  type JudgedCondition,
  type MatchResult,
  type TriggerCondition,
  type TriggerConditions,
} from './triggers/conditions.ts';
export { triggerScope, type CustomWebhookEvent, type WebhookEvent } from './triggers/trigger-scope.ts';
export {
  EVENT_FILE_LENGTH_MAX,
  eventCause,
  readEventFile,
  type EventCause,
  type EventFile,
  type EventOrigin,
} from './triggers/event-file.ts';
export type {
  GitEvent,
  GitProvider,
  GitRepository,
  GitUser,
  PullRequestAction,
  PullRequestEvent,
  PushEvent,
} from './triggers/git/git-event.ts';
export { changedFiles } from './triggers/git/changed-files.ts';
export { gitValues, type GitValues } from './triggers/git/git-values.ts';
export { eventName, matchSource, runIdentity, type GitSource, type SourceMatch } from './triggers/git/match-source.ts';
export { repositoryAddress } from './triggers/git/connector-repository.ts';
export { nextTick, nextTicks, objectToSchedule, type Schedule } from './triggers/schedule.ts';
export { hasSkipKeyword } from './triggers/git/skip-keyword.ts';
export { recogniseEvent, type RecognisedEvent } from './triggers/git/recognise.ts';

// testing
export { checkCase } from './testing/check-case.ts';
export {
  COVERAGE_KINDS,
  measureCoverage,
  type CoverageCount,
  type CoverageKind,
  type CoveragePoint,
  type PipelineCoverage,
} from './testing/coverage.ts';
export { printDuration } from './testing/durations.ts';
export type { FinishedRun } from './testing/finished-run.ts';
export { judge } from './testing/judge.ts';
export { judgeRefusal } from './testing/judge-refusal.ts';
export type { Mismatch } from './testing/mismatch.ts';
export {
  isNamed,
  listPlanPlaces,
  listRunPlaces,
  listWrittenNames,
  segmentsOf,
  type Named,
  type PlanPlace,
  type RunPlace,
  type Segment,
} from './testing/names.ts';
export { isWhich } from './testing/node-runs.ts';
export { parseMocks, parseTest, type ParsedTest } from './testing/parse-test.ts';
export { performMocked, type MockedEnd, type MockedTask } from './testing/perform-mocks.ts';
export type {
  Answer,
  Expectation,
  Given,
  GivenInputs,
  Mock,
  NamedInputValue,
  Placed,
  TestCase,
  TestDocument,
  TestInterrupt,
} from './testing/document.ts';
export { updateTest } from './testing/update-test.ts';

// engine
export { advance, createExecution, replay, type Advance } from './engine/advance.ts';
export { aggregateFinal, aggregateLive } from './engine/aggregate.ts';
export { approvalObjection } from './engine/approvals.ts';
export { InvariantError } from './engine/assert.ts';
export { deriveId } from './engine/derive-id.ts';
export { shownOutcomes } from './engine/secret-outputs.ts';
export type { ChildRequest, Effect, SecretReference, TaskRequest, TaskSecret, TaskStage } from './engine/effects.ts';
export type {
  ApprovalDecidedEvent,
  ChildEndedEvent,
  ChildRefusedEvent,
  ChildStartedEvent,
  EngineEvent,
  ExecutionAdmittedEvent,
  ExecutionStartedEvent,
  InputSubmittedEvent,
  InterruptRequestedEvent,
  ResourceAcquiredEvent,
  TaskCompletedEvent,
  TaskLostEvent,
  TaskOutcome,
  TaskStartedEvent,
  TaskUnassignableEvent,
  TimerFiredEvent,
} from './engine/events.ts';
export {
  NODE_INTERRUPTS,
  PIPELINE_INTERRUPTS,
  type ApprovalActivity,
  type ApprovalInput,
  type ApprovalState,
  type EngineSwitches,
  type Execution,
  type ExecutionActor,
  type ExecutionCause,
  type ExecutionHeader,
  type Failure,
  type FailureType,
  type InterruptRecord,
  type InterruptType,
  type Iteration,
  type NodeExecution,
  type ProjectScope,
  type RetainedNode,
  type RetainedRun,
  type TriggerType,
  type WhenRecord,
} from './engine/execution.ts';
export {
  executionId,
  nodeExecutionId,
  nodeId,
  timerId,
  type ExecutionId,
  type NodeExecutionId,
  type NodeId,
  type TimerId,
} from './engine/ids.ts';
export { DOCKER_HUB, HARNESS_IMAGE, MAIL_KEY, MAIL_REFERENCES, needsOf, type TaskNeeds } from './engine/task-needs.ts';
export { namedUses, type ChainedPipeline, type NamedUses } from './engine/named-uses.ts';
export { logKeyOf, logKeyPrefix } from './engine/log-key.ts';
export { OWNER_NAMES } from './language/owner-variables.ts';
export { valueAfter } from './engine/value-after.ts';
export { nodeIdentity, type NodeIdentity } from './engine/nodes.ts';
export { retainNodes } from './engine/retain-nodes.ts';
export { isLegalMove, STATUS_GRAPH } from './engine/status-graph.ts';
export {
  ENGINE_NAMES,
  isBroken,
  isFinal,
  isPositive,
  NODE_STATUSES,
  type FinalStatus,
  type NodeStatus,
} from './engine/status.ts';
export { subjectOf, type BuildSubject, type ExecutionSubject } from './engine/execution-subject.ts';
export type { DeploymentSubject } from './plan/deployment-subject.ts';
export { summarise, type ExecutionSummary, type LayoutNode, type StageCounts } from './engine/summary.ts';

// replay
export type { Difference, DifferenceKind, DifferentNode } from './replay/difference.ts';
export { readRecordText, type ReadRecord } from './replay/read-record.ts';
export {
  printEnd,
  printEvent,
  printHeader,
  RECORD_KIND,
  RECORD_VERSION,
  recordedDocuments,
  type ExecutionRecord,
  type RecordedDocument,
  type RecordedEnd,
  type RecordedSource,
  type RecordHeader,
} from './replay/record.ts';
export { replayRecord, type Replay } from './replay/replay-record.ts';
