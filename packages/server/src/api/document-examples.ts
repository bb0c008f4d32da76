/** Completes the OpenAPI document: an example of every parameter, body and answer, and what an answer is in words. */
import { exampleOf, type JsonSchema } from './examples.ts';

interface Content {
  [type: string]: { schema?: JsonSchema; example?: unknown };
}

interface Answer {
  description?: string;
  content?: Content;
}

interface Operation {
  parameters?: { name: string; schema?: JsonSchema; example?: unknown }[];
  requestBody?: { content?: Content };
  responses?: Record<string, Answer>;
}

export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const WORDS: Readonly<Record<string, string>> = {
  200: 'Done: what was asked for.',
  201: 'Created.',
  204: 'Done; there is no body.',
  304: 'It has not changed; there is no body.',
  503: 'Not now.',
  '4XX': 'Refused: the message says what to change.',
  '5XX': 'It is not the fault of the request.',
};

/** The same document, completed in place. */
export function addExamples<T extends OpenApiDocument>(document: T): T {
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    for (const operation of Object.values(operations)) complete(path, operation);
  }
  return document;
}

function complete(path: string, { parameters = [], requestBody, responses = {} }: Operation): void {
  for (const parameter of parameters) {
    if (parameter.schema !== undefined) parameter.example ??= exampleOf(parameter.schema, parameter.name, path);
  }
  fill(requestBody?.content, 'body', path);
  for (const [status, answer] of Object.entries(responses)) {
    if (answer.description === undefined || answer.description === 'Default Response')
      answer.description = WORDS[status] ?? 'An answer.';
    fill(answer.content, 'answer', path);
  }
}

function fill(content: Content | undefined, name: string, path: string): void {
  for (const media of Object.values(content ?? {})) {
    if (media.schema !== undefined) media.example ??= exampleOf(media.schema, name, path);
  }
}
