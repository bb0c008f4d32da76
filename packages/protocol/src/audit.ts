/** The audit log. */
import { Type, type Static } from 'typebox';
import { AccessScope, may } from './access.ts';
import { nullable, Time } from './schema.ts';

export const AuditFilter = Type.Object(
  {
    filterType: may(Type.String()),
    scopes: may(
      Type.Array(
        Type.Object({
          accountIdentifier: may(Type.String()),
          orgIdentifier: may(Type.String()),
          projectIdentifier: may(Type.String()),
        }),
        { maxItems: 100, description: 'What happened in one of these or below.' },
      ),
    ),
    resources: may(Type.Array(Type.Object({ type: Type.String(), identifier: may(Type.String()) }), { maxItems: 100 })),
    actions: may(Type.Array(Type.String(), { maxItems: 100 })),
    principals: may(
      Type.Array(Type.Object({ type: may(Type.String()), identifier: Type.String() }), { maxItems: 100 }),
    ),
    startTime: may(Time),
    endTime: may(Time),
  },
  {
    examples: [
      {
        filterType: 'Audit',
        actions: ['CREATE', 'DELETE'],
        resources: [{ type: 'PIPELINE' }],
        startTime: 1_764_000_000_000,
      },
    ],
  },
);
export type AuditFilter = Static<typeof AuditFilter>;

export const AuditEvent = Type.Object({
  auditId: Type.String(),
  insertId: Type.String(),
  resourceScope: AccessScope,
  httpRequestInfo: Type.Object({ requestMethod: Type.String() }),
  requestMetadata: Type.Object({ clientIP: Type.String() }),
  timestamp: Time,
  authenticationInfo: Type.Object({
    principal: Type.Object({ type: Type.String(), identifier: Type.String() }),
    labels: Type.Object({ username: Type.String() }),
  }),
  module: Type.String(),
  resource: Type.Object({
    type: Type.String(),
    identifier: Type.String(),
    labels: Type.Record(Type.String(), Type.String()),
  }),
  action: Type.String(),
  yamlDiff: Type.Boolean({ description: 'What it was and what it became can be read.' }),
});
export type AuditEvent = Static<typeof AuditEvent>;

export const AuditYaml = Type.Object({ oldYaml: nullable(Type.String()), newYaml: nullable(Type.String()) });
export type AuditYaml = Static<typeof AuditYaml>;
