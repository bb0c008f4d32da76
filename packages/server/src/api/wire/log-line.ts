import type { LogLine } from '@bridle/protocol';
import type { LogLine as StoredLine } from '../../logs/logs.ts';

/** A line as the log service prints it (api.md §8.2). */
export function logLine({ number, time, text }: StoredLine): LogLine {
  return { level: 'INFO', pos: number, out: `${text}\n`, time: new Date(time).toISOString(), args: {} };
}
