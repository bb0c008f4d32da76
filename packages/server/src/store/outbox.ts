/** Notices on their way into the feed; written by the transaction that makes them true (E3). */
import type { Connection, Statement } from './connection.ts';

/** One thing that others are told of. */
export interface NoticeRow {
  readonly executionId: string | null;
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string | null;
  readonly type: string;
  readonly at: number;
  /** JSON text. */
  readonly data: string;
}

/** The columns, in the order of `noticeArrays`. */
export const NOTICE_COLUMNS =
  'execution_id, account_id, org_identifier, project_identifier, pipeline_identifier, type, at, data';

/** The parameters of `noticeArrays`, from this number on, as a table `v` whose `place` is the order of the notices. */
export function noticesAsTable(first: number): string {
  const types = ['text', 'text', 'text', 'text', 'text', 'text', 'bigint', 'json'];
  const parameters = types.map((type, index) => `$${String(first + index)}::${type}[]`).join(', ');
  return `unnest(${parameters}) with ordinality as v(${NOTICE_COLUMNS}, place)`;
}

export function noticeArrays(rows: readonly NoticeRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.executionId),
    rows.map((row) => row.accountId),
    rows.map((row) => row.orgIdentifier),
    rows.map((row) => row.projectIdentifier),
    rows.map((row) => row.pipelineIdentifier),
    rows.map((row) => row.type),
    rows.map((row) => row.at),
    rows.map((row) => row.data),
  ];
}

const INSERT_NOTICES: Statement = {
  name: 'bridle_insert_notices',
  text: `insert into outbox (${NOTICE_COLUMNS}) select ${NOTICE_COLUMNS} from ${noticesAsTable(1)} order by place`,
};

export async function insertNotices(connection: Connection, rows: readonly NoticeRow[]): Promise<void> {
  await connection.query(INSERT_NOTICES, noticeArrays(rows));
}
