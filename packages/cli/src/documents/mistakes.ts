/** What is wrong with documents: found before anything is sent, or told by the server, each with its place in the text. */
import {
  isBlocked,
  parseEnvironment,
  parseInfrastructure,
  parseInputSet,
  parseOverlayInputSet,
  parsePipeline,
  parseService,
  parseServiceOverrides,
  parseTemplate,
  parseTrigger,
  type Diagnostic,
} from '@bridle/pipeline';
import { isHarnessError } from '@bridle/sdk';
import { describeDiagnostic } from '../diagnostics/describe-diagnostic.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { GivenDocument } from './given-documents.ts';
import type { KindName } from './kinds.ts';
import { recordOf } from './server-calls.ts';

export interface Mistake {
  readonly document: GivenDocument;
  readonly diagnostic: Diagnostic;
}

type Parser = (yaml: string) => { readonly diagnostics: readonly Diagnostic[] };

/** Each by itself: what a document refers to may be on the server alone. */
const PARSERS: Readonly<Partial<Record<KindName, Parser>>> = {
  pipeline: parsePipeline,
  template: parseTemplate,
  inputset: parseInputSet,
  overlay: parseOverlayInputSet,
  trigger: parseTrigger,
  service: parseService,
  environment: parseEnvironment,
  infrastructure: parseInfrastructure,
  overrides: parseServiceOverrides,
};

export interface Mistakes {
  /** What keeps it from being saved. */
  readonly save: readonly Mistake[];
  /** It can be saved, but not run. */
  readonly run: readonly Mistake[];
}

export function findMistakes(documents: readonly GivenDocument[]): Mistakes {
  const found = documents.flatMap((document) =>
    diagnosticsOf(document).map((diagnostic) => ({ document, diagnostic })),
  );
  const blocking = (what: 'save' | 'run'): readonly Mistake[] =>
    found.filter(({ diagnostic }) => diagnostic.blocks === what);
  return { save: blocking('save'), run: blocking('run') };
}

/** All that is to be said of a document by itself; nothing of kinds that have no rules of ours. */
export function diagnosticsOf({ kind, text }: GivenDocument): readonly Diagnostic[] {
  return PARSERS[kind.name]?.(text).diagnostics ?? [];
}

/** What a server has against the text, where it says it with places; `undefined` = it refused for another reason. */
export function refusalOf(error: unknown, document: GivenDocument): readonly Mistake[] | undefined {
  if (!isHarnessError(error, 'api')) return undefined;
  const { diagnostics } = recordOf(recordOf(error.body)['metadata']);
  if (!Array.isArray(diagnostics) || !diagnostics.every(isDiagnostic)) return undefined;
  const blocking = diagnostics.filter((diagnostic) => isBlocked([diagnostic], 'save'));
  return blocking.length === 0 ? undefined : blocking.map((diagnostic) => ({ document, diagnostic }));
}

function isDiagnostic(value: unknown): value is Diagnostic {
  const { code, message, range } = recordOf(value);
  const { line, column } = recordOf(recordOf(range)['start']);
  return [code, message].every((word) => typeof word === 'string') && [line, column].every(Number.isInteger);
}

export async function printMistakes(mistakes: readonly Mistake[], { err }: Terminal): Promise<void> {
  for (const { document, diagnostic } of mistakes) {
    // Its place is in another document, which the server has.
    const source = diagnostic.document === undefined ? document.file : undefined;
    await err.line(`${describeDiagnostic(inFile(diagnostic, document), source, err.style)}\n`);
  }
}

/** A document that is not the first of its file begins further down. */
function inFile(diagnostic: Diagnostic, { file: { linesBefore } }: GivenDocument): Diagnostic {
  if (linesBefore === 0 || diagnostic.document !== undefined) return diagnostic;
  const { start, end } = diagnostic.range;
  const down = <P extends { readonly line: number }>(position: P): P => ({
    ...position,
    line: position.line + linesBefore,
  });
  return { ...diagnostic, range: { start: down(start), end: down(end) } };
}
