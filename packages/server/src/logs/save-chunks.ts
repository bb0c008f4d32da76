/** What a delegate sent of its logs, in one transaction (L1). */
import type { Connection, Statement } from '../store/connection.ts';
import {
  insertLogChunk,
  lockLogs,
  updateLogs,
  type LogEnd,
  type LogRow,
  type NewLog,
} from '../store/log-statements.ts';
import { packChunk } from './log-chunks.ts';
import type { LogChunk } from './logs.ts';
import { placeChunk, type LogState, type PlacedChunk } from './place-chunk.ts';

const BEGIN: Statement = { name: 'bridle_begin', text: 'begin' };
const COMMIT: Statement = { name: 'bridle_commit', text: 'commit' };
const ROLLBACK: Statement = { name: 'bridle_rollback', text: 'rollback' };

export type SavedChunks =
  | {
      readonly kind: 'received';
      readonly received: Readonly<Record<string, number>>;
      readonly placed: readonly { readonly key: string; readonly chunk: PlacedChunk }[];
      /** The logs as they are now. */
      readonly rows: readonly LogRow[];
    }
  | { readonly kind: 'stale' | 'invalid'; readonly message: string };

/**
 * Locks the logs, places the chunks and writes what is new, in two round trips.
 * @param compressed - of each chunk's content, made before anything is locked
 */
export async function saveChunks(
  connection: Connection,
  logs: readonly NewLog[],
  chunks: readonly LogChunk[],
  compressed: readonly (Buffer | undefined)[],
): Promise<SavedChunks> {
  const [, locked] = await Promise.all([connection.query(BEGIN, []), lockLogs(connection, logs)]);
  const states = new Map<string, LogState>([...locked].map(([key, log]) => [key, { ...log, isClosed: log.isFinal }]));
  const placed: { readonly key: string; readonly chunk: PlacedChunk; readonly compressed: Buffer | undefined }[] = [];
  for (const [index, received] of chunks.entries()) {
    const key = received.logKey;
    const state = states.get(key);
    if (state === undefined) throw new Error(`Log ${key} is not locked.`);
    const placement = placeChunk(state, received);
    if (placement.kind === 'invalid' || placement.kind === 'late') {
      await connection.query(ROLLBACK, []);
      return placement.kind === 'invalid' ? placement : { kind: 'stale', message: `The log ${key} is closed.` };
    }
    if (placement.kind === 'skipped') continue;
    states.set(key, placement.state);
    const { chunk } = placement;
    if (chunk === undefined) continue;
    // Of a chunk that is there in part, only the rest is stored.
    const isWhole = chunk.content.length === received.content.length;
    placed.push({ key, chunk, compressed: isWhole ? compressed[index] : undefined });
  }
  const ends: LogEnd[] = [...states].map(([key, { bytes, lines, endsInLine, isClosed }]) => ({
    key,
    bytes,
    lines,
    endsInLine,
    isClosed,
    chunksAdded: placed.filter((each) => each.key === key).length,
  }));
  await Promise.all([
    ...placed.map(({ key, chunk, compressed: packed }) =>
      insertLogChunk(connection, { logKey: key, ...packChunk(chunk, packed) }),
    ),
    updateLogs(connection, ends),
    connection.query(COMMIT, []),
  ]);
  const received = Object.fromEntries(ends.map(({ key, bytes }) => [key, bytes]));
  const rows = ends.flatMap(({ key, bytes, lines, endsInLine, isClosed }) => {
    const row = locked.get(key);
    if (row === undefined) return [];
    // When it was closed only the database knows; whoever looks at this asks whether it was.
    return [{ ...row, bytes, lines, endsInLine, ...(isClosed ? { closedAt: row.closedAt ?? row.createdAt } : {}) }];
  });
  return { kind: 'received', received, placed, rows };
}
