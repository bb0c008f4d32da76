/** A proxy in front of a server, that does to streams what networks and other servers do to them. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `through`: nothing. `cut`: the connection breaks after its first event. `absent`: they are not there. */
export type ProxyMode = 'through' | 'cut' | 'absent';

export interface CuttingProxy {
  readonly url: string;
  mode: ProxyMode;
  /** Connections that were broken so far. */
  readonly cuts: number;
  close(): Promise<void>;
}

const STREAM = /^\/bridle\/api\/(events|executions\/[^/]+\/(events|nodes\/[^/]+\/log))\?/;

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  let cuts = 0;
  const server = createServer((incoming, outgoing) => {
    const { mode } = proxy;
    const isStream = STREAM.test(incoming.url ?? '');
    if (mode === 'absent' && incoming.url?.startsWith('/bridle/') === true) {
      outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<html>not here</html>');
      return;
    }
    forward(target, incoming, outgoing, (answer) => {
      if (mode !== 'cut' || !isStream) {
        answer.pipe(outgoing);
        return;
      }
      let text = '';
      let isCut = false;
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const end = endOfFirstEvent(text);
        // Pieces that were read at once arrive although the connection is gone.
        if (end === undefined || isCut) return;
        isCut = true;
        cuts += 1;
        answer.destroy();
        // What came so far is whole; the rest is lost.
        outgoing.write(text.slice(0, end), () => outgoing.destroy());
      });
      answer.on('end', () => {
        if (!isCut) outgoing.end(text);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${String(port)}`,
    mode: 'through',
    get cuts() {
      return cuts;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onAnswer: (answer: IncomingMessage) => void,
): void {
  const { method, headers } = incoming;
  const sent = request(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    onAnswer(answer);
    outgoing.on('close', () => answer.destroy());
  });
  sent.on('error', () => outgoing.destroy());
  incoming.pipe(sent);
}

/** Where the first event with a position ends; undefined while it is not there. The last event, `end`, has none and passes. */
function endOfFirstEvent(text: string): number | undefined {
  let from = 0;
  for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', from)) {
    if (/^id: /m.test(text.slice(from, end))) return end + 2;
    from = end + 2;
  }
  return undefined;
}
