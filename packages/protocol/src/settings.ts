/** Settings of accounts, organizations and projects (api.md §9). */
import { Type, type Static } from 'typebox';
import { nullable, Time } from './schema.ts';

export const SETTING_SCOPES = ['ACCOUNT', 'ORGANIZATION', 'PROJECT'] as const;

const SettingDto = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  orgIdentifier: nullable(Type.String()),
  projectIdentifier: nullable(Type.String()),
  category: Type.String(),
  groupIdentifier: Type.String(),
  value: Type.String(),
  defaultValue: Type.String(),
  valueType: Type.Enum(['String', 'Boolean', 'Number']),
  allowedValues: nullable(Type.Array(Type.String())),
  allowOverrides: Type.Boolean(),
  settingSource: Type.Enum(['DEFAULT', 'ACCOUNT', 'ORG', 'PROJECT']),
  isSettingEditable: Type.Boolean(),
  allowedScopes: Type.Array(Type.Enum(SETTING_SCOPES)),
});
export type SettingDto = Static<typeof SettingDto>;

/** `lastModifiedAt` is null where nobody has set it. */
export const SettingResponse = Type.Object({ setting: SettingDto, lastModifiedAt: nullable(Time) });
export type SettingResponse = Static<typeof SettingResponse>;

export const SettingValue = Type.Object({
  valueType: Type.Enum(['String', 'Boolean', 'Number']),
  value: Type.String(),
});
export type SettingValue = Static<typeof SettingValue>;

/** `RESTORE`: the scopes above decide again. Without a value, `UPDATE` keeps the one that holds. */
export const SettingUpdate = Type.Object(
  {
    identifier: Type.String({ minLength: 1, maxLength: 128 }),
    value: Type.Optional(nullable(Type.String({ maxLength: 4_096 }))),
    allowOverrides: Type.Optional(nullable(Type.Boolean())),
    updateType: Type.Enum(['UPDATE', 'RESTORE']),
  },
  {
    examples: [
      { identifier: 'allow_tokenless_custom_webhooks', value: 'false', allowOverrides: true, updateType: 'UPDATE' },
    ],
  },
);
export type SettingUpdate = Static<typeof SettingUpdate>;

/** One of a batch: each is done or refused by itself. */
export const SettingUpdateResult = Type.Object({
  identifier: Type.String(),
  setting: nullable(SettingDto),
  lastModifiedAt: nullable(Time),
  updateStatus: Type.Boolean(),
  errorMessage: nullable(Type.String()),
});
export type SettingUpdateResult = Static<typeof SettingUpdateResult>;
