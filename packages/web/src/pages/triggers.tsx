import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState, type JSX } from 'react';
import { pipelinesQuery, triggersQuery } from '../api/queries.ts';
import type { TriggerDetails } from '../api/types.ts';
import { useLiveProject, useScope } from '../app/scope.ts';
import { Button } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { CreateTriggerDialog } from './trigger-dialog.tsx';
import { PipelineTabs } from './pipeline-tabs.tsx';

export function PipelineTriggersPage(): JSX.Element {
  const scope = useScope();
  const { pipeline } = useParams({ from: '/inside/p/$org/$project/pipelines/$pipeline/triggers' });
  const { data, error, refetch } = useQuery(triggersQuery(scope, pipeline));
  const [isCreating, setCreating] = useState(false);
  useLiveProject(scope, 'triggers');
  const create = (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus size={14} aria-hidden /> New trigger
    </Button>
  );
  return (
    <>
      <PipelineTabs pipeline={pipeline} active="triggers" actions={create} />
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.content.length === 0 ? (
        <Empty title="No trigger yet" action={create}>
          A webhook, a commit on a Git provider or a schedule starts this pipeline by itself, and the trigger’s history
          says why it did or did not.
        </Empty>
      ) : null}
      <TriggerList rows={(data?.content ?? []).map((trigger) => ({ trigger, pipeline }))} />
      <CreateTriggerDialog pipeline={pipeline} isOpen={isCreating} onOpenChange={setCreating} />
    </>
  );
}

/** All triggers of the project, by pipeline. */
export function ProjectTriggersPage(): JSX.Element {
  const scope = useScope();
  const pipelines = useQuery(pipelinesQuery(scope, ''));
  const answers = useQueries({
    queries: (pipelines.data?.content ?? []).map(({ identifier }) => triggersQuery(scope, identifier)),
  });
  useLiveProject(scope, 'triggers');
  const rows = (pipelines.data?.content ?? []).flatMap(({ identifier }, index) =>
    (answers[index]?.data?.content ?? []).map((trigger) => ({ trigger, pipeline: identifier })),
  );
  const isLoading = pipelines.isPending || answers.some(({ isPending }) => isPending);
  return (
    <>
      <PageHead title="Triggers" facts={isLoading ? undefined : <span>{rows.length} in this project</span>} />
      {pipelines.error === null ? null : <Failure error={pipelines.error} onRetry={() => void pipelines.refetch()} />}
      {isLoading && pipelines.error === null ? <Loading /> : null}
      {!isLoading && rows.length === 0 ? (
        <Empty title="No trigger yet">Open a pipeline and create one under its triggers.</Empty>
      ) : null}
      <TriggerList rows={rows} hasPipeline />
    </>
  );
}

function TriggerList({
  rows,
  hasPipeline = false,
}: {
  readonly rows: readonly { readonly trigger: TriggerDetails; readonly pipeline: string }[];
  readonly hasPipeline?: boolean;
}): JSX.Element | null {
  const { org, project } = useScope();
  if (rows.length === 0) return null;
  return (
    <ul className="m-0 list-none p-0">
      {rows.map(({ trigger, pipeline }) => (
        <li
          key={`${pipeline}/${trigger.identifier}`}
          className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 text-13 hover:bg-hover sm:px-6"
        >
          <Link
            to="/p/$org/$project/pipelines/$pipeline/triggers/$trigger"
            params={{ org, project, pipeline, trigger: trigger.identifier }}
            className="text-14 font-semibold hover:text-accent"
          >
            {trigger.name}
          </Link>
          <span className="text-muted">{triggerKind(trigger)}</span>
          {hasPipeline ? <span className="text-muted">of {pipeline}</span> : null}
          <EnabledMark isEnabled={trigger.enabled} />
          <span className="ml-auto text-muted">
            {trigger.lastTriggerExecutionDetails === undefined ? (
              'no event yet'
            ) : (
              <>
                last event <RelativeTime at={trigger.lastTriggerExecutionDetails.lastExecutionTime} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** As people say it: `GitHub webhook`. */
export function triggerKind(trigger: TriggerDetails): string {
  const source = trigger.webhookDetails?.webhookSourceRepo;
  if (trigger.type === 'Webhook') return `${SOURCE_WORDS[source ?? 'CUSTOM'] ?? source ?? 'custom'} webhook`;
  return trigger.type === 'Scheduled' ? 'schedule' : trigger.type.toLowerCase();
}

const SOURCE_WORDS: Readonly<Record<string, string>> = {
  CUSTOM: 'custom',
  GITHUB: 'GitHub',
  GITLAB: 'GitLab',
  BITBUCKET: 'Bitbucket',
  AZURE_REPO: 'Azure Repos',
  AWS_CODECOMMIT: 'CodeCommit',
  HARNESS: 'Harness Code',
};

export function EnabledMark({ isEnabled }: { readonly isEnabled: boolean }): JSX.Element {
  return (
    <span
      className={`${isEnabled ? 'tone-green' : 'tone-grey'} rounded-full border border-(--tone-line) bg-(--tone-bg) px-2 text-13 text-(--tone-text)`}
    >
      {isEnabled ? 'Enabled' : 'Disabled'}
    </span>
  );
}
