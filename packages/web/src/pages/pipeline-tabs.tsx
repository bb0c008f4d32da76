import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import type { JSX, ReactNode } from 'react';
import { useScope } from '../app/scope.ts';
import { ButtonLink } from '../ui/controls.tsx';
import { PageHead } from '../ui/page.tsx';

const TAB = 'border-b-2 px-1 py-2 text-13';
const ON = 'border-accent font-semibold';
const OFF = 'border-transparent text-muted hover:text-text';

/** The head that the pages of one pipeline share. */
export function PipelineTabs({
  pipeline,
  active,
  actions,
}: {
  readonly pipeline: string;
  readonly active: 'yaml' | 'input-sets' | 'triggers' | 'executions';
  readonly actions?: ReactNode;
}): JSX.Element {
  const { org, project } = useScope();
  const params = { org, project, pipeline };
  return (
    <>
      <PageHead
        above={
          <Link to="/p/$org/$project/pipelines" params={{ org, project }} className="hover:underline">
            Pipelines
          </Link>
        }
        title={pipeline}
        actions={
          <>
            {actions}
            <ButtonLink
              look={actions === undefined ? 'primary' : 'plain'}
              to="/p/$org/$project/pipelines/$pipeline/run"
              params={params}
            >
              <Play size={14} aria-hidden /> Run
            </ButtonLink>
          </>
        }
      />
      <nav aria-label="Pipeline" className="flex gap-4 border-b border-line px-4 sm:px-6">
        <Link
          to="/p/$org/$project/pipelines/$pipeline"
          params={params}
          className={`${TAB} ${active === 'yaml' ? ON : OFF}`}
        >
          YAML
        </Link>
        <Link
          to="/p/$org/$project/pipelines/$pipeline/input-sets"
          params={params}
          className={`${TAB} ${active === 'input-sets' ? ON : OFF}`}
        >
          Input sets
        </Link>
        <Link
          to="/p/$org/$project/pipelines/$pipeline/triggers"
          params={params}
          className={`${TAB} ${active === 'triggers' ? ON : OFF}`}
        >
          Triggers
        </Link>
        <Link
          to="/p/$org/$project/executions"
          params={{ org, project }}
          search={{ pipeline }}
          className={`${TAB} ${OFF}`}
        >
          Executions
        </Link>
      </nav>
    </>
  );
}
