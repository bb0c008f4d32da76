import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useState, type FormEvent, type JSX } from 'react';
import { executionsQuery, PAGE_SIZE } from '../api/queries.ts';
import type { ExecutionSummary } from '../api/types.ts';
import type { ExecutionFilter } from '../app/router.tsx';
import { useLiveProject, useScope } from '../app/scope.ts';
import { Cause } from '../ui/cause.tsx';
import { Button, IconButton, TextInput } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { StatusIcon, StatusText, statusWord } from '../ui/status.tsx';
import { Duration, RelativeTime } from '../ui/time.tsx';

/** Chips of the filter: what a person looks for, in the API's words. */
const STATUS_CHIPS = [
  { label: 'Active', value: 'Running,WaitStepRunning,AsyncWaiting,Discontinuing,Queued' },
  { label: 'Success', value: 'Success,IgnoreFailed' },
  { label: 'Failed', value: 'Failed,Errored,ApprovalRejected' },
  { label: 'Expired', value: 'Expired' },
  { label: 'Aborted', value: 'Aborted' },
] as const;

const ROUTE = '/inside/p/$org/$project/executions';

export function ExecutionsPage(): JSX.Element {
  const scope = useScope();
  const filter = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/p/$org/$project/executions' });
  const { data, error, refetch } = useQuery(executionsQuery(scope, filter));
  useLiveProject(scope, 'executions');
  const change = (next: ExecutionFilter): void => void navigate({ search: next, replace: true });
  const isFiltered = Object.keys(filter).some((key) => key !== 'page');
  return (
    <>
      <PageHead title="Executions" facts={data === undefined ? undefined : <span>{data.totalElements} match</span>} />
      <FilterBar filter={filter} onChange={change} />
      {error !== null && data === undefined ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.content.length === 0 ? (
        isFiltered ? (
          <Empty title="Nothing matches" action={<Button onClick={() => change({})}>Clear the filter</Button>}>
            No execution fits this filter.
          </Empty>
        ) : (
          <Empty title="Nothing has run yet">
            Run a pipeline, or call one of its webhooks: its executions appear here at once.
          </Empty>
        )
      ) : null}
      {data === undefined || data.content.length === 0 ? null : <ExecutionTable rows={data.content} />}
      {data === undefined || data.totalPages < 2 ? null : (
        <Pager
          page={filter.page ?? 0}
          total={data.totalElements}
          pages={data.totalPages}
          onPage={(page) => change({ ...filter, page })}
        />
      )}
    </>
  );
}

function FilterBar({
  filter,
  onChange,
}: {
  readonly filter: ExecutionFilter;
  readonly onChange: (next: ExecutionFilter) => void;
}): JSX.Element {
  const [search, setSearch] = useState(filter.q ?? '');
  const { page: _page, ...rest } = filter;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { q: _q, ...others } = rest;
    onChange(search.trim() === '' ? others : { ...others, q: search.trim() });
  };
  const toggle = (value: string): void => {
    const { status, ...others } = rest;
    onChange(status === value ? others : { ...others, status: value });
  };
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 py-3 sm:px-6">
      <form onSubmit={submit} role="search" className="w-full sm:w-64">
        <TextInput
          type="search"
          aria-label="Search executions"
          placeholder="Search by pipeline"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </form>
      <div className="flex flex-wrap gap-1" role="group" aria-label="Filter by status">
        {STATUS_CHIPS.map(({ label, value }) => (
          <Chip key={label} isOn={filter.status === value} onClick={() => toggle(value)}>
            {label}
          </Chip>
        ))}
      </div>
      {filter.pipeline === undefined ? null : (
        <Removable label={`pipeline ${filter.pipeline}`} onRemove={() => onChange(without(rest, 'pipeline'))} />
      )}
      {filter.trigger === undefined ? null : (
        <Removable label={`trigger ${filter.trigger}`} onRemove={() => onChange(without(rest, 'trigger'))} />
      )}
    </div>
  );
}

function without(filter: ExecutionFilter, key: keyof ExecutionFilter): ExecutionFilter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => name !== key));
}

function Chip({
  isOn,
  onClick,
  children,
}: {
  readonly isOn: boolean;
  readonly onClick: () => void;
  readonly children: string;
}): JSX.Element {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={`h-7 rounded-full border px-3 text-13 ${isOn ? 'border-accent bg-selected font-semibold' : 'border-line-strong text-muted hover:bg-hover'}`}
    >
      {children}
    </button>
  );
}

function Removable({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }): JSX.Element {
  return (
    <span className="inline-flex h-7 items-center gap-1 rounded-full border border-accent bg-selected pr-1 pl-3 text-13">
      {label}
      <button
        type="button"
        aria-label={`Remove the filter ${label}`}
        onClick={onRemove}
        className="rounded-full p-0.5 hover:bg-hover"
      >
        <X size={14} aria-hidden />
      </button>
    </span>
  );
}

const HEAD = 'h-8 px-3 text-left text-12 font-semibold text-muted whitespace-nowrap';
const CELL = 'h-9 px-3 whitespace-nowrap';

export function ExecutionTable({ rows }: { readonly rows: readonly ExecutionSummary[] }): JSX.Element {
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-13">
        <thead className="border-y border-line">
          <tr>
            <th className={`${HEAD} sm:pl-6`}>Status</th>
            <th className={HEAD}>Execution</th>
            <th className={`${HEAD} hidden md:table-cell`}>Stages</th>
            <th className={`${HEAD} hidden lg:table-cell`}>Cause</th>
            <th className={`${HEAD} hidden text-right sm:table-cell`}>Duration</th>
            <th className={`${HEAD} text-right sm:pr-6`}>Started</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ExecutionLine key={row.planExecutionId} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ExecutionLine({ row }: { readonly row: ExecutionSummary }): JSX.Element {
  return (
    <tr className="border-b border-line hover:bg-hover">
      <td className={`${CELL} sm:pl-6`}>
        <StatusText status={row.status} />
      </td>
      <td className={`${CELL} max-w-64 truncate`}>
        <Link
          to="/x/$execution"
          params={{ execution: row.planExecutionId }}
          className="font-semibold hover:text-accent"
        >
          {row.name} <span className="font-normal text-muted">#{row.runSequence}</span>
        </Link>
      </td>
      <td className={`${CELL} hidden md:table-cell`}>
        <StageGlyphs execution={row} />
      </td>
      <td className={`${CELL} hidden text-muted lg:table-cell`}>
        <Cause execution={row} />
      </td>
      <td className={`${CELL} hidden text-right sm:table-cell`}>
        <Duration from={row.startTs} to={row.endTs} />
      </td>
      <td className={`${CELL} text-right text-muted sm:pr-6`}>
        <RelativeTime at={row.startTs ?? row.createdAt} />
      </td>
    </tr>
  );
}

/** One small mark per stage, in order; the words are in the title of each. */
function StageGlyphs({ execution }: { readonly execution: ExecutionSummary }): JSX.Element {
  const stages = Object.values(execution.layoutNodeMap).filter(({ nodeType }) => nodeType !== 'parallel');
  return (
    <span className="inline-flex items-center gap-0.5 align-middle">
      {stages.map((stage) => (
        <span key={stage.nodeUuid} title={`${stage.name}: ${statusWord(stage.status)}`} className="inline-flex">
          <StatusIcon status={stage.status} size={14} />
          <span className="sr-only">{`${stage.name}: ${statusWord(stage.status)}`}</span>
        </span>
      ))}
    </span>
  );
}

export function Pager({
  page,
  pages,
  total,
  onPage,
}: {
  readonly page: number;
  readonly pages: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}): JSX.Element {
  return (
    <nav aria-label="Pages" className="flex items-center justify-end gap-2 px-4 py-3 text-13 text-muted sm:px-6">
      {page * PAGE_SIZE + 1}–{Math.min((page + 1) * PAGE_SIZE, total)} of {total}
      <IconButton label="Newer" disabled={page === 0} onClick={() => onPage(page - 1)}>
        <ChevronLeft size={16} aria-hidden />
      </IconButton>
      <IconButton label="Older" disabled={page + 1 >= pages} onClick={() => onPage(page + 1)}>
        <ChevronRight size={16} aria-hidden />
      </IconButton>
    </nav>
  );
}
