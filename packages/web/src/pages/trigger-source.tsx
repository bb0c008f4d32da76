/** What a trigger listens to, for those that nobody calls by hand: events of Git providers and schedules. */
import type { JSX } from 'react';
import type { TriggerDetails } from '../api/types.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Section } from '../ui/section.tsx';

export function isCustom({ webhookDetails }: TriggerDetails): boolean {
  return webhookDetails?.webhookSourceRepo === 'CUSTOM';
}

export function TriggerSource({ trigger }: { readonly trigger: TriggerDetails }): JSX.Element | null {
  if (trigger.nextFireTimes !== undefined)
    return <NextTimes times={trigger.nextFireTimes} isEnabled={trigger.enabled} />;
  return trigger.webhookUrl === undefined ? null : (
    <GitWebhook url={trigger.webhookUrl} secret={trigger.webhookDetails?.webhookSecret} />
  );
}

/** Why it cannot fire, when it cannot. */
export function TriggerProblems({ trigger }: { readonly trigger: TriggerDetails }): JSX.Element | null {
  const problems = trigger.triggerStatus?.detailMessages ?? [];
  if (problems.length === 0) return null;
  return (
    <Section title="This trigger cannot fire">
      <ul className="m-0 pl-5 text-13 text-red-text">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Section>
  );
}

function NextTimes({
  times,
  isEnabled,
}: {
  readonly times: readonly number[];
  readonly isEnabled: boolean;
}): JSX.Element {
  return (
    <Section title="Next times">
      {times.length === 0 ? (
        <p className="m-0 text-13 text-muted">
          {isEnabled ? 'Never again: all its times are over.' : 'None while it is disabled.'}
        </p>
      ) : (
        <ol className="m-0 list-none p-0 text-13" aria-label="Next times">
          {times.map((time) => (
            <li key={time} className="py-0.5">
              <time dateTime={new Date(time).toISOString()} title={new Date(time).toISOString()}>
                {new Date(time).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' })}
              </time>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

function GitWebhook({ url, secret }: { readonly url: string; readonly secret: string | undefined }): JSX.Element {
  return (
    <Section title="Webhook">
      <p className="m-0 pb-2 text-13 text-muted">
        Enter this address as a webhook of the repository, with JSON as its content. One is enough for all triggers of
        the account.
      </p>
      <pre className="m-0 overflow-x-auto rounded border border-line bg-log p-3 text-12 break-all whitespace-pre-wrap">
        {url}
      </pre>
      <p className="m-0 pt-2">
        <CopyButton text={url}>Copy the address</CopyButton>
      </p>
      <p className="m-0 pt-2 text-13 text-muted">
        {secret === undefined ? (
          'No secret is asked for: whoever knows the address may send events.'
        ) : (
          <>
            The provider must know the secret <code>{secret}</code>: what is not signed with it starts nothing.
          </>
        )}
      </p>
    </Section>
  );
}
