/** Settings of accounts, organizations and projects (`/ng/api/settings`): what holds in a scope, and what the scope says itself. */
import { SettingResponse, SettingUpdate, SettingUpdateResult, SettingValue, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  KNOWN_SETTINGS,
  knownSetting,
  objectionTo,
  settingScopeOf,
  type UsualSettings,
} from '../store/known-settings.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import { findEffectiveSettings, restoreSetting, saveSetting } from '../store/settings.ts';
import { answers, describeOwner, noOwner, ownerOf, ownerQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { settingResponse } from './wire/setting.ts';

const URL = '/ng/api/settings';
const tags = ['Settings'];
const IDENTIFIERS = Object.keys(KNOWN_SETTINGS);
/** Settings of one batch. */
const UPDATES_MAX = 100;

export function settingRoutes(app: App, { db, usualSettings }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'The settings that can be made in a scope, and what holds there',
        tags,
        querystring: ownerQuery({
          category: Type.Optional(Type.String()),
          group: Type.Optional(Type.String()),
          includeParentScopes: Type.Optional(
            Type.Boolean({ description: 'Those too that can be made only in a scope above.' }),
          ),
        }),
        response: answers(successOf(Type.Array(SettingResponse))),
      },
    },
    async (request) => {
      const { category = '', group = '', includeParentScopes: isWide = false } = request.query;
      const owner = await existingOwner(db, ownerOf(request, request.query));
      const effective = await findEffectiveSettings(db, owner, IDENTIFIERS, usualSettings);
      const listed = [...effective].flatMap(([identifier, each]) => {
        const known = knownSetting(identifier, usualSettings);
        if (known === undefined || (category !== '' && known.category !== category)) return [];
        if (group !== '' && known.group !== group) return [];
        if (!isWide && !known.scopes.includes(settingScopeOf(owner))) return [];
        return [settingResponse(owner, identifier, known, each)];
      });
      return success(request, listed);
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'The value of a setting that holds in a scope',
        tags,
        params: Type.Object({ identifier: Type.String() }),
        querystring: ownerQuery({}),
        response: answers(successOf(SettingValue)),
      },
    },
    async (request) => {
      const owner = await existingOwner(db, ownerOf(request, request.query));
      const { identifier } = request.params;
      const known = knownSetting(identifier, usualSettings);
      const effective = (await findEffectiveSettings(db, owner, [identifier], usualSettings)).get(identifier);
      if (known === undefined || effective === undefined) throw notFound(noSetting(identifier));
      return success(request, { valueType: known.type.kind, value: effective.value });
    },
  );

  app.put(
    URL,
    {
      schema: {
        summary: 'Change settings of a scope; each is done or refused by itself, and the answer says which',
        tags,
        querystring: ownerQuery({}),
        body: Type.Array(SettingUpdate, { maxItems: UPDATES_MAX }),
        response: answers(successOf(Type.Array(SettingUpdateResult))),
      },
    },
    async (request) => {
      const owner = await existingOwner(db, ownerOf(request, request.query));
      const results: SettingUpdateResult[] = [];
      for (const update of request.body) {
        const done = await db.transaction().execute(async (tx) => {
          const result = await applyUpdate(tx, owner, update, usualSettings);
          if (result.updateStatus) {
            const resource = { type: 'SETTING', identifier: result.identifier };
            await recordAudit(tx, request, { action: 'UPDATE', resource, scope: owner });
          }
          return result;
        });
        results.push(done);
      }
      return success(request, results);
    },
  );
}

async function applyUpdate(
  db: Transaction,
  owner: OwnerScope,
  update: SettingUpdate,
  usualSettings: UsualSettings | undefined,
): Promise<SettingUpdateResult> {
  const { identifier } = update;
  const known = knownSetting(identifier, usualSettings);
  const before = (await findEffectiveSettings(db, owner, [identifier], usualSettings)).get(identifier);
  if (known === undefined || before === undefined) return refusal(identifier, noSetting(identifier));
  const where = describeOwner(owner);
  if (!known.scopes.includes(settingScopeOf(owner)))
    return refusal(
      identifier,
      `${identifier} cannot be set in ${where}, but in: ${known.scopes.join(', ').toLowerCase()}.`,
    );
  if (before.fixedBy !== undefined)
    return refusal(
      identifier,
      `${identifier} cannot be set in ${where}: ${describeOwner(before.fixedBy)} does not let it be overridden.`,
    );
  if (update.updateType === 'RESTORE') {
    await restoreSetting(db, owner, identifier);
  } else {
    const value = update.value ?? before.value;
    const objection = objectionTo(known, value);
    if (objection !== undefined) return refusal(identifier, `The value of ${identifier} ${objection}.`);
    await saveSetting(db, owner, { identifier, value, isOverridable: update.allowOverrides ?? true });
  }
  const after = (await findEffectiveSettings(db, owner, [identifier], usualSettings)).get(identifier) ?? before;
  const { setting, lastModifiedAt } = settingResponse(owner, identifier, known, after);
  return { identifier, setting, lastModifiedAt, updateStatus: true, errorMessage: null };
}

function refusal(identifier: string, errorMessage: string): SettingUpdateResult {
  return { identifier, setting: null, lastModifiedAt: null, updateStatus: false, errorMessage };
}

function noSetting(identifier: string): string {
  return `There is no setting ${identifier}.`;
}

async function existingOwner(db: Database, owner: OwnerScope): Promise<OwnerScope> {
  if (!(await ownerExists(db, owner))) throw noOwner(owner);
  return owner;
}
