import { formatDuration } from '@bridle/text';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Play, Plus } from 'lucide-react';
import { useDeferredValue, useState, type JSX } from 'react';
import { pipelinesQuery } from '../api/queries.ts';
import type { PipelineRow, RecentExecution } from '../api/types.ts';
import { useLiveProject, useScope } from '../app/scope.ts';
import { ButtonLink, TextInput } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { RecentStrip } from '../ui/recent-strip.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { StatusText } from '../ui/status.tsx';
import { RelativeTime } from '../ui/time.tsx';

export function PipelinesPage(): JSX.Element {
  const scope = useScope();
  const [search, setSearch] = useState('');
  const { data, error, refetch } = useQuery(pipelinesQuery(scope, useDeferredValue(search.trim())));
  useLiveProject(scope, 'pipelines');
  const names = { org: scope.org, project: scope.project };
  const create = (
    <ButtonLink look="primary" to="/p/$org/$project/new-pipeline" params={names}>
      <Plus size={14} aria-hidden /> New pipeline
    </ButtonLink>
  );
  return (
    <>
      <PageHead
        title="Pipelines"
        facts={data === undefined ? undefined : <span>{data.totalElements} in this project</span>}
        actions={create}
      />
      <div className="px-4 py-3 sm:px-6">
        <TextInput
          type="search"
          aria-label="Search pipelines"
          placeholder="Search by name or identifier"
          className="max-w-80"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {error !== null && data === undefined ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.content.length === 0 ? (
        search === '' ? (
          <Empty title="No pipeline yet" action={create}>
            A pipeline says in YAML what is to be done: its stages, their steps, and when they run.
          </Empty>
        ) : (
          <Empty title="Nothing matches">No pipeline has “{search}” in its name or identifier.</Empty>
        )
      ) : null}
      {data === undefined || data.content.length === 0 ? null : <PipelineTable rows={data.content} names={names} />}
    </>
  );
}

const HEAD = 'h-8 px-3 text-left text-12 font-semibold text-muted whitespace-nowrap';
const CELL = 'h-9 px-3 whitespace-nowrap';

function PipelineTable({
  rows,
  names,
}: {
  readonly rows: readonly PipelineRow[];
  readonly names: { readonly org: string; readonly project: string };
}): JSX.Element {
  return (
    <table className="w-full border-collapse text-13">
      <thead className="border-y border-line">
        <tr>
          <th className={`${HEAD} sm:pl-6`}>Pipeline</th>
          <th className={`${HEAD} hidden sm:table-cell`}>Last executions</th>
          <th className={`${HEAD} hidden text-right lg:table-cell`}>Success</th>
          <th className={`${HEAD} hidden text-right lg:table-cell`}>Median</th>
          <th className={HEAD}>Last</th>
          <th className={HEAD}>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <PipelineLine key={row.identifier} row={row} names={names} />
        ))}
      </tbody>
    </table>
  );
}

function PipelineLine({
  row,
  names,
}: {
  readonly row: PipelineRow;
  readonly names: { readonly org: string; readonly project: string };
}): JSX.Element {
  const recent = row.recentExecutionsInfo ?? [];
  const [last] = recent;
  const params = { ...names, pipeline: row.identifier };
  return (
    <tr className="border-b border-line hover:bg-hover">
      <td className={`${CELL} max-w-64 sm:pl-6`}>
        <Link
          to="/p/$org/$project/pipelines/$pipeline"
          params={params}
          className="block truncate font-semibold hover:text-accent"
          title={row.name}
        >
          {row.name}
        </Link>
      </td>
      <td className={`${CELL} hidden sm:table-cell`}>
        {recent.length === 0 ? <span className="text-faint">Never run</span> : <RecentStrip executions={recent} />}
      </td>
      <td className={`${CELL} hidden text-right lg:table-cell`}>{successRate(recent)}</td>
      <td className={`${CELL} hidden text-right lg:table-cell`}>{medianDuration(recent)}</td>
      <td className={CELL}>
        {last === undefined ? null : (
          <Link
            to="/x/$execution"
            params={{ execution: last.planExecutionId }}
            className="inline-flex items-center gap-2 align-middle hover:underline"
          >
            <StatusText status={last.status} />
            <span className="hidden text-muted sm:inline">
              {last.startTs === undefined ? null : <RelativeTime at={last.startTs} />}
            </span>
          </Link>
        )}
      </td>
      <td className={`${CELL} text-right sm:pr-6`}>
        <ButtonLink
          look="quiet"
          to="/p/$org/$project/pipelines/$pipeline/run"
          params={params}
          aria-label={`Run ${row.name}`}
        >
          <Play size={14} aria-hidden /> <span className="hidden sm:inline">Run</span>
        </ButtonLink>
      </td>
    </tr>
  );
}

function successRate(recent: readonly RecentExecution[]): string {
  const ended = recent.filter(({ endTs }) => endTs !== undefined);
  if (ended.length === 0) return '';
  const good = ended.filter(({ status }) => status === 'Success' || status === 'IgnoreFailed').length;
  return `${Math.round((100 * good) / ended.length)} %`;
}

function medianDuration(recent: readonly RecentExecution[]): string {
  const durations = recent
    .flatMap(({ startTs, endTs }) => (startTs === undefined || endTs === undefined ? [] : [endTs - startTs]))
    .toSorted((a, b) => a - b);
  const middle = durations[Math.floor(durations.length / 2)];
  return middle === undefined ? '' : formatDuration(middle);
}
