import type { Diagnostic } from '@bridle/pipeline';

/** More would not fit into a message that people read. */
const SHOWN_MAX = 5;

/** What blocks, one sentence each with its line, for places that have room for a text only. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[], blocks: 'save' | 'run'): string {
  const blocking = diagnostics.filter((diagnostic) => diagnostic.blocks === 'save' || diagnostic.blocks === blocks);
  const shown = blocking.slice(0, SHOWN_MAX).map(describe);
  const rest = blocking.length - shown.length;
  return rest > 0 ? `${shown.join(' ')} And ${rest} more.` : shown.join(' ');
}

function describe({ document, range, message, hint }: Diagnostic): string {
  const line = String(range.start.line);
  const where =
    document === undefined ? `Line ${line}` : `${document.charAt(0).toUpperCase()}${document.slice(1)}, line ${line}`;
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return hint === undefined ? `${where}: ${sentence}` : `${where}: ${sentence} ${hint}`;
}
