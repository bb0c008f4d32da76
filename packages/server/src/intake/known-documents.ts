/**
 * Documents that were read before: the same trigger fires the same pipeline again and again, and reading their YAML is most
 * of the work of starting it. Keyed by their text and that of everything they refer to, so that nothing here can be out of
 * date: a template that was changed is another text.
 */
import {
  compilePipeline,
  parseTrigger,
  type CompiledPipeline,
  type NeedsDocuments,
  type ParsedTrigger,
  type PipelineRequest,
  type RefusedPipeline,
} from '@bridle/pipeline';
import type { LoadedDocuments } from './loaded-documents.ts';
import { TextMemory } from './text-memory.ts';

const KNOWN_MAX = 256;
/** Longer texts are read each time: a few of them would take the memory of all others. */
const TEXT_LENGTH_MAX = 262_144;

/** What compiling may come to. */
type Compiled = CompiledPipeline | RefusedPipeline | NeedsDocuments;

const compiled = new TextMemory<Compiled>(KNOWN_MAX, TEXT_LENGTH_MAX);
const triggers = new TextMemory<ParsedTrigger>(KNOWN_MAX, TEXT_LENGTH_MAX);

export function compileKnown(request: Omit<PipelineRequest, 'documents'>, documents: LoadedDocuments): Compiled {
  const compile = (): Compiled => compilePipeline({ ...request, documents });
  // Data of one event: it will not come again.
  if (request.known !== undefined && request.known.size > 0) return compile();
  const { yaml, inputYaml, inputSets = [], stages, expressionValues } = request;
  const rest = JSON.stringify([inputSets, stages ?? null, expressionValues ?? null]);
  return compiled.recall([yaml, inputYaml, rest, documents.fingerprint()].join('\0'), compile);
}

export function parseKnownTrigger(yaml: string): ParsedTrigger {
  return triggers.recall(yaml, () => parseTrigger(yaml));
}
