/** The roles and resource groups that are always there, as Harness names them. They cannot be changed. */
import type { DocumentScope } from '@bridle/pipeline';
import { factsOf, PERMISSIONS, type Permission } from './permissions.ts';

export interface Role {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  /** Where it may be given. */
  readonly scopes: readonly DocumentScope[];
}

/** What a role is given for. */
export interface ResourceGroup {
  readonly identifier: string;
  readonly name: string;
  /** Where it may be given. */
  readonly scopes: readonly DocumentScope[];
  /** Also what is below the scope at which it is given. */
  readonly hasChildScopes: boolean;
}

const ALL_SCOPES = ['account', 'org', 'project'] as const;
/** What there is of a project and what it uses. */
const OF_PROJECTS = [
  'pipeline',
  'template',
  'connector',
  'secret',
  'service',
  'environment',
  'environmentgroup',
  'file',
  'variable',
  'delegate',
  'setting',
  'webhook',
] as const;

const views = PERMISSIONS.filter((permission) => factsOf(permission).action === 'view');
/** Auditing and licences are the account's business. */
const plainViews = views.filter(
  (permission) => !['audit', 'license', 'account'].includes(factsOf(permission).resource),
);
const ofProjects = PERMISSIONS.filter((permission) =>
  (OF_PROJECTS as readonly string[]).includes(factsOf(permission).resource),
);
const people = PERMISSIONS.filter((permission) =>
  ['user', 'usergroup', 'serviceaccount', 'role', 'resourcegroup'].includes(factsOf(permission).resource),
);
const of = (resource: string): readonly Permission[] =>
  PERMISSIONS.filter((permission) => factsOf(permission).resource === resource);
const inProjects = plainViews.filter((permission) => factsOf(permission).resource !== 'organization');

function role(
  identifier: string,
  name: string,
  description: string,
  scopes: Role['scopes'],
  permissions: readonly Permission[],
): Role {
  return { identifier, name, description, scopes, permissions: [...new Set(permissions)] };
}

export const BUILT_IN_ROLES: readonly Role[] = [
  role('_account_admin', 'Account Admin', 'Everything.', ['account'], PERMISSIONS),
  role('_account_viewer', 'Account Viewer', 'Sees everything, changes nothing.', ['account'], views),
  role(
    '_account_basic',
    'Account Basic',
    'Knows that the account is there.',
    ['account'],
    ['core_account_view', 'core_user_view', 'core_usergroup_view'],
  ),
  role(
    '_organization_admin',
    'Organization Admin',
    'Everything in an organization.',
    ['org'],
    [
      ...plainViews,
      ...of('organization').filter((permission) => permission !== 'core_organization_create'),
      ...of('project'),
      ...ofProjects,
      ...people,
      'core_audit_view',
    ],
  ),
  role('_organization_viewer', 'Organization Viewer', 'Sees an organization.', ['org'], plainViews),
  role(
    '_organization_basic',
    'Organization Basic',
    'Knows that the organization is there.',
    ['org'],
    ['core_organization_view', 'core_user_view', 'core_usergroup_view'],
  ),
  role(
    '_project_admin',
    'Project Admin',
    'Everything in a project.',
    ['project'],
    [
      ...inProjects,
      ...of('project').filter((permission) => permission !== 'core_project_create'),
      ...ofProjects,
      ...people,
      'core_audit_view',
    ],
  ),
  role('_project_viewer', 'Project Viewer', 'Sees a project.', ['project'], inProjects),
  role(
    '_project_basic',
    'Project Basic',
    'Knows that the project is there.',
    ['project'],
    ['core_project_view', 'core_user_view', 'core_usergroup_view'],
  ),
  role('_pipeline_executor', 'Pipeline Executor', 'Runs pipelines with what they use.', ALL_SCOPES, [
    'core_pipeline_view',
    'core_pipeline_execute',
    'core_project_view',
    'core_template_view',
    'core_template_access',
    'core_connector_view',
    'core_connector_access',
    'core_secret_view',
    'core_secret_access',
    'core_service_view',
    'core_service_access',
    'core_environment_view',
    'core_environment_access',
    'core_environmentgroup_view',
    'core_environmentgroup_access',
    'core_file_view',
    'core_file_access',
    'core_variable_view',
  ]),
];

export const BUILT_IN_RESOURCE_GROUPS: readonly ResourceGroup[] = [
  {
    identifier: '_all_resources_including_child_scopes',
    name: 'All Resources Including Child Scopes',
    scopes: ['account', 'org'],
    hasChildScopes: true,
  },
  {
    identifier: '_all_account_level_resources',
    name: 'All Account Level Resources',
    scopes: ['account'],
    hasChildScopes: false,
  },
  {
    identifier: '_all_organization_level_resources',
    name: 'All Organization Level Resources',
    scopes: ['org'],
    hasChildScopes: false,
  },
  {
    identifier: '_all_project_level_resources',
    name: 'All Project Level Resources',
    scopes: ['project'],
    hasChildScopes: false,
  },
];
