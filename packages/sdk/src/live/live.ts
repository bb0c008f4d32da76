/** What following executions needs, and what was found out about the server on the way. */
import type { Api } from '../http/api.ts';
import type { Transport } from '../http/transport.ts';

export interface Live {
  readonly api: Api;
  readonly transport: Transport;
  /** Whether the server streams events; undefined until the first time it mattered. */
  hasStreams: boolean | undefined;
}
