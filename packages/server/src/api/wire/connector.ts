/** Connectors as the API prints them (api.md §9). */
import { INLINE_GIT_DETAILS, type ConnectorResponse, type ConnectorStatus } from '@bridle/protocol';
import type { ConnectorRow, ConnectorStatus as StoredStatus } from '../../store/connectors.ts';

export function connectorResponse(row: ConnectorRow): ConnectorResponse {
  const { owner, name, identifier, description, tags, type, spec } = row;
  return {
    connector: {
      name,
      identifier,
      description,
      orgIdentifier: owner.orgIdentifier ?? null,
      projectIdentifier: owner.projectIdentifier ?? null,
      tags: { ...tags },
      type,
      spec: { ...spec },
    },
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
    status: connectorStatus(row.status),
    harnessManaged: false,
    gitDetails: INLINE_GIT_DETAILS,
    entityValidityDetails: { valid: true, invalidYaml: null },
  };
}

function connectorStatus(status: StoredStatus | undefined): ConnectorStatus {
  if (status === undefined) {
    const never = { testedAt: null, lastTestedAt: null, lastConnectedAt: null };
    return { status: 'UNKNOWN', errorSummary: null, errors: null, ...never };
  }
  return {
    status: status.status,
    ...connectorErrors(status),
    testedAt: status.testedAt,
    lastTestedAt: status.testedAt,
    lastConnectedAt: status.connectedAt ?? null,
  };
}

/** What Harness's clients read of a test that failed; both null when it went well. */
export function connectorErrors({
  status,
  message,
}: Pick<StoredStatus, 'status' | 'message'>): Pick<ConnectorStatus, 'errorSummary' | 'errors'> {
  if (status === 'SUCCESS') return { errorSummary: null, errors: null };
  return { errorSummary: message, errors: [{ reason: 'Unexpected Error', message, code: 450 }] };
}
