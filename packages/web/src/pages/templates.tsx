/** The templates that pipelines of this project may link to, whoever keeps them. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState, type JSX } from 'react';
import { templatesQuery } from '../api/queries.ts';
import type { TemplateRow } from '../api/types.ts';
import { useScope } from '../app/scope.ts';
import { TextInput } from '../ui/controls.tsx';
import { DocumentRow, YamlText } from '../ui/document-row.tsx';
import { PageHead } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';

export function TemplatesPage(): JSX.Element {
  const scope = useScope();
  const [search, setSearch] = useState('');
  const { data, error, refetch } = useQuery(templatesQuery(scope, useDeferredValue(search.trim())));
  return (
    <>
      <PageHead
        title="Templates"
        facts={
          data === undefined ? undefined : (
            <span>{data.totalElements} versions in this project, its organization and its account</span>
          )
        }
      />
      <div className="px-4 py-3 sm:px-6">
        <TextInput
          type="search"
          aria-label="Search templates"
          placeholder="Search by name or identifier"
          className="max-w-80"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {error !== null && data === undefined ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.content.length === 0 ? (
        search === '' ? (
          <Empty title="No template yet">
            A template is a step, a step group, a stage or a pipeline that several pipelines use. It is created by the
            API: POST /template/api/templates with its YAML.
          </Empty>
        ) : (
          <Empty title="Nothing matches">No template has “{search}” in its name or identifier.</Empty>
        )
      ) : null}
      {(data?.content ?? []).map((template) => (
        <Template
          key={`${template.templateScope} ${template.identifier} ${template.versionLabel}`}
          template={template}
        />
      ))}
    </>
  );
}

function Template({ template }: { readonly template: TemplateRow }): JSX.Element {
  const { name, versionLabel, templateEntityType, childType, templateScope, stableTemplate } = template;
  return (
    <DocumentRow
      name={name}
      facts={
        <>
          <span>
            {versionLabel}
            {stableTemplate ? ' (stable)' : ''}
          </span>
          <span className="text-muted">
            {childType === undefined ? templateEntityType : `${templateEntityType}, ${childType}`}
          </span>
          <span className="font-mono text-12 text-muted">{referenceOf(template)}</span>
          {templateScope === 'project' ? null : <span className="text-muted">of the {SCOPES[templateScope]}</span>}
        </>
      }
      end={
        <>
          changed <RelativeTime at={template.lastUpdatedAt} />
        </>
      }
    >
      <YamlText text={template.yaml} label={`YAML of ${name} ${versionLabel}`} />
    </DocumentRow>
  );
}

const SCOPES = { org: 'organization', account: 'account' } as const;

/** As a pipeline writes it in `templateRef`. */
function referenceOf({ templateScope, identifier }: TemplateRow): string {
  return templateScope === 'project' ? identifier : `${templateScope}.${identifier}`;
}
