/** The part of the form of a new trigger that depends on its kind. */
import type { JSX } from 'react';
import { Field, Select, TextInput } from '../ui/controls.tsx';
import { GIT_EVENTS, isGit, type TriggerFields, type TriggerKind } from './trigger-yaml.ts';

type Source = Pick<TriggerFields, 'event' | 'connectorRef' | 'repoName' | 'secretRef' | 'expression' | 'timezone'>;

interface Props {
  readonly kind: TriggerKind;
  readonly source: Source;
  readonly onChange: (source: Source) => void;
}

export function TriggerSourceFields({ kind, source, onChange }: Props): JSX.Element | null {
  const set = (name: keyof Source) => (event: { readonly target: { readonly value: string } }) =>
    onChange({ ...source, [name]: event.target.value });
  if (kind === 'Scheduled') {
    return (
      <>
        <Field
          label="Times"
          htmlFor="trigger-expression"
          hint="Minute, hour, day of month, month, day of week; at least five minutes apart."
        >
          <TextInput
            id="trigger-expression"
            required
            placeholder="0 2 * * MON-FRI"
            value={source.expression}
            onChange={set('expression')}
          />
        </Field>
        <Field label="Time zone (optional)" htmlFor="trigger-timezone" hint="UTC without one.">
          <TextInput
            id="trigger-timezone"
            placeholder="Europe/Berlin"
            value={source.timezone}
            onChange={set('timezone')}
          />
        </Field>
      </>
    );
  }
  if (!isGit(kind)) return null;
  return (
    <>
      <Field label="Event" htmlFor="trigger-event">
        <Select id="trigger-event" value={source.event} onChange={set('event')}>
          {GIT_EVENTS[kind].map((event) => (
            <option key={event} value={event}>
              {event}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Connector" htmlFor="trigger-connector" hint="The Git connector of the repository.">
        <TextInput id="trigger-connector" required value={source.connectorRef} onChange={set('connectorRef')} />
      </Field>
      <Field
        label="Repository (optional)"
        htmlFor="trigger-repository"
        hint="Which one, where the connector is that of an account."
      >
        <TextInput id="trigger-repository" value={source.repoName} onChange={set('repoName')} />
      </Field>
      <Field
        label="Secret (optional)"
        htmlFor="trigger-secret"
        hint="What the provider signs its calls with. Without one, whoever knows the address may send events."
      >
        <TextInput id="trigger-secret" value={source.secretRef} onChange={set('secretRef')} />
      </Field>
    </>
  );
}
