import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX, ReactNode } from 'react';
import { executionInputQuery } from '../api/queries.ts';
import type { ExecutionSummary } from '../api/types.ts';
import { useSession } from '../app/scope.ts';
import { Id } from '../ui/copy.tsx';
import { Section } from '../ui/section.tsx';

/** Cause, actor and configuration: with which inputs it ran, and what started it. */
export function ExecutionFacts({ execution }: { readonly execution: ExecutionSummary }): JSX.Element {
  const { accountId } = useSession();
  const { data } = useQuery(executionInputQuery(accountId, execution.planExecutionId));
  const { triggerType, triggeredBy, isRerun, rerunInfo } = execution.executionTriggerInfo;
  const eventId = triggeredBy.extraInfo?.['eventCorrelationId'];
  const input = data?.inputSetYaml?.trim() ?? '';
  return (
    <div className="grid lg:grid-cols-2 lg:divide-x lg:divide-line">
      <Section title="Cause and actor">
        <dl className="m-0 grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-13">
          <Fact name="Started by">{triggerType}</Fact>
          <Fact name="Actor">
            {triggeredBy.identifier} <span className="text-muted">({triggeredBy.uuid})</span>
          </Fact>
          {triggeredBy.triggerIdentifier === undefined || triggeredBy.triggerIdentifier === '' ? null : (
            <Fact name="Trigger">
              <Link
                to="/p/$org/$project/pipelines/$pipeline/triggers/$trigger"
                params={{
                  org: execution.orgIdentifier,
                  project: execution.projectIdentifier,
                  pipeline: execution.pipelineIdentifier,
                  trigger: triggeredBy.triggerIdentifier,
                }}
                className="underline"
              >
                {triggeredBy.triggerName ?? triggeredBy.triggerIdentifier}
              </Link>
            </Fact>
          )}
          {eventId === undefined ? null : (
            <Fact name="Event">
              <Id id={eventId} />
            </Fact>
          )}
          {isRerun && rerunInfo !== undefined ? (
            <Fact name="Rerun of">
              <Link to="/x/$execution" params={{ execution: rerunInfo.prevExecutionId }} className="underline">
                {rerunInfo.prevExecutionId}
              </Link>
            </Fact>
          ) : null}
          <Fact name="Execution">
            <Id id={execution.planExecutionId} />
          </Fact>
        </dl>
      </Section>
      <Section title="Inputs">
        {input === '' || input === 'pipeline: {}' ? (
          <p className="m-0 text-13 text-muted">It was started without inputs.</p>
        ) : (
          <pre className="m-0 overflow-x-auto rounded border border-line bg-log p-3 text-12 whitespace-pre-wrap">
            {input}
          </pre>
        )}
      </Section>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="m-0 min-w-0 break-words">{children}</dd>
    </>
  );
}
