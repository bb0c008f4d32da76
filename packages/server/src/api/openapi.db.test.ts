import { setImmediate as nextTurn } from 'node:timers/promises';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

interface Media {
  readonly schema?: object;
  readonly example?: unknown;
}

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Media & { readonly name: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const ajv = new Ajv({ strict: false, allErrors: true });
const validators = new Map<string, ValidateFunction>();

/** Many routes answer alike: each schema is compiled once. */
function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema);
  const check = validators.get(text) ?? ajv.compile(schema);
  validators.set(text, check);
  return check;
}

let server: TestApp;
let operations: readonly { readonly name: string; readonly operation: Operation }[];

beforeAll(async () => {
  server = await createTestApp();
  const document = JSON.parse((await server.app.inject({ url: '/openapi.json' })).body) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
});

afterAll(() => server.close());

describe('every operation of the documentation', () => {
  it('is there', () => {
    expect(operations.length).toBeGreaterThan(200);
  });

  it('has a summary, tags, a success in words and its errors', () => {
    const lacking = operations.flatMap(({ name, operation: { summary = '', tags = [], responses } }) => [
      ...(summary === '' ? [`${name}: no summary`] : []),
      ...(tags.length === 0 ? [`${name}: no tags`] : []),
      // What is always refused has no success.
      ...(Object.keys(responses).some((status) => /^[23]/.test(status)) || /refused/i.test(summary)
        ? []
        : [`${name}: no success`]),
      ...(Object.keys(responses).some((status) => /^[45]/.test(status)) ? [] : [`${name}: no errors`]),
      ...Object.entries(responses).flatMap(([status, { description, content }]) => [
        ...(description === 'Default Response' ? [`${name}: ${status} has no description`] : []),
        ...(!/^(204|3..)$/.test(status) && content === undefined ? [`${name}: ${status} has no content`] : []),
      ]),
    ]);
    expect(lacking).toEqual([]);
  });

  it('has an example of each parameter, body and answer, and each is valid', async () => {
    const wrong: string[] = [];
    const check = (what: string, { schema, example }: Media): void => {
      if (schema === undefined) wrong.push(`${what}: no schema`);
      else if (example === undefined) wrong.push(`${what}: no example`);
      else {
        const validate = validatorOf(schema);
        if (!validate(example)) wrong.push(`${what}: ${ajv.errorsText(validate.errors)}`);
      }
    };
    for (const { name, operation } of operations) {
      // The server behind has connections to keep alive.
      await nextTurn();
      for (const parameter of operation.parameters ?? []) check(`${name} ${parameter.name}`, parameter);
      for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) check(`${name} ${type}`, media);
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const [type, media] of Object.entries(content)) check(`${name} ${status} ${type}`, media);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('examples', () => {
  it('are realistic: no field merely repeats its name where it is an id, a time or a YAML text', () => {
    const repeated = operations.flatMap(({ name, operation }) =>
      Object.values(operation.responses).flatMap(({ content = {} }) =>
        Object.values(content).flatMap(({ example }) => bareNames(example).map((key) => `${name}: ${key}`)),
      ),
    );
    expect([...new Set(repeated.map((text) => text.split(': ')[1]))]).toEqual([]);
  });
});

/** Ids and YAML texts whose example is only the name of the field. */
function bareNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(member === key && /(Id|Identifier|Yaml|_yaml|_id|Url|Ts)$/.test(key) ? [key] : []),
    ...bareNames(member),
  ]);
}
