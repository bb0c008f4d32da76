/** What a person can do about a step that waits for one: approve or reject, decide about a failure, give inputs. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type JSX, type ReactNode } from 'react';
import {
  answerApproval,
  approvalQuery,
  decide,
  executionInputQuery,
  submitInputs,
  type ApprovalInput,
} from '../api/control.ts';
import type { GraphNode } from '../api/types.ts';
import { useSession } from '../app/scope.ts';
import { Button, Field, Select, TextInput } from '../ui/controls.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';

interface DecisionProps {
  readonly execution: string;
  readonly node: GraphNode;
}

/** Nothing when the step waits for nobody. */
export function NodeDecision({ execution, node }: DecisionProps): JSX.Element | null {
  switch (node.status) {
    case 'ApprovalWaiting':
      return node.stepType === 'HarnessApproval' ? <Approval execution={execution} node={node} /> : null;
    case 'InterventionWaiting':
      return <Intervention execution={execution} node={node} />;
    case 'InputWaiting':
      return <Inputs execution={execution} node={node} />;
    default:
      return null;
  }
}

function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  return (
    <section
      aria-label={title}
      className="tone-amber mx-4 mt-3 grid max-w-3xl gap-3 rounded border border-(--tone-line) bg-(--tone-bg) p-3 text-13 sm:mx-6"
    >
      <h3 className="m-0 text-13 text-(--tone-text)">{title}</h3>
      {children}
    </section>
  );
}

/** Runs one action at a time; what the server refuses is shown in place. */
function useAction(execution: string): {
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  readonly run: (work: () => Promise<unknown>) => void;
} {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: ['execution', execution] });
    }
  };
  return { isBusy, problem, run: (work) => void act(work) };
}

function Problem({ text }: { readonly text: string | undefined }): JSX.Element | null {
  if (text === undefined) return null;
  return (
    <p role="alert" className="m-0 whitespace-pre-line text-red-text">
      {text}
    </p>
  );
}

function Approval({ execution, node }: DecisionProps): JSX.Element {
  const { accountId } = useSession();
  const id = node.executableResponses?.[0]?.async?.callbackIds[0] ?? '';
  const { data, error, refetch } = useQuery(approvalQuery(accountId, id));
  const { isBusy, problem, run } = useAction(execution);
  const [comments, setComments] = useState('');
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  if (data === undefined) {
    return error === null ? <Loading rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const { approvalMessage, approvers, approverInputs, approvalActivities } = data.details;
  const answer = (action: 'APPROVE' | 'REJECT'): void =>
    run(async () => {
      const values = approverInputs.map(({ name, defaultValue }) => ({ name, value: given[name] ?? defaultValue }));
      await answerApproval(accountId, id, { action, comments, approverInputs: action === 'APPROVE' ? values : [] });
      await refetch();
    });
  const missing = approvers.minimumCount - approvalActivities.filter(({ action }) => action === 'APPROVE').length;
  return (
    <Frame title={`${node.name} waits for approval`}>
      {approvalMessage === '' ? null : <p className="m-0 text-text whitespace-pre-wrap">{approvalMessage}</p>}
      <p className="m-0 text-muted">
        {missing} more {missing === 1 ? 'approval' : 'approvals'} needed
        {approvers.userGroups.length === 0 ? '' : ` from ${approvers.userGroups.join(', ')}`}.
      </p>
      {approvalActivities.map(({ user, action, approvedAt, comments: said }) => (
        <p key={`${user.email} ${approvedAt}`} className="m-0 text-text">
          {user.name} {action === 'APPROVE' ? 'approved' : 'rejected'} <RelativeTime at={approvedAt} />
          {said === '' ? '' : `: ${said}`}
        </p>
      ))}
      {approverInputs.map((input) => (
        <Value
          key={input.name}
          label={input.name}
          rules={input}
          value={given[input.name] ?? input.defaultValue}
          onChange={(value) => setGiven({ ...given, [input.name]: value })}
        />
      ))}
      <Field label="Comment" htmlFor="approval-comment">
        <TextInput id="approval-comment" value={comments} onChange={(event) => setComments(event.target.value)} />
      </Field>
      <Problem text={problem} />
      <div className="flex gap-2">
        <Button look="primary" disabled={isBusy} onClick={() => answer('APPROVE')}>
          Approve
        </Button>
        <Button look="danger" disabled={isBusy} onClick={() => answer('REJECT')}>
          Reject
        </Button>
      </div>
    </Frame>
  );
}

/** What each answer does, in the order of how much it changes. */
const ANSWERS: readonly (readonly [type: string, label: string, effect: string])[] = [
  ['Retry', 'Retry', 'Run this step again.'],
  ['Ignore', 'Ignore', 'Go on as if it had not failed; the failure stays visible.'],
  ['MarkAsSuccess', 'Mark as success', 'Go on; the step counts as successful.'],
  ['MarkAsFailure', 'Mark as failed', 'The step fails, and the stage with it.'],
  ['StepGroupRollback', 'Roll back step group', 'Run the rollback steps of its group.'],
  ['StageRollback', 'Roll back stage', 'Run the rollback steps of its stage.'],
  ['PipelineRollback', 'Roll back pipeline', 'Run the rollback steps of all stages.'],
];

function Intervention({ execution, node }: DecisionProps): JSX.Element {
  const { isBusy, problem, run } = useAction(execution);
  const { accountId } = useSession();
  const offered = node.manualInterventionAvailableActions ?? [];
  return (
    <Frame title={`${node.name} failed and waits for a decision`}>
      <div className="flex flex-wrap gap-2">
        {ANSWERS.filter(([type]) => offered.includes(type)).map(([type, label, effect]) => (
          <Button
            key={type}
            look={type === 'Retry' ? 'primary' : 'plain'}
            title={effect}
            disabled={isBusy}
            onClick={() => run(() => decide(accountId, execution, node.uuid, type))}
          >
            {label}
          </Button>
        ))}
      </div>
      <Problem text={problem} />
    </Frame>
  );
}

function Inputs({ execution, node }: DecisionProps): JSX.Element {
  const { accountId } = useSession();
  const { data, error, refetch } = useQuery(executionInputQuery(accountId, execution, node.uuid));
  const { isBusy, problem, run } = useAction(execution);
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  if (data === undefined) {
    return error === null ? <Loading rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const submit = (): void => run(() => submitInputs(accountId, execution, node.uuid, given));
  return (
    <Frame title={`${node.name} waits for input`}>
      {data.fields.map((field) => (
        <Value
          key={field.path}
          label={field.path}
          rules={{ ...field, name: field.path, defaultValue: textOf(field.default) }}
          value={given[field.path] ?? textOf(field.default)}
          onChange={(value) => setGiven({ ...given, [field.path]: value })}
        />
      ))}
      <Problem text={problem} />
      <div>
        <Button look="primary" disabled={isBusy} onClick={submit}>
          Go on
        </Button>
      </div>
    </Frame>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Value({
  label,
  rules,
  value,
  onChange,
}: {
  readonly label: string;
  readonly rules: ApprovalInput;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const { required, description, allowedValues, isMultiple, regex } = rules;
  const id = `value-${label}`;
  const hints = [
    description,
    isMultiple === true ? `One or more of ${(allowedValues ?? []).join(', ')}, separated by commas.` : undefined,
    regex === undefined ? undefined : `Must match ${regex}`,
  ].filter((hint) => hint !== undefined && hint !== '');
  return (
    <Field
      label={required ? `${label} (required)` : label}
      htmlFor={id}
      {...(hints.length === 0 ? {} : { hint: hints.join(' ') })}
    >
      {allowedValues === undefined || isMultiple === true ? (
        <TextInput id={id} value={value} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <Select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
          {allowedValues.includes(value) ? null : <option value={value}>{value}</option>}
          {allowedValues.map((allowed) => (
            <option key={allowed} value={allowed}>
              {allowed}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
