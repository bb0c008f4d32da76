/** The test of a connector: a delegate calls what the connector stands for, with its credentials. */
import { asProjectsWrite, CONNECTOR_TYPES, levelOf } from '@bridle/pipeline';
import { ConnectorTestResult, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import type { ErrandResult } from '../dispatch/errands.ts';
import { findConnector, keepConnectorStatus, type ConnectorRow } from '../store/connectors.ts';
import { answers, describeOwner, ownerOf, ownerQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { noConnector } from './connector-routes.ts';
import { connectorErrors } from './wire/connector.ts';

/** Within what clients and proxies wait for an answer. */
const TEST_MS = 45_000;

export function connectorTestRoutes(app: App, { db, dispatch, stopping }: ApiDependencies): void {
  app.post(
    '/ng/api/connectors/testConnection/:identifier',
    {
      schema: {
        summary: 'Test a connector from a delegate that serves it',
        tags: ['Connectors'],
        params: Type.Object({ identifier: Type.String() }),
        querystring: ownerQuery({
          repoURL: Type.Optional(
            Type.String({ description: 'The repository to ask for, where a connector is of a whole account.' }),
          ),
        }),
        response: answers(successOf(ConnectorTestResult)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const row = await findConnector(db, { owner, identifier });
      if (row === undefined) throw noConnector(owner, identifier);
      const { repoURL: repoName = '' } = request.query;
      const result = Object.hasOwn(CONNECTOR_TYPES, row.type)
        ? await dispatch.runErrand(
            {
              owner,
              stepType: 'ConnectorTest',
              name: `Test of the connector ${row.name}`,
              spec: {
                connectorRef: asProjectsWrite(levelOf(owner), identifier),
                ...(repoName === '' ? {} : { repoName }),
              },
              selectors: selectorsOf(row),
              waitMs: TEST_MS,
            },
            stopping,
          )
        : undefined;
      const found = judge(result, row);
      const kept = await keepConnectorStatus(db, row, row.version, found);
      return success(request, {
        status: found.status,
        ...connectorErrors(found),
        testedAt: kept?.testedAt ?? row.updatedAt,
        delegateId: result === undefined || result.kind === 'noDelegate' ? null : result.delegateId,
      });
    },
  );
}

function judge(
  result: ErrandResult | undefined,
  row: ConnectorRow,
): { readonly status: 'SUCCESS' | 'FAILURE'; readonly message: string } {
  const failed = (message: string): { readonly status: 'FAILURE'; readonly message: string } => ({
    status: 'FAILURE',
    message,
  });
  if (result === undefined) return failed(`Connectors of type ${row.type} are kept, but cannot be tested yet.`);
  switch (result.kind) {
    case 'noDelegate': {
      const selectors = selectorsOf(row);
      const having = selectors.length === 0 ? '' : ` and has the selectors ${selectors.join(', ')}`;
      return failed(`No delegate is connected that serves ${describeOwner(row.owner)}${having}.`);
    }
    case 'late':
      return failed(`The delegate ${result.delegateName} gave no answer within ${String(TEST_MS / 1_000)} seconds.`);
    case 'done':
      switch (result.outcome.kind) {
        case 'succeeded':
          return { status: 'SUCCESS', message: '' };
        case 'failed':
          return failed(result.outcome.failure.message);
        case 'cancelled':
          return failed('The delegate was stopped during the test.');
      }
  }
}

function selectorsOf({ spec }: ConnectorRow): readonly string[] {
  const selectors = spec['delegateSelectors'];
  return Array.isArray(selectors) ? selectors.filter((each): each is string => typeof each === 'string') : [];
}
