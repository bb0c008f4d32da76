/** Schemas decide, values are never changed: only query strings, which are all text, are turned into numbers and booleans. */
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

const OPTIONS = { removeAdditional: false, useDefaults: true, allErrors: true, strict: false } as const;

export function validatorCompiler(): FastifySchemaCompiler<TSchema> {
  const bodies = new Ajv({ ...OPTIONS, coerceTypes: false });
  const queries = new Ajv({ ...OPTIONS, coerceTypes: 'array' });
  return ({ schema, httpPart }) =>
    (httpPart === 'querystring' || httpPart === 'params' ? queries : bodies).compile(schema);
}

/** Checks answers against their schemas: for tests, so that the documentation cannot lie. */
export function checkedSerializer(): (route: {
  readonly schema: unknown;
  readonly url: string;
}) => (data: unknown) => string {
  const ajv = new Ajv({ strict: false, allErrors: true });
  const compiled = new WeakMap<object, ValidateFunction>();
  return ({ schema, url }) => {
    return (data) => {
      const text = JSON.stringify(data);
      if (typeof schema !== 'object' || schema === null) return text;
      const check = compiled.get(schema) ?? ajv.compile(schema);
      compiled.set(schema, check);
      if (!check(JSON.parse(text))) {
        throw new Error(`The answer of ${url} does not fit its schema: ${ajv.errorsText(check.errors)}`);
      }
      return text;
    };
  };
}
