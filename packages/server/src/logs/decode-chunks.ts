/** Chunks of logs as they come by JSON: their bytes are base64. */
import type * as wire from '@bridle/protocol';
import type { LogChunk } from './logs.ts';

export type DecodedChunks =
  | { readonly kind: 'decoded'; readonly chunks: readonly LogChunk[] }
  | { readonly kind: 'invalid'; readonly message: string };

export function decodeChunks(received: readonly wire.LogChunk[]): DecodedChunks {
  const chunks: LogChunk[] = [];
  for (const chunk of received) {
    const content = decodeBase64(chunk.content);
    if (content === undefined) return { kind: 'invalid', message: `A chunk of ${chunk.logKey} is not base64.` };
    chunks.push({ ...chunk, content });
  }
  return { kind: 'decoded', chunks };
}

/** `undefined` when the text holds anything but canonical base64. */
function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is not base64: then the length is short.
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : undefined;
}
