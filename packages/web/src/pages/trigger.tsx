/** The founding document in one page: copy the webhook, try it, and see what became of each call. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Send, Trash2 } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useState, type JSX } from 'react';
import { toast } from 'sonner';
import { deleteTrigger, fireWebhook, setTriggerEnabled, triggerEventsQuery, triggerQuery } from '../api/queries.ts';
import type { TriggerDetails, TriggerEventRow } from '../api/types.ts';
import { useLiveProject, useScope } from '../app/scope.ts';
import { Button } from '../ui/controls.tsx';
import { ConfirmDialog } from '../ui/confirm.tsx';
import { CopyButton, Id } from '../ui/copy.tsx';
import { PageHead } from '../ui/page.tsx';
import { Section } from '../ui/section.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { StatusText } from '../ui/status.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { isCustom, TriggerProblems, TriggerSource } from './trigger-source.tsx';
import { EnabledMark, triggerKind } from './triggers.tsx';
import { detailsCommand, webhookCommands } from './webhook-commands.ts';

export function TriggerPage(): JSX.Element {
  const scope = useScope();
  const { pipeline, trigger } = useParams({ from: '/inside/p/$org/$project/pipelines/$pipeline/triggers/$trigger' });
  const { data, error, refetch } = useQuery(triggerQuery(scope, pipeline, trigger));
  useLiveProject(scope, 'trigger', 'trigger-events');
  if (data === undefined)
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <TriggerHead trigger={data} pipeline={pipeline} />
      <TriggerProblems trigger={data} />
      {data.webhookUrl === undefined || !isCustom(data) ? (
        <TriggerSource trigger={data} />
      ) : (
        <Webhook
          url={data.webhookUrl}
          openUrl={data.tokenlessWebhookUrl}
          isEnabled={data.enabled}
          accountId={scope.accountId}
        />
      )}
      <Events pipeline={pipeline} trigger={trigger} />
    </>
  );
}

function TriggerHead({
  trigger,
  pipeline,
}: {
  readonly trigger: TriggerDetails;
  readonly pipeline: string;
}): JSX.Element {
  const scope = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const params = { org: scope.org, project: scope.project, pipeline };
  const toggle = async (): Promise<void> => {
    try {
      await setTriggerEnabled(scope, pipeline, trigger.identifier, !trigger.enabled);
      await client.invalidateQueries({ queryKey: ['trigger'] });
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    }
  };
  const remove = async (): Promise<void> => {
    await deleteTrigger(scope, pipeline, trigger.identifier);
    await client.invalidateQueries({ queryKey: ['triggers'] });
    await navigate({ to: '/p/$org/$project/pipelines/$pipeline/triggers', params });
  };
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/p/$org/$project/pipelines" params={params} className="hover:underline">
              Pipelines
            </Link>
            {' / '}
            <Link to="/p/$org/$project/pipelines/$pipeline" params={params} className="hover:underline">
              {pipeline}
            </Link>
            {' / '}
            <Link to="/p/$org/$project/pipelines/$pipeline/triggers" params={params} className="hover:underline">
              Triggers
            </Link>
          </>
        }
        title={trigger.name}
        facts={
          <>
            <span>
              {triggerKind(trigger)} of pipeline {pipeline}
            </span>
            <EnabledMark isEnabled={trigger.enabled} />
          </>
        }
        actions={
          <>
            <Button onClick={() => void toggle()}>{trigger.enabled ? 'Disable' : 'Enable'}</Button>
            <Button look="danger" onClick={() => setDeleting(true)}>
              <Trash2 size={14} aria-hidden /> Delete
            </Button>
          </>
        }
      />
      <ConfirmDialog
        isOpen={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete the trigger ${trigger.name}?`}
        confirm="Delete the trigger"
        onConfirm={remove}
      >
        It stops firing at once. Executions that it started stay.
      </ConfirmDialog>
    </>
  );
}

function Webhook({
  url,
  openUrl,
  isEnabled,
  accountId,
}: {
  readonly url: string;
  /** Works without the token: whoever knows the names may call it. */
  readonly openUrl: string | undefined;
  readonly isEnabled: boolean;
  readonly accountId: string;
}): JSX.Element {
  const [body, setBody] = useState('{}');
  const [eventId, setEventId] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const send = async (): Promise<void> => {
    setSending(true);
    setProblem(undefined);
    try {
      const target = new URL(url);
      // The same server under the address this page came from: another origin would need CORS for nothing.
      setEventId(await fireWebhook(`${target.pathname}${target.search}`, body));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <div className="grid lg:grid-cols-2 lg:divide-x lg:divide-line">
      <Section title="Copy">
        <Commands url={url} body={body} />
        {openUrl === undefined ? null : (
          <p className="m-0 pt-3 text-13 text-muted">
            The token in this address is its key. <CopyButton text={openUrl}>The address without a token</CopyButton>{' '}
            works too: it is open to everyone who knows the names, until the setting{' '}
            <code>allow_tokenless_custom_webhooks</code> is off.
          </p>
        )}
      </Section>
      <Section
        title="Try it"
        actions={
          <Button look="primary" disabled={!isEnabled || isSending} onClick={() => void send()}>
            <Send size={14} aria-hidden /> Send
          </Button>
        }
      >
        <label htmlFor="body" className="text-13 text-muted">
          Body, read as <code>{'<+trigger.payload>'}</code>
        </label>
        <textarea
          id="body"
          rows={5}
          spellCheck={false}
          value={body}
          onChange={(event) => setBody(event.target.value)}
          className="mt-1 block w-full resize-y rounded border border-line-strong bg-log p-2 font-mono text-12"
        />
        {isEnabled ? null : <p className="m-0 pt-2 text-13 text-muted">The trigger is disabled: calls are refused.</p>}
        {problem === undefined ? null : (
          <p role="alert" className="m-0 pt-2 text-13 text-red-text">
            {problem}
          </p>
        )}
        {eventId === undefined ? null : (
          <div className="grid gap-2 pt-3 text-13" role="status">
            <span className="flex flex-wrap items-center gap-2">
              Accepted as event <Id id={eventId} />
            </span>
            <CopyButton text={detailsCommand(location.origin, eventId, accountId)}>
              Copy the curl that asks what became of it
            </CopyButton>
          </div>
        )}
      </Section>
    </div>
  );
}

function Commands({ url, body }: { readonly url: string; readonly body: string }): JSX.Element {
  const commands = webhookCommands(url, body);
  return (
    <Tabs.Root defaultValue="curl">
      <Tabs.List aria-label="Form of the call" className="flex gap-1 pb-2">
        {commands.map(({ id, label }) => (
          <Tabs.Trigger
            key={id}
            value={id}
            className="h-7 rounded px-2 text-13 text-muted hover:bg-hover data-[state=active]:bg-selected data-[state=active]:font-semibold data-[state=active]:text-text"
          >
            {label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {commands.map(({ id, label, text }) => (
        <Tabs.Content key={id} value={id} className="grid gap-2">
          <pre
            className="m-0 overflow-x-auto rounded border border-line bg-log p-3 text-12 break-all whitespace-pre-wrap"
            data-testid={`command-${id}`}
          >
            {text}
          </pre>
          <span>
            <CopyButton text={text}>{`Copy ${label}`}</CopyButton>
          </span>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

const TONES: Readonly<Record<string, string>> = { SUCCESS: 'tone-green', FAILED: 'tone-red', SKIPPED: 'tone-grey' };

function Events({ pipeline, trigger }: { readonly pipeline: string; readonly trigger: string }): JSX.Element {
  const scope = useScope();
  const { data, error, refetch } = useQuery(triggerEventsQuery(scope, pipeline, trigger, 0));
  return (
    <Section title={data === undefined ? 'Events' : `Events (${data.totalElements})`}>
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Loading rows={3} /> : null}
      {data?.content.length === 0 ? (
        <Empty title="No event yet">
          Each call, event or due time appears here as it arrives, with what came of it.
        </Empty>
      ) : null}
      <ul className="m-0 list-none p-0" aria-label="Events">
        {data?.content.map((event) => (
          <EventLine key={event.eventCorrelationId} event={event} />
        ))}
      </ul>
    </Section>
  );
}

function EventLine({ event }: { readonly event: TriggerEventRow }): JSX.Element {
  const execution = event.targetExecutionSummary;
  const isQueued = event.finalStatus === 'QUEUED';
  return (
    <li className="appear flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2 text-13">
      <span className="w-28 text-muted">
        <RelativeTime at={event.createdAt} />
      </span>
      <span
        className={`${isQueued ? 'tone-slate' : (TONES[event.triggerEventStatus.status] ?? 'tone-slate')} rounded-full border border-(--tone-line) bg-(--tone-bg) px-2 text-(--tone-text)`}
      >
        {isQueued ? 'Queued' : outcomeWord(event)}
      </span>
      {execution === undefined ? (
        <span className="min-w-0 break-words text-muted">{event.message}</span>
      ) : (
        <Link
          to="/x/$execution"
          params={{ execution: execution.planExecutionId }}
          className="flex items-center gap-2 font-semibold hover:text-accent"
        >
          {execution.targetId} #{execution.runSequence} <StatusText status={displayStatus(execution.executionStatus)} />
        </Link>
      )}
      <Id id={event.eventCorrelationId} />
      <code className="ml-auto max-w-72 truncate text-muted" title={event.payload}>
        {event.payload}
      </code>
    </li>
  );
}

function outcomeWord(event: TriggerEventRow): string {
  if (event.finalStatus === 'TARGET_EXECUTION_REQUESTED') return 'Requested';
  if (event.finalStatus.startsWith('NO_MATCHING_TRIGGER')) return 'No match';
  if (event.finalStatus === 'SKIPPED') return 'Skipped';
  return event.exceptionOccurred ? 'Refused' : event.triggerEventStatus.message;
}

/** The history prints raw engine names: `WAIT_STEP_RUNNING` is `WaitStepRunning` elsewhere. */
function displayStatus(raw: string): string {
  if (raw === 'SUCCEEDED') return 'Success';
  return raw
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
