/**
 * What one may be allowed to do, by Harness's names: `core_<resource>_<action>`. The resource types are those of resource
 * groups and of messages.
 */
const RESOURCES = {
  account: { type: 'ACCOUNT', actions: ['view', 'edit'] },
  organization: { type: 'ORGANIZATION', actions: ['view', 'create', 'edit', 'delete'] },
  project: { type: 'PROJECT', actions: ['view', 'create', 'edit', 'delete'] },
  pipeline: { type: 'PIPELINE', actions: ['view', 'edit', 'delete', 'execute'] },
  template: { type: 'TEMPLATE', actions: ['view', 'copy', 'edit', 'delete', 'access'] },
  connector: { type: 'CONNECTOR', actions: ['view', 'edit', 'delete', 'access'] },
  secret: { type: 'SECRET', actions: ['view', 'edit', 'delete', 'access'] },
  service: { type: 'SERVICE', actions: ['view', 'edit', 'delete', 'access'] },
  environment: { type: 'ENVIRONMENT', actions: ['view', 'edit', 'delete', 'access'] },
  environmentgroup: { type: 'ENVIRONMENT_GROUP', actions: ['view', 'edit', 'delete', 'access'] },
  file: { type: 'FILE', actions: ['view', 'edit', 'delete', 'access'] },
  variable: { type: 'VARIABLE', actions: ['view', 'edit', 'delete'] },
  delegate: { type: 'DELEGATE', actions: ['view', 'edit', 'delete'] },
  setting: { type: 'SETTING', actions: ['view', 'edit'] },
  webhook: { type: 'WEBHOOK', actions: ['view', 'edit', 'delete'] },
  user: { type: 'USER', actions: ['view', 'invite', 'manage'] },
  usergroup: { type: 'USERGROUP', actions: ['view', 'manage'] },
  serviceaccount: { type: 'SERVICEACCOUNT', actions: ['view', 'edit', 'delete', 'manageapikey'] },
  role: { type: 'ROLE', actions: ['view', 'edit', 'delete'] },
  resourcegroup: { type: 'RESOURCEGROUP', actions: ['view', 'edit', 'delete'] },
  audit: { type: 'AUDIT', actions: ['view'] },
  license: { type: 'LICENSE', actions: ['view', 'edit'] },
} as const;

type Resources = typeof RESOURCES;
type Resource = keyof Resources;
export type Permission = { [Key in Resource]: `core_${Key}_${Resources[Key]['actions'][number]}` }[Resource];

interface PermissionFacts {
  readonly resource: Resource;
  readonly resourceType: string;
  readonly action: string;
}

const FACTS: ReadonlyMap<string, PermissionFacts> = new Map(
  Object.entries(RESOURCES).flatMap(([resource, { type, actions }]) =>
    actions.map((action) => [
      `core_${resource}_${action}`,
      { resource: resource as Resource, resourceType: type, action },
    ]),
  ),
);

export const PERMISSIONS = [...FACTS.keys()] as readonly Permission[];
export const RESOURCE_TYPES: readonly string[] = Object.values(RESOURCES).map(({ type }) => type);

export function isPermission(text: string): text is Permission {
  return FACTS.has(text);
}

export function factsOf(permission: Permission): PermissionFacts {
  const facts = FACTS.get(permission);
  if (facts === undefined) throw new Error(`There is no permission ${permission}.`);
  return facts;
}
