import type { JSX } from 'react';
import type { LayoutNode } from '../api/types.ts';
import { StatusIcon, statusWord } from '../ui/status.tsx';
import { Duration } from '../ui/time.tsx';
import { isGroup, type TreeNode } from './execution-tree.ts';

/** The steps of the selected stage; groups hold theirs. */
export function StepTree({
  stage,
  tree,
  selected,
  onSelect,
}: {
  readonly stage: LayoutNode | undefined;
  readonly tree: readonly TreeNode[];
  readonly selected: string | undefined;
  readonly onSelect: (uuid: string) => void;
}): JSX.Element {
  return (
    <nav aria-label="Steps" className="min-w-0 py-2 md:max-h-[calc(100dvh-48px)] md:overflow-y-auto">
      <h2 className="truncate px-4 pb-1 text-13 text-muted sm:px-6">{stage?.name ?? 'Stage'}</h2>
      {tree.length === 0 ? (
        <p className="m-0 px-4 py-2 text-13 text-faint sm:px-6">{emptyWord(stage)}</p>
      ) : (
        <Branch nodes={tree} depth={0} selected={selected} onSelect={onSelect} />
      )}
    </nav>
  );
}

function emptyWord(stage: LayoutNode | undefined): string {
  if (stage === undefined || stage.status === 'NotStarted') return 'Not started yet';
  return stage.status === 'Skipped' ? 'Skipped: none of its steps ran' : 'No steps yet';
}

function Branch({
  nodes,
  depth,
  selected,
  onSelect,
}: {
  readonly nodes: readonly TreeNode[];
  readonly depth: number;
  readonly selected: string | undefined;
  readonly onSelect: (uuid: string) => void;
}): JSX.Element {
  return (
    <ul className="m-0 list-none p-0">
      {nodes.map(({ node, children }) => (
        <li key={node.uuid}>
          <button
            type="button"
            aria-current={node.uuid === selected ? 'true' : undefined}
            onClick={() => onSelect(node.uuid)}
            className={`flex h-8 w-full items-center gap-2 border-0 pr-4 text-left text-13 hover:bg-hover ${node.uuid === selected ? 'bg-selected font-semibold' : 'bg-transparent'}`}
            style={{ paddingLeft: `calc(1.25rem + ${depth * 1.125}rem)` }}
          >
            <StatusIcon status={node.status} />
            <span className="truncate">{node.name}</span>
            <span className="sr-only">{statusWord(node.status)}</span>
            <span className="ml-auto pl-2 text-12 font-normal text-muted">
              {node.status === 'Skipped' || node.status === 'NotStarted' ? (
                statusWord(node.status).toLowerCase()
              ) : (
                <Duration from={node.startTs} to={node.endTs} />
              )}
            </span>
          </button>
          {isGroup(node) || children.length > 0 ? (
            <Branch nodes={children} depth={depth + 1} selected={selected} onSelect={onSelect} />
          ) : null}
        </li>
      ))}
    </ul>
  );
}
