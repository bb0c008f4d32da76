/** Server-sent events of a stream that the client has no method for. */

/** Ends with the stream. Comments and events that only keep it going are passed over. */
export async function* readEventStream(
  { body }: Response,
  signal: AbortSignal,
): AsyncGenerator<{ readonly event: string; readonly data: object }> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const found = readBlock(block);
        if (found !== undefined) yield found;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    // A connection that broke: whoever reads comes back.
    if (!(error instanceof TypeError)) throw error;
  }
}

function readBlock(block: string): { readonly event: string; readonly data: object } | undefined {
  const lines = block.split('\n');
  const valueOf = (name: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = valueOf('data').join('\n');
  const [event] = valueOf('event');
  if (data === '' || event === undefined || event === 'shutdown') return undefined;
  return { event, data: JSON.parse(data) as object };
}
