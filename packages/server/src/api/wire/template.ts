/** Templates as the API prints them. */
import { levelOf } from '@bridle/pipeline';
import { INLINE_GIT_DETAILS, type TemplateResponse } from '@bridle/protocol';
import type { TemplateRow } from '../../store/templates.ts';

export function templateResponse(row: TemplateRow): TemplateResponse {
  const { accountId, orgIdentifier, projectIdentifier } = row.owner;
  return {
    accountId,
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    identifier: row.identifier,
    name: row.name,
    ...(row.description === '' ? {} : { description: row.description }),
    tags: { ...row.tags },
    yaml: row.yaml,
    versionLabel: row.versionLabel,
    templateEntityType: row.type,
    ...(row.childType === '' ? {} : { childType: row.childType }),
    templateScope: levelOf(row.owner),
    version: row.version,
    stableTemplate: row.isStable,
    gitDetails: INLINE_GIT_DETAILS,
    entityValidityDetails: { valid: true },
    createdAt: row.createdAt,
    lastUpdatedAt: row.updatedAt,
    storeType: 'INLINE',
  };
}
