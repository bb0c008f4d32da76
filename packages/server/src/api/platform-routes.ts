/** Accounts, users, organizations and projects: what clients look up first (api.md §9). */
import { isAdministrator } from '../auth/decide.ts';
import { AccountLicenses, AccountResponse, CurrentUser, SettingResponse, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { findAccount, type AccountRow } from '../store/installation.ts';
import type { Database } from '../store/database.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';

const AccountQuery = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });
const tags = ['Platform'];

export function platformRoutes(app: App, { db, authorizer }: ApiDependencies): void {
  app.get(
    '/ng/api/accounts/:accountIdentifier',
    {
      schema: {
        summary: 'An account',
        tags,
        params: Type.Object({ accountIdentifier: Type.String() }),
        querystring: AccountQuery,
        response: answers(successOf(AccountResponse)),
      },
    },
    async (request) => {
      const { accountIdentifier } = request.params;
      if (accountIdentifier !== callerOf(request).accountId) throw noAccount(accountIdentifier);
      const { id, name, createdAt } = await getAccount(db, accountIdentifier);
      return success(request, {
        identifier: id,
        name,
        companyName: name,
        cluster: 'bridle',
        defaultExperience: 'NG' as const,
        createdAt,
        nextGenEnabled: true,
      });
    },
  );

  app.get(
    '/ng/api/user/currentUser',
    {
      config: { account: 'own' },
      schema: { summary: 'The caller', tags, querystring: AccountQuery, response: answers(successOf(CurrentUser)) },
    },
    async (request) => {
      const caller = callerOf(request);
      const { userId, name, email, accountId } = caller;
      const account = await getAccount(db, accountId);
      return success(request, {
        uuid: userId,
        name,
        email,
        defaultAccountId: accountId,
        accounts: [{ uuid: accountId, accountName: account.name, companyName: account.name }],
        admin: isAdministrator(await authorizer.grantsOf(caller), accountId),
        twoFactorAuthenticationEnabled: false,
        locked: false,
        disabled: false,
        externallyManaged: false,
      });
    },
  );

  app.get(
    '/ng/api/licenses/account',
    {
      schema: {
        summary: 'Licenses of an account: there are none to have',
        tags,
        querystring: AccountQuery,
        response: answers(successOf(AccountLicenses)),
      },
    },
    async (request) => {
      const { createdAt } = await getAccount(db, request.accountId);
      return success(request, {
        accountId: request.accountId,
        moduleLicenses: {},
        allModuleLicenses: { CD: [], CI: [] },
        createdAt,
        lastUpdatedAt: createdAt,
      });
    },
  );

  app.get(
    '/ng/api/usersettings',
    {
      schema: {
        summary: 'Settings of the caller: there are none to make',
        tags,
        querystring: Type.Object({
          ...AccountQuery.properties,
          category: Type.Optional(Type.String()),
          group: Type.Optional(Type.String()),
        }),
        response: answers(successOf(Type.Array(SettingResponse))),
      },
    },
    async (request) => success(request, []),
  );
}

async function getAccount(db: Database, id: string): Promise<AccountRow> {
  const account = await findAccount(db, id);
  if (account === undefined) throw noAccount(id);
  return account;
}

function noAccount(id: string): Error {
  return notFound(`Account ${id} does not exist.`);
}
