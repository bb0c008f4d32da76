import type { ExecutionRecord, Replay } from '@bridle/pipeline';
import type { Present } from './compile-present.ts';

/** One document; its shape is part of what scripts rely on. */
export function toJsonReplay(replay: Replay, record: ExecutionRecord, present: Present): object {
  const { execution, writtenBy, createdAt } = record.header;
  return {
    result: replay.kind,
    pipeline: present.shown,
    record: {
      executionId: execution.id,
      pipelineIdentifier: execution.pipelineIdentifier,
      writtenBy,
      createdAt,
      events: record.events.length,
      isTruncated: record.isTruncated,
      status: record.end?.status ?? null,
    },
    difference: replay.kind === 'different' ? replay.difference : null,
  };
}
