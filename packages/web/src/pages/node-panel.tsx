import { Link } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { lazy, Suspense, type JSX } from 'react';
import { stringify } from 'yaml';
import type { GraphNode, LayoutNode } from '../api/types.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Empty, Loading } from '../ui/states.tsx';
import { StatusText } from '../ui/status.tsx';
import { Duration } from '../ui/time.tsx';
import { NodeDecision } from './node-decision.tsx';

const LogView = lazy(async () => ({ default: (await import('./log-view.tsx')).LogView }));

const TAB =
  'h-9 border-b-2 border-transparent px-1 text-13 text-muted hover:text-text data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-text';

/** Everything about the selected step. */
export function NodePanel({
  execution,
  stage,
  stageNode,
  node,
}: {
  readonly execution: string;
  readonly stage: LayoutNode | undefined;
  /** The stage in the graph. */
  readonly stageNode: GraphNode | undefined;
  readonly node: GraphNode | undefined;
}): JSX.Element {
  if (node === undefined) {
    return (
      <>
        {stageNode === undefined ? null : (
          <NodeDecision key={`${stageNode.uuid} ${stageNode.status}`} execution={execution} node={stageNode} />
        )}
        <StageWithoutSteps stage={stage} stageNode={stageNode} />
      </>
    );
  }
  const delegate = node.delegateInfoList[0];
  const hasLog = node.logBaseKey !== null;
  return (
    <section aria-label={`Step ${node.name}`} className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-3 text-13 text-muted sm:px-6">
        <h2 className="text-14 text-text">{node.name}</h2>
        <StatusText status={node.status} />
        <span>{node.stepType}</span>
        <Duration from={node.startTs} to={node.endTs} />
        {delegate === undefined ? null : <span>on delegate {delegate.name}</span>}
      </div>
      {node.failureInfo?.message ? (
        <p className="tone-red m-0 px-4 pt-2 text-13 break-words whitespace-pre-wrap text-(--tone-text) sm:px-6">
          {node.failureInfo.message}
        </p>
      ) : null}
      <NodeDecision key={`${node.uuid} ${node.status}`} execution={execution} node={node} />
      <Tabs.Root key={node.uuid} defaultValue={hasLog ? 'log' : 'inputs'} className="min-w-0">
        <Tabs.List aria-label={`Views of ${node.name}`} className="flex gap-4 border-b border-line px-4 pt-1 sm:px-6">
          {hasLog ? (
            <Tabs.Trigger value="log" className={TAB}>
              Log
            </Tabs.Trigger>
          ) : null}
          <Tabs.Trigger value="inputs" className={TAB}>
            Inputs
          </Tabs.Trigger>
          <Tabs.Trigger value="outputs" className={TAB}>
            Outputs
          </Tabs.Trigger>
          <Tabs.Trigger value="why" className={TAB}>
            Why
          </Tabs.Trigger>
        </Tabs.List>
        {hasLog ? (
          <Tabs.Content value="log">
            <Suspense fallback={<Loading />}>
              <LogView
                url={`/bridle/api/executions/${execution}/nodes/${node.uuid}/log`}
                name={`${node.identifier}.log`}
              />
            </Suspense>
          </Tabs.Content>
        ) : null}
        <Tabs.Content value="inputs">
          <Data value={node.stepParameters} empty="This step was not started, so its inputs were never resolved." />
        </Tabs.Content>
        <Tabs.Content value="outputs">
          <Data value={node.outcomes} empty="This step gave no outputs." />
        </Tabs.Content>
        <Tabs.Content value="why">
          <Why info={node.nodeRunInfo ?? undefined} status={node.status} />
          <History node={node} />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  );
}

/** Which failure strategy decided, and the tries before this one. */
function History({ node }: { readonly node: GraphNode }): JSX.Element | null {
  const attempts = node.retryNodeMetadata?.attempts ?? [];
  const advice = node.failureAdvice ?? undefined;
  if (attempts.length === 0 && advice === undefined) return null;
  return (
    <div className="grid gap-2 px-4 pb-3 text-13 sm:px-6">
      {advice === undefined ? null : (
        <p className="m-0">
          After its failure <code>{advice.action}</code> was done, as{' '}
          <code className="break-all">{advice.fromFqn}</code> says.
        </p>
      )}
      {attempts.map(({ uuid, status, startTs, endTs, failureInfo }, index) => (
        <p key={uuid} className="m-0 flex flex-wrap items-center gap-x-3">
          <span>Try {index + 1}</span>
          <StatusText status={status} />
          <Duration from={startTs} to={endTs} />
          <span className="text-muted">{failureInfo?.message}</span>
        </p>
      ))}
    </div>
  );
}

function StageWithoutSteps({
  stage,
  stageNode,
}: {
  readonly stage: LayoutNode | undefined;
  readonly stageNode: GraphNode | undefined;
}): JSX.Element {
  const child = stageNode?.stepDetails?.childPipelineExecutionDetails?.planExecutionId;
  if (child !== undefined) {
    return (
      <Empty title={`${stage?.name ?? 'This stage'} runs another pipeline`}>
        <Link to="/x/$execution" params={{ execution: child }} className="underline">
          Open its execution
        </Link>
      </Empty>
    );
  }
  if (stage?.status === 'Skipped') {
    return (
      <section aria-label={`Stage ${stage.name}`} className="min-w-0">
        <h2 className="px-4 pt-3 text-14 sm:px-6">{stage.name} was skipped</h2>
        <Why info={stage.nodeRunInfo} status={stage.status} />
      </section>
    );
  }
  return <Empty title="Nothing here yet">The steps of this stage appear as soon as it starts.</Empty>;
}

function Data({ value, empty }: { readonly value: unknown; readonly empty: string }): JSX.Element {
  const isEmpty =
    value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
  if (isEmpty) return <p className="m-0 px-4 py-4 text-13 text-muted sm:px-6">{empty}</p>;
  const text = stringify(value);
  return (
    <div className="grid gap-2 px-4 py-3 sm:px-6">
      <pre className="m-0 overflow-x-auto rounded border border-line bg-log p-3 text-12 whitespace-pre-wrap">
        {text}
      </pre>
      <span>
        <CopyButton text={text}>Copy</CopyButton>
      </span>
    </div>
  );
}

/** Why a node ran or did not: its condition, and what each expression in it was. */
function Why({
  info,
  status,
}: {
  readonly info: GraphNode['nodeRunInfo'] | undefined;
  readonly status: string;
}): JSX.Element {
  if (info === undefined || info === null)
    return <p className="m-0 px-4 py-4 text-13 text-muted sm:px-6">Nothing was decided yet.</p>;
  return (
    <div className="grid gap-3 px-4 py-3 text-13 sm:px-6">
      <p className="m-0">
        {status === 'Skipped' ? 'Skipped, because this did not hold:' : 'Ran, because this held:'}{' '}
        <code className="break-words">{info.whenCondition}</code>
      </p>
      {info.expressions === undefined || info.expressions.length === 0 ? null : (
        <table className="w-full border-collapse text-12">
          <thead>
            <tr className="border-b border-line text-left text-muted">
              <th className="py-1 pr-4 font-semibold">Expression</th>
              <th className="py-1 font-semibold">Value</th>
            </tr>
          </thead>
          <tbody>
            {info.expressions.map(({ expression, expressionValue }) => (
              <tr key={`${expression} ${expressionValue}`} className="border-b border-line align-top">
                <td className="py-1 pr-4 font-mono break-all">{expression}</td>
                <td className="py-1 font-mono break-all">{expressionValue}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
