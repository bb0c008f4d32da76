/** Lines of the log service (api.md §8.2): one JSON object per line or per SSE event. */
import { Type, type Static } from 'typebox';

export const LogLine = Type.Object({
  level: Type.Enum(['INFO', 'WARN', 'ERROR']),
  pos: Type.Integer({ minimum: 0, description: '0-based number of the line.' }),
  out: Type.String({ description: 'The line with its line end.' }),
  time: Type.String({ description: 'RFC 3339, UTC.' }),
  args: Type.Record(Type.String(), Type.String()),
});
export type LogLine = Static<typeof LogLine>;

/** Errors of the log service have a shape of their own. */
export const LogServiceError = Type.Object({ error_msg: Type.String() });

/** Answer of `/log-service/stream/info`: by the key of each log that is being written. What is not counted is -1. */
export const LogStreams = Type.Object({
  streams: Type.Record(
    Type.String(),
    Type.Object({
      size: Type.Integer({ description: 'Lines that have begun.' }),
      subscribers: Type.Integer(),
      ttl: Type.String({ description: 'Epoch seconds.' }),
    }),
  ),
});

/** Answer of `/log-service/blob/link/download`. */
export const LogLink = Type.Object({ link: Type.String(), expires: Type.String() });

export const LogDownload = Type.Object({
  link: Type.String(),
  status: Type.Enum(['queued', 'in_progress', 'success', 'error']),
  expires: Type.String(),
  message: Type.String(),
});
export type LogDownload = Static<typeof LogDownload>;
