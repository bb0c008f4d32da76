import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { Save, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState, type JSX } from 'react';
import { toast } from 'sonner';
import {
  createPipeline,
  deletePipeline,
  pipelineQuery,
  schemaQuery,
  updatePipeline,
  validatePipeline,
} from '../api/queries.ts';
import type { Diagnostic } from '../api/types.ts';
import { useScope } from '../app/scope.ts';
import { ConfirmDialog } from '../ui/confirm.tsx';
import { Button } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { PipelineTabs } from './pipeline-tabs.tsx';
import { starterPipeline } from './starter-pipeline.ts';

const YamlEditor = lazy(async () => ({ default: (await import('../ui/yaml-editor.tsx')).YamlEditor }));

export function PipelineEditorPage(): JSX.Element {
  const scope = useScope();
  const { pipeline } = useParams({ from: '/inside/p/$org/$project/pipelines/$pipeline' });
  const { data, error, refetch } = useQuery({ ...pipelineQuery(scope, pipeline), staleTime: Infinity, gcTime: 0 });
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const [etag, setEtag] = useState<string>();
  if (data === undefined)
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />;

  const save = async (yaml: string): Promise<void> => {
    await updatePipeline(scope, pipeline, yaml, etag ?? data.etag);
    // What was just written has a new version, which the next save must name.
    setEtag((await client.fetchQuery({ ...pipelineQuery(scope, pipeline), staleTime: 0 })).etag);
    await client.invalidateQueries({ queryKey: ['pipelines'] });
    toast.success('Saved');
  };
  const remove = async (): Promise<void> => {
    await deletePipeline(scope, pipeline);
    await client.invalidateQueries({ queryKey: ['pipelines'] });
    await navigate({
      to: '/p/$org/$project/pipelines',
      params: { org: scope.org, project: scope.project },
      ignoreBlocker: true,
    });
  };

  return (
    <div className="grid h-[calc(100dvh-48px)] grid-rows-[auto_auto_minmax(0,1fr)]">
      <PipelineTabs
        pipeline={pipeline}
        active="yaml"
        actions={
          <Button look="danger" onClick={() => setDeleting(true)}>
            <Trash2 size={14} aria-hidden /> Delete
          </Button>
        }
      />
      <Editor key={pipeline} initial={data.data.yamlPipeline} onSave={save} />
      <ConfirmDialog
        isOpen={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete the pipeline ${pipeline}?`}
        confirm="Delete the pipeline"
        onConfirm={remove}
      >
        Its triggers go with it. Its executions stay.
      </ConfirmDialog>
    </div>
  );
}

export function NewPipelinePage(): JSX.Element {
  const scope = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const save = async (yaml: string): Promise<void> => {
    const { identifier } = await createPipeline(scope, yaml);
    await client.invalidateQueries({ queryKey: ['pipelines'] });
    await navigate({
      to: '/p/$org/$project/pipelines/$pipeline',
      params: { org: scope.org, project: scope.project, pipeline: identifier },
      ignoreBlocker: true,
    });
  };
  return (
    <div className="grid h-[calc(100dvh-48px)] grid-rows-[auto_minmax(0,1fr)]">
      <PageHead above="Pipelines" title="New pipeline" />
      <Editor initial={starterPipeline(scope.org, scope.project)} onSave={save} isNew />
    </div>
  );
}

function Editor({
  initial,
  onSave,
  isNew = false,
}: {
  readonly initial: string;
  readonly onSave: (yaml: string) => Promise<void>;
  readonly isNew?: boolean;
}): JSX.Element {
  const scope = useScope();
  const client = useQueryClient();
  const [text, setText] = useState(initial);
  const [saved, setSaved] = useState(isNew ? '' : initial);
  const [diagnostics, setDiagnostics] = useState<readonly Diagnostic[]>([]);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isChanged = text !== saved;
  useBlocker({
    shouldBlockFn: () => isChanged && !isNew && !confirm('Leave without saving your changes?'),
    enableBeforeUnload: isChanged && !isNew,
  });

  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onSave(text);
      setSaved(text);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="grid min-h-0 grid-rows-[minmax(0,1fr)_auto]">
      <Suspense fallback={<Loading rows={12} />}>
        <YamlEditor
          initial={initial}
          onChange={setText}
          check={async (yaml, signal) => (await validatePipeline(scope, yaml, signal)).diagnostics}
          onDiagnostics={setDiagnostics}
          onSave={() => void save()}
          loadSchema={() => client.fetchQuery(schemaQuery('Pipelines')).catch(() => undefined)}
        />
      </Suspense>
      <div className="flex flex-wrap items-start gap-3 border-t border-line bg-surface px-4 py-2 sm:px-6">
        <ProblemList diagnostics={diagnostics} problem={problem} />
        <Button look="primary" className="ml-auto" disabled={isBusy || !isChanged} onClick={() => void save()}>
          <Save size={14} aria-hidden /> {isNew ? 'Create the pipeline' : 'Save'}
        </Button>
      </div>
    </div>
  );
}

function ProblemList({
  diagnostics,
  problem,
}: {
  readonly diagnostics: readonly Diagnostic[];
  readonly problem: string | undefined;
}): JSX.Element {
  if (problem !== undefined) {
    return (
      <p role="alert" className="m-0 max-w-3xl pt-1 text-13 whitespace-pre-line text-red-text">
        {problem}
      </p>
    );
  }
  if (diagnostics.length === 0) return <p className="m-0 pt-1.5 text-13 text-muted">No problems</p>;
  return (
    <ul
      aria-label="Problems"
      className="m-0 grid max-h-28 min-w-0 flex-1 list-none gap-1 overflow-y-auto p-0 pt-1 text-13"
    >
      {diagnostics.map((diagnostic) => (
        <li key={keyOf(diagnostic)} className="flex gap-2">
          <span className="min-w-14 shrink-0 text-muted">
            {diagnostic.document === undefined ? '' : `${diagnostic.document} `}line {diagnostic.range.start.line}
          </span>
          <span className={diagnostic.blocks === 'nothing' ? 'text-amber-text' : 'text-red-text'}>
            {diagnostic.message}{' '}
            {diagnostic.hint === undefined ? null : <span className="text-muted">{diagnostic.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function keyOf({ code, path, document = '', range }: Diagnostic): string {
  return `${code} ${document} ${path} ${range.start.offset}`;
}
