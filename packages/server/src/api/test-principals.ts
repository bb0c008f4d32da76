/** Everybody whom the matrix of rights asks for (quality S15), and by an oracle of its own what they may. */
import { sql } from 'kysely';
import { issueToken } from '../auth/tokens.ts';
import { DEMO_SCOPE } from '../intake/demo.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { insertRoleAssignment } from '../store/role-assignments.ts';
import { insertUser } from '../store/users.ts';
import { ACCOUNT, type TestApp } from './test-app.ts';

/** As the tests name a place: no organization = the account, no project = the organization. */
export interface Place {
  readonly org: string;
  readonly project: string;
}

export const IN_ACCOUNT: Place = { org: '', project: '' };
export const IN_ORG: Place = { org: DEMO_SCOPE.orgIdentifier, project: '' };
export const IN_PROJECT: Place = { org: DEMO_SCOPE.orgIdentifier, project: DEMO_SCOPE.projectIdentifier };
export const ELSEWHERE: Place = { org: DEMO_SCOPE.orgIdentifier, project: 'elsewhere' };

export interface TestPrincipal {
  readonly name: string;
  readonly token: string;
  /** What the oracle says. */
  readonly may: (permission: string, place: Place, identifier: string | undefined) => boolean;
}

export interface InvalidPrincipal {
  readonly name: string;
  readonly token: string | undefined;
}

const isAt = (place: Place, at: Place): boolean => place.org === at.org && place.project === at.project;
const action = (permission: string): string => /^core_[a-z]+_([a-z]+)$/.exec(permission)?.[1] ?? '';
const resource = (permission: string): string => /^core_([a-z]+)_/.exec(permission)?.[1] ?? '';
const isView = (permission: string): boolean => action(permission) === 'view';
/** What belongs to the account alone, whoever else has all of something. */
const OF_ACCOUNT = ['license', 'account'];

export async function makePrincipals(bridle: TestApp): Promise<readonly TestPrincipal[]> {
  const { db } = bridle;
  await sql`insert into projects (account_id, org_identifier, identifier, name, created_at, updated_at)
    values (${ACCOUNT}, ${ELSEWHERE.org}, ${ELSEWHERE.project}, 'Elsewhere', 0, 0)`.execute(db);
  await sql`insert into roles (account_id, org_identifier, project_identifier, identifier, name, description, permissions, scopes, created_at, updated_at)
    values (${ACCOUNT}, '', '', 'one_runner', 'One runner', '', '{core_pipeline_view,core_pipeline_execute}', '{project}', 0, 0)`.execute(
    db,
  );
  await sql`insert into resource_groups (account_id, org_identifier, project_identifier, identifier, name, description, included_scopes, resources, created_at, updated_at)
    values (${ACCOUNT}, ${IN_PROJECT.org}, ${IN_PROJECT.project}, 'one_pipeline', 'One pipeline', '',
      ${JSON.stringify([{ org: IN_PROJECT.org, project: IN_PROJECT.project, children: false }])}, '{"PIPELINE":["test"]}', 0, 0)`.execute(
    db,
  );
  const all = '_all_resources_including_child_scopes';
  const ofProject = '_all_project_level_resources';
  const user = async (name: string, place: Place, role: string, resources: string): Promise<string> => {
    const token = await addUser(bridle, name);
    await give(bridle, name, place, role, resources);
    return token;
  };
  return [
    { name: 'admin', token: bridle.token, may: () => true },
    {
      name: 'account_viewer',
      token: await user('account_viewer', IN_ACCOUNT, '_account_viewer', all),
      may: isView,
    },
    {
      name: 'org_admin',
      token: await user('org_admin', IN_ORG, '_organization_admin', all),
      may: (permission, { org }) =>
        org === IN_ORG.org && !OF_ACCOUNT.includes(resource(permission)) && permission !== 'core_organization_create',
    },
    {
      name: 'admin_elsewhere',
      token: await user('admin_elsewhere', ELSEWHERE, '_project_admin', ofProject),
      may: (permission, place) =>
        isAt(place, ELSEWHERE) &&
        ![...OF_ACCOUNT, 'organization'].includes(resource(permission)) &&
        permission !== 'core_project_create',
    },
    {
      name: 'project_viewer',
      token: await user('project_viewer', IN_PROJECT, '_project_viewer', ofProject),
      may: (permission, place) =>
        isAt(place, IN_PROJECT) &&
        isView(permission) &&
        ![...OF_ACCOUNT, 'organization', 'audit'].includes(resource(permission)),
    },
    {
      name: 'executor',
      token: await user('executor', IN_PROJECT, '_pipeline_executor', ofProject),
      may: (permission, place) =>
        isAt(place, IN_PROJECT) &&
        ((['pipeline', 'project', 'template', 'connector', 'secret', 'service', 'environment'].includes(
          resource(permission),
        ) &&
          isView(permission)) ||
          ['core_environmentgroup_view', 'core_file_view', 'core_variable_view', 'core_pipeline_execute'].includes(
            permission,
          ) ||
          action(permission) === 'access'),
    },
    {
      name: 'robot',
      token: await addServiceAccount(bridle),
      may: (permission, place) =>
        isAt(place, IN_PROJECT) &&
        ![...OF_ACCOUNT, 'organization'].includes(resource(permission)) &&
        permission !== 'core_project_create',
    },
    {
      name: 'one_runner',
      token: await user('one_runner', IN_PROJECT, 'one_runner', 'one_pipeline'),
      may: (permission, place, identifier) =>
        isAt(place, IN_PROJECT) &&
        identifier === 'test' &&
        ['core_pipeline_view', 'core_pipeline_execute'].includes(permission),
    },
    { name: 'nobody', token: await addUser(bridle, 'nobody'), may: () => false },
  ];
}

/** Whoever is refused before anybody asks what they may: they are all administrators. */
export async function makeInvalidPrincipals(bridle: TestApp): Promise<readonly InvalidPrincipal[]> {
  const all = '_all_resources_including_child_scopes';
  const admin = async (name: string): Promise<string> => {
    const token = await addUser(bridle, name);
    await give(bridle, name, IN_ACCOUNT, '_account_admin', all);
    return token;
  };
  const [disabled, revoked, expired] = [await admin('disabled'), await admin('revoked'), await admin('expired')];
  await sql`update users set is_disabled = true where id = 'disabled'`.execute(bridle.db);
  await sql`update api_keys set revoked_at = bridle_now() where user_id = 'revoked'`.execute(bridle.db);
  await sql`update api_keys set expires_at = bridle_now() - 1 where user_id = 'expired'`.execute(bridle.db);
  return [
    { name: 'disabled', token: disabled },
    { name: 'revoked', token: revoked },
    { name: 'expired', token: expired },
    { name: 'unknown', token: `${bridle.token}x` },
    { name: 'none', token: undefined },
  ];
}

/** A user of the account without any rights; the answer is a token of theirs. */
export async function addUser({ db }: TestApp, id: string): Promise<string> {
  const user = { id, accountId: ACCOUNT, name: id, email: `${id}@example.test`, isAdmin: false };
  await insertUser(db, user);
  return await issueToken(db, user, 'test');
}

async function give({ db }: TestApp, id: string, place: Place, role: string, resources: string): Promise<void> {
  await insertRoleAssignment(db, {
    owner: ownerAt(place),
    identifier: `given_to_${id}`,
    roleIdentifier: role,
    resourceGroupIdentifier: resources,
    principal: { type: 'USER', id, scope: 'account' },
    isManaged: false,
    isDisabled: false,
  });
}

async function addServiceAccount(bridle: TestApp): Promise<string> {
  const of = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'robot', ...DEMO_SCOPE };
  await bridle.call('POST', '/ng/api/serviceaccount', { body: { identifier: 'robot', name: 'Robot' } });
  await bridle.call('POST', '/authz/api/roleassignments', {
    body: { roleIdentifier: '_project_admin', principal: { identifier: 'robot', type: 'SERVICE_ACCOUNT' } },
  });
  await bridle.call('POST', '/ng/api/apikey', { body: { identifier: 'key', name: 'Key', ...of } });
  const answer = await bridle.call('POST', '/ng/api/token', {
    body: { identifier: 'token', name: 'Token', apiKeyIdentifier: 'key', ...of },
  });
  return answer.body.data as unknown as string;
}

function ownerAt({ org, project }: Place): OwnerScope {
  return {
    accountId: ACCOUNT,
    ...(org === '' ? {} : { orgIdentifier: org }),
    ...(project === '' ? {} : { projectIdentifier: project }),
  };
}
