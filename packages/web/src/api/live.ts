/**
 * Live updates: server-sent events that resume by themselves. The server numbers its events, the browser sends the last
 * number when it reconnects, so nothing is missed and nothing is polled.
 */
import { useEffect, useEffectEvent, useState } from 'react';

export type LiveState = 'connecting' | 'live' | 'lost';

const RETRY_MS = [500, 1_000, 2_000, 5_000] as const;

export interface LiveEvent {
  readonly event: string;
  readonly data: unknown;
  readonly id: string;
}

/**
 * Keeps one stream open while mounted; `url` undefined = none. `lastEventId` is handed over on every reconnection. A stream
 * that the server ends with the event `end` stays closed.
 */
export function useLive(url: string | undefined, onEvent: (event: LiveEvent) => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const deliver = useEffectEvent(onEvent);
  useEffect(() => {
    if (url === undefined) return undefined;
    return openLive(url, (event) => deliver(event), setState);
  }, [url]);
  return state;
}

/** Opens a stream outside React; the answer closes it. */
export function openLive(
  url: string,
  onEvent: (event: LiveEvent) => void,
  onState: (state: LiveState) => void,
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let lastId = '';
  let isClosed = false;

  const close = (): void => {
    isClosed = true;
    clearTimeout(timer);
    source?.close();
  };

  const connect = (): void => {
    // EventSource resends Last-Event-ID only on its own reconnections; after one of ours the query says it.
    const target =
      lastId === '' ? url : `${url}${url.includes('?') ? '&' : '?'}lastEventId=${encodeURIComponent(lastId)}`;
    source = new EventSource(target);
    source.addEventListener('open', () => {
      attempt = 0;
      onState('live');
    });
    source.addEventListener('error', () => {
      source?.close();
      if (isClosed) return;
      onState('lost');
      timer = setTimeout(connect, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
      attempt += 1;
    });
    const deliver = (message: MessageEvent<string>): void => {
      if (message.lastEventId !== '') lastId = message.lastEventId;
      onEvent({ event: message.type, data: parse(message.data), id: message.lastEventId });
    };
    for (const name of ['message', 'execution', 'node', 'change', 'line', 'lines', 'trigger-event'])
      source.addEventListener(name, deliver as EventListener);
    source.addEventListener('end', (message) => {
      deliver(message as MessageEvent<string>);
      close();
    });
  };

  onState('connecting');
  connect();
  return close;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
