/**
 * The rows of the schema as kysely sees them: one interface per table of `migrations/`. They never leave this room: each
 * statement maps them to the domain.
 *
 * `bigint` columns arrive as safe integers (database.ts asserts it). `json` and `jsonb` columns arrive parsed and are written
 * as text made by `JSON.stringify` (a JavaScript array would be sent as a PostgreSQL array).
 */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** A `json`/`jsonb` column: parsed when read, text when written. */
export type Json = ColumnType<unknown, string, string>;
/** The same with a default. */
export type JsonWithDefault = ColumnType<unknown, string | undefined, string>;
export type NullableJson = ColumnType<unknown, string | null | undefined, string | null>;

interface ScopeColumns {
  account_id: string;
  org_identifier: string;
  project_identifier: string;
}

export interface InstallationTable {
  key: string;
  value: string;
}

export interface AccountsTable {
  id: string;
  name: string;
  created_at: number;
}

export interface OrganizationsTable {
  account_id: string;
  identifier: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface ProjectsTable {
  account_id: string;
  org_identifier: string;
  identifier: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  version: Generated<number>;
  color: Generated<string>;
  modules: JsonWithDefault;
  created_at: number;
  updated_at: number;
}

export interface UsersTable {
  id: string;
  account_id: string;
  name: string;
  email: string;
  is_admin: boolean;
  is_disabled: Generated<boolean>;
  created_at: number;
  updated_at: number | null;
  removed_at: number | null;
}

export interface AuditEventsTable extends ScopeColumns {
  position: GeneratedAlways<number>;
  id: string;
  at: number;
  action: string;
  resource_type: string;
  resource_identifier: string;
  principal_type: string;
  principal_id: string;
  principal_name: string;
  source_ip: string;
  request_method: string;
  request_id: string;
  old_yaml: string | null;
  new_yaml: string | null;
}

export interface TriggerOwnersTable extends ScopeColumns {
  pipeline_identifier: string;
  trigger_identifier: string;
  principal_type: string;
  principal_id: string;
}

/** Identifier and what people say about it; one per owner. */
interface NamedColumns extends ScopeColumns {
  identifier: string;
  name: string;
  description: string;
  tags: JsonWithDefault;
  created_at: number;
  updated_at: number;
}

export interface ServiceAccountsTable extends NamedColumns {
  id: string;
  email: string;
}

export interface TokenHoldersTable extends NamedColumns {
  id: string;
  parent_type: string;
  parent_id: string;
}

export type UserGroupsTable = NamedColumns;

export interface UserGroupMembersTable extends ScopeColumns {
  group_identifier: string;
  user_id: string;
}

export interface RolesTable extends NamedColumns {
  permissions: string[];
  scopes: string[];
}

export interface ResourceGroupsTable extends NamedColumns {
  color: Generated<string>;
  included_scopes: Json;
  resources: NullableJson;
}

export interface RoleAssignmentsTable extends ScopeColumns {
  identifier: string;
  role_identifier: string;
  resource_group_identifier: string;
  principal_type: string;
  principal_id: string;
  principal_scope: string;
  is_managed: Generated<boolean>;
  is_disabled: Generated<boolean>;
  created_at: number;
  updated_at: number;
}

export interface ApiKeysTable {
  id: string;
  account_id: string;
  user_id: string | null;
  service_account_id: string | null;
  holder_id: string | null;
  identifier: Generated<string>;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  last_used_at: number | null;
  secret_hash: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface SessionsTable {
  id_hash: string;
  account_id: string;
  user_id: string;
  purpose: string;
  public_id: Generated<string>;
  signed_in_by: Generated<string>;
  api_key_id: string | null;
  address: Generated<string>;
  user_agent: Generated<string>;
  created_at: number;
  last_used_at: number;
  expires_at: number;
}

export interface PasswordsTable {
  user_id: string;
  hash: string;
  is_one_time: boolean;
  changed_at: number;
}

export interface SignInAttemptsTable {
  key: string;
  failures: number;
  last_at: number;
  blocked_until: number;
}

export interface IdentitiesTable {
  issuer: string;
  subject: string;
  user_id: string;
  created_at: number;
}

export interface SignInFlowsTable {
  id_hash: string;
  nonce: string;
  verifier: string;
  continue_at: string;
  expires_at: number;
}

export interface PipelinesTable extends ScopeColumns {
  identifier: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  yaml: string;
  stage_names: JsonWithDefault;
  modules: JsonWithDefault;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface PipelineVersionsTable extends ScopeColumns {
  pipeline_identifier: string;
  version: number;
  name: string;
  yaml: string;
  saved_at: number;
  saved_by: NullableJson;
  restored_from: number | null;
}

export interface PreflightChecksTable extends ScopeColumns {
  id: string;
  pipeline_identifier: string;
  created_at: number;
  result: Json;
}

export interface RunSequencesTable extends ScopeColumns {
  pipeline_identifier: string;
  last: number;
}

export interface TriggersTable extends ScopeColumns {
  pipeline_identifier: string;
  identifier: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  type: string;
  source_type: string;
  is_enabled: boolean;
  yaml: string;
  webhook_token: string;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface TriggerEventsTable extends ScopeColumns {
  id: string;
  pipeline_identifier: string | null;
  trigger_identifier: string | null;
  state: string;
  status: string;
  message: string;
  is_exception: Generated<boolean>;
  payload: Buffer;
  headers: Json;
  source_ip: Generated<string>;
  principal: NullableJson;
  execution_id: string | null;
  runtime_input: string | null;
  condition_results: NullableJson;
  received_at: number;
  processed_at: number | null;
  attempts: Generated<number>;
  origin_event_id: string | null;
  kind: Generated<string>;
  delivery: string | null;
  sender_token_hash: string | null;
  due_at: number | null;
  files: NullableJson;
  files_due_at: number | null;
  files_attempts: Generated<number>;
  cause: string | null;
}

export interface TriggerSchedulesTable extends ScopeColumns {
  pipeline_identifier: string;
  trigger_identifier: string;
  trigger_version: number;
  schedule: string;
  due_at: number | null;
}

export interface TriggerDeliveriesTable extends ScopeColumns {
  pipeline_identifier: string;
  trigger_identifier: string;
  signature: string;
  event_id: string;
  claimed_at: Generated<number>;
}

export interface ExecutionsTable extends ScopeColumns {
  id: string;
  pipeline_identifier: string;
  name: string;
  run_sequence: number;
  status: string;
  is_final: boolean;
  version: number;
  trigger_type: string;
  trigger_identifier: string | null;
  triggered_by: string;
  tags: JsonWithDefault;
  modules: JsonWithDefault;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  header: Json;
  state: Json;
  summary: Json;
  retry_root_id: string | null;
  notes: string | null;
  /** Stands for name, identifier of the pipeline and tags. */
  texts_key: GeneratedAlways<number>;
  triggered_by_key: GeneratedAlways<number>;
  subject: NullableJson;
}

export interface ExecutionDocumentsTable {
  execution_id: string;
  plan: Json;
  trigger_input: NullableJson;
  pipeline_yaml: string;
  resolved_yaml: string;
  input_yaml: string;
  retained: NullableJson;
}

export interface NodeExecutionsTable {
  execution_id: string;
  id: string;
  node_id: string;
  status: string;
  changed_at_version: number;
  state: Json;
}

export interface ExecutionEventsTable {
  execution_id: string;
  sequence: number;
  at: number;
  event: Json;
}

export interface TimersTable {
  id: string;
  execution_id: string;
  node_execution_id: string;
  due_at: number;
}

export interface ResourceClaimsTable {
  node_execution_id: string;
  position: GeneratedAlways<number>;
  account_id: string;
  key: string;
  execution_id: string;
  granted_at: number | null;
  told_at: number | null;
}

export interface EngineRequestsTable {
  id: string;
  position: GeneratedAlways<number>;
  execution_id: string;
  kind: string;
  body: Json;
  created_at: number;
  due_at: number;
  attempts: Generated<number>;
  is_forbidden: Generated<boolean>;
}

export interface WaitingExecutionsTable {
  execution_id: string;
  position: GeneratedAlways<number>;
  account_id: string;
  admitted_at: number | null;
}

export interface DelegateTokensTable {
  id: string;
  account_id: string;
  org_identifier: string | null;
  project_identifier: string | null;
  name: string;
  secret_hash: string;
  created_at: number;
  created_by: Generated<string>;
  revoke_after: number | null;
  revoked_at: number | null;
}

export interface DelegatesTable {
  id: string;
  account_id: string;
  token_id: string | null;
  org_identifier: string | null;
  project_identifier: string | null;
  name: string;
  installation: string;
  incarnation: string;
  tags: string[];
  capabilities: Generated<string[]>;
  facts: Json;
  capacity: number;
  registered_at: number;
  heartbeat_at: number;
  left_at: number | null;
}

export interface DelegateTasksTable extends ScopeColumns {
  id: string;
  position: GeneratedAlways<number>;
  execution_id: string;
  state: string;
  request: Json;
  selectors: string[];
  requirements: Generated<string[]>;
  workspace_key: string | null;
  log_key: string;
  delegate_id: string | null;
  incarnation: string | null;
  fence: Generated<number>;
  lease_until: number | null;
  queued_at: number;
}

export interface WorkspacesTable {
  key: string;
  execution_id: string;
  delegate_id: string;
  incarnation: string;
  released_at: number | null;
  deleted_at: number | null;
}

export interface LogsTable {
  key: string;
  account_id: string;
  execution_id: string;
  node_execution_id: string;
  bytes: Generated<number>;
  lines: Generated<number>;
  ends_in_line: Generated<boolean>;
  created_at: number;
  closed_at: number | null;
  lacks_end: Generated<boolean>;
  chunks: Generated<number>;
  is_large: Generated<boolean>;
  filing_until: number | null;
  filed_at: number | null;
  is_settled: Generated<boolean>;
}

export interface LogFilesTable {
  log_key: string;
  file_key: string | null;
  content: Buffer | null;
  file_bytes: number;
  blocks: ColumnType<readonly (readonly number[])[], string, never>;
}

export interface LogChunksTable {
  log_key: string;
  byte_offset: number;
  first_line: number;
  content: Buffer;
  line_times: number[] | null;
  is_compressed: Generated<boolean>;
  lines: Generated<number>;
  times: Buffer | null;
}

export interface TemplatesTable extends ScopeColumns {
  identifier: string;
  version_label: string;
  is_stable: boolean;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  type: string;
  child_type: Generated<string>;
  yaml: string;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface InputSetsTable extends ScopeColumns {
  pipeline_identifier: string;
  identifier: string;
  type: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  yaml: string;
  input_set_references: JsonWithDefault;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface DeploymentDocumentsTable extends ScopeColumns {
  kind: string;
  environment_ref: string;
  identifier: string;
  service_ref: Generated<string>;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  type: Generated<string>;
  deployment_type: Generated<string>;
  yaml: string;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface SecretsTable extends ScopeColumns {
  identifier: string;
  type: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  manager: Generated<string>;
  value_type: Generated<string>;
  spec: JsonWithDefault;
  key_id: string | null;
  wrapped_key: Buffer | null;
  content: Buffer | null;
  lost_at: number | null;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface ConnectorsTable extends ScopeColumns {
  identifier: string;
  type: string;
  name: string;
  description: Generated<string>;
  tags: JsonWithDefault;
  spec: Json;
  yaml: string;
  status: NullableJson;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface SealingKeysTable {
  public_key: string;
  position: GeneratedAlways<number>;
  key_id: string;
  wrapped_key: Buffer;
  content: Buffer;
  created_at: number;
}

export interface ErrandsTable extends ScopeColumns {
  id: string;
  delegate_id: string;
  incarnation: string;
  state: Generated<string>;
  request: Json;
  outcome: NullableJson;
  created_at: number;
}

export interface SettingsTable extends ScopeColumns {
  identifier: string;
  value: string;
  is_overridable: boolean;
  updated_at: number;
}

export interface VariablesTable extends ScopeColumns {
  identifier: string;
  name: string;
  description: string;
  value: string;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface SavedFiltersTable extends ScopeColumns {
  type: string;
  identifier: string;
  name: string;
  user_id: string;
  properties: Json;
  created_at: number;
  updated_at: number;
}

export interface StoredFilesTable extends NamedColumns {
  parent_identifier: string;
  type: string;
  path: string;
  file_usage: string;
  mime_type: string;
  file_key: string | null;
  bytes: number;
  created_by: string;
  version: Generated<number>;
}

export interface SweepClaimsTable {
  name: string;
  held_until: number;
}

export interface RetentionMarksTable extends ScopeColumns {
  logs_before: number;
}

interface NoticeColumns extends ScopeColumns {
  pipeline_identifier: string | null;
  execution_id: string | null;
  type: string;
  at: number;
  data: Json;
}

export interface OutboxTable extends NoticeColumns {
  id: GeneratedAlways<number>;
}

export interface FeedTable extends NoticeColumns {
  position: number;
}

export interface FeedStateTable {
  is_only: Generated<boolean>;
  last_position: number;
  swept_position: number;
}

export interface WebhookEndpointsTable extends ScopeColumns {
  id: string;
  name: string;
  description: string;
  url: string;
  event_types: string[];
  pipeline_identifiers: string[];
  is_enabled: boolean;
  disabled_reason: string | null;
  failing_since: number | null;
  from_position: number;
  created_at: number;
  updated_at: number;
}

export interface WebhookSecretsTable {
  id: string;
  endpoint_id: string;
  key_id: string;
  wrapped_key: Buffer;
  content: Buffer;
  created_at: number;
  expires_at: number | null;
}

export interface WebhookDeliveriesTable {
  id: string;
  endpoint_id: string;
  position: number | null;
  message_id: string;
  event_type: string;
  body: string;
  state: string;
  tries: Generated<number>;
  due_at: number;
  lease_until: number | null;
  created_at: number;
  ended_at: number | null;
}

export interface WebhookAttemptsTable {
  delivery_id: string;
  number: GeneratedAlways<number>;
  at: number;
  duration_ms: number;
  status: number | null;
  error: string | null;
  response: Generated<string>;
}

export interface FeedReadersTable {
  name: string;
  position: number;
}

export interface Tables {
  installation: InstallationTable;
  accounts: AccountsTable;
  organizations: OrganizationsTable;
  projects: ProjectsTable;
  users: UsersTable;
  audit_events: AuditEventsTable;
  trigger_owners: TriggerOwnersTable;
  api_keys: ApiKeysTable;
  service_accounts: ServiceAccountsTable;
  token_holders: TokenHoldersTable;
  user_groups: UserGroupsTable;
  user_group_members: UserGroupMembersTable;
  roles: RolesTable;
  resource_groups: ResourceGroupsTable;
  role_assignments: RoleAssignmentsTable;
  sessions: SessionsTable;
  passwords: PasswordsTable;
  sign_in_attempts: SignInAttemptsTable;
  identities: IdentitiesTable;
  sign_in_flows: SignInFlowsTable;
  pipelines: PipelinesTable;
  pipeline_versions: PipelineVersionsTable;
  preflight_checks: PreflightChecksTable;
  run_sequences: RunSequencesTable;
  triggers: TriggersTable;
  trigger_events: TriggerEventsTable;
  trigger_schedules: TriggerSchedulesTable;
  trigger_deliveries: TriggerDeliveriesTable;
  outbox: OutboxTable;
  feed: FeedTable;
  feed_state: FeedStateTable;
  feed_readers: FeedReadersTable;
  webhook_endpoints: WebhookEndpointsTable;
  webhook_secrets: WebhookSecretsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
  executions: ExecutionsTable;
  execution_documents: ExecutionDocumentsTable;
  node_executions: NodeExecutionsTable;
  execution_events: ExecutionEventsTable;
  timers: TimersTable;
  resource_claims: ResourceClaimsTable;
  engine_requests: EngineRequestsTable;
  waiting_executions: WaitingExecutionsTable;
  delegate_tokens: DelegateTokensTable;
  delegates: DelegatesTable;
  delegate_tasks: DelegateTasksTable;
  workspaces: WorkspacesTable;
  logs: LogsTable;
  log_chunks: LogChunksTable;
  log_files: LogFilesTable;
  templates: TemplatesTable;
  input_sets: InputSetsTable;
  deployment_documents: DeploymentDocumentsTable;
  secrets: SecretsTable;
  connectors: ConnectorsTable;
  sealing_keys: SealingKeysTable;
  errands: ErrandsTable;
  settings: SettingsTable;
  variables: VariablesTable;
  saved_filters: SavedFiltersTable;
  stored_files: StoredFilesTable;
  sweep_claims: SweepClaimsTable;
  retention_marks: RetentionMarksTable;
}
