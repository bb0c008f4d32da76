import { ChevronRight } from 'lucide-react';
import { Fragment, type JSX } from 'react';
import type { LayoutNode } from '../api/types.ts';
import { StatusIcon, statusWord, toneOf } from '../ui/status.tsx';
import { Duration } from '../ui/time.tsx';

/** The stages of an execution from left to right; stages that run beside each other stand above each other. One column on a phone. */
export function StageStrip({
  columns,
  selected,
  onSelect,
}: {
  readonly columns: readonly (readonly LayoutNode[])[];
  readonly selected: string | undefined;
  readonly onSelect: (nodeUuid: string) => void;
}): JSX.Element {
  return (
    <div className="overflow-x-auto border-b border-line px-4 py-3 sm:px-6" role="group" aria-label="Stages">
      <div className="flex flex-col gap-2 sm:w-max sm:flex-row sm:items-center">
        {columns.map((column, index) => (
          <Fragment key={column[0]?.nodeUuid ?? index}>
            {index === 0 ? null : (
              <ChevronRight size={16} aria-hidden className="hidden shrink-0 text-faint sm:block" />
            )}
            <div
              className={`grid gap-1 ${column.length > 1 ? 'rounded border border-dashed border-line-strong p-1.5' : ''}`}
            >
              {column.map((stage) => (
                <StageButton
                  key={stage.nodeUuid}
                  stage={stage}
                  isSelected={stage.nodeUuid === selected}
                  onSelect={() => onSelect(stage.nodeUuid)}
                />
              ))}
            </div>
          </Fragment>
        ))}
      </div>
    </div>
  );
}

function StageButton({
  stage,
  isSelected,
  onSelect,
}: {
  readonly stage: LayoutNode;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      onClick={onSelect}
      className={`tone-${toneOf(stage.status)} flex h-9 min-w-36 items-center gap-2 rounded border px-2.5 text-left text-13 hover:bg-hover ${
        isSelected ? 'border-accent bg-selected' : 'border-line-strong bg-surface'
      }`}
    >
      <StatusIcon status={stage.status} />
      <span className="truncate font-semibold">{stage.name}</span>
      <span className="sr-only">{statusWord(stage.status)}</span>
      <span className="ml-auto pl-2 text-12 text-muted">
        {stage.status === 'Skipped' || stage.status === 'NotStarted' ? (
          statusWord(stage.status).toLowerCase()
        ) : (
          <Duration from={stage.startTs} to={stage.endTs} />
        )}
      </span>
    </button>
  );
}
