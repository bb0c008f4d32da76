/** The execution page: what happened, where, and what can be done about it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Ban, CircleAlert, Pause, Play, RotateCw, StepForward } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState, type JSX } from 'react';
import { toast } from 'sonner';
import { useLive } from '../api/live.ts';
import { interrupt, retryFailed } from '../api/control.ts';
import { abort, executionQuery, rerun } from '../api/queries.ts';
import type { ExecutionDetails, ExecutionGraph, ExecutionSummary, GraphNode, LayoutNode } from '../api/types.ts';
import { useSession } from '../app/scope.ts';
import { Cause } from '../ui/cause.tsx';
import { Button } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { StatusBadge } from '../ui/status.tsx';
import { Duration, RelativeTime } from '../ui/time.tsx';
import { ExecutionFacts } from './execution-facts.tsx';
import { flatten, isFinalStatus, isGroup, mostTelling, stageColumns, treeBelow } from './execution-tree.ts';
import { NodePanel } from './node-panel.tsx';
import { StageStrip } from './stage-strip.tsx';
import { StepTree } from './step-tree.tsx';

export function ExecutionPage(): JSX.Element {
  const { execution } = useParams({ from: '/inside/x/$execution' });
  const { accountId } = useSession();
  const { data, error, refetch } = useQuery(executionQuery(accountId, execution));
  const isFinal = data !== undefined && isFinalStatus(data.pipelineExecutionSummary.status);
  const live = useLiveExecution(execution, data !== undefined && !isFinal);
  if (data === undefined)
    return error === null ? <Loading rows={10} /> : <Failure error={error} onRetry={() => void refetch()} />;
  return <ExecutionView key={execution} details={data} isLost={live === 'lost' && !isFinal} />;
}

/** Every change the server tells of is answered by one look at the whole; looks never overlap. */
function useLiveExecution(execution: string, isOn: boolean): string {
  const client = useQueryClient();
  const isAsking = useRef(false);
  const isStale = useRef(false);
  const look = async (): Promise<void> => {
    isStale.current = true;
    if (isAsking.current) return;
    isAsking.current = true;
    while (isStale.current) {
      isStale.current = false;
      await client.invalidateQueries({ queryKey: ['execution', execution] });
    }
    isAsking.current = false;
  };
  return useLive(isOn ? `/bridle/api/executions/${execution}/events` : undefined, () => void look());
}

function ExecutionView({
  details,
  isLost,
}: {
  readonly details: ExecutionDetails;
  readonly isLost: boolean;
}): JSX.Element {
  const { pipelineExecutionSummary: execution, executionGraph: graph } = details;
  const { stage, step, choose } = useSelection(execution, graph);
  const tree =
    graph === undefined || stage?.nodeExecutionId === undefined ? [] : treeBelow(graph, stage.nodeExecutionId);
  return (
    <>
      <Head execution={execution} isLost={isLost} />
      <Attention execution={execution} graph={graph} onOpen={choose} />
      <StageStrip
        columns={stageColumns(execution)}
        selected={stage?.nodeUuid}
        onSelect={(id) => choose(id, undefined)}
      />
      <div className="grid min-w-0 border-b border-line md:grid-cols-[minmax(15rem,20rem)_minmax(0,1fr)] md:divide-x md:divide-line">
        <StepTree stage={stage} tree={tree} selected={step?.uuid} onSelect={(id) => choose(stage?.nodeUuid, id)} />
        <NodePanel
          execution={execution.planExecutionId}
          stage={stage}
          stageNode={graph?.nodeMap[stage?.nodeExecutionId ?? '']}
          node={step}
        />
      </div>
      <ExecutionFacts execution={execution} />
    </>
  );
}

/** What is selected is the address; without one, what is most telling is selected and stays in view while things change. */
function useSelection(
  execution: ExecutionSummary,
  graph: ExecutionGraph | undefined,
): {
  readonly stage: LayoutNode | undefined;
  readonly step: GraphNode | undefined;
  readonly choose: (stage: string | undefined, step: string | undefined) => void;
} {
  const search = useSearch({ from: '/inside/x/$execution' });
  const navigate = useNavigate({ from: '/x/$execution' });
  const stages = stageColumns(execution).flat();
  const stage = stages.find(({ nodeUuid }) => nodeUuid === search.stage) ?? mostTelling(stages);
  const steps =
    graph === undefined || stage?.nodeExecutionId === undefined ? [] : flatten(treeBelow(graph, stage.nodeExecutionId));
  const step = steps.find(({ uuid }) => uuid === search.step) ?? mostTelling(steps.filter((node) => !isGroup(node)));
  const choose = (nextStage: string | undefined, nextStep: string | undefined): void => {
    void navigate({
      search: {
        ...(nextStage === undefined ? {} : { stage: nextStage }),
        ...(nextStep === undefined ? {} : { step: nextStep }),
      },
      replace: true,
      resetScroll: false,
    });
  };
  useEscape(() => choose(search.step === undefined ? undefined : search.stage, undefined));
  return { stage, step, choose };
}

function useEscape(onEscape: () => void): void {
  const escape = useEffectEvent(onEscape);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && !(event.target instanceof HTMLInputElement)) escape();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function Head({ execution, isLost }: { readonly execution: ExecutionSummary; readonly isLost: boolean }): JSX.Element {
  const { accountId } = useSession();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const scope = { accountId, org: execution.orgIdentifier, project: execution.projectIdentifier };
  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const again = (): Promise<void> =>
    act(async () => {
      const { planExecution } = await rerun(scope, execution.planExecutionId, execution.pipelineIdentifier);
      await navigate({ to: '/x/$execution', params: { execution: planExecution.uuid } });
    });
  const stop = (): Promise<void> =>
    act(async () => {
      await abort(scope, execution.planExecutionId);
    });
  const retry = (): Promise<void> =>
    act(async () => {
      const { planExecution } = await retryFailed(scope, execution.planExecutionId);
      await navigate({ to: '/x/$execution', params: { execution: planExecution.uuid } });
    });
  const isPaused = execution.pausedBy !== undefined;
  const hold = (): Promise<void> =>
    act(async () => {
      await interrupt(accountId, execution.planExecutionId, isPaused ? 'Resume' : 'Pause');
    });
  const params = {
    org: execution.orgIdentifier,
    project: execution.projectIdentifier,
    pipeline: execution.pipelineIdentifier,
  };
  return (
    <PageHead
      above={
        <Link
          to="/p/$org/$project/executions"
          params={params}
          search={{ pipeline: execution.pipelineIdentifier }}
          className="hover:underline"
        >
          Executions of {execution.pipelineIdentifier}
        </Link>
      }
      title={
        <>
          <Link to="/p/$org/$project/pipelines/$pipeline" params={params} className="truncate hover:text-accent">
            {execution.name}
          </Link>
          <span className="text-muted">#{execution.runSequence}</span>
        </>
      }
      facts={
        <>
          <StatusBadge status={execution.status} />
          <Duration from={execution.startTs} to={execution.endTs} />
          <Cause execution={execution} />
          <RelativeTime at={execution.startTs ?? execution.createdAt} />
          {isLost ? <span className="text-amber-text">Connection lost, trying again</span> : null}
        </>
      }
      actions={
        isFinalStatus(execution.status) ? (
          <>
            {execution.canRetry ? (
              <Button
                disabled={isBusy}
                title="Keep what ended well, and run the rest again"
                onClick={() => void retry()}
              >
                <StepForward size={14} aria-hidden /> Retry failed stage
              </Button>
            ) : null}
            <Button disabled={isBusy} onClick={() => void again()}>
              <RotateCw size={14} aria-hidden /> Rerun
            </Button>
          </>
        ) : (
          <>
            <Button disabled={isBusy || execution.status === 'Discontinuing'} onClick={() => void hold()}>
              {isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
              {isPaused ? 'Resume' : 'Pause'}
            </Button>
            <Button look="danger" disabled={isBusy || execution.status === 'Discontinuing'} onClick={() => void stop()}>
              <Ban size={14} aria-hidden /> Abort
            </Button>
          </>
        )
      }
    />
  );
}

/** Exists only when something needs attention: where it broke, and what was said. */
function Attention({
  execution,
  graph,
  onOpen,
}: {
  readonly execution: ExecutionSummary;
  readonly graph: ExecutionGraph | undefined;
  readonly onOpen: (stage: string | undefined, step: string | undefined) => void;
}): JSX.Element | null {
  if (execution.abortedBy !== undefined) {
    return (
      <p className="tone-violet m-0 border-b border-line bg-(--tone-bg) px-4 py-2 text-13 text-(--tone-text) sm:px-6">
        Aborted by {execution.abortedBy.userName} <RelativeTime at={execution.abortedBy.createdAt} />
      </p>
    );
  }
  const stage = stageColumns(execution)
    .flat()
    .find(({ status }) => status === execution.status);
  if (execution.failureInfo === undefined || execution.failureInfo.message === '') return null;
  const step =
    graph === undefined || stage?.nodeExecutionId === undefined
      ? undefined
      : flatten(treeBelow(graph, stage.nodeExecutionId)).find((node) => !isGroup(node) && node.status === stage.status);
  const tone = execution.status === 'Expired' ? 'tone-orange' : 'tone-red';
  return (
    <div
      role="alert"
      className={`${tone} flex items-start gap-2 border-b border-line bg-(--tone-bg) px-4 py-2 text-13 text-(--tone-text) sm:px-6`}
    >
      <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span className="min-w-0 break-words">
        {stage === undefined ? (
          execution.failureInfo.message
        ) : (
          <>
            {execution.status} in{' '}
            <button
              type="button"
              className="border-0 bg-transparent p-0 font-semibold underline"
              onClick={() => onOpen(stage.nodeUuid, step?.uuid)}
            >
              {step === undefined ? stage.name : `${stage.name} › ${step.name}`}
            </button>
            : {execution.failureInfo.message}
          </>
        )}
      </span>
    </div>
  );
}
