/** The saved inputs of one pipeline: input sets, and overlays that merge several of them. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState, type JSX } from 'react';
import { inputSetQuery, inputSetsQuery } from '../api/queries.ts';
import type { InputSetRow } from '../api/types.ts';
import { useScope } from '../app/scope.ts';
import { DocumentRow, YamlText } from '../ui/document-row.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { PipelineTabs } from './pipeline-tabs.tsx';

export function InputSetsPage(): JSX.Element {
  const scope = useScope();
  const { pipeline } = useParams({ from: '/inside/p/$org/$project/pipelines/$pipeline/input-sets' });
  const { data, error, refetch } = useQuery(inputSetsQuery(scope, pipeline));
  return (
    <>
      <PipelineTabs pipeline={pipeline} active="input-sets" />
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.content.length === 0 ? (
        <Empty title="No input set yet">
          An input set keeps values for the inputs of this pipeline. It is created by the API: POST
          /pipeline/api/inputSets with its YAML.
        </Empty>
      ) : null}
      {(data?.content ?? []).map((set) => (
        <InputSet key={set.identifier} set={set} pipeline={pipeline} />
      ))}
    </>
  );
}

function InputSet({ set, pipeline }: { readonly set: InputSetRow; readonly pipeline: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <DocumentRow
      name={set.name}
      facts={
        <>
          <span className="text-muted">{set.inputSetType === 'INPUT_SET' ? 'input set' : 'overlay'}</span>
          <span className="font-mono text-12 text-muted">{set.identifier}</span>
          {set.isOutdated ? (
            <span className="tone-amber rounded-full border border-(--tone-line) bg-(--tone-bg) px-2 text-(--tone-text)">
              outdated
            </span>
          ) : null}
        </>
      }
      end={
        <>
          changed <RelativeTime at={set.lastUpdatedAt} />
        </>
      }
      onOpen={() => setOpen(true)}
    >
      {isOpen ? <InputSetText set={set} pipeline={pipeline} /> : null}
    </DocumentRow>
  );
}

function InputSetText({ set, pipeline }: { readonly set: InputSetRow; readonly pipeline: string }): JSX.Element {
  const scope = useScope();
  const { data, error, refetch } = useQuery(inputSetQuery(scope, pipeline, set));
  if (data === undefined)
    return error === null ? <Loading rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  const text = data.inputSetYaml ?? data.overlayInputSetYaml ?? '';
  return <YamlText text={text} label={`YAML of ${set.name}`} />;
}
