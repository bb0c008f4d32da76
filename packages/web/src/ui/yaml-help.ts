/** Completion and explanations in the YAML editor, by the schema of the document. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { autocompletion } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { lookUp, type JsonSchema, type SchemaKey, type Value } from '@bridle/pipeline';
import { parseDocument } from 'yaml';
import { placeAt } from './yaml-place.ts';

/** Without a schema there is no help, and the editor works on. */
export type LoadSchema = () => Promise<JsonSchema | undefined>;

export function schemaHelp(load: LoadSchema): Extension {
  return [autocompletion({ icons: false, override: [(context) => complete(context, load)] }), explainOnHover(load)];
}

async function complete(context: CompletionContext, load: LoadSchema): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const text = state.doc.toString();
  const place = placeAt(text, pos);
  if (place === undefined || (place.typed === '' && !explicit && place.kind === 'key')) return null;
  const schema = await load();
  if (schema === undefined) return null;
  const line = state.doc.lineAt(pos);
  const document = readDocument(text, line.from, line.to);
  const found = lookUp(schema, document, place.path);
  if (found === undefined) return null;
  const column = ' '.repeat(place.from - line.from);
  const options: readonly Completion[] =
    place.kind === 'value'
      ? found.words.map((word) => ({ label: word, type: 'enum' }))
      : found.keys.filter(({ key }) => !hasKey(document, place.path, key)).map((key) => keyOption(key, column));
  return { from: place.from, options, validFor: /^[\w-]*$/ };
}

function keyOption({ key, description, isRequired, kind }: SchemaKey, column: string): Completion {
  const below = kind === 'object' ? `\n${column}  ` : kind === 'array' ? `\n${column}  - ` : ' ';
  return {
    label: key,
    type: 'property',
    apply: `${key}:${below}`,
    ...(isRequired ? { detail: 'needed', boost: 1 } : {}),
    ...(description === undefined ? {} : { info: description }),
  };
}

/** The document without the line that is being written. */
function readDocument(text: string, from: number, to: number): Value {
  const dashes = /^[\s-]*/.exec(text.slice(from, to))?.[0] ?? '';
  const without = text.slice(0, from) + dashes + text.slice(to);
  try {
    return parseDocument(without, { logLevel: 'silent', uniqueKeys: false }).toJS({ maxAliasCount: 100 }) as Value;
  } catch {
    // Aliases without an anchor, for example: then no branch is known.
    return null;
  }
}

function hasKey(document: Value, path: readonly (string | number)[], key: string): boolean {
  let value: unknown = document;
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
  }
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function explainOnHover(load: LoadSchema): Extension {
  return hoverTooltip(async ({ state }, pos) => {
    const line = state.doc.lineAt(pos);
    const colon = /:(?=\s|$)/.exec(line.text);
    const start = line.from + (/^[\s-]*/.exec(line.text)?.[0].length ?? 0);
    if (colon === null || pos < start) return null;
    const text = state.doc.toString();
    // One past the colon the cursor is in the value, whose path ends with the key.
    const place = placeAt(text, line.from + colon.index + 1);
    const schema = place?.kind === 'value' ? await load() : undefined;
    if (place === undefined || schema === undefined) return null;
    let document: Value = null;
    try {
      document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false }).toJS({ maxAliasCount: 100 }) as Value;
    } catch {
      // As above.
    }
    const found = lookUp(schema, document, place.path);
    if (found?.description === undefined) return null;
    const { description, words, default: fallback } = found;
    return {
      pos: start,
      end: line.from + colon.index,
      create: () => {
        const dom = window.document.createElement('div');
        dom.className = 'cm-explanation';
        const lines = [
          description,
          words.length > 0 && words.length <= 20 ? `One of ${words.join(', ')}.` : '',
          fallback === undefined || fallback === '' ? '' : `Default: ${JSON.stringify(fallback)}.`,
        ];
        for (const sentence of lines.filter((each) => each !== '')) {
          const paragraph = window.document.createElement('p');
          paragraph.textContent = sentence;
          dom.append(paragraph);
        }
        return { dom };
      },
    };
  });
}
