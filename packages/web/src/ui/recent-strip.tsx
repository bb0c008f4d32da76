import { formatDuration } from '@bridle/text';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { RecentExecution } from '../api/types.ts';
import { statusWord, toneOf } from './status.tsx';
import { useNow } from './time.tsx';

const HEIGHT_MIN = 5;
const HEIGHT_MAX = 22;

/** The last executions, oldest first: height is duration, colour is status, each is a link. */
export function RecentStrip({ executions }: { readonly executions: readonly RecentExecution[] }): JSX.Element {
  const now = useNow();
  const durations = executions.map(({ startTs, endTs }) => (startTs === undefined ? 0 : (endTs ?? now) - startTs));
  const longest = Math.max(1, ...durations);
  return (
    <span className="flex h-6 items-end gap-0.5">
      {executions
        .map((execution, index) => ({ execution, duration: durations[index] ?? 0 }))
        .toReversed()
        .map(({ execution, duration }) => (
          <Link
            key={execution.planExecutionId}
            to="/x/$execution"
            params={{ execution: execution.planExecutionId }}
            className={`tone-${toneOf(execution.status)} block w-1.5 rounded-[1px] bg-(--tone-line) hover:bg-(--tone-text)`}
            style={{ height: HEIGHT_MIN + (HEIGHT_MAX - HEIGHT_MIN) * (duration / longest) }}
            aria-label={`#${execution.runSequence} ${statusWord(execution.status)}`}
            title={`#${execution.runSequence} ${statusWord(execution.status)}, ${formatDuration(duration)}`}
          />
        ))}
    </span>
  );
}
