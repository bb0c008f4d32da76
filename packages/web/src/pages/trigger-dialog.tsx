import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent, type JSX } from 'react';
import { createTrigger } from '../api/queries.ts';
import { useScope } from '../app/scope.ts';
import { ModalFrame } from '../ui/confirm.tsx';
import { Button, Field, Select, TextInput } from '../ui/controls.tsx';
import { identifierFrom } from './identifier.ts';
import { TriggerSourceFields } from './trigger-source-fields.tsx';
import { GIT_EVENTS, isGit, KIND_WORDS, TRIGGER_KINDS, triggerYaml, type TriggerKind } from './trigger-yaml.ts';

/** Creates a trigger under a pipeline; its page, with its address or its next times, opens at once. */
export function CreateTriggerDialog({
  pipeline,
  isOpen,
  onOpenChange,
}: {
  readonly pipeline: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}): JSX.Element {
  return (
    <ModalFrame isOpen={isOpen} onOpenChange={onOpenChange} title="New trigger">
      <TriggerForm pipeline={pipeline} onCancel={() => onOpenChange(false)} />
    </ModalFrame>
  );
}

const NO_SOURCE = { event: '', connectorRef: '', repoName: '', secretRef: '', expression: '', timezone: '' };

function TriggerForm({
  pipeline,
  onCancel,
}: {
  readonly pipeline: string;
  readonly onCancel: () => void;
}): JSX.Element {
  const scope = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [written, setWritten] = useState<string>();
  const [inputYaml, setInputYaml] = useState('');
  const [kind, setKind] = useState<TriggerKind>('Custom');
  const [source, setSource] = useState(NO_SOURCE);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const identifier = written ?? identifierFrom(name);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await createTrigger(
        scope,
        pipeline,
        triggerYaml(
          { ...source, kind, name, identifier, inputYaml },
          { org: scope.org, project: scope.project, pipeline },
        ),
      );
      await client.invalidateQueries({ queryKey: ['triggers'] });
      await navigate({
        to: '/p/$org/$project/pipelines/$pipeline/triggers/$trigger',
        params: { org: scope.org, project: scope.project, pipeline, trigger: identifier },
      });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4">
      <Field label="Kind" htmlFor="trigger-kind">
        <Select
          id="trigger-kind"
          value={kind}
          onChange={({ target }) => {
            const chosen = TRIGGER_KINDS.find((each) => each === target.value) ?? 'Custom';
            setKind(chosen);
            setSource({ ...source, event: isGit(chosen) ? (GIT_EVENTS[chosen][0] ?? '') : '' });
          }}
        >
          {TRIGGER_KINDS.map((each) => (
            <option key={each} value={each}>
              {KIND_WORDS[each]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Name" htmlFor="trigger-name">
        <TextInput
          id="trigger-name"
          required
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field
        label="Identifier"
        htmlFor="trigger-identifier"
        hint="Names the trigger in addresses; it cannot be changed later."
      >
        <TextInput
          id="trigger-identifier"
          required
          pattern="[a-zA-Z_][0-9a-zA-Z_]{0,127}"
          value={identifier}
          onChange={(event) => setWritten(event.target.value)}
        />
      </Field>
      <TriggerSourceFields kind={kind} source={source} onChange={setSource} />
      <Field
        label="Runtime input (YAML, optional)"
        htmlFor="trigger-input"
        hint={
          <>
            Begins with <code>pipeline:</code>; values may be taken from the event, as{' '}
            <code>{'<+trigger.payload.tag>'}</code> or <code>{'<+trigger.branch>'}</code>.
          </>
        }
      >
        <textarea
          id="trigger-input"
          rows={4}
          spellCheck={false}
          value={inputYaml}
          onChange={(event) => setInputYaml(event.target.value)}
          className="block w-full resize-y rounded border border-line-strong bg-log p-2 font-mono text-12"
        />
      </Field>
      {problem === undefined ? null : (
        <p role="alert" className="m-0 text-13 text-red-text">
          {problem}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" disabled={isBusy || name === '' || identifier === ''}>
          {kind === 'Custom' ? 'Create the webhook' : 'Create the trigger'}
        </Button>
      </div>
    </form>
  );
}
