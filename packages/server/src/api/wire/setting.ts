/** Settings as the API prints them: what holds in the scope that asks. */
import type { SettingDto, SettingResponse } from '@bridle/protocol';
import { settingScopeOf, type KnownSetting } from '../../store/known-settings.ts';
import type { OwnerScope } from '../../store/owner-scope.ts';
import type { EffectiveSetting } from '../../store/settings.ts';

const SOURCES = { ACCOUNT: 'ACCOUNT', ORGANIZATION: 'ORG', PROJECT: 'PROJECT' } as const;

export function settingResponse(
  asking: OwnerScope,
  identifier: string,
  known: KnownSetting,
  effective: EffectiveSetting,
): SettingResponse {
  return {
    setting: settingDto(asking, identifier, known, effective),
    lastModifiedAt: effective.row?.updatedAt ?? null,
  };
}

function settingDto(
  asking: OwnerScope,
  identifier: string,
  known: KnownSetting,
  { value, row, fixedBy }: EffectiveSetting,
): SettingDto {
  return {
    identifier,
    name: known.name,
    orgIdentifier: asking.orgIdentifier ?? null,
    projectIdentifier: asking.projectIdentifier ?? null,
    category: known.category,
    groupIdentifier: known.group,
    value,
    defaultValue: known.usual,
    valueType: known.type.kind,
    allowedValues: known.type.kind === 'Boolean' ? ['true', 'false'] : null,
    allowOverrides: row?.isOverridable ?? true,
    settingSource: row === undefined ? 'DEFAULT' : SOURCES[settingScopeOf(row.owner)],
    isSettingEditable: fixedBy === undefined && known.scopes.includes(settingScopeOf(asking)),
    allowedScopes: [...known.scopes],
  };
}
