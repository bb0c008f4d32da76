/** Prints what the routes of an OpenAPI document take and answer, as one interface by path and method. */
import { commentOf, type JsonSchema, type SchemaPrinter } from './print-schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

export interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

export type OpenApiPaths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export function printPaths(paths: OpenApiPaths, printer: SchemaPrinter): string {
  const entries = Object.entries(paths)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, operations]) => {
      const methods = Object.entries(operations).map(([method, operation]) =>
        printOperation(method.toUpperCase(), operation, printer),
      );
      return `  readonly '${path}': {\n${methods.join('')}  };\n`;
    });
  return `/** What is sent to each path, and \`data\` of what comes back. */\nexport interface Paths {\n${entries.join('')}}\n`;
}

function printOperation(method: string, operation: Operation, printer: SchemaPrinter): string {
  const { parameters = [], requestBody } = operation;
  const body = requestBody === undefined ? undefined : schemaOf(requestBody.content);
  const groups = (['path', 'query'] as const).map((place) => printParameters(place, parameters, printer));
  return [
    commentOf(operation.summary === undefined ? {} : { description: `${operation.summary}.` }, '    '),
    `    readonly ${method}: {\n`,
    ...groups,
    body === undefined ? '' : printer.property('body', plain(body), requestBody?.required !== false, '      '),
    `      readonly data: ${printer.type(answerOf(operation), '      ')};\n`,
    '    };\n',
  ].join('');
}

function printParameters(place: string, parameters: readonly Parameter[], printer: SchemaPrinter): string {
  // Which account is meant is in the key.
  const isKnown = (name: string): boolean => place === 'query' && /^account(Identifier|ID)$/.test(name);
  const group = parameters.filter(({ in: where, name }) => where === place && !isKnown(name));
  if (group.length === 0) return '';
  const lines = group.map((parameter) => {
    const { name, description, schema = {} } = parameter;
    const described = description === undefined ? schema : { ...schema, description };
    return printer.property(name, described, isNeeded(parameter), '        ');
  });
  return `      readonly ${place}${group.some(isNeeded) ? '' : '?'}: {\n${lines.join('')}      };\n`;
}

function isNeeded({ required = false, schema = {} }: Parameter): boolean {
  return required && schema.default === undefined;
}

/** What of an answer callers get: the contents of the envelope, or all of it where there is none. */
function answerOf({ responses }: Operation): JsonSchema {
  const schema = schemaOf(responses['200']?.content ?? {});
  const { properties = {} } = schema ?? {};
  const { status, data, resource, responseMessages } = properties;
  const isEnvelope = status?.enum?.[0] === 'SUCCESS' && data !== undefined;
  if (isEnvelope) return data;
  return (responseMessages === undefined ? schema : resource) ?? {};
}

function schemaOf(content: Content): JsonSchema | undefined {
  return (content['application/json'] ?? Object.values(content)[0])?.schema;
}

function plain(schema: JsonSchema): JsonSchema {
  const { description: _, ...rest } = schema;
  return rest;
}
