import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useMemo, useState, type FormEvent, type JSX } from 'react';
import { execute, inputSetsQuery, inputTemplateQuery, mergedInputsQuery } from '../api/queries.ts';
import { useScope } from '../app/scope.ts';
import { Button, Field, Select, TextInput } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { fillIn, readFields, type FormField } from './input-form.ts';

const ROUTE = '/inside/p/$org/$project/pipelines/$pipeline/run';
const TAB =
  'h-7 rounded px-2 text-13 text-muted hover:bg-hover data-[state=active]:bg-selected data-[state=active]:font-semibold data-[state=active]:text-text';

/** Asks for the runtime inputs, then starts the pipeline and goes to its execution. */
export function RunPipelinePage(): JSX.Element {
  const scope = useScope();
  const { pipeline } = useParams({ from: ROUTE });
  const { data, error, refetch } = useQuery(inputTemplateQuery(scope, pipeline));
  return (
    <>
      <PageHead above={pipeline} title={`Run ${pipeline}`} />
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Loading rows={3} /> : null}
      {data === undefined ? null : data.hasInputSets && data.inputSetTemplateYaml !== undefined ? (
        <RunWithSets pipeline={pipeline} template={data.inputSetTemplateYaml} />
      ) : (
        <RunForm key={data.inputSetTemplateYaml ?? ''} pipeline={pipeline} template={data.inputSetTemplateYaml ?? ''} />
      )}
    </>
  );
}

/** Saved sets fill in what they give, in the order they are chosen; the form asks for the rest. */
function RunWithSets({ pipeline, template }: { readonly pipeline: string; readonly template: string }): JSX.Element {
  const scope = useScope();
  const sets = useQuery(inputSetsQuery(scope, pipeline));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const merged = useQuery({ ...mergedInputsQuery(scope, pipeline, chosen), enabled: chosen.length > 0 });
  const filled = chosen.length === 0 ? template : merged.data?.pipelineYaml;
  const toggle = (identifier: string): void =>
    setChosen(chosen.includes(identifier) ? chosen.filter((each) => each !== identifier) : [...chosen, identifier]);
  return (
    <>
      <fieldset className="m-0 grid gap-2 border-0 border-b border-line px-4 py-4 sm:px-6">
        <legend className="float-left text-13 font-semibold">Input sets</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1 text-13">
          {(sets.data?.content ?? []).map(({ identifier, name, isOutdated }) => (
            <label key={identifier} className="inline-flex items-center gap-1.5">
              <input type="checkbox" checked={chosen.includes(identifier)} onChange={() => toggle(identifier)} /> {name}
              {isOutdated ? <span className="text-amber-text">outdated</span> : null}
            </label>
          ))}
        </div>
        {chosen.length > 1 ? (
          <p className="m-0 text-13 text-muted">Where they differ the last one counts: {chosen.join(', ')}.</p>
        ) : null}
      </fieldset>
      {sets.error === null ? null : <Failure error={sets.error} onRetry={() => void sets.refetch()} />}
      {merged.error === null ? null : <Failure error={merged.error} onRetry={() => void merged.refetch()} />}
      {filled === undefined ? null : <RunForm key={filled} pipeline={pipeline} template={filled} />}
    </>
  );
}

function RunForm({ pipeline, template }: { readonly pipeline: string; readonly template: string }): JSX.Element {
  const scope = useScope();
  const navigate = useNavigate();
  const fields = useMemo(() => (template === '' ? [] : readFields(template)), [template]);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(fields.map(({ key, input, text }) => [key, text ?? input.default ?? ''])),
  );
  const [yaml, setYaml] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const filled = template === '' ? '' : fillIn(template, fields, values);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const { planExecution } = await execute(scope, pipeline, yaml ?? filled);
      await navigate({ to: '/x/$execution', params: { execution: planExecution.uuid } });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="grid max-w-3xl gap-4 px-4 py-4 sm:px-6">
      {template === '' ? (
        <p className="m-0 text-muted">This pipeline asks for no input.</p>
      ) : (
        <Tabs.Root defaultValue="form" onValueChange={(tab) => setYaml(tab === 'yaml' ? filled : undefined)}>
          <Tabs.List aria-label="Form of the input" className="flex gap-1 pb-3">
            <Tabs.Trigger value="form" className={TAB}>
              Form
            </Tabs.Trigger>
            <Tabs.Trigger value="yaml" className={TAB}>
              YAML
            </Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content value="form" className="grid gap-4">
            {fields.length === 0 ? <p className="m-0 text-muted">Everything that is asked for is given.</p> : null}
            {fields.map((field) => (
              <InputField
                key={field.key}
                field={field}
                value={values[field.key] ?? ''}
                onChange={(value) => setValues({ ...values, [field.key]: value })}
              />
            ))}
          </Tabs.Content>
          <Tabs.Content value="yaml">
            <textarea
              aria-label="Runtime input as YAML"
              rows={Math.min(24, (yaml ?? filled).split('\n').length + 1)}
              spellCheck={false}
              value={yaml ?? filled}
              onChange={(event) => setYaml(event.target.value)}
              className="block w-full resize-y rounded border border-line-strong bg-log p-3 font-mono text-12"
            />
          </Tabs.Content>
        </Tabs.Root>
      )}
      {problem === undefined ? null : (
        <p role="alert" className="m-0 text-13 whitespace-pre-line text-red-text">
          {problem}
        </p>
      )}
      <div>
        <Button type="submit" look="primary" disabled={isBusy}>
          <Play size={14} aria-hidden /> {isBusy ? 'Starting' : 'Run'}
        </Button>
      </div>
    </form>
  );
}

function InputField({
  field,
  value,
  onChange,
}: {
  readonly field: FormField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const { input } = field;
  const id = `input-${field.key}`;
  const hints = [
    field.place,
    input.regex === undefined ? '' : `must match ${input.regex}`,
    input.default === undefined ? '' : input.default === '' ? 'optional' : `default: ${input.default}`,
  ].filter((hint) => hint !== '');
  const isRequired = input.default === undefined;
  return (
    <Field label={field.label} htmlFor={id} hint={hints.length === 0 ? undefined : hints.join(' · ')}>
      {input.allowedValues === undefined ? (
        field.text === undefined ? (
          <TextInput
            id={id}
            required={isRequired}
            inputMode={field.isNumber ? 'decimal' : undefined}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <textarea
            id={id}
            required
            rows={4}
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className="block w-full resize-y rounded border border-line-strong bg-log p-2 font-mono text-12"
          />
        )
      ) : input.isMany ? (
        <Several id={id} options={input.allowedValues} value={value} onChange={onChange} />
      ) : (
        <Select id={id} required={isRequired} value={value} onChange={(event) => onChange(event.target.value)}>
          {value === '' ? <option value="">Choose…</option> : null}
          {input.allowedValues.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

/** Several of the allowed values, joined by commas. */
function Several({
  id,
  options,
  value,
  onChange,
}: {
  readonly id: string;
  readonly options: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const chosen = value === '' ? [] : value.split(',');
  const toggle = (option: string): void =>
    onChange(options.filter((each) => (each === option ? !chosen.includes(each) : chosen.includes(each))).join(','));
  return (
    <div id={id} role="group" className="flex flex-wrap gap-x-4 gap-y-1">
      {options.map((option) => (
        <label key={option} className="inline-flex items-center gap-1.5">
          <input type="checkbox" checked={chosen.includes(option)} onChange={() => toggle(option)} /> {option}
        </label>
      ))}
    </div>
  );
}
