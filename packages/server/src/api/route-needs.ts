/**
 * What each route asks of its caller, on one page. A route that needs a caller and is not in this table is not registered: the
 * server does not start with it.
 */
import type { Permission } from '../auth/permissions.ts';

/** What a route asks of its caller. */
export type RouteNeeds =
  /** Any caller of the account. */
  | 'signedIn'
  /** Known only after something is read: the handler calls `authorize`. */
  | 'inHandler'
  | PermissionNeed;

export interface PermissionNeed {
  readonly permission: Permission;
  /** Path or query parameter with the identifier of the resource; absent = none is named. */
  readonly of?: string;
  /** The identifier names the scope itself: the permission is asked for inside of it. */
  readonly inside?: 'organization' | 'project';
  /** Where the organization and the project are named; default `query`, with the path of `/v1` before it. */
  readonly scopeIn?: 'body';
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Row = readonly [methods: Method | readonly Method[], url: string, needs: RouteNeeds];

function need(permission: Permission, of?: string): PermissionNeed {
  return of === undefined ? { permission } : { permission, of };
}

const PIPELINES = '/pipeline/api/pipelines';
const EXECUTE = '/pipeline/api/pipeline/execute';
const RERUN = `${EXECUTE}/rerun`;
const INPUT_SETS = '/pipeline/api/inputSets';
const VERSIONS = '/bridle/api/pipelines/:pipelineIdentifier/versions';
const TRIGGERS = '/pipeline/api/triggers';
const TEMPLATES = '/template/api/templates';
const CONNECTORS = '/ng/api/connectors';
const SECRETS = '/ng/api/v2/secrets';
const OVERRIDES = '/ng/api/serviceOverrides';
const TOKENS = '/ng/api/delegate-token-ng';
const GROUPS = '/ng/api/user-groups';
const SERVICE_ACCOUNTS = '/ng/api/serviceaccount';
const ROLES = '/authz/api/roles';
const RESOURCE_GROUPS = '/resourcegroup/api/v2/resourcegroup';
const ASSIGNMENTS = '/authz/api/roleassignments';
const EXECUTION = '/bridle/api/executions/:planExecutionId';
const WEBHOOKS = '/bridle/api/webhooks';
const V1_PROJECT = '/v1/orgs/:org/projects/:project';
const V1_PIPELINE = `${V1_PROJECT}/pipelines/:pipeline`;
const NODE_LOG = `${EXECUTION}/nodes/:nodeExecutionId/log`;

const viewPipeline = need('core_pipeline_view', 'pipelineIdentifier');
const editPipeline = need('core_pipeline_edit', 'pipelineIdentifier');
const runPipeline = need('core_pipeline_execute', 'pipelineIdentifier');
const viewRuns = need('core_pipeline_view');
const viewTrigger = need('core_pipeline_view', 'targetIdentifier');
const editTrigger = need('core_pipeline_edit', 'targetIdentifier');

/** Services, environments and infrastructures: the body may name their scope. */
function deployed(url: string, resource: 'service' | 'environment'): readonly Row[] {
  return [
    ['GET', url, need(`core_${resource}_view`)],
    [['POST', 'PUT'], url, { permission: `core_${resource}_edit`, scopeIn: 'body' }],
    ['PUT', `${url}/upsert`, { permission: `core_${resource}_edit`, scopeIn: 'body' }],
    ['GET', `${url}/:identifier`, need(`core_${resource}_view`, 'identifier')],
    ['DELETE', `${url}/:identifier`, need(`core_${resource}_delete`, 'identifier')],
  ];
}

const ROWS: readonly Row[] = [
  ['GET', '/bridle/api/session', 'signedIn'],
  [['GET', 'DELETE'], '/bridle/api/sessions', 'signedIn'],
  ['DELETE', '/bridle/api/sessions/:sessionId', 'signedIn'],
  ['PUT', '/ng/api/user/password', 'signedIn'],
  // They let their caller be somebody else: for those alone who may do everything anyway.
  ['POST', '/bridle/api/users/:userId/sign-in-link', need('core_account_edit')],
  ['POST', '/bridle/api/users/:userId/one-time-password', need('core_account_edit')],
  ['DELETE', '/bridle/api/users/:userId/sessions', need('core_account_edit')],
  // Only on a server that makes faults on purpose.
  [['GET', 'PUT', 'DELETE'], '/bridle/api/faults', need('core_account_edit')],
  ['GET', '/ng/api/user/currentUser', 'signedIn'],
  ['GET', '/ng/api/accounts/:accountIdentifier', 'signedIn'],
  ['GET', '/ng/api/licenses/account', 'signedIn'],
  ['GET', '/ng/api/yaml-schema', 'signedIn'],
  ['GET', '/pipeline/api/yaml-schema', 'signedIn'],
  ['GET', '/template/api/yaml-schema', 'signedIn'],

  // Lists of scopes leave out what their reader may not see.
  ['GET', '/ng/api/organizations', 'inHandler'],
  ['GET', '/ng/api/projects', 'inHandler'],
  [
    'GET',
    '/ng/api/organizations/:identifier',
    { ...need('core_organization_view', 'identifier'), inside: 'organization' },
  ],
  ['GET', '/ng/api/organizations/all-organizations', 'inHandler'],
  ['GET', '/ng/api/projects/list', 'inHandler'],
  ['GET', '/ng/api/projects/all-projects', 'inHandler'],
  ['GET', '/ng/api/aggregate/organizations', 'inHandler'],
  ['GET', '/ng/api/aggregate/projects', 'inHandler'],
  [
    'GET',
    '/ng/api/aggregate/organizations/:identifier',
    { ...need('core_organization_view', 'identifier'), inside: 'organization' },
  ],
  ['GET', '/ng/api/aggregate/projects/:identifier', { ...need('core_project_view', 'identifier'), inside: 'project' }],
  [
    'PUT',
    '/ng/api/organizations/:identifier',
    { ...need('core_organization_edit', 'identifier'), inside: 'organization' },
  ],
  [
    'DELETE',
    '/ng/api/organizations/:identifier',
    { ...need('core_organization_delete', 'identifier'), inside: 'organization' },
  ],
  ['PUT', '/ng/api/projects/:identifier', { ...need('core_project_edit', 'identifier'), inside: 'project' }],
  ['DELETE', '/ng/api/projects/:identifier', { ...need('core_project_delete', 'identifier'), inside: 'project' }],
  ['POST', '/ng/api/organizations', need('core_organization_create')],
  ['GET', '/ng/api/projects/:identifier', { ...need('core_project_view', 'identifier'), inside: 'project' }],
  // The body may name the organization, and decides.
  ['POST', '/ng/api/projects', 'inHandler'],

  ['POST', `${PIPELINES}/list`, need('core_pipeline_view')],
  ['GET', `${PIPELINES}/summary/:pipelineIdentifier`, viewPipeline],
  ['POST', `${PIPELINES}/v2`, need('core_pipeline_edit')],
  ['POST', PIPELINES, need('core_pipeline_edit')],
  ['GET', `${PIPELINES}/:pipelineIdentifier`, viewPipeline],
  ['PUT', `${PIPELINES}/:pipelineIdentifier`, editPipeline],
  ['PUT', `${PIPELINES}/v2/:pipelineIdentifier`, editPipeline],
  ['DELETE', `${PIPELINES}/:pipelineIdentifier`, need('core_pipeline_delete', 'pipelineIdentifier')],
  ['POST', `${PIPELINES}/validate-yaml-with-schema`, need('core_pipeline_view')],
  ['POST', '/bridle/api/pipelines/validate', 'signedIn'],
  ['GET', VERSIONS, viewPipeline],
  ['GET', `${VERSIONS}/:version`, viewPipeline],
  ['GET', `${VERSIONS}/:version/diff`, viewPipeline],
  ['POST', `${VERSIONS}/:version/restore`, editPipeline],
  // Two places in the body: to view one, and to edit in the other.
  ['POST', `${PIPELINES}/clone`, 'inHandler'],
  ['POST', `${PIPELINES}/validate-pipeline-with-schema`, viewPipeline],
  ['POST', `${PIPELINES}/:pipelineIdentifier/validate`, viewPipeline],
  // Its id names the pipeline.
  ['GET', `${PIPELINES}/validate/:uuid`, 'inHandler'],
  ['POST', `${PIPELINES}/v2/steps`, 'signedIn'],
  ['POST', `${PIPELINES}/steps`, 'signedIn'],
  ['POST', `${PIPELINES}/v2/variables`, 'signedIn'],
  ['POST', `${PIPELINES}/variables`, 'signedIn'],
  ['GET', `${PIPELINES}/expandedJSON/:pipelineIdentifier`, viewPipeline],
  ['GET', `${PIPELINES}/getExecutionNode`, 'inHandler'],
  ['GET', `${PIPELINES}/list-repos`, need('core_pipeline_view')],
  ['POST', `${PIPELINES}/import`, need('core_pipeline_edit')],
  ['POST', `${PIPELINES}/import/:pipelineIdentifier`, editPipeline],
  ['POST', `${PIPELINES}/move-config/:pipelineIdentifier`, editPipeline],
  ['PUT', `${PIPELINES}/:pipelineIdentifier/update-git-metadata`, editPipeline],

  ['POST', `${PIPELINES}/execution/summary`, viewRuns],
  ['POST', `${PIPELINES}/execution/v2/summary`, viewRuns],
  ['POST', `${PIPELINES}/execution/summary/outline`, viewRuns],
  ['POST', `${PIPELINES}/execution/executionSummary`, viewRuns],
  ['GET', `${PIPELINES}/execution/list-repositories`, viewRuns],
  ['GET', `${PIPELINES}/execution/list-branches`, viewRuns],
  // An execution is found by its id: what may be done with it is asked of the project and pipeline it is of.
  ['GET', `${PIPELINES}/execution/v2/:planExecutionId`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/:planExecutionId`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/:planExecutionId/inputset`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/:planExecutionId/inputsetV2`, 'inHandler'],
  [['GET', 'PUT'], `${PIPELINES}/execution/:planExecutionId/notes`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/:planExecutionId/metadata`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/:planExecutionId/metadata/details`, 'inHandler'],
  ['POST', `${PIPELINES}/execution/:planExecutionId/evaluateExpression`, 'inHandler'],
  ['POST', `${PIPELINES}/execution/url`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/getExecutionGraph/:planExecutionId`, 'inHandler'],
  ['GET', `${PIPELINES}/execution/subGraph/:planExecutionId/:nodeExecutionId`, 'inHandler'],
  ['GET', `${EXECUTION}/events`, 'inHandler'],
  ['GET', `${EXECUTION}/artifacts`, 'inHandler'],
  ['GET', `${EXECUTION}/artifacts/:artifactId/content`, 'inHandler'],
  ['GET', `${EXECUTION}/log/search`, 'inHandler'],
  ['GET', NODE_LOG, 'inHandler'],
  ['GET', `${NODE_LOG}/download`, 'inHandler'],
  ['GET', `${NODE_LOG}/raw`, 'inHandler'],
  ['GET', `${NODE_LOG}/search`, 'inHandler'],
  ['GET', `${EXECUTION}/tests`, 'inHandler'],
  ['GET', `${EXECUTION}/tests/summary`, 'inHandler'],
  ['GET', '/bridle/api/projects/:orgIdentifier/:projectIdentifier/events', viewRuns],
  ['GET', WEBHOOKS, need('core_webhook_view')],
  ['POST', WEBHOOKS, need('core_webhook_edit')],
  ['GET', `${WEBHOOKS}/:webhookId`, need('core_webhook_view', 'webhookId')],
  ['PUT', `${WEBHOOKS}/:webhookId`, need('core_webhook_edit', 'webhookId')],
  ['DELETE', `${WEBHOOKS}/:webhookId`, need('core_webhook_delete', 'webhookId')],
  ['POST', `${WEBHOOKS}/:webhookId/rotate-secret`, need('core_webhook_edit', 'webhookId')],
  ['POST', `${WEBHOOKS}/:webhookId/test`, need('core_webhook_edit', 'webhookId')],
  ['GET', `${WEBHOOKS}/:webhookId/deliveries`, need('core_webhook_view', 'webhookId')],
  ['GET', `${WEBHOOKS}/:webhookId/deliveries/:deliveryId`, need('core_webhook_view', 'webhookId')],
  ['POST', `${WEBHOOKS}/:webhookId/deliveries/:deliveryId/redeliver`, need('core_webhook_edit', 'webhookId')],
  // It leaves out what its reader may not see.
  ['GET', '/bridle/api/events', 'inHandler'],

  ['POST', `${EXECUTE}/:pipelineIdentifier`, runPipeline],
  ['POST', `${EXECUTE}/:pipelineIdentifier/v2`, runPipeline],
  ['POST', `${EXECUTE}/:pipelineIdentifier/inputSetList`, runPipeline],
  ['POST', `${EXECUTE}/:pipelineIdentifier/stages`, runPipeline],
  ['POST', `${RERUN}/:originalExecutionId/:pipelineIdentifier`, runPipeline],
  ['POST', `${RERUN}/:originalExecutionId/:pipelineIdentifier/inputSetList`, runPipeline],
  ['POST', `${RERUN}/:originalExecutionId/:pipelineIdentifier/stages`, runPipeline],
  ['POST', `${RERUN}/v2/:originalExecutionId/:pipelineIdentifier`, runPipeline],
  ['GET', `${EXECUTE}/stagesExecutionList`, viewPipeline],
  // It starts nothing.
  ['POST', `${EXECUTE}/preflightCheck`, viewPipeline],
  ['GET', `${EXECUTE}/getPreflightCheckResponse`, 'inHandler'],
  ...['/inputSetList', '/stages', ''].map((form): Row => [
    'POST',
    `${EXECUTE}/debug/:originalExecutionId/:pipelineIdentifier${form}`,
    'inHandler',
  ]),
  ['POST', `${EXECUTE}/debug/v2/:originalExecutionId/:pipelineIdentifier`, 'inHandler'],
  ['POST', `${EXECUTE}/postExecutionRollback/:planExecutionId`, 'inHandler'],
  ['POST', `${EXECUTE}/retry/:pipelineIdentifier`, runPipeline],
  ['PUT', `${EXECUTE}/retry/:planExecutionId`, 'inHandler'],
  ['GET', `${EXECUTE}/:planExecutionId/retryStages`, 'inHandler'],
  ['GET', `${EXECUTE}/retryHistory/:planExecutionId`, 'inHandler'],
  ['GET', `${EXECUTE}/latestExecutionId/:planExecutionId`, 'inHandler'],
  ['PUT', `${EXECUTE}/interrupt/:planExecutionId`, 'inHandler'],
  ['PUT', `${EXECUTE}/interrupt/:planExecutionId/:nodeExecutionId`, 'inHandler'],
  ['PUT', `${EXECUTE}/manualIntervention/interrupt/:planExecutionId/:nodeExecutionId`, 'inHandler'],
  [['GET', 'POST'], `${EXECUTE}/:planExecutionId/executionInput/:nodeExecutionId`, 'inHandler'],
  [['GET', 'POST'], '/pipeline/api/pipeline/executionInput/:nodeExecutionId', 'inHandler'],
  ['GET', '/pipeline/api/approvals/stage-yaml-snippet', 'signedIn'],
  // Who may answer is said by the approval itself.
  ['GET', '/pipeline/api/approvals/:approvalInstanceId', 'inHandler'],
  ['POST', '/pipeline/api/approvals/:approvalInstanceId/harness/activity', 'inHandler'],
  ['GET', '/pipeline/api/approvals/:approvalInstanceId/harness/authorization', 'inHandler'],
  [['GET', 'POST'], `${V1_PROJECT}/approvals/execution/:executionId`, need('core_pipeline_view')],

  // Lists of scopes leave out what their reader may not see.
  ['GET', '/v1/orgs', 'inHandler'],
  ['POST', '/v1/orgs', need('core_organization_create')],
  ['GET', '/v1/orgs/:org', need('core_organization_view', 'org')],
  ['PUT', '/v1/orgs/:org', need('core_organization_edit', 'org')],
  ['DELETE', '/v1/orgs/:org', need('core_organization_delete', 'org')],
  ['GET', '/v1/orgs/:org/projects', 'inHandler'],
  ['POST', '/v1/orgs/:org/projects', need('core_project_create')],
  ['GET', V1_PROJECT, need('core_project_view', 'project')],
  ['PUT', V1_PROJECT, need('core_project_edit', 'project')],
  ['DELETE', V1_PROJECT, need('core_project_delete', 'project')],
  ['GET', `${V1_PROJECT}/pipelines`, need('core_pipeline_view')],
  ['POST', `${V1_PROJECT}/pipelines`, need('core_pipeline_edit')],
  ['GET', V1_PIPELINE, need('core_pipeline_view', 'pipeline')],
  [['PUT', 'PATCH'], V1_PIPELINE, need('core_pipeline_edit', 'pipeline')],
  ['DELETE', V1_PIPELINE, need('core_pipeline_delete', 'pipeline')],
  ['POST', `${V1_PIPELINE}/validate`, need('core_pipeline_view', 'pipeline')],
  ['GET', `${V1_PROJECT}/validate/:uuid`, need('core_pipeline_view')],
  ['GET', `${V1_PROJECT}/pipelines/validate/:uuid`, need('core_pipeline_view')],
  ['GET', `${V1_PIPELINE}/inputs`, need('core_pipeline_view', 'pipeline')],
  ['GET', `${V1_PIPELINE}/inputs-schema`, need('core_pipeline_view', 'pipeline')],
  ['POST', `${V1_PIPELINE}/execute`, need('core_pipeline_execute', 'pipeline')],
  ['POST', `${V1_PIPELINE}/execute/stages`, need('core_pipeline_execute', 'pipeline')],
  // Its text is as good as a change of the pipeline: both are asked for.
  ['POST', `${V1_PIPELINE}/execute/dynamic`, 'inHandler'],
  ['POST', `${V1_PIPELINE}/execute/rerun/:executionId`, need('core_pipeline_execute', 'pipeline')],
  ['POST', `${V1_PIPELINE}/execute/retry/:executionId`, need('core_pipeline_execute', 'pipeline')],
  ['GET', `${V1_PROJECT}/input-sets`, need('core_pipeline_view', 'pipeline')],
  ['POST', `${V1_PROJECT}/input-sets`, need('core_pipeline_edit', 'pipeline')],
  ['GET', `${V1_PROJECT}/input-sets/:inputSet`, need('core_pipeline_view', 'pipeline')],
  [['PUT', 'DELETE'], `${V1_PROJECT}/input-sets/:inputSet`, need('core_pipeline_edit', 'pipeline')],
  ['GET', `${V1_PIPELINE}/triggers`, need('core_pipeline_view', 'pipeline')],
  ['POST', `${V1_PIPELINE}/triggers`, need('core_pipeline_edit', 'pipeline')],
  ['GET', `${V1_PIPELINE}/triggers/:trigger`, need('core_pipeline_view', 'pipeline')],
  [['PUT', 'DELETE'], `${V1_PIPELINE}/triggers/:trigger`, need('core_pipeline_edit', 'pipeline')],

  ['GET', INPUT_SETS, viewPipeline],
  ['POST', INPUT_SETS, editPipeline],
  ['POST', `${INPUT_SETS}/overlay`, editPipeline],
  ...[`${INPUT_SETS}/:inputSetIdentifier`, `${INPUT_SETS}/overlay/:inputSetIdentifier`].flatMap(
    (url): readonly Row[] => [
      ['GET', url, viewPipeline],
      ['PUT', url, editPipeline],
      ['DELETE', url, editPipeline],
    ],
  ),
  ['POST', `${INPUT_SETS}/template`, viewPipeline],
  ['POST', `${INPUT_SETS}/merge`, viewPipeline],
  ['POST', `${INPUT_SETS}/mergeWithTemplateYaml`, viewPipeline],
  ['POST', `${INPUT_SETS}/merge-for-rerun`, viewPipeline],
  ['POST', `${INPUT_SETS}/merge-input-for-execution`, viewPipeline],
  ['GET', `${INPUT_SETS}/:inputSetIdentifier/yaml-diff`, viewPipeline],
  ['POST', `${INPUT_SETS}/:inputSetIdentifier/sanitise`, editPipeline],
  ['POST', `${INPUT_SETS}/sanitise`, editPipeline],
  ['POST', `${INPUT_SETS}/import/:inputSetIdentifier`, editPipeline],
  ['POST', `${INPUT_SETS}/move-config/:inputSetIdentifier`, editPipeline],

  ['GET', TRIGGERS, viewTrigger],
  ['POST', TRIGGERS, editTrigger],
  ['GET', `${TRIGGERS}/:triggerIdentifier`, viewTrigger],
  [['PUT', 'DELETE'], `${TRIGGERS}/:triggerIdentifier`, editTrigger],
  ['GET', `${TRIGGERS}/:triggerIdentifier/details`, viewTrigger],
  ['PUT', `${TRIGGERS}/:triggerIdentifier/status`, editTrigger],
  ['GET', `${TRIGGERS}/:triggerIdentifier/eventHistory`, viewTrigger],
  ['GET', `${TRIGGERS}/eventHistory/:triggerIdentifier`, viewTrigger],
  // By the event's id alone, as the trigger details are (api.md §0.2): who knows it was told it.
  ['GET', `${TRIGGERS}/eventHistory/eventCorrelation/:eventId`, 'signedIn'],
  ['GET', `${TRIGGERS}/eventHistory/v2/eventCorrelation/:eventId`, 'signedIn'],

  ['POST', `${TEMPLATES}/list`, need('core_template_view')],
  ['POST', `${TEMPLATES}/list-metadata`, need('core_template_view')],
  ['POST', TEMPLATES, need('core_template_edit')],
  ['POST', `${TEMPLATES}/applyTemplates`, need('core_template_view')],
  ['GET', `${TEMPLATES}/:templateIdentifier`, need('core_template_view', 'templateIdentifier')],
  ['GET', `${TEMPLATES}/templateInputs/:templateIdentifier`, need('core_template_view', 'templateIdentifier')],
  ['PUT', `${TEMPLATES}/update/:templateIdentifier/:versionLabel`, need('core_template_edit', 'templateIdentifier')],
  [
    'PUT',
    `${TEMPLATES}/updateStableTemplate/:templateIdentifier/:versionLabel`,
    need('core_template_edit', 'templateIdentifier'),
  ],
  ['DELETE', `${TEMPLATES}/:templateIdentifier`, need('core_template_delete', 'templateIdentifier')],
  ['DELETE', `${TEMPLATES}/:templateIdentifier/:versionLabel`, need('core_template_delete', 'templateIdentifier')],

  ['GET', CONNECTORS, need('core_connector_view')],
  // The body may say whose it is.
  [['POST', 'PUT'], CONNECTORS, 'inHandler'],
  ['GET', `${CONNECTORS}/catalogue`, 'signedIn'],
  ['POST', `${CONNECTORS}/listV2`, need('core_connector_view')],
  ['GET', `${CONNECTORS}/:identifier`, need('core_connector_view', 'identifier')],
  ['DELETE', `${CONNECTORS}/:identifier`, need('core_connector_delete', 'identifier')],
  ['POST', `${CONNECTORS}/testConnection/:identifier`, need('core_connector_access', 'identifier')],

  ['GET', SECRETS, need('core_secret_view')],
  ['POST', SECRETS, need('core_secret_edit')],
  ['POST', `${SECRETS}/files`, need('core_secret_edit')],
  ['POST', `${SECRETS}/yaml`, need('core_secret_edit')],
  ['POST', `${SECRETS}/list`, need('core_secret_view')],
  ['POST', `${SECRETS}/list/secrets`, need('core_secret_view')],
  ['GET', `${SECRETS}/:identifier`, need('core_secret_view', 'identifier')],
  ['PUT', `${SECRETS}/:identifier`, need('core_secret_edit', 'identifier')],
  ['PUT', `${SECRETS}/:identifier/yaml`, need('core_secret_edit', 'identifier')],
  ['PUT', `${SECRETS}/files/:identifier`, need('core_secret_edit', 'identifier')],
  ['DELETE', `${SECRETS}/:identifier`, need('core_secret_delete', 'identifier')],

  ...deployed('/ng/api/servicesV2', 'service'),
  ...deployed('/ng/api/environmentsV2', 'environment'),
  ...deployed('/ng/api/infrastructures', 'environment'),
  ['POST', `${OVERRIDES}/list`, need('core_environment_view')],
  [['POST', 'PUT'], OVERRIDES, { permission: 'core_environment_edit', scopeIn: 'body' }],
  ['POST', `${OVERRIDES}/upsert`, { permission: 'core_environment_edit', scopeIn: 'body' }],
  ['GET', `${OVERRIDES}/:identifier`, need('core_environment_view')],
  ['DELETE', `${OVERRIDES}/:identifier`, need('core_environment_edit')],

  ['GET', '/ng/api/settings', need('core_setting_view')],
  ['GET', '/ng/api/settings/:identifier', need('core_setting_view')],
  ['PUT', '/ng/api/settings', need('core_setting_edit')],

  // The body says whose it is.
  [['POST', 'PUT'], '/ng/api/variables', 'inHandler'],
  // What may be viewed may be filtered: the type of the filter says what that is.
  ...['/ng/api/filters', '/pipeline/api/filters', '/template/api/filters'].flatMap((url): readonly Row[] => [
    [['GET', 'POST', 'PUT'], url, 'inHandler'],
    [['GET', 'DELETE'], `${url}/:identifier`, 'inHandler'],
  ]),
  ['GET', '/ng/api/file-store', need('core_file_view')],
  ['POST', '/ng/api/file-store', need('core_file_edit')],
  ['POST', '/ng/api/file-store/folder', need('core_file_view')],
  ['GET', '/ng/api/file-store/:identifier', need('core_file_view', 'identifier')],
  ['GET', '/ng/api/file-store/files/:identifier/download', need('core_file_view', 'identifier')],
  ['PUT', '/ng/api/file-store/:identifier', need('core_file_edit', 'identifier')],
  ['DELETE', '/ng/api/file-store/:identifier', need('core_file_delete', 'identifier')],
  ['GET', '/ng/api/usersettings', 'signedIn'],
  ['GET', '/ng/api/servicesV2/list/access', need('core_service_view')],
  ['GET', '/ng/api/environmentsV2/list/access', need('core_environment_view')],
  ['POST', '/ng/api/environmentsV2/listV2', need('core_environment_view')],
  ['GET', '/ng/api/variables', need('core_variable_view')],
  ['GET', '/ng/api/variables/:identifier', need('core_variable_view', 'identifier')],
  ['DELETE', '/ng/api/variables/:identifier', need('core_variable_delete', 'identifier')],

  ['GET', '/ng/api/user/users', need('core_user_view')],
  ['POST', '/ng/api/user/users', need('core_user_invite')],
  ['POST', '/ng/api/user/aggregate', need('core_user_view')],
  ['GET', '/ng/api/user/aggregate/:userId', need('core_user_view', 'userId')],
  ['DELETE', '/ng/api/user/:userId', need('core_user_manage', 'userId')],
  // In the account, whatever scope the query names.
  ['PUT', '/bridle/api/users/:userId/status', 'inHandler'],

  ['GET', GROUPS, need('core_usergroup_view')],
  ['POST', `${GROUPS}/batch`, need('core_usergroup_view')],
  ['GET', `${GROUPS}/:identifier`, need('core_usergroup_view', 'identifier')],
  ['POST', `${GROUPS}/:identifier/users`, need('core_usergroup_view', 'identifier')],
  ['GET', `${GROUPS}/:identifier/member/:userIdentifier`, need('core_usergroup_view', 'identifier')],
  [['POST', 'PUT'], GROUPS, need('core_usergroup_manage')],
  ['DELETE', `${GROUPS}/:identifier`, need('core_usergroup_manage', 'identifier')],
  [['PUT', 'DELETE'], `${GROUPS}/:identifier/member/:userIdentifier`, need('core_usergroup_manage', 'identifier')],

  ['GET', SERVICE_ACCOUNTS, need('core_serviceaccount_view')],
  ['POST', SERVICE_ACCOUNTS, need('core_serviceaccount_edit')],
  ['GET', `${SERVICE_ACCOUNTS}/aggregate`, need('core_serviceaccount_view')],
  ['GET', `${SERVICE_ACCOUNTS}/aggregate/:identifier`, need('core_serviceaccount_view', 'identifier')],
  ['PUT', `${SERVICE_ACCOUNTS}/:identifier`, need('core_serviceaccount_edit', 'identifier')],
  ['DELETE', `${SERVICE_ACCOUNTS}/:identifier`, need('core_serviceaccount_delete', 'identifier')],

  // One's own, or those of a service account, which asks for rights on it (access-token-parents.ts).
  [['GET', 'POST'], '/ng/api/apikey', 'inHandler'],
  ['GET', '/ng/api/apikey/aggregate', 'inHandler'],
  ['GET', '/ng/api/apikey/aggregate/:identifier', 'inHandler'],
  [['PUT', 'DELETE'], '/ng/api/apikey/:identifier', 'inHandler'],
  ['POST', '/ng/api/token', 'inHandler'],
  ['GET', '/ng/api/token/aggregate', 'inHandler'],
  ['POST', '/ng/api/token/rotate/:identifier', 'inHandler'],
  [['PUT', 'DELETE'], '/ng/api/token/:identifier', 'inHandler'],

  ['GET', '/authz/api/permissions', 'signedIn'],
  ['GET', '/authz/api/permissions/resourcetypes', 'signedIn'],
  ['GET', ROLES, need('core_role_view')],
  ['POST', ROLES, need('core_role_edit')],
  ['GET', `${ROLES}/:identifier`, need('core_role_view', 'identifier')],
  ['PUT', `${ROLES}/:identifier`, need('core_role_edit', 'identifier')],
  ['DELETE', `${ROLES}/:identifier`, need('core_role_delete', 'identifier')],
  ['GET', RESOURCE_GROUPS, need('core_resourcegroup_view')],
  ['POST', RESOURCE_GROUPS, need('core_resourcegroup_edit')],
  ['GET', `${RESOURCE_GROUPS}/:identifier`, need('core_resourcegroup_view', 'identifier')],
  ['PUT', `${RESOURCE_GROUPS}/:identifier`, need('core_resourcegroup_edit', 'identifier')],
  ['DELETE', `${RESOURCE_GROUPS}/:identifier`, need('core_resourcegroup_delete', 'identifier')],
  ['GET', ASSIGNMENTS, need('core_user_view')],
  ['POST', `${ASSIGNMENTS}/filter`, need('core_user_view')],
  ['GET', `${ASSIGNMENTS}/:identifier`, need('core_user_view')],
  // By the kind of principal that is given something.
  ['POST', ASSIGNMENTS, 'inHandler'],
  ['POST', `${ASSIGNMENTS}/multi`, 'inHandler'],
  ['DELETE', `${ASSIGNMENTS}/:identifier`, 'inHandler'],
  // Of others it asks for the right to see them.
  ['POST', '/authz/api/acl', 'inHandler'],
  // In each scope the filter names.
  ['POST', '/audit/api/audits/list', 'inHandler'],
  ['GET', '/audit/api/auditYaml', 'inHandler'],

  ['GET', '/bridle/api/delegates', need('core_delegate_view')],
  ['POST', '/ng/api/delegate-setup/listDelegates', need('core_delegate_view')],
  ['GET', TOKENS, need('core_delegate_view')],
  [['POST', 'PUT', 'DELETE'], TOKENS, need('core_delegate_edit')],
  ['GET', `${TOKENS}/delegate-groups`, need('core_delegate_view')],
];

const TABLE: ReadonlyMap<string, RouteNeeds> = new Map(
  ROWS.flatMap(([methods, url, needs]) => [methods].flat().map((method) => [`${method} ${url}`, needs] as const)),
);

/** `undefined`: the table does not have it. */
export function needsOf(method: string, url: string): RouteNeeds | undefined {
  // What HEAD tells, GET tells.
  return TABLE.get(`${method === 'HEAD' ? 'GET' : method} ${url}`);
}
